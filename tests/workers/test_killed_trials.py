"""A worker killed in the middle of a trial: after the lease it is run anew, and what is kept is of one whole run."""

import os
import signal
from decimal import Decimal
from uuid import uuid4

import pytest

from domain.access import Role
from domain.orders.trials import TrialKind
from tenants.instance.actions.order_trials import ask_trial
from tenants.instance.queries.order_trials import TrialLine, get_trial
from tests.ordering import Desk
from tests.workers.live import LEASE, Live
from tests.workers.standing import STOPPED


@pytest.mark.slow
def test_a_trial_that_was_killed_is_run_anew_and_kept_once(live_shop: Live) -> None:
    live, desk, trial = live_shop, Desk(live_shop.work, live_shop.house), uuid4()
    for value in (1200, 1300, 900):
        desk.order(value=Decimal(value), by=desk.lead)
    office = desk.actor(desk.join("Ida Moen", Role.PMO))
    assert ask_trial(live.work, trial, TrialKind.RULE, "high-value", ("1000", ""), 30, office) == trial

    def line() -> TrialLine:
        live.work.session.rollback()
        live.work.session.expire_all()
        return get_trial(live.work, trial)

    live.worker("tests.workers.blocking_trials", str(live.folder), LEASE)
    first = live.at_work(STOPPED)
    assert (line().state, line().orders, line().result) == ("running", 3, None)
    os.kill(first, signal.SIGKILL)
    live.at_work(STOPPED, but=(first,))
    (live.folder / "go-on").touch()
    live.until(lambda: live.outbox(trial, "trial_id").done_at, "the trial is over")
    kept = line()
    assert kept.state == "done" and kept.result is not None
    assert (kept.result.orders, kept.result.new.count) == (3, 2)
    assert live.outbox(trial, "trial_id").attempts == 2
