"""What a changed rule or amount tier would have done to the orders of the last days. Reads, and changes nothing."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select

from domain.access import OrderScope, Role
from domain.governance.policies import Condition, Fact, Policy, RoleAtNode
from domain.governance.template import GovernanceTemplate, OrderRule
from domain.orders.order import Happening
from domain.orders.replay import Past, Stay, first_moment, stage_at, was_held
from tenants.database import Work
from tenants.instance.models.exceptions import OrderExceptionRow
from tenants.instance.models.orders import OrderRow, OrderStageRow
from tenants.instance.models.requests import RequestRow
from tenants.instance.queries.order_rules import order_holders
from tenants.instance.queries.order_scope import in_scope

ZERO, SHOWN = Decimal("0.00"), 25
HAPPENED = tuple((each, getattr(OrderRow, f"{each}_at")) for each in Happening)


@dataclass(frozen=True, kw_only=True)
class Sum:
    """So many of them, worth so much."""

    count: int = 0
    amount: Decimal = ZERO

    def plus(self, amount: Decimal) -> "Sum":
        return Sum(count=self.count + 1, amount=self.amount + amount)


@dataclass(frozen=True, kw_only=True)
class Found:
    """An order on which the rule would have spoken. `was_held`: it had such an exception all the same."""

    order: UUID
    number: str
    at: datetime
    value: Decimal
    was_held: bool


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Requests that would go to a role by a policy's step, and who holds that role. `before`: as things are."""

    policy: str
    step: str
    role: Role | None
    people: tuple[str, ...]
    before: Sum
    after: Sum


@dataclass(frozen=True, kw_only=True)
class Replay:
    """`orders` were looked at; `before`: the rule as it stands (none while off), `after`: as wanted; `new`: those of
    them that nobody had held. `asked` are the decisions that would follow; `found` the first of the orders."""

    since: datetime
    orders: int
    before: Sum
    after: Sum
    new: Sum
    asked: tuple[Asked, ...]
    found: tuple[Found, ...]


def replay_rule(
    work: Work, scope: OrderScope, template: GovernanceTemplate, standing: OrderRule, wanted: OrderRule, days: int
) -> Replay:
    """Both over every order placed in the last days. Four statements; time and memory linear in orders."""
    now = work.now()
    since = now - timedelta(days=days)
    tally, found = Tally(template), []
    before, after, new, orders = Sum(), Sum(), Sum(), 0
    for past in pasts(work, scope, since):
        orders += 1
        if standing.is_on and (at := first_moment(standing, past, since, now)):
            before = before.plus(past.value)
            tally.rule(standing, past, at, is_after=False)
        if at := first_moment(wanted, past, since, now):
            had = was_held(past, wanted.opens, at)
            after, new = after.plus(past.value), new if had else new.plus(past.value)
            tally.rule(wanted, past, at, is_after=True)
            found.append(Found(order=past.id, number=past.number, at=at, value=past.value, was_held=had))
    found.sort(key=lambda each: (each.was_held, -each.value, each.number))
    return Replay(
        since=since, orders=orders, before=before, after=after, new=new, asked=tally.lines(work),
        found=tuple(found[:SHOWN]),
    )  # fmt: skip


def replay_policy(work: Work, scope: OrderScope, template: GovernanceTemplate, wanted: Policy, days: int) -> Replay:
    """Every request of the policy's kind in the last days, as the matrix stands and as it would stand."""
    since = work.now() - timedelta(days=days)
    policies = tuple(wanted if each.key == wanted.key else each for each in template.policies)
    changed, tally = replace(template, policies=policies), Tally(template)
    before, after, new, found = Sum(), Sum(), Sum(), []
    requests = _requests(work, scope, wanted.governs, since)
    for row, facts in requests:
        amount = row.amount or ZERO
        old, then = chosen(template, wanted.governs, facts), chosen(changed, wanted.governs, facts)
        before = before.plus(amount) if old and old.key == wanted.key else before
        tally.request(old, amount, row.channel, row.unit, is_after=False)
        tally.request(then, amount, row.channel, row.unit, is_after=True)
        if then and then.key == wanted.key:
            is_same = old is not None and old.key == wanted.key
            after, new = after.plus(amount), new if is_same else new.plus(amount)
            found.append(Found(order=row.id, number=row.number, at=row.at, value=amount, was_held=is_same))
    found.sort(key=lambda each: (each.was_held, -each.value, each.number))
    return Replay(
        since=since, orders=len(requests), before=before, after=after, new=new, asked=tally.lines(work),
        found=tuple(found[:SHOWN]),
    )  # fmt: skip


def chosen(template: GovernanceTemplate, kind: str, facts: Mapping[str, Fact]) -> Policy | None:
    return next((policy for policy in template.policies if policy.applies(kind, facts)), None)


