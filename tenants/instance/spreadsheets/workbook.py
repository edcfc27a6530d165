"""An XLSX workbook read as text: its first visible sheet that has rows."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time
from decimal import Decimal
from io import BytesIO
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from domain.table import Table, TableRow
from tenants.instance.spreadsheets.assemble import gather
from tenants.instance.spreadsheets.limits import Limits
from tenants.instance.spreadsheets.package import check_package
from tenants.instance.spreadsheets.refused import (
    DamagedWorkbook,
    EmptyFile,
    FormulaFound,
    Refused,
    TooManyRows,
)

# What openpyxl lets out when a part is not what it should be; it has no exception of its own for most of it.
_DAMAGED = (
    ArithmeticError,
    AttributeError,
    DefusedXmlException,
    InvalidFileException,
    LookupError,
    OSError,
    ParseError,
    TypeError,
    ValueError,
)
_BLANK_ROWS = 10  # times the rows that may be filled: formatted but empty rows are common


def read_workbook(data: bytes, limits: Limits) -> Table:
    check_package(data, limits)
    try:
        book = load_workbook(BytesIO(data), read_only=True, data_only=False, keep_links=False, keep_vba=False)
        sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
        for sheet in sheets:
            try:
                table = gather(_rows(sheet, limits), limits, pad=True)
            except Refused as refused:
                if refused.refusal == EmptyFile():
                    continue  # not even a header: the next sheet
                raise
            others = tuple(s.title for s in book.worksheets if s.title != sheet.title)
            return replace(table, sheet=sheet.title, other_sheets=others)
    except _DAMAGED:
        raise Refused(DamagedWorkbook()) from None
    raise Refused(EmptyFile())


def _rows(sheet: Any, limits: Limits) -> Iterator[TableRow]:
    """Every row as text. All formulas are counted before the first is named, so that one upload tells all."""
    sheet.reset_dimensions()  # what the file says about its size is not to be believed
    headers: tuple[str, ...] = ()
    first: tuple[int, int] | None = None
    formulas = 0
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        if number > limits.rows * _BLANK_ROWS:
            raise Refused(TooManyRows(limit=limits.rows))
        for position, cell in enumerate(cells):
            if cell.data_type == "f":
                formulas += 1
                first = first or (number, position)
        row = _row(number, cells)
        headers = headers or (row.cells if any(row.cells) else ())
        if not formulas:
            yield row
    if first:
        header = headers[first[1]] if first[1] < len(headers) else ""
        letters = get_column_letter(first[1] + 1)
        raise Refused(FormulaFound(sheet=sheet.title, row=first[0], column=letters, header=header, cells=formulas))


def _row(number: int, cells: tuple[Any, ...]) -> TableRow:
    values = [cell.value for cell in cells]
    while values and values[-1] is None:
        values.pop()
    typed = frozenset(i for i, v in enumerate(values) if v is not None and not isinstance(v, str))
    return TableRow(number=number, cells=tuple(_text(v) for v in values), typed=typed)


def _text(value: Any) -> str:
    match value:
        case None:
            return ""
        case str():
            return value
        case bool():
            return "TRUE" if value else "FALSE"
        case int():
            return str(value)
        case float():
            return plain_number(value)
        case datetime():
            return value.date().isoformat() if value.time() == time(0) else value.isoformat()
        case date() | time():
            return value.isoformat()
        case _:
            return str(value)


def plain_number(value: float) -> str:
    """The number as the spreadsheet shows it: 15 significant digits, so that 0.1 + 0.2 reads 0.3; nothing rounded."""
    return f"{Decimal(format(value, '.15g')):f}"
