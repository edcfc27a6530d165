"""What happens to orders by itself: rules open exceptions, overdue ones are escalated; and rules are switched."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from domain.access import Actor
from domain.governance.template import OrderRule, OrderRules
from domain.ids import OrderExceptionId, PersonId
from domain.notices import NoticeKind
from domain.orders.exceptions import ExceptionEscalated, ExceptionOpened, decide_escalate, decide_open_exception
from domain.orders.order import Order
from domain.orders.rules import RuleSwitched, Switch, decide_switch_rule, due_openings
from domain.orders.trials import decide_rest
from domain.refusals import Refusal
from tenants.database import Work, action
from tenants.instance.actions.notices import tell
from tenants.instance.actions.order_rows import add_exception
from tenants.instance.actions.order_taking import order_subject, put_back_order, rules_of
from tenants.instance.models.exceptions import OrderExceptionRow
from tenants.instance.models.intake import OrderTrialRow, RuleSwitchRow
from tenants.instance.models.orders import OrderRow
from tenants.instance.queries.governance import get_governance
from tenants.instance.queries.order_aggregates import load_orders, to_exception
from tenants.instance.queries.order_rules import order_holders, rule_switches
from tenants.instance.queries.order_trials import found_by, to_asked
from tenants.instance.transaction import INSTANCE, Subject, Transaction

NAMED = 5  # order numbers in a notice


@action
def switch_rule(
    work: Work, key: str, wanted: Switch, actor: Actor, trial: UUID | None = None
) -> RuleSwitched | Refusal:
    """On or off, with its limits; from the next look on. The same again changes nothing. With `trial` it rests on what
    that one found. Raises NotFound for a trial that is gone."""
    with work.transaction() as tx:
        row, found = tx.session.get(RuleSwitchRow, key, with_for_update=True), None
        governance, switches = get_governance(work), rule_switches(work)
        if trial:
            tried = tx.lock(OrderTrialRow, trial)
            rest = decide_rest(to_asked(tried), found_by(tried), key, wanted, governance.template, switches)
            if isinstance(rest, Refusal):
                return tx.refuse(rest, actor, INSTANCE)
            found = rest
        outcome = decide_switch_rule(key, wanted, rules_of(governance), switches, actor, work.now(), found)
        if isinstance(outcome, Refusal):
            return tx.refuse(outcome, actor, INSTANCE)
        if outcome.before != outcome.after:
            row = row or tx.add(RuleSwitchRow(key=key))
            row.is_on, row.limits, row.trial_id = wanted.is_on, list(wanted.limits), trial
            row.by, row.at = actor.person, work.now()
            tx.record(outcome, actor, INSTANCE)
    return outcome


@action
def apply_rules(work: Work, orders: Sequence[UUID]) -> int:
    """Open what the rules ask for on these orders; each rule speaks once on an order. Returns how many it opened."""
    with work.transaction() as tx:
        governance = get_governance(work)
        rules, switches = rules_of(governance), rule_switches(work)
        rows = tx.lock_all(OrderRow, OrderRow.id.in_(orders))
        events: list[tuple[Any, Subject]] = []
        for row, order in zip(rows, load_orders(tx.session, rows), strict=True):
            opened = [_open(tx, row, order, rule, rules) for rule in due_openings(order, rules, switches, work.now())]
            if opened:
                put_back_order(tx, row, None, is_edit=False)
                events += [(event, order_subject(row.id, row.number, governance)) for event in opened]
        tx.record_all(events, None)
    return len(events)


@action
def escalate_exceptions(work: Work, exceptions: Sequence[UUID]) -> int:
    """Escalate those that are overdue still, each once, and tell whom it concerns in one notice a person."""
    with work.transaction() as tx:
        governance = get_governance(work)
        rules = rules_of(governance)
        wanted = OrderExceptionRow.id.in_(exceptions)
        theirs = select(OrderExceptionRow.order_id).where(wanted)
        orders = {row.id: row for row in tx.lock_all(OrderRow, OrderRow.id.in_(theirs))}
        rows = tx.lock_all(OrderExceptionRow, wanted)
        escalated: list[tuple[OrderExceptionRow, OrderRow, ExceptionEscalated]] = []
        for row in rows:
            outcome = decide_escalate(to_exception(row), rules, work.now())
            if isinstance(outcome, ExceptionEscalated):
                row.escalated_at = outcome.at
                escalated.append((row, orders[row.order_id], outcome))
        events = [(event, order_subject(order.id, order.number, governance)) for _row, order, event in escalated]
        tx.record_all(events, None)
        _tell(tx, escalated, rules)
    return len(escalated)


def _open(tx: Transaction, row: OrderRow, order: Order, rule: OrderRule, rules: OrderRules) -> ExceptionOpened:
    """A rule asks for what `due_openings` found possible, so that a refusal here is a bug."""
    new = OrderExceptionId(tx.work.new_id())
    outcome = decide_open_exception(
        order, rule.opens, rule.cause, rule.reason, order.owner, rules, None, tx.work.now(), new, rule.key
    )
    if isinstance(outcome, Refusal):
        raise TypeError(f"rule {rule.key} on order {row.number}: {outcome}")
    add_exception(tx, row, outcome.exception)
    return outcome


def _tell(
    tx: Transaction, escalated: Sequence[tuple[OrderExceptionRow, OrderRow, ExceptionEscalated]], rules: OrderRules
) -> None:
    holders = order_holders(tx.work, {event.to for _row, _order, event in escalated})
    concerns: Mapping[PersonId, list[tuple[OrderRow, ExceptionEscalated]]] = defaultdict(list)
    for row, order, event in escalated:
        above = [each for each in holders.get(event.to, ()) if each[2].covers(order.channel, order.business_unit_id)]
        owner = row.owner_id or order.owner_id
        for person in {who for who, _name, _scope in above} | ({PersonId(owner)} if owner else set()):
            concerns[person].append((order, event))
    for person, told in sorted(concerns.items()):
        first, kinds = told[0], sorted({rules.type_label(event.type) for _order, event in told})
        numbers = [order.number for order, _event in told]
        body = {
            "link": f"orders/{first[0].id}" if len(told) == 1 else "orders?due=late",
            "count": len(told),
            "orders": ", ".join(numbers[:NAMED]) + (" …" if len(numbers) > NAMED else ""),
            "kinds": ", ".join(kinds),
        }
        tell(tx, (person,), NoticeKind.ORDERS_LATE, f"orders_late/{first[1].exception}", body)
