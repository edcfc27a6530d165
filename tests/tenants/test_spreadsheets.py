"""Spreadsheets: what is read as written, what is refused before it can hurt, and what is written never computes."""

import sys
import zipfile
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from openpyxl import Workbook, load_workbook

from domain.governance.template import EffectKind
from domain.ids import PersonId, ReferenceId
from domain.imports import (
    DecimalMark,
    Field,
    ImportPreview,
    KnownPerson,
    MappingUnreadable,
    MappingUnusable,
    NothingToImport,
    Reason,
    ReferenceData,
    RowProblem,
    RowsToCorrect,
    Table,
    UnknownRows,
    check,
    guess_mapping,
    rejected_rows,
)
from domain.imports.problems import AmbiguousAmount
from domain.value import Recurrence, Sign
from tenants.instance.spreadsheets import (
    Choices,
    FileRefused,
    Limits,
    Sheet,
    read_table,
    read_table_here,
    write_xlsx,
)
from tenants.instance.spreadsheets.messages import from_message, to_message
from tenants.instance.spreadsheets.refused import (
    BrokenQuotes,
    CellTooLong,
    DamagedWorkbook,
    EmptyFile,
    EncryptedWorkbook,
    FileTooLarge,
    FormulaFound,
    LegacyWorkbook,
    MacroWorkbook,
    NulBytes,
    ReadingGaveUp,
    RepeatedHeader,
    TooManyColumns,
    TooManyRows,
    UnknownEncoding,
    UnpacksTooLarge,
    WrongFileType,
)
from tenants.instance.spreadsheets.template import import_template
from tenants.instance.spreadsheets.workbook import plain_number

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512


def table(data: bytes, limits: Limits | None = None) -> Table:
    outcome = read_table_here(data, limits)
    assert isinstance(outcome, Table), outcome
    return outcome


def cells(data: bytes) -> list[tuple[str, ...]]:
    return [row.cells for row in table(data).rows]


def xlsx(*rows: tuple[Any, ...], title: str = "Measures") -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(row)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _moment(hour: int = 0, minute: int = 0) -> datetime:
    """A moment as a spreadsheet holds it: without a time zone."""
    return datetime(2026, 2, 1, hour, minute)


def repacked(data: bytes, **parts: bytes) -> bytes:
    """The package with parts added or replaced; "__" stands for "/" and "_dot_" for "."."""
    new = {name.replace("__", "/").replace("_dot_", "."): content for name, content in parts.items()}
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name in old.namelist():
            if name not in new:
                package.writestr(name, old.read(name))
        for name, content in new.items():
            package.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_delimiter_is_found(mark: str) -> None:
    data = f"a{mark}b{mark}c\n1{mark}x, y; z{mark}3\n4{mark}5{mark}6\n".replace("x, y; z", '"x, y; z"').encode()
    read = table(data)
    assert (read.delimiter, read.headers) == (mark, ("a", "b", "c"))
    assert read.rows[0].cells == ("1", "x, y; z", "3")


def test_quoted_line_break_stays_in_its_cell_and_row_numbers_are_the_spreadsheets() -> None:
    read = table(b'a,b\n"one\ntwo",2\n\n3,4\n')
    assert [(row.number, row.cells) for row in read.rows] == [(2, ("one\ntwo", "2")), (4, ("3", "4"))]


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        ("a,b\nmaß,ü\n".encode(), "utf-8"),
        ("a,b\nmaß,ü\n".encode("utf-8-sig"), "utf-8"),
        ("a,b\nmaß,ü\n".encode("cp1252"), "cp1252"),
        ("a,b\nmaß,ü\n".encode("utf-16"), "utf-16"),
    ],
)
def test_encoding_is_found_and_said(data: bytes, encoding: str) -> None:
    read = table(data)
    assert (read.encoding, read.headers, read.rows[0].cells) == (encoding, ("a", "b"), ("maß", "ü"))


