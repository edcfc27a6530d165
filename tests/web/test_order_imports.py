"""The wizard for files of orders: named rows, differences before the commit, all or none, and who may not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from uuid import uuid4

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from tenants.database import Work
from tenants.instance.actions.order_looking import check_orders
from tenants.instance.models.imports import ImportRow, SavedMappingRow
from tenants.instance.models.orders import OrderRow
from tenants.instance.queries.readers import find_reader
from tests.house import House
from tests.orderfiles import SAMPLES, csv_of, line
from tests.web.client import Client, Page


class Wizard:
    """One person's way through the wizard."""

    def __init__(self, client: Client, home: str) -> None:
        self.client, self.at = client, f"{home}/orders/imports"

    def send(self, content: bytes, name: str = "orders.csv", status: int = 303, **more: str) -> Page:
        form = {"key": str(uuid4()), "file": (BytesIO(content), name)} | more
        return self.client.post(self.at, form, status, content_type="multipart/form-data")

    def upload(self, content: bytes, name: str = "orders.csv") -> str:
        return self.send(content, name).location.partition("/columns")[0]

    def map(self, address: str, status: int = 303, **more: str | list[str]) -> Page:
        """Send the mapping as the page guessed it, with `more` changes by field."""
        form = form_of(self.client.get(f"{address}/columns"))
        return self.client.post(f"{address}/columns", form | {k.replace("__", "."): v for k, v in more.items()}, status)

    def preview(self, content: bytes, **more: str) -> str:
        address = self.upload(content)
        self.map(address, **more)
        return address

    def post(self, address: str, step: str, status: int = 303, **more: str) -> Page:
        page = self.client.get(address)
        form = {"version": page.field("version") or "", "shown": page.field("shown") or ""} | more
        return self.client.post(f"{address}/{step}", form, status)


def form_of(page: Page) -> dict[str, object]:
    """What the page's own form would send, untouched."""
    form: dict[str, object] = {"version": page.field("version")}
    for chosen in page.all("select"):
        options = [option for option in chosen.iter() if option.tag.endswith("option")]
        picked = [option for option in options if option.get("selected") is not None] or options[:1]
        form[chosen.get("name", "")] = picked[0].get("value", "")
    for field in page.all("input", type="text"):
        form[field.get("name", "")] = field.get("value", "")
    form["word"] = [field.get("value", "") for field in page.all("input", name="word")]
    for field in page.all("input", type="checkbox"):
        if field.get("checked") is not None:
            form[field.get("name", "")] = field.get("value", "")
    for name in ("saved", "preset"):
        form.pop(name, None)
    return form


@pytest.fixture
def wizard(shop_browser: Callable[[str], Client], shop_home: str) -> Wizard:
    return Wizard(shop_browser("pmo"), shop_home)


def order(work: Work, number: str) -> OrderRow | None:
    work.session.rollback()
    chosen = select(OrderRow).where(OrderRow.number == number).execution_options(populate_existing=True)
    return work.session.scalars(chosen).one_or_none()


def test_the_marketplace_export_comes_in_with_its_preset(wizard: Wizard, shop: Work) -> None:
    content = (SAMPLES / "marketplace.csv").read_bytes().replace(b"mp-", b"web-mp-")
    address = wizard.upload(content)
    columns = wizard.client.get(f"{address}/columns")
    assert "unavailable" in columns.words
    wizard.map(address)
    page = wizard.client.get(address)
    assert "Import 6 orders" in page.words and "534.40" in page.words
    wizard.post(address, "commit")
    done = wizard.client.get(address)
    assert done.title == "orders.csv is in"
    late = order(shop, "web-mp-0002")
    assert late is not None and late.open_tickets == 1


def test_bad_rows_are_named_and_can_be_left_out(wizard: Wizard, shop: Work) -> None:
    address = wizard.preview(csv_of(line("web-bad", Delivered="2026-02-01"), line("web-good")))
    page = wizard.client.get(address)
    assert "lies before the order was placed, 2026-02-02 09:00 UTC" in " ".join(page.errors())
    assert not [form for form in page.all("form") if form.get("action", "").endswith("/commit")]
    wizard.post(address, "left-out", act="all")
    wizard.post(address, "commit")
    assert order(shop, "web-bad") is None and order(shop, "web-good") is not None
    left = wizard.client.get(f"{address}/left-out.xlsx").response.data
    cells = [cell.value for row in load_workbook(BytesIO(left)).worksheets[0].iter_rows() for cell in row]
    assert "web-bad" in cells and any("before the order was placed" in str(cell) for cell in cells)


def test_the_corrected_file_comes_back(wizard: Wizard, shop: Work) -> None:
    address = wizard.preview(csv_of(line("web-mend", Value="-5"), line("web-mate")))
    book = load_workbook(BytesIO(wizard.client.get(f"{address}/rows-to-correct.xlsx").response.data))
    sheet = book.worksheets[0]
    heads = {cell.value: cell for cell in next(row for row in sheet.iter_rows() if row[0].value == "What to correct")}
    sheet.cell(heads["Value"].row + 1, heads["Value"].column).value = "5.00"
    out = BytesIO()
    book.save(out)
    form = {"version": wizard.client.get(address).field("version"), "file": (BytesIO(out.getvalue()), "mended.xlsx")}
    wizard.client.post(f"{address}/corrections", form, content_type="multipart/form-data")
    assert "Every row is good" in wizard.client.get(address).words


