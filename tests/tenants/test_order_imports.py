"""Files of orders beneath the pages: in once, brought up to date, nothing changed here lost, and never past a hold."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from domain.access import Actor
from domain.imports import RowState, RowsToCorrect, order_lines
from domain.imports.order_fields import OrderField
from domain.imports.order_guess import guess_orders
from domain.orders.arriving import OrdersImported
from domain.orders.consequences import IntakeChoices
from domain.refusals import Refusal
from tenants.database import Work
from tenants.instance.actions import order_import
from tenants.instance.actions.order_import import commit_orders
from tenants.instance.actions.references import retire_reference
from tenants.instance.models.audit import AuditEventRow
from tenants.instance.models.exceptions import OrderCostRow, OrderEffectRow, OrderExceptionRow, OrderTicketRow
from tenants.instance.models.imports import ImportRow
from tenants.instance.models.intake import OrderConflictRow
from tenants.instance.models.orders import OrderPromiseRow, OrderRow, OrderStageRow
from tenants.instance.models.people import ReferenceRow
from tenants.instance.queries.import_table import get_numbered, get_table, get_window
from tenants.instance.queries.readers import find_reader
from tests.house import House
from tests.orderfiles import asked, brought_in, csv_of, line, looked, mapping_of, orders, sample, table_of, uploaded

F = OrderField


@pytest.fixture
def pmo(shop: Work, house: House) -> Actor:
    reader = find_reader(shop, house.manager)
    assert reader is not None
    return reader.actor


def order(work: Work, number: str) -> OrderRow:
    work.session.rollback()
    return work.session.scalars(select(OrderRow).where(OrderRow.number == number)).one()


def rows(work: Work, table: type, number: str) -> list:  # type: ignore[type-arg]
    chosen = select(table).join(OrderRow, OrderRow.id == table.order_id).where(OrderRow.number == number)  # type: ignore[attr-defined]
    return list(work.session.scalars(chosen))


def test_the_marketplace_sample_comes_in_as_its_dates_say(shop: Work, pmo: Actor) -> None:
    outcome = brought_in(shop, pmo, sample("marketplace"))
    assert isinstance(outcome, OrdersImported)
    assert (outcome.new, outcome.value, outcome.freight) == (6, "534.40", "71.47")
    stood = {n: (order(shop, f"mp-000{n}").stage, order(shop, f"mp-000{n}").state) for n in range(1, 7)}
    assert stood == {
        1: ("closure", "open"), 2: ("closure", "open"), 3: ("delivery", "open"), 4: ("intake", "cancelled"),
        5: ("allocation", "cancelled"), 6: ("allocation", "open"),
    }  # fmt: skip
    late = order(shop, "mp-0002")
    [exception] = rows(shop, OrderExceptionRow, "mp-0002")
    assert (exception.type, exception.resolved_at) == ("delivery_date", late.delivered_at)
    [ticket] = rows(shop, OrderTicketRow, "mp-0002")
    assert (ticket.channel, late.open_tickets, late.open_exceptions) == ("review", 1, 0)
    [freight] = rows(shop, OrderCostRow, "mp-0003")
    assert (freight.actual, freight.forecast) == (Decimal("8.72"), Decimal("8.72"))
    assert [cost.actual for cost in rows(shop, OrderCostRow, "mp-0006")] == [None]
    [effect] = rows(shop, OrderEffectRow, "mp-0005")
    assert (effect.kind, effect.amount, effect.reason) == ("cancellation", Decimal("74.60"), "unavailable")
    stays = [(stay.stage, stay.left_at is None) for stay in rows(shop, OrderStageRow, "mp-0001")]
    assert stays == [("intake", False), ("allocation", False), ("delivery", False), ("closure", True)]


def test_shopify_rows_of_one_order_are_one_order(shop: Work, pmo: Actor) -> None:
    outcome = brought_in(shop, pmo, sample("shopify"))
    assert isinstance(outcome, OrdersImported) and outcome.new == 4
    first = order(shop, "#1001")
    assert (first.items, first.value, first.discount, first.freight) == (3, *map(Decimal, ("64.80", "7.20", "4.90")))
    assert first.placed_at == datetime(2026, 2, 2, 9, 12, 7, tzinfo=UTC)
    assert (order(shop, "#1002").stage, order(shop, "#1004").state) == ("intake", "cancelled")
    assert [(e.kind, e.amount) for e in rows(shop, OrderEffectRow, "#1003")] == [("refund", Decimal("49.90"))]


def test_the_rows_of_one_order_go_out_together_to_be_corrected(shop: Work, pmo: Actor) -> None:
    table = sample("shopify")
    groups = list(order_lines.rows_of_orders(table, mapping_of(shop, pmo, table)))
    assert tuple(row for group in groups for row in group) == table.rows
    assert [group[0].cells[0] for group in groups] == ["#1001", "#1002", "#1003", "#1004"]
    assert {row.cells[0] for row in groups[0]} == {"#1001"} and len(groups[0]) > 1


def test_woocommerce_comes_in(shop: Work, pmo: Actor) -> None:
    outcome = brought_in(shop, pmo, sample("woocommerce"))
    assert isinstance(outcome, OrdersImported) and outcome.new == 4
    assert (order(shop, "W-871").stage, order(shop, "W-874").state) == ("allocation", "cancelled")
    assert order(shop, "W-873").discount == Decimal("10.00")


def test_semicolons_and_comma_decimals_are_read(shop: Work, pmo: Actor) -> None:
    content = csv_of(line("semi-1", Value="1240,50", Freight="4,90"), mark=";")
    brought_in(shop, pmo, table_of(content))
    assert order(shop, "semi-1").value == Decimal("1240.50")


def test_the_same_file_again_changes_nothing(shop: Work, pmo: Actor) -> None:
    table = orders(line("same-1"), line("same-2", Delivered="2026-02-20 08:00:00", Score="1"))
    mapping = mapping_of(shop, pmo, table)
    mapping = replace(mapping, orders=replace(mapping.orders, choices=IntakeChoices(ticket_up_to=2)))
    brought_in(shop, pmo, table, mapping)
    before = (order(shop, "same-1").version, order(shop, "same-2").version, counted(shop))
    assert looked(shop, pmo, table, mapping).created["unchanged"] == 2
    outcome = brought_in(shop, pmo, table, mapping)
    assert isinstance(outcome, OrdersImported) and (outcome.new, outcome.unchanged) == (0, 2)
    assert (order(shop, "same-1").version, order(shop, "same-2").version, counted(shop)) == before


def counted(work: Work) -> list[int]:
    tables = (OrderRow, OrderExceptionRow, OrderCostRow, OrderEffectRow, OrderTicketRow, OrderConflictRow)
    return [work.session.scalar(select(func.count()).select_from(table)) or 0 for table in tables]


def test_what_is_new_in_the_file_is_shown_and_then_applied(shop: Work, pmo: Actor) -> None:
    brought_in(shop, pmo, orders(line("news-1"), line("news-2")))
    again = orders(
        line("news-1", Dispatched="2026-02-05 12:00:00", Delivered="2026-02-12 09:00:00", Status="delivered"),
        line("news-2", Status="cancelled", Promised_on="2026-02-11"),
        line("news-3"),
    )
    found = looked(shop, pmo, again)
    assert dict(found.created) == {"new": 1, "changed": 2, "conflicting": 0, "unchanged": 0}
    first = next(each for each in found.changes if each.number == "news-1")
    assert {update.field for update in first.updates} == {"status", "dispatched", "delivered"}
    brought_in(shop, pmo, again)
    sent = order(shop, "news-1")
    assert (sent.stage, sent.cost_actual, sent.open_exceptions) == ("closure", Decimal("4.90"), 0)
    [late] = rows(shop, OrderExceptionRow, "news-1")
    assert late.resolved_at == sent.delivered_at
    stays = sorted(rows(shop, OrderStageRow, "news-1"), key=lambda stay: stay.position)
    assert [stay.stage for stay in stays] == ["intake", "allocation", "delivery", "closure"]
    assert [stay.left_at for stay in stays] == [stay.entered_at for stay in stays[1:]] + [None]
    gone = order(shop, "news-2")
    assert (gone.state, gone.cancel_reason, gone.effects) == ("cancelled", "cancelled", Decimal("80.00"))
    assert [(p.field, p.after, p.reason) for p in rows(shop, OrderPromiseRow, "news-2")] == [
        ("promised_on", "2026-02-11", "source")
    ]


def test_what_both_changed_waits_for_a_decision(shop: Work, pmo: Actor) -> None:
    brought_in(shop, pmo, orders(line("both-1")))
    change_here(shop, "both-1", payment="invoice", customer="C-9")
    again = orders(line("both-1", Payment="voucher", Freight="6.00"))
    assert looked(shop, pmo, again).created["conflicting"] == 1
    brought_in(shop, pmo, again)
    row = order(shop, "both-1")
    assert (row.payment, row.customer, row.freight) == ("invoice", "C-9", Decimal("6.00"))
    [conflict] = rows(shop, OrderConflictRow, "both-1")
    assert (conflict.field, conflict.ours, conflict.theirs, conflict.choice) == ("payment", "invoice", "voucher", "")
    brought_in(shop, pmo, again)
    brought_in(shop, pmo, orders(line("both-1", Payment="wallet", Freight="6.00")))
    [conflict] = rows(shop, OrderConflictRow, "both-1")
    assert conflict.theirs == "wallet"
    brought_in(shop, pmo, orders(line("both-1", Payment="invoice", Freight="6.00")))
    assert [each.choice for each in rows(shop, OrderConflictRow, "both-1")] == ["theirs"]


def change_here(work: Work, number: str, **values: object) -> None:
    with work.transaction() as tx:
        row = tx.lock(OrderRow, order(work, number).id)
        for name, value in values.items():
            setattr(row, name, value)


def hold(work: Work, number: str) -> None:
    row = order(work, number)
    with work.transaction() as tx:
        tx.lock(OrderRow, row.id).open_holds = 1
        tx.add(
            OrderExceptionRow(
                id=work.new_id(),
                order_id=row.id,
                type="fraud",
                cause="",
                is_hold=True,
                stops=["dispatch", "delivery"],
                owner_role="finance_reviewer",
                reason="",
                decision="release",
                rule="",
                opened_at=work.now(),
                due_at=work.now() + timedelta(hours=12),
                resolution="",
                resolution_words="",
            )
        )


def test_a_held_order_is_not_moved_past_its_hold(shop: Work, pmo: Actor) -> None:
    brought_in(shop, pmo, orders(line("held-1")))
    hold(shop, "held-1")
    again = orders(line("held-1", Dispatched="2026-02-05 12:00:00"), line("held-2"))
    found = looked(shop, pmo, again)
    [problem] = found.problems[2]
    assert (problem.reason.kind, found.state(2)) == ("HeldOrder", RowState.CORRECT)
    outcome = brought_in(shop, pmo, again, out=(2,))
    assert isinstance(outcome, OrdersImported) and (outcome.new, outcome.left_out) == (1, (2,))
    assert order(shop, "held-1").dispatched_at is None


def test_a_cancellation_of_the_source_settles_what_was_open_and_the_trail_says_what_it_lost(
    shop: Work, pmo: Actor
) -> None:
    brought_in(shop, pmo, orders(line("gone-1")))
    hold(shop, "gone-1")
    brought_in(shop, pmo, orders(line("gone-1", Status="cancelled")))
    gone = order(shop, "gone-1")
    [effect] = rows(shop, OrderEffectRow, "gone-1")
    assert (gone.state, gone.open_holds, gone.open_exceptions) == ("cancelled", 0, 0)
    assert {each.resolution for each in rows(shop, OrderExceptionRow, "gone-1")} == {"cancelled"}
    told = select(AuditEventRow.body).where(AuditEventRow.subject_id == gone.id, AuditEventRow.kind == "OrderUpdated")
    [loss] = json.loads(shop.session.scalars(told).one())["losses"]
    assert (loss["kind"], loss["amount"], loss["reason"]) == ("cancellation", str(effect.amount), "cancelled")


def test_a_hold_that_comes_after_the_preview_turns_the_file_back_whole(shop: Work, pmo: Actor) -> None:
    brought_in(shop, pmo, orders(line("after-1")))
    upload = asked(shop, pmo, orders(line("after-2"), line("after-1", Dispatched="2026-02-05 12:00:00")))
    hold(shop, "after-1")
    assert commit_orders(shop, upload, pmo) == RowsToCorrect(rows=(3,))
    shop.session.rollback()
    assert shop.session.scalar(select(OrderRow.id).where(OrderRow.number == "after-2")) is None
    row = shop.get(ImportRow, upload)
    assert (row.state, row.failure) == ("checked", "RowsToCorrect")


def test_the_trail_tells_of_nothing_that_a_file_turned_back_had_begun_with(
    shop: Work, pmo: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(order_lines, "CHUNK", 1)
    brought_in(shop, pmo, orders(line("undone-1")))
    first, second = line("undone-2"), line("undone-1", Dispatched="2026-02-05 12:00:00")
    upload = asked(shop, pmo, orders(first, second, line("undone-3")))
    hold(shop, "undone-1")
    assert commit_orders(shop, upload, pmo) == RowsToCorrect(rows=(3,))
    shop.session.rollback()
    told = select(AuditEventRow.subject_label).where(AuditEventRow.kind.in_(("OrderReceived", "OrderUpdated")))
    labels = set(shop.session.scalars(told.where(AuditEventRow.subject_label.startswith("undone-"))))
    assert labels == {"undone-1"}
    assert shop.session.scalar(select(OrderRow.id).where(OrderRow.number == "undone-2")) is None


@pytest.mark.parametrize(
    ("faulty", "column", "reason"),
    [
        ({"Status": "teleported"}, "Status", "UnknownStatus"),
        ({"Delivered": "2026-02-01 09:00:00"}, "Delivered", "BeforePlacing"),
        ({"Placed_at": "2999-01-01 00:00"}, "Placed at", "YearNotPlausible"),
        ({"Placed_at": "2099-01-01 00:00"}, "Placed at", "NotYet"),
        ({"Value": "-80.00"}, "Value", "BelowZero"),
        ({"Freight": "-1"}, "Freight", "BelowZero"),
        ({"Value": ""}, "Value", "Missing"),
        ({"Channel": "shpo"}, "Channel", "UnknownName"),
        ({"Score": "9"}, "Score", "NotANumberOf"),
        ({"Order_number": ""}, "Order number", "Missing"),
        ({"Placed_at": "yesterday"}, "Placed at", "NotAMoment"),
    ],
)
def test_a_bad_row_is_named_with_its_column_and_reason(
    shop: Work, pmo: Actor, faulty: dict[str, str], column: str, reason: str
) -> None:
    found = looked(shop, pmo, orders(line("bad-1", **faulty), line("good-1")))
    problem = found.problems[2][0]
    assert (problem.column, problem.reason.kind, found.wrong) == (column, reason, (2,))


def test_a_number_twice_in_one_file_is_named(shop: Work, pmo: Actor) -> None:
    found = looked(shop, pmo, orders(line("twice-1"), line("twice-2"), line("twice-1")))
    [problem] = found.problems[4]
    assert (problem.reason.kind, problem.value) == ("RepeatedOrder", "twice-1")


def test_no_order_comes_into_a_retired_unit_and_those_in_it_go_on(shop: Work, pmo: Actor) -> None:
    unit = shop.new_id()
    with shop.transaction() as tx:
        tx.add(ReferenceRow(id=unit, kind="business_unit", name="Closing unit"))
    head, row = "Order number,Channel,Placed at,Value,Business unit", ",shop,2026-02-02,5.00,Closing unit\n"
    brought_in(shop, pmo, table_of(f"{head}\nunit-1{row}".encode()))
    assert not isinstance(retire_reference(shop, unit, pmo), Refusal)
    again = table_of(f"{head}\nunit-1{row}unit-2{row}".encode())
    found = looked(shop, pmo, again)
    assert {number: problems[0].reason.kind for number, problems in found.problems.items()} == {3: "RetiredName"}
    assert order(shop, "unit-1").business_unit_id == unit


def test_a_file_does_not_take_an_order_from_another_unit(shop: Work, pmo: Actor) -> None:
    units = {name: shop.new_id() for name in ("Own unit", "Their unit")}
    with shop.transaction() as tx:
        for name, key in units.items():
            tx.add(ReferenceRow(id=key, kind="business_unit", name=name))
    head, row = "Order number,Channel,Placed at,Value,Business unit", "taken-1,shop,2026-02-02"
    brought_in(shop, pmo, table_of(f"{head}\n{row},5.00,Their unit\n".encode()))
    whole = pmo.assignments[0]
    limited = replace(pmo, assignments=(replace(whole, business_unit=units["Own unit"]),))
    found = looked(
        shop, limited, table_of(f"{head}\n{row},7.00,Own unit\nnew-2,shop,2026-02-02,1.00,Own unit\n".encode())
    )
    assert {number: [each.reason.kind for each in problems] for number, problems in found.problems.items()} == {
        2: ["OrderOutOfReach"]
    }
    assert (found.created["new"], found.created["changed"], found.changes) == (1, 0, ())


def test_another_currency_is_refused_row_by_row(shop: Work, pmo: Actor) -> None:
    content = b"Order number,Placed at,Value,Currency\ncur-1,2026-02-02,5.00,EUR\ncur-2,2026-02-02,5.00,BRL\n"
    found = looked(shop, pmo, table_of(content))
    assert {row: problems[0].reason.kind for row, problems in found.problems.items()} == {3: "OtherCurrency"}


def test_a_zone_moves_the_moments_of_the_file(shop: Work, pmo: Actor) -> None:
    table = orders(line("zone-1"))
    mapping = mapping_of(shop, pmo, table)
    brought_in(shop, pmo, table, replace(mapping, orders=replace(mapping.orders, zone="America/Sao_Paulo")))
    assert order(shop, "zone-1").placed_at == datetime(2026, 2, 2, 12, 0, tzinfo=UTC)


def test_what_is_complete_comes_in_closed(shop: Work, pmo: Actor) -> None:
    moments = {"Dispatched": "2026-02-04", "Delivered": "2026-02-06", "Invoice_issued": "2026-02-04"}
    brought_in(shop, pmo, orders(line("done-1", **moments), line("late-1", **moments | {"Delivered": "2026-02-28"})))
    assert (order(shop, "done-1").state, order(shop, "late-1").state) == ("closed", "closed")
    assert rows(shop, OrderStageRow, "done-1")[-1].left_at is not None


def test_the_trail_has_the_file_and_each_order_once(shop: Work, pmo: Actor) -> None:
    upload = asked(shop, pmo, orders(line("trail-1"), line("trail-2")))
    commit_orders(shop, upload, pmo)
    assert commit_orders(shop, upload, pmo) is None
    kinds = dict(
        shop.session.execute(
            select(AuditEventRow.kind, func.count())
            .where(AuditEventRow.subject_label.in_(("trail-1", "trail-2", "orders.csv")))
            .where((AuditEventRow.subject_id == upload) | (AuditEventRow.subject_kind == "order"))
            .group_by(AuditEventRow.kind)
        ).all()
    )
    assert kinds == {"OrdersImported": 1, "OrderReceived": 2}


def test_the_other_client_has_none_of_it(shop: Work, other_shop: Work, pmo: Actor) -> None:
    brought_in(shop, pmo, orders(line("mine-1")))
    assert other_shop.session.scalar(select(OrderRow.id).where(OrderRow.number == "mine-1")) is None


def test_many_rows_are_copied_as_few_are_inserted(shop: Work, pmo: Actor) -> None:
    table = orders(*(line(f"many-{n}", Customer='tab\there "quoted" \\ {x}') for n in range(150)))
    brought_in(shop, pmo, table)
    row = order(shop, "many-149")
    assert row.customer == 'tab\there "quoted" \\ {x}'
    assert row.imported["customer"] == row.customer
    assert looked(shop, pmo, table).created["unchanged"] == 150


def test_rows_left_out_do_not_shift_the_parts_in_which_a_long_file_is_held_against_orders(
    shop: Work, pmo: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(order_lines, "CHUNK", 3)
    table = orders(line("part-0", Value="-1"), *(line(f"part-{n}") for n in range(1, 9)))
    assert isinstance(brought_in(shop, pmo, table, out=(2,)), OrdersImported)
    again = orders(line("part-0", Value="-1"), *(line(f"part-{n}", Freight="5.00") for n in range(1, 9)))
    outcome = brought_in(shop, pmo, again, out=(2,))
    assert isinstance(outcome, OrdersImported) and (outcome.new, outcome.changed) == (0, 8)


def test_new_and_known_orders_of_a_long_file_stand_in_the_trail_in_its_order(
    shop: Work, pmo: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(order_lines, "CHUNK", 120)
    brought_in(shop, pmo, orders(*(line(f"mix-{n}") for n in range(0, 360, 7))))
    outcome = brought_in(shop, pmo, orders(*(line(f"mix-{n}", Freight="5.00") for n in range(360))))
    assert isinstance(outcome, OrdersImported) and (outcome.new, outcome.changed) == (308, 52)
    told = select(AuditEventRow.subject_label).where(AuditEventRow.subject_label.startswith("mix-"))
    last = shop.session.scalars(told.order_by(AuditEventRow.sequence.desc()).limit(360)).all()
    assert list(reversed(last)) == [f"mix-{n}" for n in range(360)]
    assert {order(shop, f"mix-{n}").freight for n in (0, 1, 357, 359)} == {Decimal("5.00")}


def test_what_fails_behind_the_reading_of_a_file_leaves_nothing_of_it(
    shop: Work, pmo: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, lots = order_import._write_lot, []

    def second_fails(*args: Any) -> None:
        lots.append(args)
        if len(lots) == 3:  # the first was empty: nothing was read before
            raise ZeroDivisionError
        write(*args)

    monkeypatch.setattr(order_lines, "CHUNK", 3)
    monkeypatch.setattr(order_import, "_write_lot", second_fails)
    before = counted(shop)
    upload = asked(shop, pmo, orders(*(line(f"fails-{n}") for n in range(20))))
    with pytest.raises(ZeroDivisionError):
        commit_orders(shop, upload, pmo)
    monkeypatch.undo()
    assert counted(shop) == before
    assert isinstance(commit_orders(shop, upload, pmo), OrdersImported)


def test_an_uploaded_file_waits_until_it_is_asked_for(shop: Work, pmo: Actor) -> None:
    upload: UUID = uploaded(shop, pmo, orders(line("wait-1")))
    assert commit_orders(shop, upload, pmo) is None


def test_a_preset_is_known_by_its_columns() -> None:
    assert {n: guess_orders(sample(n), ("shop", "marketplace")).constants[F.CHANNEL] for n in
            ("marketplace", "shopify", "woocommerce")} == {
        "marketplace": "marketplace", "shopify": "shop", "woocommerce": "shop",
    }  # fmt: skip


def test_a_page_of_a_file_is_the_same_rows_as_the_whole_has(shop: Work, pmo: Actor) -> None:
    upload = uploaded(shop, pmo, orders(*(line(f"page-{n}") for n in range(7))))
    whole = get_table(shop, upload)
    for start, count in ((0, 3), (5, 3), (7, 2), (0, 7)):
        assert get_window(shop, upload, start, count) == replace(whole, rows=whole.rows[start : start + count])
    assert get_numbered(shop, upload, [6, 2, 99]) == replace(whole, rows=(whole.rows[0], whole.rows[4]))
    assert get_numbered(shop, upload, []) == replace(whole, rows=())