def test_ragged_csv_row_is_kept_as_written() -> None:
    assert cells(b"a,b,c\n1,2\n1,2,3,4\n") == [("1", "2"), ("1", "2", "3", "4")]


def test_decimal_mark_is_told() -> None:
    assert table(b"a;b\n1,5;2\n").decimal_mark is DecimalMark.COMMA
    assert table(b"a;b\n1.234;2\n").decimal_mark is None


SMALL = Limits(file_bytes=1000, rows=3, columns=4, cell_characters=20, characters=100)


@pytest.mark.parametrize(
    ("data", "refusal"),
    [
        (b"", EmptyFile()),
        (b" \n\n", EmptyFile()),
        (b"a,b\n", EmptyFile(columns=2)),
        (b"x" * 1001, FileTooLarge(size=1001, limit=1000)),
        (b"a,b\n1,2\0\n", NulBytes(row=2)),
        (b"a,b\nma\xdf,\x81\n", UnknownEncoding(byte=8)),
        (b"a,b\n" + b"1,2\n" * 4, TooManyRows(limit=3)),
        (b"a,b,c,d,e\n1,2\n", TooManyColumns(row=1, limit=4)),
        (b"a,b\n1," + b"x" * 21, CellTooLong(row=2, column=2, limit=20)),
        (b"a,b\n1," + b"x" * 200, CellTooLong(row=2, column=0, limit=20)),
        (b"a,a\n1,2\n", RepeatedHeader(header="a")),
        (b'a,b\n"1"x,2\n', BrokenQuotes(row=2)),
        (b'a,b\n1,"2\n', BrokenQuotes(row=2)),
        (b"%PDF-1.7 ...", WrongFileType(found="pdf")),
        (b"\x89PNG\r\n", WrongFileType(found="image")),
        (b"<!DOCTYPE html><table>", WrongFileType(found="html")),
        (bytes(range(1, 9)) * 4, WrongFileType(found="binary")),
        (OLE, LegacyWorkbook()),
        (OLE[:300] + "EncryptedPackage".encode("utf-16-le"), EncryptedWorkbook()),
        (b"PK\x03\x04 and no more", DamagedWorkbook()),
    ],
)
def test_file_is_refused_with_its_reason(data: bytes, refusal: FileRefused) -> None:
    assert read_table_here(data, SMALL) == refusal


def test_cell_of_five_megabytes_is_refused() -> None:
    assert isinstance(read_table_here(b"a,b\n1," + b"x" * 5_000_000), CellTooLong)
    assert isinstance(read_table_here(xlsx(("a", "b"), ("1", "x" * 32_000))), CellTooLong)


def test_workbook_cells_become_plain_text() -> None:
    data = xlsx(
        ("a", "b", "c", "d", "e"),
        (0.1 + 0.2, 1234567.89, 1e15, 12, True),
        (date(2026, 2, 1), _moment(8, 30), "2026-02-01", None, 1e-7),
    )
    read = table(data)
    assert read.rows[0].cells == ("0.3", "1234567.89", "1000000000000000", "12", "TRUE")
    assert read.rows[1].cells == ("2026-02-01", "2026-02-01T08:30:00", "2026-02-01", "", "0.0000001")
    assert read.rows[1].typed == {0, 1, 4}


@given(st.integers(-(10**12), 10**12))
def test_amount_of_two_places_comes_out_of_a_float_unchanged(cents: int) -> None:
    amount = Decimal(cents) / 100
    assert Decimal(plain_number(float(amount))) == amount


def test_first_sheet_with_a_header_is_read_and_hidden_ones_are_not() -> None:
    book = load_workbook(BytesIO(xlsx(("secret",), ("1",))))
    book["Measures"].sheet_state = "hidden"
    book.create_sheet("Empty")
    book.create_sheet("Real").append(["a"])
    book["Real"].append(["1"])
    out = BytesIO()
    book.save(out)
    read = table(out.getvalue())
    assert (read.sheet, read.headers, read.other_sheets) == ("Real", ("a",), ("Measures", "Empty"))