class Tally:
    """Counts the requests that follow by policy and step; the steps' own conditions are looked at too."""

    def __init__(self, template: GovernanceTemplate) -> None:
        self.template = template
        self.before: dict[tuple[str, str], Sum] = defaultdict(Sum)
        self.after: dict[tuple[str, str], Sum] = defaultdict(Sum)
        self.places: dict[tuple[str, str], Counter[tuple[str, UUID | None]]] = defaultdict(Counter)
        self.roles: dict[tuple[str, str], Role | None] = {}

    def rule(self, rule: OrderRule, past: Past, at: datetime, *, is_after: bool) -> None:
        kind = self.template.orders and self.template.orders.exception_type(rule.opens)
        if not kind or not kind.decision:
            return
        facts: dict[str, Fact] = {
            "amount": past.value, "order_value": past.value, "discount_percent": past.discount_percent,
            "days": None, "stage": stage_at(past, at), "channel": past.channel, "exception_type": rule.opens,
        }  # fmt: skip
        policy = chosen(self.template, f"order:{kind.decision}", facts)
        self.request(policy, past.value, past.channel, past.unit, is_after=is_after)

    def request(
        self, policy: Policy | None, amount: Decimal, channel: str, unit: UUID | None, *, is_after: bool
    ) -> None:
        for step in policy.steps if policy else ():
            key, sums = (policy.label if policy else "", step.name), self.after if is_after else self.before
            sums[key] = sums[key].plus(amount)
            self.places[key][channel, unit] += 1
            self.roles[key] = step.approvers.role if isinstance(step.approvers, RoleAtNode) else None

    def lines(self, work: Work) -> tuple[Asked, ...]:
        holders = order_holders(work, {role for role in self.roles.values() if role})
        return tuple(
            Asked(
                policy=key[0], step=key[1], role=role, before=self.before[key], after=self.after[key],
                people=tuple(
                    name
                    for _person, name, scope in (holders.get(role, ()) if role else ())
                    if any(scope.covers(channel, unit) for channel, unit in self.places[key])
                ),
            )
            for key, role in self.roles.items()
        )  # fmt: skip


def pasts(work: Work, scope: OrderScope, since: datetime) -> Iterable[Past]:
    """The orders placed since then, each with its stays and exceptions. Three statements."""
    mine = (OrderRow.placed_at >= since, in_scope(scope))
    stays: dict[UUID, list[Stay]] = defaultdict(list)
    statement: Any = select(OrderStageRow.order_id, OrderStageRow.stage, OrderStageRow.entered_at)
    statement = statement.join(OrderRow, OrderRow.id == OrderStageRow.order_id).where(*mine)
    for order, stage, entered in work.session.execute(statement.order_by(OrderStageRow.entered_at)):
        stays[order].append(Stay(stage=stage, since=entered))
    held: dict[UUID, list[tuple[str, datetime, datetime | None]]] = defaultdict(list)
    columns = (OrderExceptionRow.type, OrderExceptionRow.opened_at, OrderExceptionRow.resolved_at)
    statement = select(OrderExceptionRow.order_id, *columns).join(OrderRow, OrderRow.id == OrderExceptionRow.order_id)
    for order, type_, opened, resolved in work.session.execute(statement.where(*mine)):
        held[order].append((type_, opened, resolved))
    for row in work.session.execute(_orders().where(*mine).order_by(OrderRow.placed_at, OrderRow.id)):
        yield _past(row, stays.get(row.id, []), held.get(row.id, ()))


def _orders() -> Any:
    plain = (OrderRow.id, OrderRow.number, OrderRow.channel, OrderRow.business_unit_id, OrderRow.value)
    more = (OrderRow.discount, OrderRow.payment, OrderRow.priority, OrderRow.placed_at, OrderRow.promised_on)
    return select(*plain, *more, OrderRow.closed_at, *(column.label(str(each)) for each, column in HAPPENED))


def _past(row: Any, stays: Sequence[Stay], held: Sequence[tuple[str, datetime, datetime | None]]) -> Past:
    happened = {each: at for each, _column in HAPPENED if (at := getattr(row, str(each)))}
    return Past(
        id=row.id, number=row.number, channel=row.channel, unit=row.business_unit_id, value=row.value,
        discount_percent=percent(row.discount, row.value + row.discount), payment=row.payment,
        priority=row.priority, placed_at=row.placed_at, promised_on=row.promised_on, ended=row.closed_at,
        happened=happened, stays=stays, held=held,
    )  # fmt: skip


def percent(part: Decimal, whole: Decimal) -> Decimal:
    return (part / whole * 100).quantize(Decimal("0.01")) if whole > 0 else ZERO


def _requests(work: Work, scope: OrderScope, kind: str, since: datetime) -> list[tuple[Any, Mapping[str, Fact]]]:
    columns = (OrderRow.id, OrderRow.number, OrderRow.value, OrderRow.discount, OrderRow.channel, OrderRow.stage)
    statement = (
        select(*columns, OrderRow.business_unit_id.label("unit"), OrderExceptionRow.type)
        .add_columns(RequestRow.amount, RequestRow.requested_at.label("at"))
        .join(RequestRow, RequestRow.order_id == OrderRow.id)
        .outerjoin(OrderExceptionRow, OrderExceptionRow.id == RequestRow.exception_id)
        .where(RequestRow.kind == kind, RequestRow.requested_at >= since, in_scope(scope))
        .order_by(RequestRow.requested_at, RequestRow.id)
    )
    return [
        (
            row,
            {
                "amount": row.amount, "order_value": row.value, "days": None, "stage": row.stage,
                "discount_percent": percent(row.discount, row.value + row.discount), "channel": row.channel,
                "exception_type": row.type,
            },
        )
        for row in work.session.execute(statement)
    ]  # fmt: skip


def with_value(conditions: Sequence[Condition], place: int, value: Decimal) -> tuple[Condition, ...]:
    """The same conditions with another limit at one place."""
    return tuple(replace(each, value=value) if at == place else each for at, each in enumerate(conditions))
