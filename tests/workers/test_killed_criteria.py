"""A worker killed in the nightly look at kill criteria: after the lease it goes on, and each is proposed once."""

from decimal import Decimal
from uuid import UUID, uuid4

import pytest

from domain.governance.policies import Condition, Operator
from domain.ids import KillCriterionId
from domain.kill_criteria import KillCriterion, KillCriterionSet
from tenants.instance.actions.kill_criteria import set_kill_criterion
from tenants.instance.models.audit import AuditEventRow
from tenants.instance.models.requests import RequestRow
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


@pytest.mark.slow
def test_a_look_that_was_killed_proposes_each_once(live: Live) -> None:
    measures = [decided(live) for _number in range(3)]
    first = live.run_to_the_middle("look_at_criteria")
    assert live.count(RequestRow.kind == "cancel", RequestRow.measure_id.in_(measures)) == 1
    live.goes_on_after_a_kill(first, "look_at_criteria")
    for measure in measures:
        assert live.count(RequestRow.kind == "cancel", RequestRow.measure_id == measure) == 1
        assert live.count(AuditEventRow.kind == "KillCriterionMet", AuditEventRow.subject_id == measure) == 1
