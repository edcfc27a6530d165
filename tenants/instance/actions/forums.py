"""Set a decision forum up: name, members, chair, and how many make a quorum."""

from dataclasses import dataclass

from domain.access import Actor, Capability, NotAllowed
from domain.ids import ForumId, PersonId
from domain.refusals import FieldMissing, Refusal, Stale
from tenants.database import Work, action
from tenants.instance.models.people import ForumMemberRow, ForumRow
from tenants.instance.transaction import INSTANCE, Subject, Transaction


@dataclass(frozen=True, kw_only=True)
class ForumSaved:
    forum: ForumId
    name: str
    quorum: int
    members: tuple[PersonId, ...]
    chair: PersonId | None


@dataclass(frozen=True, kw_only=True)
class QuorumTooLarge(Refusal):
    """A quorum counts members; there are not so many."""

    quorum: int
    members: int


@action
def save_forum(
    work: Work,
    forum: ForumId,
    name: str,
    quorum: int,
    members: tuple[PersonId, ...],
    chair: PersonId | None,
    actor: Actor,
    seen: int | None = None,
) -> ForumSaved | Refusal:
    """Add a forum (a new id) or change it: name, quorum, members, chair. `seen`: the version that is changed, 0 for a
    new one; None where nobody looked at it before."""
    with work.transaction() as tx:
        if not actor.can_anywhere(Capability.EDIT_REFERENCE_DATA):
            return tx.refuse(NotAllowed(capability=Capability.EDIT_REFERENCE_DATA), actor, INSTANCE)
        if not name.strip():
            return FieldMissing(field="name")
        if members and not 1 <= quorum <= len(members):
            return QuorumTooLarge(quorum=quorum, members=len(members))
        outcome = ForumSaved(forum=forum, name=name.strip(), quorum=quorum, members=members, chair=chair)
        row = tx.session.get(ForumRow, forum, with_for_update=True, populate_existing=True)
        if row and seen not in (None, row.version):
            return outcome if _is_saved(tx, row, outcome) else Stale(seen=seen or 0, current=row.version)
        _store_forum(tx, row, outcome)
        tx.record(outcome, actor, Subject(kind="forum", id=forum, label=name.strip()))
    return outcome


def _store_forum(tx: Transaction, row: ForumRow | None, saved: ForumSaved) -> None:
    if row is None:
        row = tx.add(ForumRow(id=saved.forum, version=0))
    row.name, row.chair_id, row.quorum = saved.name, saved.chair, saved.quorum
    row.version += 1
    tx.flush()
    for seat in tx.lock_all(ForumMemberRow, ForumMemberRow.forum_id == saved.forum):
        tx.delete(seat)
    tx.flush()
    for member in saved.members:
        tx.add(ForumMemberRow(forum_id=saved.forum, member_id=member))


def _is_saved(tx: Transaction, row: ForumRow, wanted: ForumSaved) -> bool:
    """The same form sent twice finds what it wanted."""
    seats = {seat.member_id for seat in tx.lock_all(ForumMemberRow, ForumMemberRow.forum_id == row.id)}
    here = (row.name, row.quorum, row.chair_id, seats)
    return here == (wanted.name, wanted.quorum, wanted.chair, set(wanted.members))
