"""The hierarchy by hand, then measures from a workbook: a bad row named, corrected, taken in; people invited."""

from __future__ import annotations

from io import BytesIO
from uuid import uuid4

from openpyxl import Workbook, load_workbook
from playwright.sync_api import expect

from tests.browser.acts import home
from tests.browser.conftest import Desks
from tests.browser.desk import Desk
from tests.browser.processes import PASSWORD, Running
from tests.team import Team

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def test_manager_builds_the_hierarchy_down_to_a_measure_package(team: Team, desks: Desks) -> None:
    clara = desks(team.pmo)
    clara.open(f"{home(team)}/hierarchy")
    above = "Varnholt Home"
    for level in ("Portfolio", "Program", "Project", "Measure package"):
        name = f"{level} {uuid4().hex[:6]}"
        clara.page.get_by_role("link", name=f"Change {above}", exact=True).click()
        clara.page.get_by_label(f"Add a {level.lower()} below").fill(name)
        clara.press(f"Add {level.lower()}")
        clara.sees(f"{name} is added")
        above = name
    clara.page.get_by_role("link", name=f"Change {above}", exact=True).click()
    clara.follow("Define a measure")
    expect(clara.page.locator('select[name="package"] option:checked')).to_contain_text(above)


def test_workbook_with_a_bad_row_is_corrected_brought_back_and_taken_in(
    running: Running, team: Team, desks: Desks
) -> None:
    clara, email = desks(team.pmo), f"{uuid4().hex[:8]}@varnholt.example"
    program = f"Program {uuid4().hex[:6]}"
    clara.open(f"{home(team)}/imports")
    _upload(clara, _workbook(clara, team, program, email), "Read the file")
    clara.press("Check the rows")
    clara.sees("must be corrected", "1,2.3")
    expect(clara.page.get_by_role("button", name="Import")).to_have_attribute("aria-disabled", "true")
    with clara.page.expect_download() as download:
        clara.page.get_by_role("link", name="Rows to correct").click()
    _upload(clara, _corrected(download.value.path().read_bytes()), "Check again")
    clara.sees("Every row is good", "1 person gets an invitation.")
    clara.press("Import 2 measures")
    clara.titled("is in")
    _come_in_by_invitation(running, team, desks(), email, program)


def test_mapping_is_kept_under_a_name_and_used_for_the_next_file(team: Team, desks: Desks) -> None:
    clara, name = desks(team.pmo), f"Ledger {uuid4().hex[:6]}"
    columns = {"title": "Was", "measure_package": "Wo"}
    everywhere = {"portfolio": "Operations", "program": "Energy", "project": "Losses"}
    everywhere |= {"start": "2026-03-15", "end": "2026-12-31"}
    meant = {f"column.{field}": name for field, name in columns.items()}
    meant |= {f"constant.{field}": name for field, name in everywhere.items()} | {"decimal_mark": ","}
    clara.open(f"{home(team)}/imports")
    _upload(clara, _foreign("Heat recovery"), "Read the file", "ledger.csv")
    clara.sees("What do the columns mean?")
    clara.fill(**meant, save_as=name)
    clara.press("Check the rows")
    clara.sees("Every row is good")
    clara.open(f"{home(team)}/imports")
    clara.sees(name)
    _upload(clara, _foreign("Night cooling"), "Read the file", "ledger-2.csv")
    expect(clara.field("column.title")).to_have_value("")
    clara.fill(saved=name)
    clara.press("Use it")
    for field, value in meant.items():
        expect(clara.field(field)).to_have_value(value)


def _foreign(title: str) -> bytes:
    """A list in words that nothing guesses."""
    return f"Was;Wo\n{title};Metering\n".encode()


def _workbook(clara: Desk, team: Team, program: str, email: str) -> bytes:
    """The instance's own template, filled with two rows, one of them with an amount that nobody can read."""
    with clara.page.expect_download() as download:
        clara.page.get_by_role("link", name="Empty file with the expected columns").first.click()
    book = load_workbook(BytesIO(download.value.path().read_bytes()))
    sheet = book["Measures"]
    head = [cell.value for cell in sheet[1]]
    for title, amount in (("Grid loss metering", "1200.10"), ("Carrier contracts", "1,2.3")):
        row = {
            "Portfolio": "Operations",
            "Program": program,
            "Project": "Losses",
            "Measure package": "Metering",
            "Title": title,
            "Owner": f"Mona Li <{email}>",
            "Start": "2026-03-15",
            "End": "2026-12-31",
            "Effect kind": "Material cost",
            "Plan total": amount,
        }
        sheet.append([row.get(str(name), "") for name in head])
    return _bytes(book)


def _corrected(content: bytes) -> bytes:
    """What a person does with the file of rows to correct: the one cell is mended."""
    book = load_workbook(BytesIO(content))
    wrong = [cell for sheet in book for row in sheet for cell in row if str(cell.value).strip() == "1,2.3"]
    assert wrong
    for cell in wrong:
        cell.value = "900.00"
    return _bytes(book)


def _upload(clara: Desk, content: bytes, act: str, name: str = "measures.xlsx") -> None:
    kind = XLSX if name.endswith("xlsx") else "text/csv"
    clara.field("file").set_input_files({"name": name, "mimeType": kind, "buffer": content})
    clara.press(act)


def _bytes(book: Workbook) -> bytes:
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _come_in_by_invitation(running: Running, team: Team, mona: Desk, email: str, program: str) -> None:
    """She sees her own part and nothing else of the client, nor another client."""
    mona.open(running.invitation(email).removeprefix(running.address))
    mona.fill(password=PASSWORD, again=PASSWORD)
    mona.press("Set password and sign in")
    expect(mona.page).to_have_url(f"{running.address}{home(team)}/")
    mona.go("Measures")
    mona.sees("Grid loss metering", "Carrier contracts")
    mine = mona.page.get_by_role("row", name="Grid loss metering")
    expect(mine).to_be_visible()
    hidden = team.row(team.define(title="Somebody else's")).code
    mona.open(f"{home(team)}/measures")
    expect(mona.page.get_by_role("main")).not_to_contain_text("Somebody else's")
    mona.open(f"{home(team)}/measures/{hidden}", status=404)
    mona.open("/clients/no-such-client/", status=404)
