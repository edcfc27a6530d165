"""What can be asked for on an order and what a request must say; eight kinds, one way. Source: DOMAIN.md, 5."""

import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from domain.approvals.request import ApprovalRequest
from domain.governance.policies import ORDER_PREFIX
from domain.governance.template import OrderRules
from domain.ids import OrderExceptionId
from domain.orders.exceptions import ExceptionNotHere
from domain.orders.order import Order, OrderException, OrderState, Priority
from domain.orders.rights import TITLE_LIMIT, OrderNotOpen, too_long, wordless
from domain.refusals import FieldMissing, Refusal
from domain.seal import canonical_text, written

RELEASE, DISCOUNT, REFUND, REPLACEMENT = "release", "discount", "refund", "replacement"
PRIORITY_DISPATCH, PROMISE_CHANGE, CANCELLATION, WRITE_OFF = (
    "priority_dispatch",
    "promise_change",
    "cancellation",
    "write_off",
)
PRICED = (
    DISCOUNT,
    REFUND,
    REPLACEMENT,
    CANCELLATION,
    WRITE_OFF,
)  # each states an amount; the others are about the order
ADDING = (DISCOUNT, REFUND, WRITE_OFF)  # together at most what the order is worth
TIERED = (*ADDING, REPLACEMENT)  # what was granted before counts: no tier is gone round in parts
PROMISING = (PRIORITY_DISPATCH, PROMISE_CHANGE)
AFTERWARDS = (REFUND, WRITE_OFF)  # possible on an order that is closed or cancelled
ZERO = Decimal("0.00")


@dataclass(frozen=True, kw_only=True)
class OrderAsk:
    """What somebody asks for. Money in the order's currency; `kind` is a key of the template's decisions.

    `amount` for those that are priced; `cost` of delivering again, for a replacement; `daily_cost` of waiting.
    """

    kind: str
    reason: str
    words: str = ""
    exception: OrderExceptionId | None = None
    amount: Decimal | None = None
    cost: Decimal | None = None
    promised_on: date | None = None
    commitment: str = ""
    priority: Priority | None = None
    daily_cost: Decimal = ZERO


@dataclass(frozen=True, kw_only=True)
class UnknownDecision(Refusal):
    """The template knows no such decision."""

    kind: str


@dataclass(frozen=True, kw_only=True)
class NotItsDecision(Refusal):
    """The exception waits for another kind of decision."""

    label: str
    needs: str  # in the template's words


@dataclass(frozen=True, kw_only=True)
class NoHoldToRelease(Refusal):
    """A release is of one hold that stands."""

    number: str


@dataclass(frozen=True, kw_only=True)
class AmountNotAboveZero(Refusal):
    field: str


@dataclass(frozen=True, kw_only=True)
class AmountAboveOrder(Refusal):
    """More than the order is worth, with what was granted before."""

    limit: Decimal
    granted: Decimal


@dataclass(frozen=True, kw_only=True)
class PromiseUnchanged(Refusal):
    """Nothing of what is promised would be different."""

    number: str


@dataclass(frozen=True, kw_only=True)
class PromiseInPast(Refusal):
    promised_on: date
    today: date


@dataclass(frozen=True, kw_only=True)
class UnknownPromiseReason(Refusal):
    """The reason is not one of the template's list."""

    reason: str


def unfit(order: Order, ask: OrderAsk, rules: OrderRules, granted: Decimal, today: date) -> Refusal | None:
    """Why this cannot be asked for on this order, whoever asks."""
    if ask.kind not in {each.key for each in rules.decisions}:
        return UnknownDecision(kind=ask.kind)
    if order.state is not OrderState.OPEN and ask.kind not in AFTERWARDS:
        return OrderNotOpen(number=order.number, state=order.state)
    return (
        unfit_exception(order, ask, rules)
        or unfit_amount(order, ask, granted)
        or unfit_promise(order, ask, rules, today)
        or wordless("reason", ask.reason)
        or too_long("reason", ask.reason, TITLE_LIMIT)
        or too_long("words", ask.words)
        or too_long("commitment", ask.commitment, TITLE_LIMIT)
        or (AmountNotAboveZero(field="daily_cost") if ask.daily_cost < 0 else None)
    )


def exception_of(order: Order, ask: OrderAsk) -> OrderException | None:
    return next((each for each in order.exceptions if each.id == ask.exception), None)


