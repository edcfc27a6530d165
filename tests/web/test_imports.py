"""The import wizard: what is refused and where it says so, what comes in, and what never does."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from uuid import UUID, uuid4
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from flask import Flask
from openpyxl import Workbook, load_workbook
from sqlalchemy import func, select

from domain.imports import check
from tenants.database import Work
from tenants.instance.actions.import_commit import commit_given_up
from tenants.instance.models.audit import AuditEventRow
from tenants.instance.models.hierarchy import NodeRow
from tenants.instance.models.imports import ImportRow, SavedMappingRow
from tenants.instance.models.measures import MeasureRow
from tenants.instance.models.outbox import OutboxRow
from tenants.instance.models.people import AssignmentRow, MemberRow
from tests.web.client import Client, Page, statements

HEADERS = ("Portfolio", "Program", "Project", "Measure package", "Title", "Code", "Owner", "Controller", "Start", "End",
           "Effect kind", "Plan total", "Forecast total")  # fmt: skip
Line = dict[str, str]


def line(**more: str) -> Line:
    """A good row, alone in its own program; `more` by header, blanks as underscores."""
    good = dict.fromkeys(HEADERS, "") | {
        "Portfolio": "Operations",
        "Program": f"Program {uuid4().hex[:8]}",
        "Project": "Losses",
        "Measure package": "Metering",
        "Title": "Grid loss metering",
        "Start": "2026-03-15",
        "End": "2026-12-31",
        "Effect kind": "Material cost",
        "Plan total": "1200.10",
        "Forecast total": "1000.05",
    }
    return good | {name.replace("_", " "): value for name, value in more.items()}


def csv(*lines: Line) -> bytes:
    rows = [HEADERS, *(tuple(row[name] for name in HEADERS) for row in lines)]
    return "".join(",".join(f'"{cell}"' for cell in row) + "\n" for row in rows).encode()


class Wizard:
    """One person's way through the wizard."""

    def __init__(self, client: Client, home: str) -> None:
        self.client, self.at = client, f"{home}/imports"

    def send(self, content: bytes, name: str = "measures.csv", status: int = 303, **more: str) -> Page:
        form = {"key": str(uuid4()), "file": (BytesIO(content), name)} | more
        return self.client.post(self.at, form, status, content_type="multipart/form-data")

    def upload(self, content: bytes, name: str = "measures.csv", **more: str) -> str:
        """The address of the upload."""
        return self.send(content, name, **more).location.removesuffix("/columns")

    def map(self, address: str, status: int = 303, **more: str) -> Page:
        """Send the mapping as the page guessed it, with `more` changes by field."""
        page = self.client.get(f"{address}/columns")
        form = fields_of(page, "reading") | {key.replace("__", "."): value for key, value in more.items()}
        return self.client.post(f"{address}/columns", form, status)

    def preview(self, content: bytes, **more: str) -> str:
        address = self.upload(content)
        self.map(address, **more)
        return address

    def commit(self, address: str, status: int = 303) -> Page:
        page = self.client.get(address)
        form = {"version": page.field("version") or "", "left_out": page.field("left_out") or ""}
        return self.client.post(f"{address}/commit", form, status)

    def leave_out(self, address: str, act: str, **more: str) -> Page:
        page = self.client.get(address)
        form = {"version": page.field("version"), "shown": page.field("shown"), "act": act} | more
        return self.client.post(f"{address}/left-out", form)


def fields_of(page: Page, _panel: str) -> dict[str, object]:
    """What the page's own form would send, untouched."""
    form: dict[str, object] = {"version": page.field("version")}
    for select_ in page.all("select"):
        chosen = [
            o.get("value", "") for o in select_.iter() if o.tag.endswith("option") and o.get("selected") is not None
        ]
        form[select_.get("name", "")] = (
            chosen[0] if chosen else next((o.get("value", "") for o in select_.iter() if o.tag.endswith("option")), "")
        )
    for field in page.all("input", type="text"):
        form[field.get("name", "")] = field.get("value", "")
    form["required"] = [f.get("value", "") for f in page.all("input", name="required") if f.get("checked") is not None]
    form.pop("saved", None)
    return form


