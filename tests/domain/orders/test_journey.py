"""The way of an order: every stage against every happening, hold and constraint."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from domain.access import NotAllowed
from domain.governance.template import OrderStage
from domain.orders.closing import NotAtLastStage, OrderNotClosed
from domain.orders.entry import EntryNotMet, StageStopped, is_return, kept_out
from domain.orders.incoming import Incoming
from domain.orders.journey import (
    BeforePlaced,
    ClosureNotMet,
    HappenedAlready,
    InFuture,
    NotNextStage,
    OrderNotOpen,
    closure_missing,
    decide_close,
    decide_move,
    decide_receive,
    decide_record_happening,
    decide_reopen,
    reachable,
)
from domain.orders.order import Happening, OrderState, Source
from domain.orders.receiving import NegativeOrderMoney, OrderChannelUnknown
from domain.refusals import FieldMissing
from tests.domain.orders.making import (
    DESK,
    EVERYTHING,
    NOW,
    PLACED,
    READER,
    RULES,
    STAGES,
    blocking,
    done,
    opened,
    order,
    refused,
)

HOLDS = tuple(each.key for each in RULES.exception_types if each.is_hold)
ENTERED = RULES.stages[1:]


@pytest.mark.parametrize("stage", ENTERED, ids=lambda stage: stage.key)
@pytest.mark.parametrize("hold", HOLDS)
def test_a_hold_keeps_an_order_out_of_the_stages_it_stops(hold: str, stage: OrderStage) -> None:
    held = order(happened=EVERYTHING | {Happening.RETURN_REGISTERED: PLACED}, exceptions=(opened(hold),))
    kind = RULES.exception_type(hold)
    assert kind
    if stage.key in kind.stops:
        assert kept_out(held, stage, RULES) == StageStopped(stage=stage.label, holds=(kind.label,), constraints=())
    elif "no_hold" in stage.entry:
        assert kept_out(held, stage, RULES) == EntryNotMet(stage=stage.label, missing=("no_hold",))
    else:
        assert kept_out(held, stage, RULES) is None


@pytest.mark.parametrize("stage", ENTERED, ids=lambda stage: stage.key)
def test_a_constraint_keeps_an_order_out_of_the_stages_it_stops(stage: OrderStage) -> None:
    happened = EVERYTHING | {Happening.RETURN_REGISTERED: PLACED}
    blocked = order(happened=happened, constraints=(blocking("picking", "dispatch"),))
    expected = StageStopped(stage=stage.label, holds=(), constraints=("Carrier strike",))
    assert kept_out(blocked, stage, RULES) == (expected if stage.key in ("picking", "dispatch") else None)


@pytest.mark.parametrize("stage", ENTERED, ids=lambda stage: stage.key)
@pytest.mark.parametrize("absent", [None, *Happening])
def test_a_stage_asks_for_what_must_have_happened(stage: OrderStage, absent: Happening | None) -> None:
    happened = {each: PLACED for each in Happening if each is not absent}
    missing = (absent.value,) if absent and absent.value in stage.entry else ()
    outcome = kept_out(order(happened=happened), stage, RULES)
    assert outcome == (EntryNotMet(stage=stage.label, missing=missing) if missing else None)


def test_delivered_or_refunded_is_either() -> None:
    closure = RULES.stages[-1]
    assert kept_out(order(), closure, RULES)
    for either in (Happening.DELIVERED, Happening.REFUNDED):
        assert kept_out(order(happened={either: PLACED}), closure, RULES) is None


@pytest.mark.parametrize("is_returned", [False, True])
@pytest.mark.parametrize("here", STAGES)
@pytest.mark.parametrize("to", STAGES)
def test_an_order_goes_one_stage_forward_or_one_back(here: str, to: str, is_returned: bool) -> None:
    happened = EVERYTHING | ({Happening.RETURN_REGISTERED: PLACED} if is_returned else {})
    way = [stage.key for stage in RULES.stages if is_returned or not is_return(stage)]
    if here == "return" and not is_returned:
        way.insert(way.index("closure"), "return")
    steps = {way[at] for at in (way.index(here) - 1, way.index(here) + 1) if 0 <= at < len(way)}
    if is_returned and here == "dispatch":
        steps.add("return")
    outcome = decide_move(order(stage=here, happened=happened), to, "Because", RULES, DESK, NOW)
    if to in steps:
        moved = done(outcome)
        assert (moved.before, moved.after) == (here, to)
        assert moved.due_at == NOW + timedelta(hours=RULES.stage(to).target_hours)
    else:
        assert isinstance(outcome, NotNextStage)


def test_back_needs_a_reason_and_forward_none() -> None:
    here = order(stage="allocation", happened=EVERYTHING)
    assert decide_move(here, "payment_check", " ", RULES, DESK, NOW) == FieldMissing(field="reason")
    assert done(decide_move(here, "picking", "", RULES, DESK, NOW)).after == "picking"


def test_a_hold_stops_the_way_back_too() -> None:
    here = order(stage="allocation", happened=EVERYTHING, exceptions=(opened("address"),))
    assert isinstance(decide_move(here, "payment_check", "Wrong street", RULES, DESK, NOW), StageStopped)


def test_all_holds_are_released_before_the_order_moves() -> None:
    one, other = opened("credit", 1), opened("address", 2)
    here = order(stage="payment_check", happened=EVERYTHING, exceptions=(one, other))
    assert isinstance(decide_move(here, "allocation", "", RULES, DESK, NOW), StageStopped)
    here = replace(here, exceptions=(replace(one, resolved_at=NOW), other))
    assert isinstance(decide_move(here, "allocation", "", RULES, DESK, NOW), EntryNotMet)
    here = replace(here, exceptions=(replace(one, resolved_at=NOW), replace(other, resolved_at=NOW)))
    assert done(decide_move(here, "allocation", "", RULES, DESK, NOW)).after == "allocation"


@pytest.mark.parametrize("state", [OrderState.CLOSED, OrderState.CANCELLED])
def test_what_is_not_open_does_not_move(state: OrderState) -> None:
    ended = order(state=state, happened=EVERYTHING)
    assert isinstance(decide_move(ended, "payment_check", "", RULES, DESK, NOW), OrderNotOpen)
    assert isinstance(decide_close(ended, RULES, DESK, NOW), OrderNotOpen)
    assert reachable(ended, RULES) == ()


def test_who_only_reads_moves_nothing() -> None:
    assert isinstance(decide_move(order(happened=EVERYTHING), "payment_check", "", RULES, READER, NOW), NotAllowed)


@pytest.mark.parametrize("here", STAGES)
def test_what_is_reachable_is_what_can_be_done(here: str) -> None:
    at = order(stage=here, happened={Happening.ADDRESS_CONFIRMED: PLACED}, exceptions=(opened("stock"),))
    reach = reachable(at, RULES)
    assert {each.stage for each in reach} == {
        to for to in STAGES if not isinstance(decide_move(at, to, "R", RULES, DESK, NOW), NotNextStage)
    }
    for each in reach:
        outcome = decide_move(at, each.stage, "R", RULES, DESK, NOW)
        assert outcome == each.blocked if each.blocked else done(outcome)


@pytest.mark.parametrize("happening", list(Happening))
def test_what_happens_is_recorded_once(happening: Happening) -> None:
    assert done(decide_record_happening(order(), happening, NOW, DESK, NOW)).happening is happening
    again = decide_record_happening(order(happened={happening: PLACED}), happening, NOW, DESK, NOW)
    assert again == HappenedAlready(happening=happening, at=PLACED)


def test_nothing_happens_before_the_order_or_after_now() -> None:
    early, late = PLACED - timedelta(seconds=1), NOW + timedelta(seconds=1)
    outcome = decide_record_happening(order(), Happening.PICKED, early, DESK, NOW)
    assert outcome == BeforePlaced(at=early, placed_at=PLACED)
    assert decide_record_happening(order(), Happening.PICKED, late, DESK, NOW) == InFuture(at=late)


COMPLETE = order(stage="closure", happened=EVERYTHING)


@pytest.mark.parametrize(
    ("lacking", "missing"),
    [
        (replace(COMPLETE, happened={Happening.DELIVERED: PLACED}), "invoice_issued"),
        (replace(COMPLETE, happened={Happening.INVOICE_ISSUED: PLACED}), "delivered_or_refunded"),
        (replace(COMPLETE, exceptions=(opened("fraud"),)), "no_hold"),
        (replace(COMPLETE, exceptions=(opened("return"),)), "no_open_exception"),
        (replace(COMPLETE, open_tickets=1), "no_open_ticket"),
    ],
)
def test_closure_needs_its_evidence(lacking: object, missing: str) -> None:
    assert decide_close(lacking, RULES, DESK, NOW) == ClosureNotMet(missing=(missing,))  # type: ignore[arg-type]


def test_an_order_closes_at_its_last_stage_only() -> None:
    assert done(decide_close(COMPLETE, RULES, DESK, NOW)).evidence == RULES.closure
    assert closure_missing(COMPLETE, RULES) == ()
    early = replace(COMPLETE, stage="delivery")
    assert decide_close(early, RULES, DESK, NOW) == NotAtLastStage(stage="Delivery", last="Closure")


def test_only_a_closed_order_is_opened_again_and_with_a_reason() -> None:
    closed = replace(COMPLETE, state=OrderState.CLOSED)
    assert done(decide_reopen(closed, "Chargeback", RULES, DESK, NOW)).stage == "closure"
    assert decide_reopen(closed, "", RULES, DESK, NOW) == FieldMissing(field="reason")
    assert decide_reopen(COMPLETE, "R", RULES, DESK, NOW) == OrderNotClosed(number="A-1")
    assert isinstance(decide_reopen(replace(closed, state=OrderState.CANCELLED), "R", RULES, DESK, NOW), OrderNotOpen)


def incoming(**more: object) -> Incoming:
    known = {"number": "A-1", "channel": "shop", "placed_at": PLACED, "currency": "EUR", "value": Decimal(100)}
    return Incoming(**known | more)  # type: ignore[arg-type]


def test_an_order_comes_in_at_the_stage_its_happenings_speak_for() -> None:
    taken = done(decide_receive(incoming(), RULES, order().id, Source.HAND, DESK, NOW)).order
    assert (taken.stage, taken.stage_since, taken.created_by) == ("intake", PLACED, DESK.person)
    delivered = incoming(happened={Happening.DELIVERED: NOW})
    taken = done(decide_receive(delivered, RULES, order().id, Source.IMPORT, None, NOW)).order
    assert (taken.stage, taken.stage_since, taken.created_by) == ("closure", NOW, None)


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        ({"number": "  "}, FieldMissing(field="number")),
        ({"channel": "pigeon"}, OrderChannelUnknown(channel="pigeon", known=RULES.channel_codes)),
        ({"value": Decimal("-0.01")}, NegativeOrderMoney(field="value", amount=Decimal("-0.01"))),
        ({"discount": Decimal(-1)}, NegativeOrderMoney(field="discount", amount=Decimal(-1))),
        ({"freight": Decimal(-1)}, NegativeOrderMoney(field="freight", amount=Decimal(-1))),
        ({"placed_at": NOW + timedelta(1)}, InFuture(at=NOW + timedelta(1))),
        (
            {"happened": {Happening.PICKED: PLACED - timedelta(1)}},
            BeforePlaced(at=PLACED - timedelta(1), placed_at=PLACED),
        ),
    ],
)
def test_what_cannot_be_an_order_is_refused(wrong: dict[str, object], expected: object) -> None:
    assert refused(decide_receive(incoming(**wrong), RULES, order().id, Source.HAND, DESK, NOW)) == expected
