"""Let somebody decide for somebody, record who is away, and end both before their time."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from domain.absences import (
    Absence,
    AbsenceEnded,
    AbsenceRecorded,
    decide_absence,
    decide_end_absence,
)
from domain.access import Actor
from domain.delegation import (
    Delegation,
    DelegationEnded,
    DelegationGiven,
    Staff,
    decide_delegate,
    decide_end_delegation,
)
from domain.ids import PersonId
from domain.notices import NoticeKind
from domain.refusals import Refusal
from tenants.database import Work, action
from tenants.instance.actions.notices import tell
from tenants.instance.models.delegations import AbsenceRow, DelegationRow
from tenants.instance.models.people import MemberRow
from tenants.instance.queries.delegations import (
    absences_of,
    delegations_about,
    paths_of,
    to_absence,
    to_delegation,
)
from tenants.instance.transaction import Subject, Transaction


@action
def delegate(work: Work, wish: Delegation, actor: Actor) -> DelegationGiven | Refusal:
    """Let `wish.taker` decide for `wish.giver`. Its id comes with the form: the same form twice is one delegation.

    Both people stay locked, so that two delegations made at once make no chain. Raises NotFound.
    """
    with work.transaction() as tx:
        people = _lock_people(tx, (wish.giver, wish.taker))
        if existing := tx.session.get(DelegationRow, wish.id):
            return DelegationGiven(delegation=to_delegation(existing))
        outcome = decide_delegate(wish, actor, _staff(tx, wish, people, work.now()), work.now())
        giver = people[wish.giver]
        if isinstance(outcome, Refusal):
            return tx.refuse(outcome, actor, _subject(giver.id, giver.name))
        _store(tx, outcome.delegation, work.now())
        tx.record(outcome, actor, _subject(giver.id, giver.name), reason=outcome.delegation.words)
        _tell_taker(tx, outcome.delegation, giver.name, ended=False)
    return outcome


@action
def end_delegation(work: Work, delegation_id: UUID, actor: Actor) -> DelegationEnded | Refusal:
    """End one before its time; from this moment the taker decides nothing for the giver. Raises NotFound."""
    with work.transaction() as tx:
        row = tx.lock(DelegationRow, delegation_id)
        delegation, giver = to_delegation(row), tx.work.get(MemberRow, row.giver_id)
        outcome = decide_end_delegation(delegation, actor, paths_of(tx.work, row.giver_id), work.now())
        if isinstance(outcome, Refusal):
            return tx.refuse(outcome, actor, _subject(giver.id, giver.name))
        row.ended_at = outcome.at
        tx.record(outcome, actor, _subject(giver.id, giver.name))
        if actor.person != delegation.taker:
            _tell_taker(tx, delegation, giver.name, ended=True)
    return outcome


@action
def record_absence(work: Work, wish: Absence, actor: Actor) -> AbsenceRecorded | Refusal:
    """Somebody is away. Its id comes with the form. Raises NotFound."""
    with work.transaction() as tx:
        member = tx.lock(MemberRow, wish.person)
        if existing := tx.session.get(AbsenceRow, wish.id):
            return AbsenceRecorded(absence=to_absence(existing))
        outcome = decide_absence(wish, actor, paths_of(tx.work, wish.person), work.now())
        if isinstance(outcome, Refusal):
            return tx.refuse(outcome, actor, _subject(member.id, member.name))
        kept = outcome.absence
        tx.add(
            AbsenceRow(
                id=kept.id,
                member_id=kept.person,
                starts_on=kept.starts_on,
                ends_on=kept.ends_on,
                words=kept.words,
                created_at=work.now(),
            )
        )
        tx.record(outcome, actor, _subject(member.id, member.name))
    return outcome


@action
def end_absence(work: Work, absence_id: UUID, actor: Actor) -> AbsenceEnded | Refusal:
    """Back sooner, or not going at all. Raises NotFound."""
    with work.transaction() as tx:
        row = tx.lock(AbsenceRow, absence_id)
        member = tx.work.get(MemberRow, row.member_id)
        outcome = decide_end_absence(to_absence(row), actor, paths_of(tx.work, row.member_id), work.now())
        if isinstance(outcome, Refusal):
            return tx.refuse(outcome, actor, _subject(member.id, member.name))
        if outcome.last_day is None:
            tx.delete(row)
        else:
            row.ends_on = outcome.last_day
        tx.record(outcome, actor, _subject(member.id, member.name))
    return outcome


def _lock_people(tx: Transaction, people: Iterable[PersonId]) -> dict[PersonId, MemberRow]:
    return {person: tx.lock(MemberRow, person) for person in sorted(set(people))}


def _staff(tx: Transaction, wish: Delegation, people: dict[PersonId, MemberRow], now: datetime) -> Staff:
    return Staff(
        active=frozenset(person for person, row in people.items() if row.is_active),
        absences=absences_of(tx.work, wish.giver, now.date()),
        giver_paths=paths_of(tx.work, wish.giver),
        others=delegations_about(tx.session, people),
    )


def _store(tx: Transaction, delegation: Delegation, now: datetime) -> None:
    tx.add(
        DelegationRow(
            id=delegation.id,
            giver_id=delegation.giver,
            taker_id=delegation.taker,
            starts_on=delegation.starts_on,
            ends_on=delegation.ends_on,
            kinds=sorted(delegation.kinds),
            value_limit=delegation.value_limit,
            words=delegation.words,
            created_by=delegation.created_by,
            created_at=now,
        )
    )


def _tell_taker(tx: Transaction, delegation: Delegation, giver: str, *, ended: bool) -> None:
    body = {
        "link": f"people/{delegation.taker}",
        "giver": giver,
        "first": delegation.starts_on.isoformat(),
        "last": delegation.ends_on.isoformat(),
        "words": delegation.words,
        "ended": ended,
    }
    key = f"stand_in/{delegation.id}" + ("/ended" if ended else "")
    tell(tx, (delegation.taker,), NoticeKind.STAND_IN, key, body)


def _subject(person: UUID, name: str) -> Subject:
    return Subject(kind="person", id=person, label=name)