@pytest.fixture
def wizard(manager: Client, home: str) -> Wizard:
    return Wizard(manager, home)


@pytest.fixture
def fresh(work: Work) -> Work:
    """The first client, read anew after every request."""
    work.session.rollback()
    return work


def count(work: Work, row_type: type, *conditions: object) -> int:
    work.session.rollback()
    return work.session.scalar(select(func.count()).select_from(row_type).where(*conditions)) or 0  # type: ignore[arg-type]


def measures(work: Work, program: str) -> list[MeasureRow]:
    work.session.rollback()
    work.session.expire_all()
    node = work.session.scalars(
        select(NodeRow).where(NodeRow.name == program, NodeRow.level == "program")
    ).one_or_none()
    if node is None:
        return []
    below = MeasureRow.path.startswith(node.path)
    return list(work.session.scalars(select(MeasureRow).where(below).order_by(MeasureRow.code)))


# What comes in.


def test_a_good_file_comes_in_as_a_whole(wizard: Wizard, fresh: Work) -> None:
    row = line(Owner="Tor Vik <tor.whole@client.example>", Controller="Anne <anne.whole@client.example>", Code="A-1")
    address = wizard.preview(csv(row, row | {"Title": "Second", "Code": "A-2", "Plan total": "0.30"}))
    page = wizard.client.get(address)
    assert "Every row is good" in page.words and "Import 2 measures" in page.words
    assert "1,200.40" in page.words  # the sum of the program, to the cent
    assert wizard.commit(address).location == address
    page = wizard.client.get(address)
    assert page.title == "measures.csv is in" and "1,200.40" in page.words and "2,000.10" in page.words
    first, second = measures(fresh, row["Program"])
    assert (first.title, first.external_ref, second.external_ref) == ("Grid loss metering", "A-1", "A-2")
    assert int(second.code[2:]) == int(first.code[2:]) + 1


def test_every_measure_starts_its_own_trail(wizard: Wizard, fresh: Work) -> None:
    row = line()
    wizard.commit(wizard.preview(csv(row)))
    (measure,) = measures(fresh, row["Program"])
    assert wizard.client.get(f"{wizard.at.removesuffix('/imports')}/audit?subject={measure.id}").status == 200
    assert count(fresh, AuditEventRow, AuditEventRow.subject_id == measure.id) == 1


def test_people_named_get_one_invitation_and_the_role_of_their_part(wizard: Wizard, fresh: Work) -> None:
    person = f"{uuid4().hex}@client.example"
    row = line(Owner=f"Mona Li <{person}>")
    wizard.commit(wizard.preview(csv(row, row | {"Title": "Second"})))
    wizard.commit(wizard.preview(csv(line(Owner=person))))
    member = fresh.session.scalars(select(MemberRow).where(MemberRow.email == person)).one()
    assert (member.name, member.side) == ("Mona Li", "client")
    invited = OutboxRow.arguments["member_id"].astext == str(member.id)
    assert count(fresh, OutboxRow, OutboxRow.job == "invite_member", invited) == 1
    roles = fresh.session.scalars(select(AssignmentRow).where(AssignmentRow.member_id == member.id)).all()
    assert [role.role for role in roles] == ["owner", "owner"]  # at the package of each file
    assert {measure.owner_id for measure in measures(fresh, row["Program"])} == {member.id}


def test_two_files_may_use_the_same_code_in_different_packages(wizard: Wizard, fresh: Work) -> None:
    one, other = line(Code="7"), line(Code="7")
    wizard.commit(wizard.preview(csv(one, other)))
    assert [m.external_ref for m in measures(fresh, one["Program"]) + measures(fresh, other["Program"])] == ["7", "7"]