def test_differences_are_shown_before_the_commit(wizard: Wizard, shop: Work) -> None:
    wizard.post(wizard.preview(csv_of(line("web-diff"))), "commit")
    with shop.transaction() as tx:
        row = order(shop, "web-diff")
        assert row is not None
        tx.lock(OrderRow, row.id).payment = "invoice"
    address = wizard.preview(csv_of(line("web-diff", Payment="voucher", Freight="7.00")))
    page = wizard.client.get(address)
    assert "Both changed: to decide" in page.words and "Taken over" in page.words
    wizard.post(address, "commit")
    row = order(shop, "web-diff")
    assert row is not None and (row.payment, str(row.freight)) == ("invoice", "7.00")
    assert "1 order waits for a decision" in wizard.client.get(address).words


def test_what_both_changed_is_said_in_words_where_it_is_decided(wizard: Wizard, shop: Work, shop_home: str) -> None:
    wizard.post(wizard.preview(csv_of(line("web-words"))), "commit")
    with shop.transaction() as tx:
        row = order(shop, "web-words")
        assert row is not None
        mine = tx.lock(OrderRow, row.id)
        mine.invoice_issued_at, mine.payment = datetime(2026, 2, 4, 10, tzinfo=UTC), "2026T invoice"
    address = wizard.preview(csv_of(line("web-words", Payment="2026T voucher", Invoice_issued="2026-02-05 10:00:00")))
    for page in (wizard.client.get(address), None):
        if page is None:
            wizard.post(address, "commit")
            page = wizard.client.get(f"{shop_home}/orders/{row.id}")
        assert all(each in page.words for each in ("4 Feb 2026, 10:00", "5 Feb 2026, 10:00", "2026T invoice"))
        assert "T10:00" not in page.words


def test_a_word_that_nobody_explained_is_named_and_can_be_explained(wizard: Wizard) -> None:
    address = wizard.upload(csv_of(line("web-word", Status="awaiting stars")))
    wizard.map(address)
    assert "is a word that the mapping does not explain" in wizard.client.get(address).words
    wizard.map(address, meaning__0="processing")
    assert "Every row is good" in wizard.client.get(address).words


def test_a_mapping_is_kept_for_files_of_orders_only(wizard: Wizard, shop: Work, shop_home: str) -> None:
    wizard.map(wizard.upload(csv_of(line("web-keep"))), save_as="Our shop")
    shop.session.rollback()
    saved = shop.session.scalars(select(SavedMappingRow).where(SavedMappingRow.name == "Our shop")).one()
    assert saved.kind == "orders"
    assert "Our shop" in wizard.client.get(wizard.at).words
    assert "Our shop" not in wizard.client.get(f"{shop_home}/imports").words
    page = wizard.client.get(f"{wizard.upload(csv_of(line('web-kept')))}/columns?saved={saved.id}")
    assert form_of(page)["column.order_number"] == "Order number"
    wizard.client.post(f"{shop_home}/imports/mappings/{saved.id}/remove", status=404)
    assert "Our shop" in wizard.client.get(wizard.at).words
    wizard.client.post(f"{wizard.at}/mappings/{saved.id}/remove")
    assert "Our shop" not in wizard.client.get(wizard.at).words


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"Order number,Value\nA,\xff\x81\xfe\n", "neither"),
        (b'Order number,Value\nA,"' + b"x" * 5_000_000 + b'"\n', "character"),
        (b"Order number,Value\n", "row"),
        (b"", "file"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_whole(wizard: Wizard, content: bytes, words: str) -> None:
    page = wizard.send(content, status=422)
    assert words in page.words


def test_a_missing_column_is_asked_for(wizard: Wizard) -> None:
    address = wizard.upload(b"Order number,Freight\nA-1,3.00\n")
    page = wizard.map(address, 422)
    assert "Choose the column, or write a fixed value." in " ".join(page.errors())


def test_a_long_file_is_looked_at_by_a_worker(wizard: Wizard, shop: Work, shop_people: dict[str, object]) -> None:
    address = wizard.preview(csv_of(*(line(f"web-long-{n}") for n in range(1_001))))
    assert wizard.client.get(address).title == "orders.csv is looked at"
    shop.session.rollback()
    row = shop.session.scalars(select(ImportRow).where(ImportRow.state == "checking")).one()
    reader = find_reader(shop, row.uploaded_by)  # type: ignore[arg-type]
    assert reader is not None
    check_orders(shop, row.id, reader.actor)
    assert "Import 1,001 orders" in wizard.client.get(address).words
    wizard.post(address, "commit")
    assert wizard.client.get(address).title == "orders.csv is being imported"
    assert order(shop, "web-long-1") is None


def test_the_empty_file_maps_itself(wizard: Wizard) -> None:
    book = load_workbook(BytesIO(wizard.client.get(f"{wizard.at}/template.xlsx").response.data))
    sheet = book.worksheets[0]
    heads = next([c.value for c in row] for row in sheet.iter_rows() if row[0].value == "Order number")
    content = (",".join(map(str, heads)) + "\nT-1" + "," * (len(heads) - 1) + "\n").encode()
    form = form_of(wizard.client.get(f"{wizard.upload(content)}/columns"))
    mapped = {value for name, value in form.items() if name.startswith("column.") and value}
    assert mapped == set(heads)


def test_whose_channel_it_is_not_finds_no_wizard(shop_browser: Callable[[str], Client], shop_home: str) -> None:
    shop_browser("auditor").get(f"{shop_home}/orders/imports", 404)


def test_an_upload_of_the_other_client_is_not_there(
    wizard: Wizard, house: House, other_shop: Work, shop_browser: Callable[[str], Client]
) -> None:
    address = wizard.upload(csv_of(line("web-mine")))
    elsewhere = f"/clients/{other_shop.instance.slug}/orders/imports/{address.rpartition('/')[2]}"
    Client(wizard.client.http.application, house.manager).get(elsewhere, 404)
