"""Trials on the real ledger: run by a job from one moment, kept once, rested on by name, forgotten in time."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete, select

from domain.access import OrderScope, Role
from domain.approvals import Requested
from domain.orders.asking import OrderAsk
from domain.orders.rules import RuleSwitched, Switch, TrialFound, TrialOutdated
from domain.orders.trials import TrialKind
from domain.orders.trying import Replay
from domain.refusals import Refusal
from tenants.database import NotFound
from tenants.instance.actions.order_decisions import request_decision
from tenants.instance.actions.order_rules import switch_rule
from tenants.instance.actions.order_trials import ask_trial, keep_trial
from tenants.instance.models.audit import AuditEventRow
from tenants.instance.models.intake import RuleSwitchRow
from tenants.instance.models.orders import OrderPromiseRow
from tenants.instance.models.outbox import OutboxRow
from tenants.instance.models.people import AssignmentRow
from tenants.instance.queries import order_pasts
from tenants.instance.queries.order_trials import TrialLine, get_trial
from tests.house import House
from tests.ordering import Desk
from workers.task import Task
from workers.trials import try_on_orders
from workers.upkeep import KEEP_TRIALS, purge_instance

LIMITS = ("1000", "")


@pytest.fixture(scope="module")
def shopping(house: House) -> Iterator[Desk]:
    """A client of its own: a trial looks at every order there is."""
    with house.app.app_context():
        desk = Desk(house.work(house.onboard("Trial Shop", "order-governance")), house)
        for value in ("2600", "1200", "900"):
            desk.order(value=Decimal(value), by=desk.lead)
        yield desk
        desk.work.close()


@pytest.fixture
def desk(shopping: Desk, house: House) -> Iterator[Desk]:
    with house.app.app_context():
        yield shopping
        with shopping.work.transaction() as tx:
            tx.session.execute(delete(RuleSwitchRow))


def ask(desk: Desk, key: str = "high-value", limits: tuple[str, ...] = LIMITS, **more: Any) -> UUID:
    known = {"trial": uuid4(), "kind": TrialKind.RULE, "days": 30} | more
    actor = desk.actor(known.pop("by", None) or desk.join("Ida Moen", Role.PMO))
    outcome = ask_trial(desk.work, key=key, limits=limits, actor=actor, **known)
    assert not isinstance(outcome, Refusal), outcome
    return outcome


def run(desk: Desk, house: House, trial: UUID) -> TrialLine:
    task = Task(id=uuid4(), settings=house.settings, platform=house.platform(), found=desk.work)
    try_on_orders(task, str(trial))
    desk.work.session.expire_all()
    return get_trial(desk.work, trial)


def found(line: TrialLine) -> Replay:
    assert line.result is not None
    return line.result


def events(desk: Desk, kind: str) -> list[AuditEventRow]:
    desk.work.session.rollback()
    statement = select(AuditEventRow).where(AuditEventRow.kind == kind).order_by(AuditEventRow.sequence)
    return list(desk.work.session.scalars(statement))


def test_a_trial_is_run_by_a_job_and_kept_once_as_of_a_moment(desk: Desk, house: House) -> None:
    trial = ask(desk)
    assert get_trial(desk.work, trial).state == "waiting"
    line = run(desk, house, trial)
    assert (line.state, line.asked_by, line.orders) == ("done", "Ida Moen", 3)
    assert (found(line).new.count, found(line).new.amount) == (2, Decimal("3800.00"))
    [asked] = [each for each in found(line).asked if each.after.count]
    assert (asked.policy, asked.people, asked.before.count) == ("Release an order", ("Jonas Kvist",), 1)
    assert run(desk, house, trial) == line
    assert keep_trial(desk.work, trial, replace(found(line), orders=4), desk.work.now()) is False
    assert get_trial(desk.work, trial) == line


def test_the_same_form_or_the_same_trial_under_way_is_one(desk: Desk) -> None:
    trial, before = uuid4(), len(events(desk, "TrialAsked"))
    assert ask(desk, "promise-passed", ("2",), trial=trial) == ask(desk, "promise-passed", ("2",), trial=trial) == trial
    assert ask(desk, "promise-passed", ("2",)) == trial
    assert ask(desk, "promise-passed", ("3",)) != trial
    assert len(events(desk, "TrialAsked")) == before + 2
    jobs = select(OutboxRow).where(OutboxRow.arguments["trial_id"].astext == str(trial))
    assert [row.job for row in desk.work.session.scalars(jobs)] == ["try_on_orders"]


def test_a_switch_rests_on_its_trial_and_the_trail_says_what_that_found(desk: Desk, house: House) -> None:
    office = desk.actor(desk.join("Ida Moen", Role.PMO))
    line, wanted = run(desk, house, ask(desk)), Switch(is_on=True, limits=LIMITS)
    outcome = switch_rule(desk.work, "high-value", wanted, office, line.id)
    assert isinstance(outcome, RuleSwitched) and isinstance(outcome.trial, TrialFound)
    assert (outcome.trial.id, outcome.trial.new, outcome.trial.orders) == (line.id, 2, 3)
    assert f'"id":"{line.id}"' in events(desk, "RuleSwitched")[-1].body
    switch_rule(desk.work, "high-value", Switch(is_on=False, limits=LIMITS), office)
    assert isinstance(switch_rule(desk.work, "high-value", wanted, office, line.id), TrialOutdated)
    with pytest.raises(NotFound):
        switch_rule(desk.work, "high-value", wanted, office, uuid4())


def test_who_may_no_longer_set_rules_gets_no_result(desk: Desk, house: House) -> None:
    person = desk.join("Nils Dahl", Role.PMO)
    trial = ask(desk, limits=("1100", ""), by=person)
    with desk.work.transaction() as tx:
        tx.session.execute(delete(AssignmentRow).where(AssignmentRow.member_id == person))
    line = run(desk, house, trial)
    assert (line.state, line.failure, line.result) == ("failed", "NotAllowed", None)


def test_a_tier_by_days_is_tried_on_dates_that_were_moved(desk: Desk, house: House) -> None:
    today, long_ago = desk.work.now().date(), desk.work.now() - timedelta(days=400)
    for days in (2, 5, 10):
        order = desk.order(promised_on=today + timedelta(days=1), placed_at=long_ago)
        moved = OrderAsk(kind="promise_change", reason="stock", promised_on=today + timedelta(days=1 + days))
        asked = request_decision(desk.work, order.id, uuid4(), moved, desk.actor(desk.service))
        assert isinstance(asked, Requested)
        if days == 2:
            decided_before(desk, order.id, asked.request.id, first=today - timedelta(days=1), at=long_ago)
    line = run(desk, house, ask(desk, "order-promise-long", ("3",), kind=TrialKind.TIER))
    assert (found(line).orders, found(line).before.count, found(line).after.count) == (3, 1, 3)
    assert [each.was_held for each in found(line).found] == [False, False, True]


def decided_before(desk: Desk, order: UUID, request: UUID, first: date, at: datetime) -> None:
    """A decision moved the promised date by two days: days count from the first promise."""
    row = OrderPromiseRow(id=uuid4(), order_id=order, field="promised_on", before=str(first), after="", reason="stock")
    row.request_id, row.at = request, at
    with desk.work.transaction() as tx:
        tx.add(row)


def test_orders_are_read_in_parts_each_once_with_what_belongs_to_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    scope, since = OrderScope(everything=True), desk.work.now() - timedelta(days=500)
    whole = list(order_pasts.pasts(desk.work, scope, since))
    monkeypatch.setattr(order_pasts, "AT_ONCE", 2)
    assert list(order_pasts.pasts(desk.work, scope, since)) == whole
    assert len(whole) == order_pasts.count_pasts(desk.work, scope, since) > 2
    assert all(each.stays for each in whole)


def test_old_trials_are_forgotten_but_those_that_a_rule_rests_on(desk: Desk, house: House) -> None:
    office = desk.actor(desk.join("Ida Moen", Role.PMO))
    rested, other = run(desk, house, ask(desk)), ask(desk, limits=("1300", ""))
    switch_rule(desk.work, "high-value", Switch(is_on=True, limits=LIMITS), office, rested.id)
    work = house.work(desk.work.instance)
    work.clock = lambda: desk.work.now() + KEEP_TRIALS + timedelta(days=1)
    purge_instance(Task(id=uuid4(), settings=house.settings, platform=house.platform(), found=work))
    desk.work.session.rollback()
    assert get_trial(desk.work, rested.id).state == "done"
    with pytest.raises(NotFound):
        get_trial(desk.work, other)
    work.close()
