"""A file of orders through the wizard: a row left out, taken in by the worker, brought again with a difference."""

from pathlib import Path

from playwright.sync_api import expect

from tests.browser.conftest import Desks
from tests.browser.processes import Running
from tests.orderfiles import csv_of, line

MANY = 1_100  # more than the page takes in while it waits


def test_a_file_of_orders_comes_in_and_is_brought_up_to_date(running: Running, desks: Desks, tmp_path: Path) -> None:
    with running.house.app.app_context():
        shop = running.house.onboard("Varnholt Shop", "order-governance")
    home, file = f"/clients/{shop.slug}", tmp_path / "march.csv"
    good = [line(f"B-{number}") for number in range(MANY)]
    file.write_bytes(csv_of(line("B-bad", Delivered="2026-02-01"), *good))
    manager = desks(running.house.manager)

    manager.open(f"{home}/orders/imports")
    manager.field("file").set_input_files(file)
    manager.press("Read the file")
    manager.titled("What do the columns mean?")
    manager.press("Check the rows")
    manager.sees("1 cell in 1 of 1,101 rows must be corrected", "lies before the order was placed")
    manager.press("Leave this 1 row out")
    manager.press("Import 1,100 orders")
    manager.titled("march.csv is in")
    manager.sees("1 row was left out")

    file.write_bytes(csv_of(line("B-1", Dispatched="2026-02-04 08:00")))
    manager.open(f"{home}/orders/imports")
    manager.field("file").set_input_files(file)
    manager.press("Read the file")
    manager.press("Check the rows")
    manager.sees("Differences from the orders here", "Dispatched", "Taken over")
    manager.press("Import 1 order")
    manager.titled("march.csv is in")
    manager.follow("To the order desk")
    expect(manager.page.get_by_role("heading", level=1)).to_be_visible()
    manager.check()