def test_blank_rows_are_left_away_and_numbers_stay() -> None:
    assert [row.number for row in table(xlsx((), ("a", "b"), (), ("1", "2"), (None, " "), ("3", None))).rows] == [4, 6]


def test_formula_is_refused_with_its_place() -> None:
    data = xlsx(("Title", "Plan"), ("x", 1), ("y", "=SUM(B2:B2)"), ("z", "=1+1"))
    assert read_table_here(data) == FormulaFound(sheet="Measures", row=3, column="B", header="Plan", cells=2)


def test_text_that_looks_like_a_formula_is_text() -> None:
    out = write_xlsx([Sheet(name="S", headers=("a",), rows=[("=1+1",)])])
    assert cells(out) == [("=1+1",)]


def test_macros_are_refused_whatever_the_file_is_called() -> None:
    plain = xlsx(("a",), ("1",))
    assert read_table_here(repacked(plain, xl__vbaProject_dot_bin=b"..")) == MacroWorkbook(part="xl/vbaProject.bin")
    types = zipfile.ZipFile(BytesIO(plain)).read("[Content_Types].xml")
    announced = types.replace(b"spreadsheetml.sheet.main", b"sheet.macroEnabled.main")
    out = repacked(plain, **{"[Content_Types]_dot_xml": announced})
    assert read_table_here(out) == MacroWorkbook(part="[Content_Types].xml")


def test_other_packages_are_refused_by_content() -> None:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        package.writestr("content.xml", "<x/>")
    assert read_table_here(out.getvalue()) == WrongFileType(found="opendocument")
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("a.txt", "hello")
    assert read_table_here(out.getvalue()) == WrongFileType(found="zip")


def test_zip_bomb_is_refused_by_its_directory() -> None:
    bomb = repacked(xlsx(("a",), ("1",)), xl__media__a_dot_bin=b"\0" * 30_000_000)
    assert len(bomb) < 50_000
    outcome = read_table_here(bomb)
    assert isinstance(outcome, UnpacksTooLarge) and outcome.measure == "ratio"
    outcome = read_table_here(bomb, Limits(unpacked_bytes=1_000_000))
    assert isinstance(outcome, UnpacksTooLarge) and outcome.measure == "bytes"
    many = repacked(xlsx(("a",), ("1",)), **{f"xl__x{n}": b"" for n in range(30)})
    outcome = read_table_here(many, Limits(entries=20))
    assert isinstance(outcome, UnpacksTooLarge) and outcome.measure == "entries"


def test_zip_bomb_with_a_false_directory_is_refused() -> None:
    bomb = repacked(xlsx(("a",), ("1",)), xl__media__a_dot_bin=b"\0" * 30_000_000)
    size = (30_000_000).to_bytes(4, "little")
    assert bomb.count(size) == 2  # in the local header and in the directory
    assert read_table_here(bomb.replace(size, (300).to_bytes(4, "little"))) == DamagedWorkbook()


def test_entities_are_refused() -> None:
    evil = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]><workbook>&b;</workbook>'
    assert read_table_here(repacked(xlsx(("a",), ("1",)), xl__workbook_dot_xml=evil)) == DamagedWorkbook()


def test_broken_parts_are_a_damaged_workbook() -> None:
    for part in ("xl__workbook_dot_xml", "xl__worksheets__sheet1_dot_xml", "xl__styles_dot_xml"):
        assert read_table_here(repacked(xlsx(("a",), ("1",)), **{part: b"<worksheet"})) == DamagedWorkbook()


def test_size_that_a_sheet_claims_is_not_believed() -> None:
    plain = xlsx(("a",), ("1",))
    sheet = zipfile.ZipFile(BytesIO(plain)).read("xl/worksheets/sheet1.xml")
    vast = sheet.replace(b'ref="A1:A2"', b'ref="A1:XFD1048576"')
    assert vast != sheet
    assert cells(repacked(plain, xl__worksheets__sheet1_dot_xml=vast)) == [("1",)]


