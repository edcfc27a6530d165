"""A rule run over orders of the past: whether and when it would have spoken. Source: DOMAIN.md, 5.

What an order was at a moment follows from what is kept of it: when it was placed, what happened when, its stays in
stages. Between two of these its facts stand still but for the hours and days that pass, so that one look at each
stretch finds the first moment: the cost is linear in what is kept. The promised date is the one of its time; value,
discount, payment and priority are taken as they are now.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise
from uuid import UUID

from domain.governance.policies import Condition, Fact, Operator
from domain.governance.template import OrderRule
from domain.orders.order import Happening
from domain.orders.rules import HOUR

ZERO = Decimal("0.00")
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
PASSING = frozenset({"hours_since_placed", "hours_in_stage", "days_past_promise"})
FROM_BELOW = (Operator.AT_LEAST, Operator.ABOVE)
PAST_LIMIT = (Operator.ABOVE, Operator.AT_MOST)  # turn only after the limit itself


@dataclass(frozen=True, kw_only=True)
class Stay:
    stage: str
    since: datetime


@dataclass(frozen=True, kw_only=True)
class Past:
    """An order as it went. `facts`: those that do not change; `ended` when it was closed or cancelled, None for open.

    `held`: the exceptions it had, each as (type, opened, resolved or None). `promises`: changes of the promised date in
    their order, each as (when, what was promised until then).
    """

    id: UUID
    number: str
    channel: str
    unit: UUID | None
    value: Decimal
    discount_percent: Decimal
    payment: str
    priority: str
    placed_at: datetime
    promised_on: date | None
    ended: datetime | None
    happened: Mapping[Happening, datetime]
    stays: Sequence[Stay]
    held: Sequence[tuple[str, datetime, datetime | None]] = ()
    promises: Sequence[tuple[datetime, date | None]] = ()
    discount: Decimal = ZERO
    freight: Decimal = ZERO

    def promised_at(self, moment: datetime) -> date | None:
        return next((before for at, before in self.promises if at > moment), self.promised_on)


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """From `start` to before `end` the order was in `stage` since `since`, and this had happened."""

    start: datetime
    end: datetime
    stage: str
    since: datetime
    happened: frozenset[Happening]
    promised_on: date | None


def first_moment(rule: OrderRule, past: Past, since: datetime, now: datetime) -> datetime | None:
    """When from `since` on the rule's conditions first held together, None for never."""
    facts = lasting_facts(past)
    if not all(condition.holds(facts) for condition in rule.when if condition.field in facts):
        return None
    for stretch in stretches(past, now):
        if stretch.end <= since:
            continue
        if found := moment_in(rule.when, past, stretch, since):
            return found
    return None


def stretches(past: Past, now: datetime) -> Iterator[Stretch]:
    end = min(past.ended or now, now)
    turns = {past.placed_at, *past.happened.values(), *(stay.since for stay in past.stays)}
    turns.update(at for at, _before in past.promises)
    points = sorted(turn for turn in turns if past.placed_at <= turn < end)
    for start, stop in pairwise([*points, end]):
        stay = next((stay for stay in reversed(past.stays) if stay.since <= start), None)
        yield Stretch(
            start=start,
            end=stop,
            stage=stay.stage if stay else past.stays[0].stage if past.stays else "",
            since=stay.since if stay else past.placed_at,
            happened=frozenset(each for each, at in past.happened.items() if at <= start),
            promised_on=past.promised_at(start),
        )


def moment_in(when: Sequence[Condition], past: Past, stretch: Stretch, since: datetime) -> datetime | None:
    """The first moment of the stretch, from `since` on, at which all conditions hold."""
    facts = standing_facts(past, stretch)
    earliest, latest = max(stretch.start, since), stretch.end
    for condition in when:
        if condition.field not in PASSING:
            if not condition.holds(facts):
                return None
            continue
        window = window_of(condition, past, stretch)
        if window is None:
            return None
        earliest, latest = max(earliest, window[0]), min(latest, window[1])
    return earliest if earliest < latest else None


def window_of(condition: Condition, past: Past, stretch: Stretch) -> tuple[datetime, datetime] | None:
    """From when until before when a fact that grows with time meets its limit; hours are counted in whole seconds."""
    limit = Decimal(str(condition.value))
    if condition.field == "days_past_promise":
        if stretch.promised_on is None or Happening.DELIVERED in stretch.happened:
            return None
        return days_window(condition.operator, limit, stretch.promised_on)
    origin = past.placed_at if condition.field == "hours_since_placed" else stretch.since
    turn = origin + HOUR * float(limit)
    if condition.operator in PAST_LIMIT:
        turn += SECOND
    return (turn, FAR) if condition.operator in FROM_BELOW else (EARLY, turn)


def days_window(operator: Operator, limit: Decimal, promised_on: date) -> tuple[datetime, datetime]:
    """Whole days: a limit is met from the beginning of a day to the end of one."""
    whole = int(limit.to_integral_value(rounding="ROUND_FLOOR"))
    is_whole = limit == whole
    match operator:
        case Operator.AT_LEAST:
            return midnight(promised_on, whole if is_whole else whole + 1), FAR
        case Operator.ABOVE:
            return midnight(promised_on, whole + 1), FAR
        case Operator.AT_MOST:
            return EARLY, midnight(promised_on, whole + 1)
        case _:
            return EARLY, midnight(promised_on, whole if is_whole else whole + 1)


def midnight(day: date, days: int) -> datetime:
    return datetime.combine(day + DAY * days, time(), UTC)


EARLY, FAR = datetime(1970, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)


def lasting_facts(past: Past) -> dict[str, Fact]:
    """What is taken as it is now, at every moment."""
    return {
        "value": past.value,
        "discount_percent": past.discount_percent,
        "channel": past.channel,
        "payment": past.payment,
        "priority": past.priority,
    }


def standing_facts(past: Past, stretch: Stretch) -> Mapping[str, Fact]:
    return lasting_facts(past) | {
        "stage": stretch.stage,
        "payment_confirmed": Happening.PAYMENT_CONFIRMED in stretch.happened,
        "address_confirmed": Happening.ADDRESS_CONFIRMED in stretch.happened,
    }


def stage_at(past: Past, moment: datetime) -> str:
    reached = [stay.stage for stay in past.stays if stay.since <= moment]
    return reached[-1] if reached else past.stays[0].stage if past.stays else ""


def was_held(past: Past, type: str, at: datetime) -> bool:
    """Whether the order had an exception of the type by the day after: opened by somebody, or by a rule."""
    return any(kind == type and opened <= at + DAY for kind, opened, _resolved in past.held)