def test_a_second_submit_changes_nothing(wizard: Wizard, fresh: Work) -> None:
    row = line()
    address = wizard.preview(csv(row))
    page = wizard.client.get(address)
    form = {"version": page.field("version"), "left_out": ""}
    for _click in range(2):
        assert wizard.client.post(f"{address}/commit", form).location == address
    assert len(measures(fresh, row["Program"])) == 1
    assert wizard.client.get(address).title.endswith("is in")


def test_the_same_upload_form_twice_is_one_upload(wizard: Wizard) -> None:
    key, content = str(uuid4()), csv(line())
    assert wizard.upload(content, key=key) == wizard.upload(content, key=key)


def test_the_same_file_again_is_named_row_by_row(wizard: Wizard) -> None:
    content = csv(line())
    wizard.commit(wizard.preview(content))
    assert "already" in wizard.client.get(wizard.preview(content)).words


def test_the_empty_file_is_mapped_without_help(wizard: Wizard) -> None:
    page = wizard.client.get(f"{wizard.at}/template.xlsx")
    book = load_workbook(BytesIO(page.response.data))
    sheet = book["Measures"]
    row = line()
    head = [cell.value for cell in sheet[1]]
    sheet.append([row.get(name, "") for name in head])
    out = BytesIO()
    book.save(out)
    address = wizard.upload(out.getvalue(), "template.xlsx")
    wizard.map(address)
    page = wizard.client.get(address)
    assert "comes in without a milestone" in page.words and "must be corrected" not in page.words


# What is refused.


def zip_bomb() -> bytes:
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        package.writestr("xl/workbook.xml", b" " * 400_000_000)
    return out.getvalue()


def workbook(*cells: object, macro: bool = False) -> bytes:
    book = Workbook()
    for number, row in enumerate((HEADERS, cells), start=1):
        for column, cell in enumerate(row, start=1):
            book.active.cell(number, column, cell)
    out = BytesIO()
    book.save(out)
    if macro:
        with ZipFile(out, "a") as package:
            package.writestr("xl/vbaProject.bin", b"macro")
    return out.getvalue()


