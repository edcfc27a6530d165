"""A first mapping from the names of the columns, English and German, for a user to correct."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from domain.imports.fields import AMOUNTS, DATES, Field
from domain.imports.kinds import AnyField
from domain.imports.mapping import ColumnMapping, DateOrder
from domain.imports.synonyms import COLUMN_NAMES
from domain.table import DecimalMark, TableRow, decimal_mark_hint

_REQUIRED = frozenset({Field.START, Field.END, Field.PLAN_TOTAL, Field.PLAN_PER_MONTH})
_EITHER = frozenset({Field.PLAN_TOTAL, Field.PLAN_PER_MONTH})
_MILLIONS = re.compile(r"[($€£ ](m|mn|mio|mm|million|millions|millionen)\b|\b[mM](EUR|USD|CHF|GBP)\b", re.IGNORECASE)
_THOUSANDS = re.compile(r"[($€£ ](k|tsd|thousand|thousands)\b|\b[kKT](EUR|USD|CHF|GBP)\b|\bT€")
_SLASHED = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2\d{4}")


def guess_mapping(headers: Sequence[str], sample: Sequence[TableRow]) -> ColumnMapping:
    """Each field its likeliest column; decimal mark, date order and multiplier from the sample and the headers.

    Without a column for the measure package, the project's column names it too: one package in each project.
    """
    columns = columns_by_name(headers, COLUMN_NAMES)
    if Field.PROJECT in columns:
        columns.setdefault(Field.PACKAGE, columns[Field.PROJECT])
    amounts = [columns[field] for field in AMOUNTS if field in columns]
    dates = [columns[field] for field in DATES if field in columns]
    return ColumnMapping(
        columns=columns,
        required=_required(columns),
        decimal_mark=decimal_mark_hint(texts(headers, sample, amounts)) or DecimalMark.POINT,
        date_order=order_of_dates(texts(headers, sample, dates)),
        multiplier=_multiplier(amounts),
    )


def _required(columns: Mapping[AnyField, str]) -> frozenset[AnyField]:
    """A plan stated in one of two ways is needed in neither column."""
    required: frozenset[AnyField] = _REQUIRED & columns.keys()
    return required - _EITHER if required >= _EITHER else required


@dataclass(frozen=True, order=True)
class _Match:
    score: int
    earlier: int  # minus the position, so that the first of equals wins
    field: AnyField
    header: str


def columns_by_name(headers: Sequence[str], known: Mapping[Any, Sequence[str]]) -> dict[AnyField, str]:
    """Best matches first; a column fills one field."""
    matches = [
        _Match(score, -position, field, header)
        for position, header in enumerate(headers)
        for field, names in known.items()
        if header and (score := _score(_words(header), names))
    ]
    columns: dict[AnyField, str] = {}
    for match in sorted(matches, reverse=True):
        if match.field not in columns and match.header not in columns.values():
            columns[match.field] = match.header
    return {field: columns[field] for field in known if field in columns}


def _score(header: str, names: Sequence[str]) -> int:
    """100 for the same words, less for a name inside the header, 0 for none; earlier names count for more."""
    best = 0
    for rank, name in enumerate(names):
        if header == name:
            best = max(best, 100 - rank)
        elif re.search(rf"\b{re.escape(name)}\b", header):
            best = max(best, 40 - rank + 20 * len(name) // len(header))
    return best


def _words(header: str) -> str:
    """The header without case, marks and what stands in brackets: "Planned Cost ($ M)" is "planned cost"."""
    bare = re.sub(r"\(.*?\)|\[.*?\]", " ", header)
    spaced = re.sub(r"[^\w]+|_", " ", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", bare))
    return " ".join(spaced.casefold().split()).replace("programme", "program")


def texts(headers: Sequence[str], sample: Sequence[TableRow], columns: Sequence[str]) -> list[str]:
    positions = [headers.index(column) for column in columns]
    return [row.cells[p] for row in sample for p in positions if p < len(row.cells) and p not in row.typed]


def order_of_dates(cells: Sequence[str]) -> DateOrder:
    """Told by the days above 12; day first where all of them could be either."""
    found = [match for cell in cells if (match := _SLASHED.fullmatch(cell.strip()))]
    if not found:
        return DateOrder.ISO
    month_first = any(int(match[3]) > 12 for match in found) and not any(int(match[1]) > 12 for match in found)
    return DateOrder.MONTH_FIRST if month_first else DateOrder.DAY_FIRST


def _multiplier(amounts: Sequence[str]) -> Decimal:
    for form, size in ((_MILLIONS, 1_000_000), (_THOUSANDS, 1_000)):
        if amounts and all(form.search(header) for header in amounts):
            return Decimal(size)
    return Decimal(1)
