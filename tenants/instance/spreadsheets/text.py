"""A CSV file read as text: encoding, delimiter and rows."""

import csv
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from io import StringIO
from itertools import islice

from domain.table import Table, TableRow
from tenants.instance.spreadsheets.assemble import gather
from tenants.instance.spreadsheets.limits import Limits
from tenants.instance.spreadsheets.refused import (
    BrokenQuotes,
    CellTooLong,
    NulBytes,
    Refused,
    UnknownEncoding,
    WrongFileType,
)

_DELIMITERS = ",;\t|"
_SNIFFED_ROWS = 50
_CONTROL = re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f]")


def read_csv(data: bytes, limits: Limits) -> Table:
    text, encoding = _decoded(data)
    if "\0" in text:
        raise Refused(NulBytes(row=text.count("\n", 0, text.index("\0")) + 1))
    if len(_CONTROL.findall(text[:4096])) > 8:
        raise Refused(WrongFileType(found="binary"))
    delimiter = _delimiter(text)
    table = gather(_rows(text, delimiter, limits), limits, pad=False)
    return replace(table, delimiter=delimiter, encoding=encoding)


def _decoded(data: bytes) -> tuple[str, str]:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _strictly(data, "utf-16"), "utf-16"  # what Excel calls Unicode text
    try:
        return data.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError as fault:
        if b"\0" in data:
            raise Refused(NulBytes(row=data.count(b"\n", 0, data.index(b"\0")) + 1)) from None
        if data.startswith(b"\xef\xbb\xbf"):
            raise Refused(UnknownEncoding(byte=fault.start)) from None
        return _strictly(data, "cp1252"), "cp1252"


def _strictly(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as fault:
        raise Refused(UnknownEncoding(byte=fault.start)) from None


def _delimiter(text: str) -> str:
    """The delimiter under which most of the first rows have the same number of cells, more cells deciding a tie."""
    return max(_DELIMITERS, key=lambda mark: _consistency(text, mark))


def _consistency(text: str, delimiter: str) -> tuple[float, int]:
    try:
        widths = [
            len(row) for row in islice(csv.reader(StringIO(text, newline=""), delimiter=delimiter), _SNIFFED_ROWS)
        ]
    except csv.Error:
        return 0.0, 0
    widths = [width for width in widths if width]
    if not widths or widths[0] < 2:
        return 0.0, 0
    usual, times = Counter(widths).most_common(1)[0]
    return (times / len(widths), usual) if usual > 1 else (0.0, 0)


def _rows(text: str, delimiter: str, limits: Limits) -> Iterator[TableRow]:
    """Rows as a spreadsheet program numbers them: a quoted line break does not start a new one."""
    csv.field_size_limit(limits.cell_characters * 4)
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 0
    while True:
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as fault:
            if "field larger" in str(fault):
                raise Refused(CellTooLong(row=number, column=0, limit=limits.cell_characters)) from None
            raise Refused(BrokenQuotes(row=number)) from None
        yield TableRow(number=number, cells=tuple(cells))