ENCRYPTED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le")
REFUSED = {
    "no file": (b"", "", "Choose a file."),
    "empty": (b"", "x.csv", "The file is empty."),
    "a PDF": (b"%PDF-1.7 ...", "x.xlsx", "This is no XLSX or CSV file"),
    "a macro": (workbook("a", macro=True), "x.xlsx", "holds macros"),
    "a formula": (workbook("=1+1"), "x.xlsx", "holds a formula"),
    "a zip bomb": (zip_bomb(), "x.xlsx", "unpacks to far more"),
    "a password": (ENCRYPTED, "x.xlsx", "protected by a password"),
    "more than 10 MB": (b"a,b\n" + b"x" * 10_700_000, "x.csv", "may have"),
    "more than 5,000 rows": (b"Title\n" + b"x\n" * 5_001, "x.csv", "More than 5000 rows"),
    "a column twice": (b"Title,Title\na,b\n", "x.csv", "Two columns are called"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_file_that_is_refused_says_why_at_the_field_and_is_not_kept(case: str, wizard: Wizard, fresh: Work) -> None:
    content, name, words = REFUSED[case]
    before = count(fresh, ImportRow)
    page = wizard.send(content, name, 422) if name else wizard.client.post(wizard.at, {"key": str(uuid4())}, 422)
    assert words in " ".join(page.errors())
    assert count(fresh, ImportRow) == before


def test_a_file_far_too_large_is_not_even_read(wizard: Wizard) -> None:
    assert wizard.send(b"x" * 13_000_000, status=413)


def test_a_mapping_that_cannot_work_says_so_at_the_fields(wizard: Wizard) -> None:
    address = wizard.upload(csv(line()))
    page = wizard.map(address, 422, column__program="", constant__title="Fixed")
    assert page.errors() == ["Choose the column, or write a fixed value.", "A column or a fixed value, not both."]
    assert wizard.client.get(address, 303).location.endswith("/columns")


def test_a_forged_mapping_is_refused_in_words(wizard: Wizard) -> None:
    page = wizard.map(wizard.upload(csv(line())), 422, multiplier="7")
    assert "not understood" in page.words


def test_bad_cells_are_marked_and_named_below_their_row(wizard: Wizard) -> None:
    bad = line(End="2026-02-30", Plan_total="1.240", Controller="both@client.example", Owner="both@client.example")
    page = wizard.client.get(wizard.preview(csv(line(), bad)))
    assert len(page.all("td", class_="m-cell-bad")) == 3
    for words in (
        "does not exist",
        "can be read in two ways",
        "is also the owner",
        "in 1 of 2 rows",
        "Not while row 3",
    ):
        assert words in page.words, words
    assert "Import 1 measure" in page.words and page.field("left_out") is None


def test_errors_stand_in_the_way_even_of_a_forged_form(wizard: Wizard, fresh: Work) -> None:
    good, bad = line(), line(End="never")
    address = wizard.preview(csv(good, bad))
    version = wizard.client.get(address).field("version")
    page = wizard.client.post(f"{address}/commit", {"version": version, "left_out": ""}, 422)
    assert "1 row is wrong" in page.words
    page = wizard.client.post(f"{address}/commit", {"version": version, "left_out": "2,3"}, 422)
    assert "another state of the file" in page.words
    assert not measures(fresh, good["Program"])


def test_an_old_page_overwrites_nothing(wizard: Wizard) -> None:
    address = wizard.preview(csv(line(), line(End="never")))
    version = wizard.client.get(address).field("version")
    wizard.leave_out(address, "all")
    page = wizard.client.post(f"{address}/commit", {"version": version, "left_out": "3"}, 409)
    assert "Somebody saved this" in page.words


# Correcting and leaving out.


def test_rows_left_out_are_kept_as_a_file(wizard: Wizard, fresh: Work) -> None:
    good, bad = line(), line(End="never")
    address = wizard.preview(csv(good, bad, line(Start="never")))
    wizard.leave_out(address, "ticked", out="3")
    assert "1 of 2 rows to correct are left out" in wizard.client.get(address).words
    wizard.leave_out(address, "all")
    wizard.commit(address)
    assert len(measures(fresh, good["Program"])) == 1 and not measures(fresh, bad["Program"])
    sheet = load_workbook(BytesIO(wizard.client.get(f"{address}/left-out.xlsx").response.data)).worksheets[0]
    rows = list(sheet.values)
    assert rows[0][:2] == ("What to correct", "Row in file") and [row[1] for row in rows[1:]] == ["3", "4"]
    assert "never" in rows[1][0]


def test_corrected_rows_come_back_to_their_places(wizard: Wizard, fresh: Work) -> None:
    good, bad = line(), line(End="never")
    address = wizard.preview(csv(bad, good))
    book = load_workbook(BytesIO(wizard.client.get(f"{address}/rows-to-correct.xlsx").response.data))
    sheet = book.worksheets[0]
    sheet.cell(2, [cell.value for cell in sheet[1]].index("End") + 1, "2026-11-30")
    out = BytesIO()
    book.save(out)
    form = {"version": wizard.client.get(address).field("version"), "file": (BytesIO(out.getvalue()), "corrected.xlsx")}
    wizard.client.post(f"{address}/corrections", form, content_type="multipart/form-data")
    page = wizard.client.get(address)
    assert "Every row is good" in page.words and "Import 2 measures" in page.words
    wizard.commit(address)
    (measure,) = measures(fresh, bad["Program"])
    assert str(measure.end_on) == "2026-11-30" and len(measures(fresh, good["Program"])) == 1


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"Row in file,Title\n99,x\n", "Not so: 99"),
        (b"Row in file,Title\n2,x\n2,y\n", "Not so: 2"),
        (b"Row in file,Else\n2,x\n", "none of the columns"),
        (b"%PDF", "no XLSX or CSV"),
    ],
)
def test_a_corrected_file_that_does_not_fit_is_refused(content: bytes, words: str, wizard: Wizard) -> None:
    address = wizard.preview(csv(line(End="never")))
    version = wizard.client.get(address).field("version")
    form = {"version": version, "file": (BytesIO(content), "x.csv")}
    page = wizard.client.post(f"{address}/corrections", form, 422, content_type="multipart/form-data")
    assert words in " ".join(page.errors())
    assert wizard.client.get(address).field("version") == version