def suggested(order: Order, kind: str, granted: Decimal = ZERO) -> OrderAsk:
    """What a request of this kind is about if nothing else is said: the exception that needs it, the usual amount."""
    needing = [each for each in order.exceptions if each.is_open and each.decision == kind]
    holds = [each for each in order.holds if kind == RELEASE]
    found = (needing or holds)[:1]
    usual = {DISCOUNT: order.discount, REPLACEMENT: order.value, CANCELLATION: order.value}
    amount = usual.get(kind, most(order, kind) - granted) if kind in PRICED else None
    return OrderAsk(kind=kind, reason="", exception=found[0].id if found else None, amount=amount or None)


def settles(exception: OrderException, kind: str) -> bool:
    """Its own kind of decision settles it; any hold can be released, so that one that was refused is not for ever."""
    return exception.decision in ("", kind) or (kind == RELEASE and exception.is_hold)


def unfit_exception(order: Order, ask: OrderAsk, rules: OrderRules) -> Refusal | None:
    if ask.exception is None:
        return NoHoldToRelease(number=order.number) if ask.kind == RELEASE else None
    found = exception_of(order, ask)
    if found is None or not found.is_open:
        return ExceptionNotHere(number=order.number)
    if ask.kind == RELEASE and not found.is_hold:
        return NoHoldToRelease(number=order.number)
    if settles(found, ask.kind):
        return None
    return NotItsDecision(label=rules.type_label(found.type), needs=rules.decision_label(found.decision))


def unfit_amount(order: Order, ask: OrderAsk, granted: Decimal) -> Refusal | None:
    if ask.kind not in PRICED:
        return None
    if ask.amount is None:
        return FieldMissing(field="amount")
    if ask.amount <= 0:
        return AmountNotAboveZero(field="amount")
    before = granted if ask.kind in ADDING else ZERO
    limit = most(order, ask.kind)
    if ask.amount + before > limit:
        return AmountAboveOrder(limit=limit, granted=before)
    if ask.kind != REPLACEMENT:
        return None
    if ask.cost is None:
        return FieldMissing(field="cost")
    return AmountNotAboveZero(field="cost") if ask.cost < 0 else None


def most(order: Order, kind: str) -> Decimal:
    """The largest amount that a decision of this kind can be about."""
    if kind == DISCOUNT:
        return order.value + order.discount
    return order.value if kind == REPLACEMENT else order.value + order.freight


def unfit_promise(order: Order, ask: OrderAsk, rules: OrderRules, today: date) -> Refusal | None:
    if ask.kind not in PROMISING:
        return None
    if not promised(order, ask):
        return PromiseUnchanged(number=order.number)
    if ask.promised_on is not None and ask.promised_on < today:
        return PromiseInPast(promised_on=ask.promised_on, today=today)
    codes = {each.code for each in rules.promise_reasons}
    return UnknownPromiseReason(reason=ask.reason) if codes and ask.reason not in codes else None


def promised(order: Order, ask: OrderAsk) -> dict[str, tuple[str, str]]:
    """What would change of what is promised: field -> before and after, as text."""
    wished: dict[str, object] = {}
    if ask.kind == PRIORITY_DISPATCH:
        wished["priority"] = ask.priority or Priority.HIGH
    if ask.kind == PROMISE_CHANGE:
        wished |= {
            "promised_on": ask.promised_on or order.promised_on,
            "commitment": ask.commitment or order.commitment,
        }
    pairs = {name: (written(getattr(order, name)), written(value)) for name, value in wished.items()}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def stake(order: Order, ask: OrderAsk) -> Decimal:
    """The amount that is decided on: what is stated, else what the order is worth."""
    return order.value if ask.amount is None or ask.kind not in PRICED else ask.amount


def proposal_text(order: Order, ask: OrderAsk) -> str:
    """What is proposed, canonical, to be sealed with the order."""
    names = ("exception", "cost", "promised_on", "commitment", "priority", "daily_cost")
    said = {name: written(getattr(ask, name)) for name in names} | {"amount": written(stake(order, ask))}
    return canonical_text({name: value for name, value in said.items() if value})


def read_ask(request: ApprovalRequest) -> OrderAsk:
    """What a request asks for, typed again."""
    said: dict[str, str] = json.loads(request.proposal)
    return OrderAsk(
        kind=request.kind.removeprefix(ORDER_PREFIX),
        reason=request.reason,
        words=request.comment,
        exception=OrderExceptionId(UUID(said["exception"])) if "exception" in said else None,
        amount=Decimal(said["amount"]),
        cost=Decimal(said["cost"]) if "cost" in said else None,
        promised_on=date.fromisoformat(said["promised_on"]) if "promised_on" in said else None,
        commitment=said.get("commitment", ""),
        priority=Priority(said["priority"]) if "priority" in said else None,
        daily_cost=Decimal(said.get("daily_cost", "0.00")),
    )
