"""A worker killed while it fills actuals from the order ledger: it goes on, and each measure is filled once."""

import pytest

from domain.months import Month, span
from domain.value import Scenario
from tenants.instance.models.audit import AuditEventRow
from tests.ledger import write_ledger
from tests.tenants.test_measured_causes import Shop
from tests.workers.live import Live


@pytest.mark.slow
def test_a_run_that_was_killed_fills_every_measure_once(live_shop: Live) -> None:
    live = live_shop
    shop, running = Shop(live.work, live.team, write_ledger(live.work, 300)), Month.of(live.work.now().date())
    before, over = span(running.plus(-5), running.plus(-3)), span(running.plus(-2), running.plus(-1))
    proposals = [shop.decided(before, (*over, running)) for _number in range(3)]
    filled = AuditEventRow.kind == "LedgerActualsRecorded"
    first = live.run_to_the_middle("record_ledger")
    assert live.count(filled) == 1
    live.goes_on_after_a_kill(first, "record_ledger")
    for proposal in proposals:
        assert live.count(filled, AuditEventRow.subject_id == proposal.measure) == 1
        assert tuple(sorted(shop.series(proposal.line, Scenario.ACTUAL))) == over