def test_another_file_takes_the_place_of_the_whole(wizard: Wizard) -> None:
    address = wizard.preview(csv(line(End="never"), line()))
    form = {"version": wizard.client.get(address).field("version"), "file": (BytesIO(csv(line())), "x.csv")}
    wizard.client.post(f"{address}/corrections", form, content_type="multipart/form-data")
    assert "Import 1 measure" in wizard.client.get(address).words


def test_a_mapping_is_kept_under_a_name_and_used_again(wizard: Wizard, fresh: Work) -> None:
    name, program = f"List {uuid4().hex[:6]}", f"Program {uuid4().hex[:6]}"
    table = b"Was,Von,Bis,Was kostet es\nA,2026-01-01,2026-12-31,5\n"
    fixed = {f"constant__{level}": program for level in ("portfolio", "program", "project", "measure_package")}
    changes = {"column__title": "Was", "column__plan_total": "Was kostet es", "constant__effect_kind": "capex"}
    wizard.map(wizard.upload(table), save_as=name, **fixed, **changes)
    saved = fresh.session.scalars(select(SavedMappingRow).where(SavedMappingRow.name == name)).one()
    assert name in wizard.client.get(wizard.at).words
    again = wizard.upload(table)
    page = wizard.client.get(f"{again}/columns?saved={saved.id}")
    wizard.client.post(f"{again}/columns", fields_of(page, ""))
    wizard.commit(again)
    assert [m.title for m in measures(fresh, program)] == ["A"]
    wizard.client.post(f"{wizard.at}/mappings/{saved.id}/remove")
    assert name not in wizard.client.get(wizard.at).words.replace("removed", "")


def test_an_upload_can_be_thrown_away_until_it_is_in(wizard: Wizard) -> None:
    address = wizard.preview(csv(line()))
    wizard.client.post(f"{address}/discard")
    wizard.client.get(address, 404)
    done = wizard.preview(csv(line()))
    wizard.commit(done)
    wizard.client.post(f"{done}/discard", status=404)
    wizard.client.get(done)


# All or nothing, large files, two clients, scope.


