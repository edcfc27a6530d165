"""A rule over the past says the same as the rule would have said at every moment of it."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.governance.policies import ORDERED, Condition, Operator
from domain.governance.template import OrderRule
from domain.orders.order import Happening
from domain.orders.replay import PASSING, Past, Stay, first_moment
from domain.orders.rules import rule_facts
from tests.domain.orders.making import PLACED, STAGES, order

HOURS = st.integers(0, 60)
END = PLACED + timedelta(hours=84)
H = Happening


@st.composite
def pasts(draw: st.DrawFn) -> Past:
    happened = draw(st.dictionaries(st.sampled_from([H.PAYMENT_CONFIRMED, H.DELIVERED]), HOURS))
    turns = sorted({0, *draw(st.lists(HOURS, max_size=3))})
    stays = [Stay(stage=draw(st.sampled_from(STAGES[:4])), since=PLACED + timedelta(hours=at)) for at in turns]
    promised = draw(st.none() | st.integers(-2, 3))
    return Past(
        id=UUID(int=1), number="A", channel="shop", unit=None, value=Decimal(100), discount_percent=Decimal(0),
        payment="", priority="normal", placed_at=PLACED,
        promised_on=None if promised is None else PLACED.date() + timedelta(promised),
        ended=draw(st.none() | HOURS.map(lambda at: PLACED + timedelta(hours=at + 1))),
        happened={each: PLACED + timedelta(hours=at) for each, at in happened.items()}, stays=stays,
    )  # fmt: skip


@st.composite
def conditions(draw: st.DrawFn) -> Condition:
    field = draw(st.sampled_from([*sorted(PASSING), "stage", "payment_confirmed", "value"]))
    if field == "stage":
        return Condition(field=field, operator=Operator.IS, value=draw(st.sampled_from(STAGES[:4])))
    if field == "payment_confirmed":
        return Condition(field=field, operator=Operator.IS, value=draw(st.booleans()))
    limit = draw(st.integers(0, 4)) if field == "days_past_promise" else draw(HOURS)
    return Condition(field=field, operator=draw(st.sampled_from(sorted(ORDERED))), value=Decimal(limit))


def at(past: Past, now: datetime, when: tuple[Condition, ...]) -> bool:
    """Whether the rule speaks at that moment, by the facts that the clock would have looked at."""
    stay = [stay for stay in past.stays if stay.since <= now][-1]
    happened = {each: moment for each, moment in past.happened.items() if moment <= now}
    then = order(
        value=past.value, placed_at=past.placed_at, promised_on=past.promised_on, happened=happened,
        stage=stay.stage, stage_since=stay.since,
    )  # fmt: skip
    return all(condition.holds(rule_facts(then, now)) for condition in when)


@settings(max_examples=150)
@given(past=pasts(), when=st.lists(conditions(), min_size=1, max_size=3).map(tuple))
def test_replaying_agrees_with_looking_at_every_half_hour(past: Past, when: tuple[Condition, ...]) -> None:
    rule = OrderRule(key="r", label="R", opens="address", reason="", when=when)
    end = min(past.ended or END, END)
    half = [PLACED + timedelta(minutes=30 * step) for step in range(int((end - PLACED) / timedelta(minutes=30)))]
    seen = next((moment for moment in half if at(past, moment, when)), None)
    found = first_moment(rule, past, PLACED, END)
    if seen is None:
        assert found is None
    else:
        assert found is not None
        assert seen - timedelta(minutes=30) < found <= seen


def test_only_what_comes_after_the_beginning_counts() -> None:
    past = Past(
        id=UUID(int=1), number="A", channel="shop", unit=None, value=Decimal(100), discount_percent=Decimal(0),
        payment="", priority="normal", placed_at=PLACED, promised_on=date(2026, 11, 2), ended=END,
        happened={}, stays=[Stay(stage="intake", since=PLACED)],
    )  # fmt: skip
    late = Condition(field="days_past_promise", operator=Operator.AT_LEAST, value=Decimal(1))
    rule = OrderRule(key="r", label="R", opens="delivery_date", reason="", when=(late,))
    assert first_moment(rule, past, PLACED, END) == datetime(2026, 11, 3, tzinfo=PLACED.tzinfo)
    since = datetime(2026, 11, 5, 7, tzinfo=PLACED.tzinfo)
    assert first_moment(rule, past, since, END) == since
    assert first_moment(rule, past, END, END) is None


def test_an_order_that_ended_as_it_came_in_was_never_held() -> None:
    past = Past(
        id=UUID(int=1), number="A", channel="shop", unit=None, value=Decimal(100), discount_percent=Decimal(0),
        payment="", priority="normal", placed_at=PLACED, promised_on=None, ended=PLACED, happened={},
        stays=[Stay(stage="intake", since=PLACED)],
    )  # fmt: skip
    dear = Condition(field="value", operator=Operator.AT_LEAST, value=Decimal(1))
    rule = OrderRule(key="r", label="R", opens="high_value", reason="", when=(dear,))
    assert first_moment(rule, past, PLACED, END) is None


def test_the_promised_date_of_the_time_counts() -> None:
    """It was moved from the second to the fifth on the third: late from the third on, before it was moved."""
    moved = PLACED + timedelta(days=1)
    past = Past(
        id=UUID(int=1), number="A", channel="shop", unit=None, value=Decimal(100), discount_percent=Decimal(0),
        payment="", priority="normal", placed_at=PLACED, promised_on=date(2026, 11, 5), ended=None, happened={},
        stays=[Stay(stage="intake", since=PLACED)], promises=((moved, date(2026, 11, 2)),),
    )  # fmt: skip
    for days, first in (
        (1, datetime(2026, 11, 3, tzinfo=PLACED.tzinfo)),
        (2, datetime(2026, 11, 7, tzinfo=PLACED.tzinfo)),
    ):
        late = Condition(field="days_past_promise", operator=Operator.AT_LEAST, value=Decimal(days))
        rule = OrderRule(key="r", label="R", opens="delivery_date", reason="", when=(late,))
        assert first_moment(rule, past, PLACED, PLACED + timedelta(days=9)) == first
