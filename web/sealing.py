"""The sealed subject of a request as people read it: its figures, its fields, and what broke the seal."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask_babel import gettext as _

from domain.months import FiscalYear
from domain.seal import read_lines
from domain.value import EffectLine, Scenario, Sign, full_year_effect, in_instance_currency, in_year
from tenants.instance.queries.governance import Governance
from web.formats import DASH, GAP, cents, day, money, month, scale_of
from web.kill_criteria import sealed_words
from web.wording import field_name

AMOUNTS = ("rough_value", "target")
DAYS = ("start", "end")
NAMED = ("owner", "sponsor", "controller", "business_unit", "function", "legal_entity", "forum", "package")
FIRST = ("title", "description", "expected_effect", *NAMED, *DAYS, *AMOUNTS)
SCENARIOS = {
    "baseline": Scenario.BASELINE,
    "plan": Scenario.PLAN,
    "forecast": Scenario.FORECAST,
    "actual": Scenario.ACTUAL,
}


@dataclass(frozen=True, kw_only=True)
class Figures:
    """Rows of (label, this year, next year, full year, is the sum) in one unit."""

    unit: str
    years: tuple[str, str]
    what: str
    rows: tuple[tuple[str, str, str, str, bool], ...]


@dataclass(frozen=True, kw_only=True)
class Change:
    field: str
    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class Sealed:
    """A subject: `figures` is None while it has no amounts; `fields` are (label, value)."""

    figures: Figures | None
    fields: tuple[tuple[str, str], ...]


class Reading:
    """Reads one canonical text with the names of today."""

    def __init__(self, subject: str, names: Mapping[UUID, str], governance: Governance) -> None:
        self.values: dict[str, str] = json.loads(subject)
        self.names = {str(key): name for key, name in names.items()}
        self.governance = governance
        self.parts = self._parts()

    def _parts(self) -> dict[tuple[str, str], dict[str, str]]:
        """Lines and milestones by kind and id: {("line", id): {"name": ..., "plan.2026-01": ...}}."""
        parts: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
        for name, value in self.values.items():
            kind, dot, rest = name.partition(".")
            if dot and kind in ("line", "milestone"):
                key, _dot, field = rest.partition(".")
                parts[(kind, key)][field] = value
        return parts

    def sealed(self, kind: str, year: FiscalYear) -> Sealed:
        scenario = Scenario.ACTUAL if kind == "gate:closed" else Scenario.PLAN
        return Sealed(figures=self._figures(scenario, year), fields=tuple(self._fields()))

    def changes(self, changes: Iterable[Mapping[str, Any]]) -> tuple[Change, ...]:
        return tuple(
            Change(
                field=self.label(each["field"]),
                before=self.shown(each["field"], each.get("before") or ""),
                after=self.shown(each["field"], each.get("after") or ""),
            )
            for each in changes
        )

    def label(self, name: str) -> str:
        """A governed field in words; a line's month says the line and the scenario."""
        kind, dot, rest = name.partition(".")
        if kind == "kill_criterion":
            return _("Kill criterion")
        if not dot or kind not in ("line", "milestone"):
            return _("Evidence") if kind == "evidence" else field_name(name).capitalize()
        key, _dot, field = rest.partition(".")
        of = self.parts.get((kind, key), {})
        part = of.get("name") or of.get("title") or (_("effect line") if kind == "line" else _("milestone"))
        scenario, dot, when = field.partition(".")
        if dot and scenario in SCENARIOS:
            return f"{field_name(scenario).capitalize()} {month(when)} ({part})"
        words = {"due": _("promised for"), "done_on": _("done on"), "waived_because": _("waived because")}
        return f"{part}: {words.get(field) or field_name(field).replace('_', ' ')}"

    def shown(self, name: str, text: str) -> str:
        if not text:
            return DASH
        if name.startswith("kill_criterion."):
            return sealed_words(text, self.governance.template, self.governance.currency)
        last = name.rpartition(".")[2]
        if text in self.names:
            return self.names[text]
        if name in AMOUNTS or (name.startswith("line.") and name.split(".")[2] in SCENARIOS):
            return cents(Decimal(text))
        if last in (*DAYS, "due", "done_on", "forecast"):
            return day(date.fromisoformat(text))
        if last == "stage":
            return str(field_name(text)).capitalize()
        return _("yes") if text == "yes" else text

    def _fields(self) -> Iterable[tuple[str, str]]:
        plain = [name for name in self.values if name.partition(".")[0] not in ("line", "milestone", "evidence")]
        for name in sorted(plain, key=lambda each: (FIRST.index(each) if each in FIRST else len(FIRST), each)):
            if name not in ("code", "package", "proposal", "currency"):
                unit = GAP + self.values.get("currency", self.governance.currency) if name in AMOUNTS else ""
                yield self.label(name), self.shown(name, self.values[name]) + unit
        for (kind, _key), part in self.parts.items():
            if kind == "milestone":
                due = day(date.fromisoformat(part["due"])) if part.get("due") else DASH
                yield _("Milestone"), f"{part.get('title', '')}, {due}"
        for name, value in self.values.items():
            if name.startswith("evidence."):
                yield _("Evidence"), value

    def lines(self) -> list[EffectLine]:
        return list(read_lines(self.values))

    def _figures(self, scenario: Scenario, year: FiscalYear) -> Figures | None:
        lines = in_instance_currency(self.lines(), self.governance.rates)
        if not any(line.series.get(scenario) for line in lines):
            return None
        rows = [
            (_("Gross benefit"), [line for line in lines if line.sign is Sign.BENEFIT]),
            (_("Recurring cost"), [line for line in lines if line.sign is Sign.COST and line.is_recurring]),
            (_("One-off cost"), [line for line in lines if line.is_one_off_cost]),
            (_("Net effect"), lines),
        ]
        sums = [
            (label, *(in_year(part, scenario, each) for each in (year, year.next)), _full(part, scenario))
            for label, part in rows
        ]
        scale = scale_of([value for _label, *values in sums for value in values if value is not None])
        last = rows[-1][0]
        shown = tuple(
            (label, money(first, scale), money(second, scale), money(full, scale), label == last)
            for label, first, second, full in sums
        )
        unit = f"{scale} {self.governance.currency}".strip()
        what = _("Actual") if scenario is Scenario.ACTUAL else _("Plan")
        return Figures(unit=unit, years=(year.label, year.next.label), what=what, rows=shown)


def _full(lines: Iterable[EffectLine], scenario: Scenario) -> Decimal | None:
    """Recurring only; None where nothing recurs."""
    recurring = [line for line in lines if line.is_recurring]
    return full_year_effect(recurring, scenario) if recurring else None


def seal_words(seal: str) -> str:
    """sha256 4be2 09d7 … 71fa c3e8."""
    return f"sha256 {seal[:4]} {seal[4:8]} … {seal[-8:-4]} {seal[-4:]}"