def test_child_reads_the_same_as_this_process() -> None:
    data = xlsx(("a", "ä"), ("1", 2.5))
    assert read_table(data, "measures.xlsx") == read_table_here(data)
    assert read_table(b"a,b\n1\0,2\n", "x.csv") == NulBytes(row=2)


HUNGRY = "from tenants.instance.spreadsheets import __main__ as m, reading\n"


def child(code: str) -> tuple[str, ...]:
    """A child whose reader is replaced by something that misbehaves; its limits are the real ones."""
    return (
        sys.executable,
        "-c",
        f"{HUNGRY}def bad(data, limits):\n    {code}\nm.read_table_here = bad\nm.sys.exit(m.main())",
    )


def test_child_that_eats_memory_is_refused_and_not_the_caller() -> None:
    limits = Limits(memory_bytes=200 * 1024 * 1024)
    assert read_table(b"a\n1\n", limits=limits, command=child("return bytes(10**9)")) == ReadingGaveUp(limit="memory")


def test_child_that_eats_time_is_refused() -> None:
    spin = child("\n    while True: pass")
    assert read_table(b"a\n1\n", limits=Limits(cpu_seconds=1), command=spin) == ReadingGaveUp(limit="time")
    sleep = child("import time; time.sleep(60)")
    assert read_table(b"a\n1\n", limits=Limits(wall_seconds=1), command=sleep) == ReadingGaveUp(limit="time")


