"""What a shop is told: what became of its orders, how one stands, and why something was refused."""

from collections.abc import Callable, Sequence
from typing import Any

from domain.access import NotAllowed
from domain.governance.template import OrderRules
from domain.orders.arriving import Arrival
from domain.orders.delivering import Delivered, ForeignChannel, ForeignCurrency, OrdersRefused
from domain.orders.entry import EntryNotMet, StageStopped
from domain.orders.incoming import Incoming
from domain.orders.journey import NotNextStage, OrderMoved
from domain.orders.reaching import HeldBack
from domain.orders.receiving import BeforePlaced, HappenedAlready, HappeningRecorded, InFuture
from domain.orders.rights import OrderNotOpen
from domain.references import EntryRetired
from domain.refusals import Refusal
from tenants.instance.actions.channel_calls import Answer
from tenants.instance.queries.delivered import DeliveredOrder
from tenants.instance.transaction import plain
from web.problems import Flaw, document, kind_of, refused
from web.refusals import words_of

AS_IT_STANDS = (StageStopped, HeldBack, EntryNotMet, NotNextStage, OrderNotOpen, HappenedAlready)
FORBIDDEN = (NotAllowed, ForeignChannel)
SHOWN = ("number", "channel", "state", "stage", "stage_since", "due_at", "placed_at", "currency", "value", "discount",
         "freight", "items", "payment", "customer", "priority", "promised_on", "commitment", "happened")  # fmt: skip
Outcomes = Sequence[Delivered] | Refusal


def order_told(orders: Sequence[Incoming]) -> Callable[[Outcomes], Answer]:
    """One order: 201 for a new one, 200 for one that was here."""

    def tell(outcomes: Outcomes) -> Answer:
        if isinstance(outcomes, Refusal):
            return _refusal(outcomes, pointer_of(outcomes, orders[0]))
        status = 201 if isinstance(outcomes[0], Arrival) else 200
        return Answer(status=status, body=_outcome(outcomes[0]))

    return tell


def batch_told(orders: Sequence[Incoming]) -> Callable[[Outcomes], Answer]:
    """Each order in its place, and how many of them were new, changed and as before."""

    def tell(outcomes: Outcomes) -> Answer:
        if isinstance(outcomes, OrdersRefused):
            return _all_refused(outcomes, orders)
        if isinstance(outcomes, Refusal):
            return _refusal(outcomes, "/orders/0" + pointer_of(outcomes, orders[0]))
        told = [_outcome(each) for each in outcomes]
        counts = {word: sum(each["result"] == word for each in told) for word in ("created", "updated", "unchanged")}
        return Answer(status=200, body={**counts, "orders": told})

    return tell


def event_told(outcome: HappeningRecorded | OrderMoved | Refusal) -> Answer:
    if isinstance(outcome, Refusal):
        return _refusal(outcome, _event_pointer(outcome))
    if isinstance(outcome, OrderMoved):
        return Answer(status=200, body={"number": outcome.number, "stage": outcome.after, "before": outcome.before})
    happened = {"happening": outcome.happening.value, "at": outcome.happened_at.isoformat()}
    return Answer(status=200, body={"number": outcome.number, **happened})


def order_shown(found: DeliveredOrder, rules: OrderRules | None) -> dict[str, Any]:
    """An order as it stands. What people wrote about it here is theirs, and is not told."""
    order = found.order
    opened = {
        name: [
            {"type": each.type, "label": rules.type_label(each.type) if rules else each.type,
             "opened_at": plain(each.opened_at), "due_at": plain(each.due_at), "stops": list(each.stops)}
            for each in held
        ]
        for name, held in (("holds", order.holds), ("exceptions", order.open_exceptions))
    }  # fmt: skip
    constraints = [{"title": each.title, "stops": list(each.stops)} for each in order.constraints]
    conflicts = [{"field": field, "ours": ours, "theirs": theirs} for field, ours, theirs in found.conflicts]
    shown = {name: plain(getattr(order, name)) for name in SHOWN}
    return {**shown, **opened, "constraints": constraints, "conflicts": conflicts}


def status_of(refusal: Refusal) -> int:
    """409: another time it may be; 403: never with this key; 422: not what an order can be."""
    if isinstance(refusal, AS_IT_STANDS):
        return 409
    return 403 if isinstance(refusal, FORBIDDEN) else 422


def pointer_of(refusal: Refusal, order: Incoming) -> str:
    """The field of the order that is refused; empty for the order itself."""
    if isinstance(refusal, ForeignChannel):
        return "/channel"
    if isinstance(refusal, ForeignCurrency):
        return "/currency"
    if isinstance(refusal, EntryRetired):
        return "/business_unit"
    if field := getattr(refusal, "field", ""):
        return f"/{field}"
    if at := getattr(refusal, "at", None):
        moments = {"/placed_at": order.placed_at, "/cancelled_at": order.cancelled_at}
        moments |= {f"/happened/{name}": moment for name, moment in order.happened.items()}
        return next((pointer for pointer, moment in reversed(moments.items()) if moment == at), "")
    return ""


def _event_pointer(refusal: Refusal) -> str:
    if hasattr(refusal, "stage"):
        return "/stage"
    return "/at" if isinstance(refusal, BeforePlaced | InFuture) else ""


def _refusal(refusal: Refusal, pointer: str) -> Answer:
    status = status_of(refusal)
    return Answer(status=status, body=refused(refusal, status, pointer))


def _all_refused(outcome: OrdersRefused, orders: Sequence[Incoming]) -> Answer:
    flaws = [
        Flaw(
            pointer=f"/orders/{each.place}{pointer_of(each.refusal, orders[each.place])}",
            reason=f"{each.number}: {words_of(each.refusal)}",
        )
        for each in outcome.refused
    ]
    status = max(status_of(each.refusal) for each in outcome.refused)
    return Answer(status=status, body=document(status, kind_of(outcome), words_of(outcome), flaws))


def _outcome(outcome: Delivered) -> dict[str, Any]:
    """What became of one order."""
    order = outcome.order if isinstance(outcome, Arrival) else outcome.after
    told = {"number": order.number, "stage": order.stage, "state": order.state.value}
    if isinstance(outcome, Arrival):
        return {"result": "created", **told}
    conflicts = [{"field": each.field, "ours": each.ours, "theirs": each.theirs} for each in outcome.merged.conflicts]
    result = "updated" if outcome.merged.updates or outcome.merged.agreed else "unchanged"
    return {"result": result, **told, **({"conflicts": conflicts} if conflicts else {})}
