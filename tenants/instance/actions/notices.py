"""Tell people something once, have it mailed as each of them likes, and let them choose how."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from domain.access import Actor
from domain.approvals.request import RequestState
from domain.ids import PersonId
from domain.notices import Delivery, NoticeKind, Notify, Waited, delivery, waited_for
from tenants.database import Work, action
from tenants.instance.models.notices import NoticeRow
from tenants.instance.models.people import MemberRow
from tenants.instance.models.requests import RequestRow, VoteRow
from tenants.instance.queries.approvals import load_requests
from tenants.instance.queries.notices import around as surroundings
from tenants.instance.queries.notices import names_of, request_body
from tenants.instance.transaction import Subject, Transaction

OUTCOMES = {
    RequestState.APPROVED: "approved",
    RequestState.REJECTED: "rejected",
    RequestState.RETURNED: "returned for changes",
    RequestState.VOIDED: "voided, because what it was about changed",
}


@dataclass(frozen=True, kw_only=True)
class NotifyChosen:
    person: PersonId
    before: Notify
    after: Notify


def tell(
    tx: Transaction, people: Iterable[PersonId], kind: NoticeKind, key: str, body: Mapping[str, Any]
) -> tuple[PersonId, ...]:
    """Tell each of these people once: the same key again tells nobody twice. Returns those who are told now.

    `body` is what templates/mail/<kind> needs, with `link`: the page's path within the instance.
    """
    wanted = list(dict.fromkeys(people))
    members = tx.session.execute(
        select(MemberRow.id, MemberRow.notify).where(MemberRow.id.in_(wanted), MemberRow.is_active)
    )
    told: set[PersonId] = set()
    for member, setting in sorted(members, key=lambda row: row.id):
        if notice := _notice(tx, member, kind, key, body, delivery(kind, Notify(setting))):
            told.add(PersonId(member))
            if delivery(kind, Notify(setting)) is Delivery.NOW:
                tx.later("send_notice", notice_id=str(notice))
    return tuple(person for person in wanted if person in told)


def tell_waited(
    tx: Transaction, people: Iterable[Waited], kind: NoticeKind, key: str, body: Mapping[str, Any]
) -> tuple[PersonId, ...]:
    """The same for those a request waits for; a delegate is told for whom (`whom`)."""
    asked = tuple(people)
    names = names_of(tx.session, [each.whom for each in asked if each.whom])
    told = (tell(tx, (each.person,), kind, key, {**body, "whom": names.get(each.whom, "")}) for each in asked)
    return tuple(person for each in told for person in each)


@action
def tell_asked(work: Work, request_id: UUID) -> None:
    """Tell everybody whose vote an open request waits for, and those who stand in for them."""
    with work.transaction() as tx:
        row = tx.lock(RequestRow, request_id)
        if row.state != RequestState.OPEN:
            return
        request, body = load_requests(tx.session, [(row, "")])[0], request_body(work, row)
        waited = waited_for(request, surroundings(work, work.now().date()))
        tell_waited(tx, waited, NoticeKind.ASKED, f"asked/{row.id}/{request.current}", body)


@action
def tell_decided(work: Work, request_id: UUID) -> None:
    """Tell the person who asked what became of it, with the last comment."""
    with work.transaction() as tx:
        row = tx.lock(RequestRow, request_id)
        outcome = OUTCOMES.get(RequestState(row.state))
        if outcome is None:
            return
        said = select(VoteRow.comment).where(VoteRow.request_id == row.id).order_by(VoteRow.at.desc()).limit(1)
        body = request_body(work, row) | {"outcome": outcome, "comment": tx.session.scalar(said) or ""}
        tell(tx, (PersonId(row.requested_by),), NoticeKind.DECIDED, f"decided/{row.id}/{row.state}", body)


@action
def choose_notify(work: Work, wanted: Notify, actor: Actor) -> NotifyChosen:
    """How notices reach me. What was kept for a digest that I no longer want is mailed now, or not at all."""
    with work.transaction() as tx:
        member = tx.lock(MemberRow, actor.person)
        outcome = NotifyChosen(person=actor.person, before=Notify(member.notify), after=wanted)
        if outcome.before is wanted:
            return outcome
        member.notify = wanted
        due = (NoticeRow.member_id == actor.person, NoticeRow.mailed_at.is_(None))
        if wanted is Notify.AT_ONCE:
            tx.later("send_digest", member_id=str(actor.person))
        elif wanted is Notify.ESCALATIONS:
            quiet = (*due, NoticeRow.kind != NoticeKind.ESCALATION)
            tx.session.execute(update(NoticeRow).where(*quiet).values(mailed_at=work.now()))
        tx.record(outcome, actor, Subject(kind="person", id=actor.person, label=member.name))
    return outcome


@action
def mark_read(work: Work, notices: Collection[UUID], actor: Actor) -> int:
    """Note that the actor has seen these; how many were new. Those of others stay as they are."""
    unread = (NoticeRow.id.in_(notices), NoticeRow.member_id == actor.person, NoticeRow.read_at.is_(None))
    with work.transaction() as tx:
        seen = tx.session.scalars(update(NoticeRow).where(*unread).values(read_at=work.now()).returning(NoticeRow.id))
        return len(seen.all())


def _notice(
    tx: Transaction, member: UUID, kind: NoticeKind, key: str, body: Mapping[str, Any], how: Delivery
) -> UUID | None:
    """The new row's id; None where this person was told before. What is never mailed is done with at once."""
    now = tx.work.now()
    values = {"id": tx.work.new_id(), "member_id": member, "key": key, "kind": kind, "body": dict(body), "at": now}
    values["mailed_at"] = now if how is Delivery.NEVER else None
    statement = insert(NoticeRow).values(values).on_conflict_do_nothing().returning(NoticeRow.id)
    found: UUID | None = tx.session.scalar(statement)
    return found