def test_child_can_write_no_file_and_knows_no_secret(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    monkeypatch.setenv("MANDATE_MASTER_SECRET", "x")
    target = tmp_path / "out"
    code = f"import os; assert 'MANDATE_MASTER_SECRET' not in os.environ; open({str(target)!r}, 'w').write('x')"
    assert read_table(b"a\n1\n", command=child(code)) == DamagedWorkbook()
    assert not target.exists() or target.read_text() == ""


def test_every_refusal_passes_between_child_and_parent() -> None:
    refusal = FormulaFound(sheet="S", row=3, column="B", header="Plan", cells=2)
    assert from_message(to_message(refusal)) == refusal


def test_written_cells_have_their_types_and_never_compute() -> None:
    row = ("=1+1", "+49 30", "-x", "@a", "0012", Decimal("1234.50"), 7, date(2026, 2, 1), None, "http://x.example")
    out = write_xlsx([Sheet(name="S", headers=tuple("abcdefghij"), rows=[row])])
    sheet = load_workbook(BytesIO(out)).active
    assert sheet is not None
    read = [cell.value for cell in sheet[2]]
    assert read == [*row[:5], 1234.5, 7, _moment(), None, row[9]]
    assert {cell.data_type for cell in sheet[2][:5]} == {"s"}
    assert sheet["A1"].font.bold and sheet.freeze_panes == "A2"


def test_decimal_that_a_spreadsheet_cannot_hold_is_written_as_text() -> None:
    exact = Decimal("12345678901234567.89")
    assert cells(write_xlsx([Sheet(name="S", headers=("a",), rows=[(exact,)])])) == [("12345678901234567.89",)]


def test_choices_become_lists_of_their_own_sheet() -> None:
    sheet = Sheet(name="S", headers=("a", "b"), rows=[("1", "2")], choices=(Choices(header="b", values=("x", "=y")),))
    book = load_workbook(BytesIO(write_xlsx([sheet], note=["Read this"])))
    [rule] = book["S"].data_validations.dataValidation
    assert (rule.formula1, str(rule.sqref)) == ("Lists!$A$2:$A$3", "B2:B20001")
    assert [cell.value for cell in book["Lists"]["A"]] == ["b", "x", "=y"]
    assert book["Read me"]["A1"].value == "Read this"


REFERENCE = ReferenceData(
    currency="EUR",
    fiscal_year_start=date(2026, 1, 1),
    effect_kinds=(
        EffectKind(
            key="revenue",
            label="Revenue",
            sign=Sign.BENEFIT,
            recurrence=Recurrence.RECURRING,
            is_pnl=True,
            is_cash=True,
        ),
    ),
    people=(KnownPerson(id=PersonId("1"), name="Tor Vik", email="tor@client.example"),),  # type: ignore[arg-type]
    business_units={"Hydro": ReferenceId("2")},  # type: ignore[arg-type]
)


def test_import_template_is_filled_and_mapped_without_help() -> None:
    data = import_template(REFERENCE, ["How to fill this in"])
    book = load_workbook(BytesIO(data))
    listed = {column[0].value: [cell.value for cell in column[1:] if cell.value] for column in book["Lists"].columns}
    assert listed["Business unit"] == ["Hydro"] and listed["Owner"] == ["Tor Vik <tor@client.example>"]
    assert read_table_here(data) == EmptyFile(columns=28)
    headers = tuple(str(cell.value) for cell in book["Measures"][1])
    unmapped = {Field.STAGE, Field.CURRENCY, Field.ACTUAL_TOTAL}
    mapping = guess_mapping(headers, ())
    assert mapping.columns.keys() == set(Field) - unmapped
    assert len(set(mapping.columns.values())) == 28


def test_file_of_rejected_rows_comes_back_as_the_same_cells() -> None:
    headers = ("Portfolio", "Program", "Project", "Title", "Start", "End", "Plan")
    names = ("P", "Q", "R", "+T")
    data = xlsx(headers, (*names, date(2026, 5, 1), date(2026, 1, 1), 12.5), (*names, "2026-05-01", "", "x"))
    first = table(data)
    mapping = replace(guess_mapping(first.headers, first.sample()), constants={Field.KIND: "revenue"})
    preview = check(first, mapping, REFERENCE)
    assert isinstance(preview, ImportPreview)
    rejected = rejected_rows(preview, lambda problem: problem.reason.kind)
    back = table(write_xlsx([Sheet(name="To correct", headers=rejected.headers, rows=rejected.rows)]))
    assert [row.cells[2:] for row in back.rows] == [row.cells for row in first.rows]
    assert back.rows[0].typed == {6, 7, 8}
    again = check(back, mapping, REFERENCE)
    assert isinstance(again, ImportPreview)
    reasons = [[p.reason for p in row.problems] for row in again.rows]
    assert reasons == [[p.reason for p in row.problems] for row in preview.rows]


def words_of(component: str) -> Any:
    environment = Environment(
        loader=FileSystemLoader("templates"),
        undefined=StrictUndefined,
        autoescape=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.filters["day"] = str  # the application writes days as its reader does
    environment.install_null_translations(newstyle=True)  # type: ignore[attr-defined]
    return environment.get_template(f"web/components/{component}.html").module


def test_every_problem_has_its_words() -> None:
    words = words_of("import_problems")
    kinds = Reason.__subclasses__()
    assert len(kinds) > 25
    assert [kind.__name__ for kind in kinds if not hasattr(words, kind.__name__)] == []
    assert all(str(words.field(name.value)).strip() for name in Field)
    reason = AmbiguousAmount(mark=".")
    problem = RowProblem(row=3, column="Plan", field=Field.PLAN_TOTAL, value="1.240,50", reason=reason)
    said = str(getattr(words, reason.kind)(problem))
    assert said == "Plan: “1.240,50” can be read in two ways. The mapping says decimal point; write it like 1240.50."


def test_every_refusal_of_a_file_or_import_has_its_words() -> None:
    words = words_of("refusals")
    imports = [MappingUnusable, MappingUnreadable, RowsToCorrect, UnknownRows, NothingToImport]
    assert [k.__name__ for k in [*FileRefused.__subclasses__(), *imports] if not hasattr(words, k.__name__)] == []
