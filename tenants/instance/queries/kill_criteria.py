"""Kill criteria: those of a measure, what the gate into Decided seals of them, and what the night has to look at."""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain.access import Scope
from domain.governance.policies import Condition, Operator
from domain.ids import KillCriterionId, PersonId
from domain.kill_criteria import KillCriterion
from domain.measures import KillText
from domain.stages import MeasureState, Stage
from tenants.database import Work
from tenants.instance.models.checks import KillCriterionRow
from tenants.instance.models.measures import MeasureRow
from tenants.instance.queries.scoping import seen
from tenants.instance.queries.watched import Watched, watched_measures


def criteria_of(session: Session, measure: UUID) -> tuple[KillCriterion, ...]:
    """Every criterion of a measure, the oldest first. One statement."""
    statement = select(KillCriterionRow).where(KillCriterionRow.measure_id == measure)
    rows = session.scalars(statement.order_by(KillCriterionRow.set_at, KillCriterionRow.id))
    return tuple(to_criterion(row) for row in rows)


def kill_texts(session: Session, measures: Sequence[UUID]) -> dict[UUID, tuple[KillText, ...]]:
    """The canonical texts by measure, in the order they were set. One statement."""
    statement = select(KillCriterionRow).where(KillCriterionRow.measure_id.in_(measures))
    found: dict[UUID, tuple[KillText, ...]] = defaultdict(tuple)
    for row in session.scalars(statement.order_by(KillCriterionRow.set_at, KillCriterionRow.id)):
        found[row.measure_id] += (KillText(id=KillCriterionId(row.id), text=to_criterion(row).text),)
    return found


def to_criterion(row: KillCriterionRow) -> KillCriterion:
    kept = row.condition
    return KillCriterion(
        id=KillCriterionId(row.id),
        condition=Condition(field=kept["field"], operator=Operator(kept["operator"]), value=Decimal(kept["value"])),
        proposes=row.proposes,
        reason=row.reason,
        words=row.words,
        set_by=PersonId(row.set_by),
        met_on=row.met_on,
    )


def watched_by_night(session: Session) -> Sequence[UUID]:
    """Active measures between Decided and Closed with a criterion that is not met yet."""
    standing = select(KillCriterionRow.measure_id).where(KillCriterionRow.met_on.is_(None))
    statement = select(MeasureRow.id).where(
        MeasureRow.id.in_(standing),
        MeasureRow.state == MeasureState.ACTIVE,
        MeasureRow.stage >= int(Stage.DECIDED),
        MeasureRow.stage < int(Stage.CLOSED),
    )
    return list(session.scalars(statement.order_by(MeasureRow.id)))


def met_criteria(work: Work, scope: Scope, path: str) -> int:
    """On how many measures that the reader sees below `path` a criterion is met and nothing was decided on it."""
    statement = select(func.count()).select_from(MeasureRow)
    inside = (seen(scope), MeasureRow.path.startswith(path, autoescape=True))
    return int(work.session.scalar(statement.where(watched_measures(Watched.KILL, work.now().date()), *inside)) or 0)
