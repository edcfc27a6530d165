"""The sentences of an order governance report: each title says the finding, written from figures of the pack alone."""

from decimal import Decimal
from itertools import accumulate

from domain.reporting.order_frame import ZERO, total_of
from domain.reporting.order_pack import OrderPack, StageRow
from domain.reporting.words import NBSP, amount, bound, clip, count, figure, numeral, percent, sentence

NAME = 48  # characters of a name that fit into a title
VITAL = 80  # per cent of the cost that the vital few make
CLOSE = 1  # per cent of difference that is none


def backlog(pack: OrderPack) -> str:
    """How many orders are open and late, and where the old ones are."""
    if not pack.open:
        return "No order is open"
    late = sum(row.late for row in pack.stages)
    lead = f"{count(pack.open, 'order is', 'orders are')} open, {numeral(late) if late else 'none'} of them late"
    return bound(sentence(lead + _old(pack)))


def times(pack: OrderPack) -> str:
    """Where half of the orders stay longer than they should."""
    known = [row for row in pack.stages if row.stays and row.target_hours]
    if not known:
        return "No order has left a stage yet"
    slow = sorted((row for row in known if row.median > row.target_hours), key=_overrun, reverse=True)
    if slow:
        others = count(len(slow) - 2, "other stage", "other stages")
        where = _listed([row.label for row in slow[:2]], others if len(slow) > 2 else "")
        return bound(f"Half of the orders miss the target in {where}")
    tail = [row for row in known if row.p90 > row.target_hours]
    if not tail:
        return "Nine of ten orders keep the target of every stage"
    slowest = max(tail, key=_tail)
    return bound(f"Half of the orders keep every target; the slowest tenth of {slowest.label} takes {_days(slowest)}")


def exceptions(pack: OrderPack) -> str:
    """How few types make most of the cost."""
    whole = total_of([row.amount for row in pack.exceptions])
    if whole <= 0:
        return "Exceptions have cost nothing"
    if len(pack.exceptions) == 1:
        return bound(f"{clip(pack.exceptions[0].label, NAME)} is all that exceptions cost")
    few = vital(pack)
    share = percent(total_of([row.amount for row in pack.exceptions[:few]]), whole)
    number, of = count(few, "", "").strip(), count(len(pack.exceptions), "exception type", "exception types")
    return bound(sentence(f"{number} of {of} {'makes' if few == 1 else 'make'} {share} of the cost of exceptions"))


def vital(pack: OrderPack) -> int:
    """The number of types, the dearest first, that make 80 % of the cost."""
    whole = total_of([row.amount for row in pack.exceptions])
    sums = accumulate(row.amount for row in pack.exceptions)
    return next((at for at, each in enumerate(sums, 1) if each * 100 >= whole * VITAL), 0)


def money(pack: OrderPack) -> str:
    """What carrying out costs of what is sold, and whether that was forecast."""
    value = total_of([row.value for row in pack.months])
    if not value:
        return "No order was placed in these months"
    share = percent(total_of([row.cost for row in pack.months]), value, 1)
    return bound(f"Carrying out orders costs {share} of what they sell; {against_forecast(pack)}")


def against_forecast(pack: OrderPack) -> str:
    """Of costs that are known: more, less, or what was forecast."""
    known, actual = (total_of([getattr(row, name) for row in pack.costs]) for name in ("known_forecast", "actual"))
    if not known:
        return "no cost is known yet"
    over = Decimal(100) * (actual - known) / known
    if abs(over) < CLOSE:
        return "known cost is as forecast"
    return f"known cost is {figure(abs(over), 1)}{NBSP}% {'above' if over > 0 else 'below'} forecast"


def constraints(pack: OrderPack) -> str:
    """What blocks the most, and what waits for a decision."""
    return bound(sentence(f"{_blocking(pack)}; {_waiting(pack)}"))


def _old(pack: OrderPack) -> str:
    """The one or two stages that hold most of the orders of the last age."""
    old = sum(row.counts[-1] for row in pack.stages)
    if not old:
        return ""
    ranked = sorted(pack.stages, key=lambda row: -row.counts[-1])
    for few in (1, 2):
        if 2 * sum(row.counts[-1] for row in ranked[:few]) > old:
            names = _listed([row.label for row in ranked[:few]], "")
            return f"; {names} {'holds' if few == 1 else 'hold'} most of the old ones"
    return f"; {figure(old)} are older than {pack.ages[-1]} days"


def _blocking(pack: OrderPack) -> str:
    if not pack.constraints:
        return "No constraint is in force"
    first = max(pack.constraints, key=lambda row: row.orders)
    return f"{clip(first.title, NAME)} blocks {count(first.orders, 'order', 'orders')}"


def _waiting(pack: OrderPack) -> str:
    number = len(pack.decisions)
    if not number:
        return "nothing waits for a decision"
    price = total_of([row.daily_cost for row in pack.decisions])
    cost = f", at {amount(price, pack.meta.currency)} a day" if price > ZERO else ""
    return f"{count(number, 'decision waits', 'decisions wait')}{cost}"


def _overrun(row: StageRow) -> Decimal:
    return Decimal(row.median) / row.target_hours


def _tail(row: StageRow) -> Decimal:
    return Decimal(row.p90) / row.target_hours


def _days(row: StageRow) -> str:
    if row.p90 < 48:
        return f"over {count(row.p90, 'hour', 'hours')}"
    return f"over {count(row.p90 // 24, 'day', 'days')}"


def _listed(names: list[str], others: str) -> str:
    parts = [clip(each, NAME) for each in names] + ([others] if others else [])
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
