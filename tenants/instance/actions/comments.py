"""Say something on a measure and tell those it speaks to; take back what one said, leaving a trace."""

from uuid import UUID

from domain.access import Actor, Capability, NotAllowed
from domain.comments import CommentAdded, CommentRetracted, decide_comment, decide_retract
from domain.ids import CommentId, MeasureId, PersonId
from domain.notices import NoticeKind
from domain.refusals import Refusal
from tenants.database import NotFound, Work, action
from tenants.instance.actions.notices import tell
from tenants.instance.actions.taking import Taken, take
from tenants.instance.models.comments import CommentRow
from tenants.instance.queries.comments import readers_of
from tenants.instance.transaction import Transaction


@action
def add_comment(work: Work, measure_id: UUID, comment: CommentId, words: str, actor: Actor) -> CommentAdded | Refusal:
    """Say something. The id comes with the form: the same form twice says it once. Raises NotFound."""
    with work.transaction() as tx:
        taken = take(tx, measure_id)
        outcome = decide_comment(MeasureId(measure_id), comment, words, readers_of(tx.session, measure_id))
        if not actor.can_on(Capability.COMMENT, taken.measure, taken.row.path):
            outcome = NotAllowed(capability=Capability.COMMENT)
        if isinstance(outcome, Refusal):
            return tx.refuse(outcome, actor, taken.subject)
        if tx.session.get(CommentRow, comment):
            return outcome
        _keep(tx, outcome, actor)
        tx.record(outcome, actor, taken.subject)
        _tell(tx, taken, outcome, actor)
    return outcome


@action
def retract_comment(work: Work, measure_id: UUID, comment: CommentId, actor: Actor) -> CommentRetracted | Refusal:
    """Take back what one said; twice is once. The trail keeps the words. Raises NotFound."""
    with work.transaction() as tx:
        taken = take(tx, measure_id)
        row = tx.lock(CommentRow, comment)
        if row.measure_id != measure_id:
            raise NotFound(f"comment {comment}")
        outcome = decide_retract(MeasureId(measure_id), comment, PersonId(row.by), actor.person)
        if isinstance(outcome, Refusal):
            return tx.refuse(outcome, actor, taken.subject)
        if row.retracted_at is None:
            row.retracted_at = work.now()
            tx.record(outcome, actor, taken.subject)
    return outcome


def _keep(tx: Transaction, added: CommentAdded, actor: Actor) -> None:
    row = CommentRow(id=added.comment, measure_id=added.measure, by=actor.person, at=tx.work.now(), words=added.words)
    row.mentions = list(added.mentions)
    tx.add(row)


def _tell(tx: Transaction, taken: Taken, added: CommentAdded, actor: Actor) -> None:
    body = {
        "who": actor.name,
        "measure": f"{taken.row.code} {taken.row.title}",
        "words": added.words,
        "link": f"measures/{taken.row.code}#comments",
    }
    others = [person for person in added.mentions if person != actor.person]
    tell(tx, others, NoticeKind.MENTION, f"mention/{added.comment}", body)
