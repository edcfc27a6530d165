"""Trials of rules and tiers that were asked for: the newest, one with what it found."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from domain.ids import OrderTrialId, PersonId
from domain.orders.rules import TrialFound
from domain.orders.trials import TrialAsked, TrialKind
from domain.orders.trying import Replay
from domain.plain import typed
from tenants.database import NotFound, Work
from tenants.instance.models.intake import OrderTrialRow, RuleSwitchRow
from tenants.instance.models.people import MemberRow

WAITING, RUNNING, DONE, FAILED = "waiting", "running", "done", "failed"
UNDER_WAY = (WAITING, RUNNING)


@dataclass(frozen=True, kw_only=True)
class TrialLine:
    """A trial and how far it is. `orders`: to look at; `failure`: a refusal's or an error's name."""

    asked: TrialAsked
    asked_by: str
    state: str
    orders: int
    as_of: datetime | None
    result: Replay | None
    failure: str

    @property
    def id(self) -> OrderTrialId:
        return self.asked.trial

    @property
    def is_rule(self) -> bool:
        return self.asked.kind is TrialKind.RULE

    @property
    def is_under_way(self) -> bool:
        return self.state in UNDER_WAY


def list_trials(work: Work, limit: int) -> tuple[TrialLine, ...]:
    """The newest first."""
    rows = work.session.execute(_lines().order_by(OrderTrialRow.asked_at.desc(), OrderTrialRow.id).limit(limit))
    return tuple(_line(row) for row in rows)


def get_trial(work: Work, trial: UUID) -> TrialLine:
    """Raises NotFound."""
    row = work.session.execute(_lines().where(OrderTrialRow.id == trial)).one_or_none()
    if row is None:
        raise NotFound(f"trial {trial}")
    return _line(row)


def rests_on(work: Work) -> Mapping[str, UUID]:
    """The trials on which rules rest as they are switched now, by the rule's key."""
    statement = select(RuleSwitchRow.key, RuleSwitchRow.trial_id).where(RuleSwitchRow.trial_id.is_not(None))
    return {key: trial for key, trial in work.session.execute(statement) if trial}


def to_asked(row: OrderTrialRow) -> TrialAsked:
    return TrialAsked(
        trial=OrderTrialId(row.id),
        kind=TrialKind(row.kind),
        key=row.key,
        label=row.label,
        limits=tuple(row.limits),
        days=row.days,
        basis=row.basis,
        person=PersonId(row.asked_by),
        at=row.asked_at,
    )


def to_replay(row: OrderTrialRow) -> Replay | None:
    found: Replay | None = typed(Replay, row.result) if row.result is not None else None
    return found


def found_by(row: OrderTrialRow) -> TrialFound | None:
    """What a switch that rests on the trial keeps of it; None while it has no result."""
    result = to_replay(row)
    if result is None or row.as_of is None or row.state != DONE:
        return None
    return TrialFound(
        id=OrderTrialId(row.id),
        as_of=row.as_of,
        days=row.days,
        orders=result.orders,
        new=result.new.count,
        amount=result.new.amount,
    )


def _lines() -> Any:
    return select(OrderTrialRow, MemberRow.name).join(MemberRow, MemberRow.id == OrderTrialRow.asked_by)


def _line(found: Any) -> TrialLine:
    row: OrderTrialRow = found.OrderTrialRow
    return TrialLine(
        asked=to_asked(row),
        asked_by=found.name,
        state=row.state,
        orders=row.orders,
        as_of=row.as_of,
        result=to_replay(row),
        failure=row.failure,
    )
