"""What an event of the trail changed, field by field, ids replaced by names."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from domain.months import Month

_AMOUNT = re.compile(r"-?\d+\.\d\d")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True, kw_only=True)
class Changed:
    """One field before and after. `part` names the line or milestone it belongs to; a series has its months."""

    field: str
    part: str
    month: str
    until: str
    before: str | Decimal | date | None
    after: str | Decimal | date | None


def read_changes(listed: Iterable[Any], names: Mapping[str, str]) -> tuple[Changed, ...]:
    """Months of a series that follow one another and changed alike are one; what has neither side is left out."""
    read = (_changed(each, names) for each in listed if isinstance(each, dict))
    return _in_runs(each for each in read if each.before or each.after)


def _changed(change: Mapping[str, Any], names: Mapping[str, str]) -> Changed:
    """Fields are "owner", "milestone.<id>.due" or "line.<id>.plan.2026-01"."""
    parts = str(change["field"]).split(".")
    field, part, month = parts[0], "", ""
    if len(parts) > 1:
        field, part = (parts[2] if len(parts) > 2 else parts[0]), names.get(parts[1], "")
        month = parts[3] if len(parts) > 3 else ""
    before, after = (_said(change[side], names) for side in ("before", "after"))
    return Changed(field=field, part=part, month=month, until=month, before=before, after=after)


def _in_runs(changes: Iterable[Changed]) -> tuple[Changed, ...]:
    """Months of a series that follow one another and changed alike, as one change."""
    runs: list[Changed] = []
    for each in changes:
        last = runs[-1] if runs else None
        if last and last.until and str(Month.parse(last.until).plus(1)) == each.month and _alike(last, each):
            runs[-1] = replace(last, until=each.until)
        else:
            runs.append(each)
    return tuple(runs)


def _alike(a: Changed, b: Changed) -> bool:
    return (a.field, a.part, a.before, a.after) == (b.field, b.part, b.before, b.after)


def _said(text: str | None, names: Mapping[str, str]) -> str | Decimal | date | None:
    """Canonical text as what it stands for: a name, an amount, a day."""
    if text is None or text in names:
        return names.get(text or "")
    if _AMOUNT.fullmatch(text):
        return Decimal(text)
    return date.fromisoformat(text) if _DAY.fullmatch(text) else text
