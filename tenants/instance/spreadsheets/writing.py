"""Writing an XLSX: every cell text, number or date, never a formula."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.utility import xl_col_to_name

Cell = str | int | Decimal | date | bool | None
_WIDEST = 60
_LONGEST_CELL = 32_767  # what the format allows
_SAFE = {"strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False, "in_memory": True}


@dataclass(frozen=True, kw_only=True)
class Choices:
    """A column whose cells are chosen from a list; other text is allowed when `strict` is off, with a warning."""

    header: str
    values: tuple[str, ...]
    strict: bool = True


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One sheet: a bold, frozen header row and its rows. `choices` puts drop-down lists on columns."""

    name: str
    headers: tuple[str, ...]
    rows: Sequence[Sequence[Cell]] = ()
    choices: tuple[Choices, ...] = ()
    widths: tuple[int, ...] = ()  # in characters; from the content when empty


def write_xlsx(sheets: Sequence[Sheet], note: Sequence[str] = ()) -> bytes:
    """The workbook as bytes. Decimals keep their places, dates show as ISO; `note` becomes a last sheet of lines."""
    out = BytesIO()
    with Workbook(out, _SAFE) as book:
        lists = _Lists(book)
        formats = _Formats(book)
        pages = [(sheet, book.add_worksheet(sheet.name[:31])) for sheet in sheets]
        for sheet, page in pages:
            _fill(page, sheet, formats)
            for choices in sheet.choices:
                lists.offer(page, sheet.headers.index(choices.header), choices)
        if note:
            _note(book.add_worksheet("Read me"), note)
        lists.write()
    return out.getvalue()


class _Formats:
    def __init__(self, book: Workbook) -> None:
        self.head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        self.date = book.add_format({"num_format": "yyyy-mm-dd"})
        self.moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        self.whole = book.add_format({"num_format": "#,##0"})
        self.money = book.add_format({"num_format": "#,##0.00"})


def _fill(page: Any, sheet: Sheet, formats: _Formats) -> None:
    for column, header in enumerate(sheet.headers):
        page.write_string(0, column, header[:_LONGEST_CELL], formats.head)
    for number, row in enumerate(sheet.rows, start=1):
        for column, cell in enumerate(row):
            _write(page, number, column, cell, formats)
    for column, width in enumerate(sheet.widths or _widths(sheet)):
        page.set_column(column, column, width)
    page.freeze_panes(1, 0)


def _write(page: Any, row: int, column: int, cell: Cell, formats: _Formats) -> None:
    match cell:
        case None | "":
            page.write_blank(row, column, None)
        case bool():
            page.write_boolean(row, column, cell)
        case str():
            page.write_string(row, column, cell[:_LONGEST_CELL])
        case datetime():
            page.write_datetime(row, column, cell.replace(tzinfo=None), formats.moment)
        case date():
            page.write_datetime(row, column, cell, formats.date)
        case Decimal() if Decimal(format(float(cell), ".15g")) != cell:
            page.write_string(row, column, str(cell))  # more digits than a spreadsheet number can hold
        case Decimal():
            exponent = cell.as_tuple().exponent
            page.write_number(row, column, cell, formats.money if exponent == -2 else None)
        case int():
            page.write_number(row, column, cell, formats.whole)


def _widths(sheet: Sheet) -> list[int]:
    columns = range(max((len(row) for row in sheet.rows), default=0) or len(sheet.headers))
    looked_at = [sheet.headers, *list(sheet.rows)[:200]]
    longest = (max((len(str(row[c] or "")) for row in looked_at if c < len(row)), default=0) for c in columns)
    return [min(max(length, 8) + 2, _WIDEST) for length in longest]


def _note(page: Any, lines: Sequence[str]) -> None:
    page.set_column(0, 0, 110)
    for number, line in enumerate(lines):
        page.write_string(number, 0, line)


class _Lists:
    """The values of drop-down lists on a sheet of their own: a list inside a validation ends at 255 characters."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._lists: list[Choices] = []

    def offer(self, page: Any, column: int, choices: Choices) -> None:
        if not choices.values:
            return
        letter = _letter(len(self._lists))
        self._lists.append(choices)
        page.data_validation(
            1,
            column,
            20_000,
            column,
            {
                "validate": "list",
                "source": f"=Lists!${letter}$2:${letter}${len(choices.values) + 1}",
                "error_type": "stop" if choices.strict else "information",
            },
        )

    def write(self) -> None:
        if not self._lists:
            return
        page = self._book.add_worksheet("Lists")
        for column, choices in enumerate(self._lists):
            page.write_string(0, column, choices.header)
            for row, value in enumerate(choices.values, start=1):
                page.write_string(row, column, value)


def _letter(position: int) -> str:
    return str(xl_col_to_name(position))
