"""The order desk, the page of an order and the forms about it: what they show, refuse and cost in statements."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask

from domain.access import Role
from domain.orders.order import Happening, Order
from tenants.database import Work
from tenants.instance.actions import order_exceptions, orders
from tenants.instance.models.exceptions import OrderTicketRow
from tenants.instance.models.orders import OrderRow
from tests.house import NOW, House
from tests.ordering import PLACED, Desk
from tests.web.client import Client, statements

FRAME = 6  # what every page of an instance asks for
DESK = 9
ORDER = 16
H = Happening


@pytest.fixture(scope="module")
def made(house: House, two_shops: object) -> Iterator[Desk]:
    with house.app.app_context():
        work = house.work(two_shops[0])  # type: ignore[index]
        yield Desk(work, house)
        work.close()


@pytest.fixture
def clerk(site: Flask, made: Desk) -> Client:
    return Client(site, made.clerk)


def fresh(made: Desk, **more: object) -> Order:
    return made.order(**more)


def new_order(number: str, **more: str) -> dict[str, str]:
    known = {"channel": "shop", "placed_at": "2026-11-20T06:00", "value": "240.50", "items": "2", "id": str(uuid4())}
    return known | {"number": number} | more


def test_an_order_is_entered_by_hand_once(clerk: Client, shop_home: str) -> None:
    form = new_order(f"H-{uuid4().hex[:6]}", payment_confirmed="1", customer="C-9")
    first = clerk.post(f"{shop_home}/orders", form)
    again = clerk.post(f"{shop_home}/orders", form)
    assert first.location == again.location
    page = clerk.get(first.location)
    assert "240" in page.words and "Allocation" in page.words
    assert clerk.get(f"{shop_home}/orders?q={form['number']}").words.count(form["number"]) >= 1


def test_a_search_finds_what_has_ended_too_and_capitals_do_not_matter(
    clerk: Client, made: Desk, shop_home: str
) -> None:
    ended = fresh(made, number=f"Q-{uuid4().hex[:6].upper()}", customer="K-Q77")
    with made.work.transaction() as tx:
        tx.lock(OrderRow, ended.id).state = "closed"
    for asked in (ended.number.lower(), "k-q77"):
        found = clerk.get(f"{shop_home}/orders?q={asked}&state=open", 303).location
        assert "state=all" in found and ended.number in clerk.get(found).words
    assert "No order matches" in clerk.get(f"{shop_home}/orders?q=no-such-order").words


def test_what_is_wrong_stands_at_its_field(clerk: Client, shop_home: str) -> None:
    page = clerk.post(f"{shop_home}/orders", new_order("", value="1.234", items="two"), 422)
    assert len(page.errors()) == 3 and page.field("items") == "two"
    assert clerk.get(f"{shop_home}/orders/new").field("items") == ""
    assert clerk.post(f"{shop_home}/orders", new_order("X", placed_at="2026-11-21T06:00"), 422).words
    assert "negative" in clerk.post(f"{shop_home}/orders", new_order("X", value="-5"), 422).errors()[0]


def test_a_number_comes_once_through_a_channel(clerk: Client, shop_home: str, made: Desk) -> None:
    known = fresh(made)
    page = clerk.post(f"{shop_home}/orders", new_order(known.number), 422)
    assert any("came in through this channel before" in each for each in page.errors())


def test_a_hold_keeps_it_from_moving_until_it_is_settled(clerk: Client, shop_home: str, made: Desk) -> None:
    order = made.ready()
    home = f"{shop_home}/orders/{order.id}"
    hold = {"id": str(uuid4()), "type": "address", "cause": "Incomplete", "reason": "Street without a number"}
    clerk.post(f"{home}/exceptions", hold)
    page = clerk.get(home)
    assert page.all("span", aria_disabled="true") and "Held up" in page.words
    refused = clerk.post(f"{home}/moves", {"to": "payment_check", "version": str(made.row(order.id).version)}, 422)
    assert "Address unclear" in refused.words
    settled = {"resolution": "corrected", "words": "Called the customer"}
    clerk.post(f"{home}/exceptions/{hold['id']}/resolution", settled)
    clerk.post(f"{home}/moves", {"to": "payment_check", "version": str(made.row(order.id).version)})
    assert made.row(order.id).stage == "payment_check"


def test_a_page_of_before_changes_nothing(clerk: Client, shop_home: str, made: Desk) -> None:
    order = made.ready()
    seen = made.row(order.id).version
    orders.record_happening(made.work, order.id, H.PAYMENT_CONFIRMED, PLACED, made.actor(made.clerk))
    page = clerk.post(f"{shop_home}/orders/{order.id}/moves", {"to": "payment_check", "version": str(seen)}, 409)
    assert "Somebody was faster" in page.words
    assert made.row(order.id).stage == order.stage


def test_many_at_once_obey_every_hold_and_name_what_was_refused(clerk: Client, shop_home: str, made: Desk) -> None:
    free, held = made.ready(), made.ready()
    actor = made.actor(made.clerk)
    order_exceptions.open_exception(made.work, held.id, uuid4(), "address", "", "No street", actor)
    ticked = [str(free.id), str(held.id)]
    assert clerk.get(f"{shop_home}/orders/bulk?act=move&order={ticked[0]}&order={ticked[1]}").words.count("T-") >= 2
    page = clerk.post(f"{shop_home}/orders/bulk", {"act": "move", "order": ticked, "id": str(uuid4())}, 200)
    assert "1 of 2 orders" in page.title and held.number in page.words and "Address unclear" in page.words
    assert (made.row(free.id).stage, made.row(held.id).stage) == ("payment_check", held.stage)


def test_counts_agree_with_the_list(clerk: Client, shop_home: str, made: Desk) -> None:
    mine = f"channel=phone&q={uuid4()}"
    late = timedelta(days=3)
    for number in range(3):
        fresh(made, channel="phone", customer=mine[-36:], placed_at=NOW - late - timedelta(hours=number))
    page = clerk.get(f"{shop_home}/orders?{mine}")
    rows = [row for row in page.all("th", scope="row")]
    assert page.title == "3 of 3 open orders are late" and len(rows) == 3
    assert "No order matches" in clerk.get(f"{shop_home}/orders?{mine}&stage=delivery").words


def test_a_view_is_kept_and_dropped(clerk: Client, shop_home: str) -> None:
    kept = clerk.post(
        f"{shop_home}/orders/views", {"id": str(uuid4()), "name": "Late ones", "query": "due=late&sort=-value&evil=1"}
    )
    page = clerk.get(kept.location)
    assert f"{shop_home}/orders?due=late&sort=-value" in page.links()
    forms = [form.get("action", "") for form in page.all("form")]
    removal = next(action for action in forms if action.endswith("/removal"))
    clerk.post(removal)
    assert f"{shop_home}/orders?due=late&sort=-value" not in clerk.get(f"{shop_home}/orders").links()


def test_orders_of_other_channels_are_not_there(site: Flask, shop_home: str, made: Desk) -> None:
    mine, foreign = fresh(made, channel="b2b"), fresh(made, channel="shop")
    client = Client(site, made.join("Ove B2B", Role.ORDER_DESK, channel="b2b"))
    client.get(f"{shop_home}/orders/{mine.id}")
    for path in ("", "/exceptions/new", "/tickets/new", "/evidence/new"):
        client.get(f"{shop_home}/orders/{foreign.id}{path}", 404)
    client.post(f"{shop_home}/orders/{foreign.id}/moves", {"to": "payment_check", "version": "1"}, 404)
    assert client.get(f"{shop_home}/orders?q={foreign.number}").title == "No open order here"
    assert client.get(f"{shop_home}/orders?q={mine.number}").title.startswith("1 ")


def test_readers_see_no_buttons_that_would_be_refused(site: Flask, shop_home: str, made: Desk) -> None:
    order = fresh(made)
    client = Client(site, made.leader)
    page = client.get(f"{shop_home}/orders/{order.id}")
    assert not [form for form in page.all("form", method="post") if f"/orders/{order.id}" in form.get("action", "")]
    client.post(f"{shop_home}/orders/{order.id}/moves", {"to": "payment_check"}, 404)
    assert not client.get(f"{shop_home}/orders").all("input", name="order")


def test_a_ticket_that_nobody_has_is_taken_and_stands_on_the_page_that_says_what_waits(
    site: Flask, clerk: Client, shop_home: str, made: Desk
) -> None:
    order, service = fresh(made), Client(site, made.join("Runa Dahl", Role.CUSTOMER_SERVICE))
    clerk.post(f"{shop_home}/orders/{order.id}/tickets", {"id": str(uuid4()), "channel": "phone", "title": "Where?"})
    with made.work.transaction() as tx:
        [ticket] = tx.lock_all(OrderTicketRow, OrderTicketRow.order_id == order.id)
        ticket.owner_id = None
    free = service.get(f"{shop_home}/orders?ticket_of=none")
    assert order.number in free.words and "nobody has taken" in service.get(f"{shop_home}/waiting").words
    service.post(f"{shop_home}/orders/{order.id}/tickets/{ticket.id}/owner")
    assert order.number not in service.get(f"{shop_home}/orders?ticket_of=none").words
    assert "1 ticket is yours" in service.get(f"{shop_home}/waiting").words
    told = service.get(f"{shop_home}/orders/{order.id}").words
    assert "took the ticket “Where?”" in told and "“Where?” over" not in told


def test_costs_tickets_and_evidence_from_the_page(site: Flask, clerk: Client, shop_home: str, made: Desk) -> None:
    order = fresh(made)
    home = f"{shop_home}/orders/{order.id}"
    finance = Client(site, made.finance)
    cost = {"id": str(uuid4()), "stage": "dispatch", "kind": "carrier", "forecast": "6.90", "actual": "9.40"}
    for _twice in range(2):
        finance.post(f"{home}/costs", cost)
    finance.post(f"{home}/costs", cost | {"id": str(uuid4()), "actual": "", "forecast": ""}, 422)
    finance.post(f"{home}/effects", {"id": str(uuid4()), "kind": "chargeback", "amount": "20", "reason": "Late"})
    clerk.post(f"{home}/tickets", {"id": str(uuid4()), "channel": "phone", "title": "Where is it?"})
    clerk.post(f"{home}/evidence", {"id": str(uuid4()), "title": "Call", "note": "Customer agreed"})
    page = clerk.get(home)
    assert all(each in page.words for each in ("9.40", "20.00", "Where is it?", "Customer agreed"))
    assert str(made.row(order.id).cost_actual) == "9.40"
    ticket = next(form.get("action", "") for form in page.all("form") if form.get("action", "").endswith("/answer"))
    clerk.post(ticket, {"answer": ""}, 422)
    clerk.post(ticket, {"answer": "It comes tomorrow"})
    assert made.row(order.id).open_tickets == 0


def test_a_constraint_blocks_and_frees(site: Flask, shop_home: str, made: Desk) -> None:
    lead = Client(site, made.lead)
    order = made.ready(channel="store")
    form = {
        "id": str(uuid4()),
        "kind": "carrier",
        "title": "Hub is full",
        "stops": ["payment_check"],
        "needs_attention": "1",
    }
    lead.post(f"{shop_home}/orders/constraints", form | {"stops": []}, 422)
    where = lead.post(f"{shop_home}/orders/constraints", form).location
    lead.post(f"{where}/orders", {}, 422)
    lead.post(f"{where}/orders", {"q": order.number})
    assert "Hub is full holds up 1 order" in lead.get(f"{shop_home}/orders").words
    assert "Hub is full" in lead.get(f"{shop_home}/orders/{order.id}").words
    assert "Hub is full" in lead.get(f"{shop_home}/orders/constraints").words
    page = lead.get(where)
    lead.post(f"{where}/end", {"reason": "", "version": page.field("version") or ""}, 422)
    lead.post(f"{where}/end", {"reason": "A second hub", "version": page.field("version") or ""})
    assert made.row(order.id).open_constraints == 0


def test_desk_and_page_take_few_statements(site: Flask, clerk: Client, shop_home: str, made: Desk) -> None:
    order = fresh(made)
    for path, most in (("/orders", DESK), (f"/orders/{order.id}", ORDER)):
        clerk.get(shop_home + path)
        with statements(site) as seen:
            clerk.get(shop_home + path)
        assert len(seen) <= FRAME + most, [each[:90] for each in seen]


def test_the_desk_goes_into_a_workbook(clerk: Client, shop_home: str, made: Desk) -> None:
    order = fresh(made)
    answer = clerk.get(f"{shop_home}/orders/export.xlsx?q={order.number}")
    assert answer.headers["Content-Type"].endswith("sheet") and answer.response.data[:2] == b"PK"


def test_clients_without_orders_have_no_such_pages(browser: Callable[[str], Client], home: str, work: Work) -> None:
    client = browser("pmo")
    client.get(f"{home}/orders", 404)
    assert f"{home}/orders" not in client.get(f"{home}/").links()
    client.get(f"{home}/orders/{UUID(int=1)}", 404)