def test_a_failure_in_the_middle_leaves_nothing(
    wizard: Wizard, fresh: Work, site: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [line(Owner="never.in@client.example") for _ in range(3)]
    address = wizard.preview(csv(*rows))
    before = [count(fresh, table) for table in (NodeRow, MeasureRow, MemberRow, AuditEventRow)]
    from tenants.instance.actions import import_commit

    def breaks(*_arguments: object) -> None:
        raise ValueError("injected after the rows were written")

    monkeypatch.setattr(import_commit, "refresh", breaks)
    wizard.commit(address, 500)
    assert [count(fresh, table) for table in (NodeRow, MeasureRow, MemberRow, AuditEventRow)] == before
    assert "is being imported" in wizard.client.get(address).title
    monkeypatch.undo()


def test_a_large_file_is_a_workers_and_shows_how_far_it_is(
    wizard: Wizard, fresh: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    from web.instance.imports import committing

    monkeypatch.setattr(committing, "AT_ONCE", 1)
    row = line()
    address = wizard.preview(csv(row, row | {"Title": "Second"}))
    wizard.commit(address)
    page = wizard.client.get(address)
    assert "is being imported" in page.title and "Look again" in page.words
    assert "under-way" in wizard.client.get(address, htmx=True).text
    upload = address.rpartition("/")[2]
    assert (
        count(fresh, OutboxRow, OutboxRow.job == "commit_import", OutboxRow.arguments["import_id"].astext == upload)
        == 1
    )
    wizard.client.post(f"{address}/left-out", {"act": "all"}, status=404)
    assert not measures(fresh, row["Program"])


def test_another_client_has_none_of_it(wizard: Wizard, two_clients, other_work: Work) -> None:  # type: ignore[no-untyped-def]
    address = wizard.preview(csv(line(Owner="only.here@client.example")))
    wizard.commit(address)
    upload = address.rpartition("/")[2]
    wizard.client.get(f"/clients/{two_clients[1].slug}/imports/{upload}", 404)
    assert count(other_work, MemberRow, MemberRow.email == "only.here@client.example") == 0


def test_an_importer_sees_their_own_uploads_and_the_head_of_the_house_all(
    wizard: Wizard, browser: Callable[[str], Client]
) -> None:
    address = wizard.preview(csv(line()))
    browser("pmo").get(address)
    browser("owner").get(address, 404)


def test_who_manages_no_people_lets_nobody_in(browser: Callable[[str], Client], home: str, fresh: Work) -> None:
    controller = Wizard(browser("controller"), home)
    address = controller.preview(csv(line(Owner="stranger@client.example")))
    page = controller.client.get(address)
    assert "names people who are not here yet" in page.words
    controller.client.post(
        f"{address}/commit", {"version": page.all("input", name="version")[0].get("value"), "left_out": ""}, 409
    )
    assert count(fresh, MemberRow, MemberRow.email == "stranger@client.example") == 0


def test_a_file_is_checked_once_and_anew_when_it_or_the_instance_changed(
    wizard: Wizard, monkeypatch: pytest.MonkeyPatch
) -> None:
    from web.instance.imports import looking

    checks: list[object] = []
    monkeypatch.setattr(looking, "check", lambda *given: checks.append(given) or check(*given))
    row = line()
    address = wizard.preview(csv(row, line(End="never")))
    pages = [wizard.client.get(f"{address}{part}").words for part in ("", "?rows=all", "", "?rows=look")]
    assert len(checks) == 1 and pages[0] == pages[2] and "“never”" in pages[0]
    wizard.leave_out(address, "all")
    wizard.client.get(address)
    assert len(checks) == 1
    wizard.commit(wizard.preview(csv(row)))
    checks.clear()
    assert "already" in wizard.client.get(f"{address}?rows=all").words  # by now the measure is there
    wizard.map(address)
    wizard.client.get(address)
    assert len(checks) == 2


@pytest.mark.parametrize(
    ("failure", "words"),
    [("OperationalError", "import once more below"), ("SumsDisagree", "tell those who run Mandate")],
)
def test_a_failed_import_says_in_plain_words_what_to_do(wizard: Wizard, fresh: Work, failure: str, words: str) -> None:
    address = wizard.preview(csv(line()))
    upload = fresh.get(ImportRow, UUID(address.rpartition("/")[2]))
    upload.state = "committing"
    fresh.session.commit()
    commit_given_up(fresh, upload.id, failure)
    page = wizard.client.get(address)
    assert words in page.words and failure not in page.words and "Import 1 measure" in page.words


def test_the_preview_asks_no_more_for_more_rows(wizard: Wizard, site: Flask) -> None:
    few, many = wizard.preview(csv(line())), wizard.preview(csv(*(line() for _ in range(60))))
    for address in (few, many):
        wizard.client.get(address)
    seen = []
    for address in (few, many):
        with statements(site) as asked:
            wizard.client.get(f"{address}?rows=all")
        seen.append(len(asked))
    assert seen[0] == seen[1]
