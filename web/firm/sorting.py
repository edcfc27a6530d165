"""The order of the comparison: by which column and which way, as the address says, and the links that change it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tenants.platform.queries.comparison import Compared

# Column -> what it sorts by, and whether the largest comes first when it is chosen.
COLUMNS: Mapping[str, tuple[Any, bool]] = {
    "name": (lambda row: row.engagement.name.lower(), False),
    "measures": (lambda row: row.figures.measures, True),
    "plan": (lambda row: row.figures.plan_full_year, True),
    "forecast": (lambda row: row.figures.forecast_full_year, True),
    "leakage": (lambda row: row.figures.leakage_percent, True),
    "realisation": (lambda row: row.figures.realisation_percent, False),
    "decide": (lambda row: row.figures.median_days_to_decide, True),
    "overdue": (lambda row: row.figures.overdue, True),
    "waiting": (lambda row: row.figures.waiting_cost_week, True),
}


@dataclass(frozen=True, kw_only=True)
class Sorting:
    column: str
    is_descending: bool

    def link(self, column: str) -> str:
        """The address that sorts by a column, the other way round when it does already."""
        descending = not self.is_descending if column == self.column else COLUMNS[column][1]
        return f"/comparison?sort={column}&order={'desc' if descending else 'asc'}"

    def said(self, column: str) -> str:
        if column != self.column:
            return ""
        return "descending" if self.is_descending else "ascending"

    def sort(self, rows: Iterable[Compared]) -> list[Compared]:
        """By the column, equal ones by name; rows without a value come last whichever way it goes."""
        key = COLUMNS[self.column][0]
        by_name = sorted(rows, key=lambda row: row.engagement.name.lower())
        known = [row for row in by_name if key(row) is not None]
        known.sort(key=key, reverse=self.is_descending)
        return known + [row for row in by_name if key(row) is None]


def sorting_of(arguments: Mapping[str, str]) -> Sorting:
    """From the address; anything unknown is the default, largest leakage first."""
    column = arguments.get("sort", "leakage")
    column = column if column in COLUMNS else "leakage"
    order = arguments.get("order", "")
    return Sorting(column=column, is_descending=order == "desc" if order in ("asc", "desc") else COLUMNS[column][1])
