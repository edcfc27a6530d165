"""A worker killed in the nightly look at kill criteria: after the lease it goes on, and each is proposed once."""

import os
import signal
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from domain.governance.policies import Condition, Operator
from domain.ids import KillCriterionId
from domain.kill_criteria import KillCriterion, KillCriterionSet
from tenants.instance.actions.kill_criteria import set_kill_criterion
from tenants.instance.models.audit import AuditEventRow
from tenants.instance.models.outbox import OutboxRow
from tenants.instance.models.requests import RequestRow
from tests.workers.blocking_criteria import MARK
from tests.workers.live import Live


def decided(live: Live) -> UUID:
    """A measure that forecasts less than its criterion asks for."""
    team, measure = live.team, live.team.define()
    team.plan(measure)
    below = Condition(field="forecast_full_year", operator=Operator.BELOW, value=Decimal(999_000_000))
    known = {"proposes": "cancel", "reason": "no-value", "words": "Too little.", "set_by": team.owner}
    wanted = KillCriterion(id=KillCriterionId(uuid4()), condition=below, **known)
    assert isinstance(set_kill_criterion(live.work, measure, wanted, team.actor(team.owner)), KillCriterionSet)
    team.decide(measure)
    return measure


def count(live: Live, *conditions: object) -> int:
    live.work.session.rollback()
    return live.work.session.scalar(select(func.count()).where(*conditions)) or 0  # type: ignore[arg-type]


def stopped(live: Live, but: tuple[int, ...] = ()) -> int:
    def found() -> int:
        pids = [int(path.name.removeprefix(f"{MARK}-")) for path in live.folder.glob(f"{MARK}-*")]
        return next((pid for pid in pids if pid not in but), 0)

    return live.until(found, "a worker stopped in the middle")


@pytest.mark.slow
def test_a_look_that_was_killed_proposes_each_once(live: Live) -> None:
    measures = [decided(live) for _number in range(3)]
    ours = (RequestRow.kind == "cancel", RequestRow.measure_id.in_(measures))
    with live.work.transaction() as tx:
        tx.later("look_at_criteria")
    live.worker("tests.workers.blocking_criteria", str(live.folder), "3")
    first = stopped(live)
    assert count(live, *ours) == 1
    os.kill(first, signal.SIGKILL)
    stopped(live, but=(first,))
    (live.folder / "go-on").touch()
    waiting = (OutboxRow.job == "look_at_criteria", OutboxRow.done_at.is_(None))
    live.until(lambda: count(live, *waiting) == 0, "the look is over")
    for measure in measures:
        assert count(live, RequestRow.kind == "cancel", RequestRow.measure_id == measure) == 1
        met = (AuditEventRow.kind == "KillCriterionMet", AuditEventRow.subject_id == measure)
        assert count(live, *met) == 1
