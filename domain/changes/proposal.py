"""What a change request would change: typed new values of what the lock holds, their canonical text, and both ways."""

import json
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from domain.ids import ForumId, LineId, MilestoneId, PersonId
from domain.measures import Evidence, Measure, Milestone
from domain.months import Month
from domain.seal import Canonical, canonical_text, line_fields, milestone_fields, written
from domain.value import EffectLine, Recurrence, Scenario, Sign

Amounts = Mapping[Month, Decimal | None]
LOCKED_SERIES = (Scenario.BASELINE, Scenario.PLAN)
REMOVED = "removed"
_AMOUNT = re.compile(r"-?[0-9]{1,16}\.[0-9]{2}")


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """New values; what is not named stays. What is None is taken out (a milestone, a line) or cleared (an amount)."""

    values: Mapping[str, Any] = field(default_factory=dict)  # names of VALUE_READERS
    milestones: Mapping[MilestoneId, Mapping[str, Any] | None] = field(default_factory=dict)  # title, owner, due
    lines: Mapping[LineId, Mapping[str, Any] | None] = field(default_factory=dict)  # fields of LINE_READERS
    amounts: Mapping[LineId, Mapping[Scenario, Amounts]] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        return not (self.values or self.milestones or self.lines or self.amounts)


def applied(measure: Measure, proposal: Proposal) -> Measure:
    """The measure as it would be. A milestone or line that is not there yet is added."""
    return replace(
        measure,
        **proposal.values,
        milestones=_promised(measure.milestones, proposal.milestones),
        evidence=loosened(measure.evidence, {key for key, fields in proposal.milestones.items() if fields is None}),
        lines=_described(measure.lines, proposal),
    )


def loosened(evidence: tuple[Evidence, ...], gone: Collection[MilestoneId]) -> tuple[Evidence, ...]:
    """What proved a milestone that is gone stays with the measure."""
    return tuple(replace(each, milestone=None) if each.milestone in gone else each for each in evidence)


def differing(measure: Measure, proposal: Proposal) -> Proposal:
    """Only what is not so already."""
    milestones = _others(proposal.milestones, measure.milestones)
    lines = _others(proposal.lines, measure.lines)
    amounts = {key: _other_amounts(series, _of(measure.lines, key)) for key, series in proposal.amounts.items()}
    return Proposal(
        values=_other(proposal.values, measure),
        milestones=milestones,
        lines=lines,
        amounts={key: series for key, series in amounts.items() if series and lines.get(key, {}) is not None},
    )


def _others(proposed: Mapping[Any, Mapping[str, Any] | None], there: tuple[Any, ...]) -> dict[Any, Any]:
    """By id, the fields that differ; None for what is there and is to be taken out."""
    found = {key: None if fields is None else _other(fields, _of(there, key)) for key, fields in proposed.items()}
    return {key: fields for key, fields in found.items() if fields or (fields is None and _of(there, key))}


def _of(parts: tuple[Any, ...], key: UUID) -> Any:
    return next((each for each in parts if each.id == key), None)


def _other(fields: Mapping[str, Any], there: object) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if there is None or getattr(there, name) != value}


def _other_amounts(series: Mapping[Scenario, Amounts], line: EffectLine | None) -> dict[Scenario, Amounts]:
    found: dict[Scenario, Amounts] = {}
    for scenario, amounts in series.items():
        there = line.series.get(scenario, {}) if line else {}
        if kept := {month: amount for month, amount in amounts.items() if there.get(month) != amount}:
            found[scenario] = kept
    return found


def _promised(
    there: tuple[Milestone, ...], proposed: Mapping[MilestoneId, Mapping[str, Any] | None]
) -> tuple[Milestone, ...]:
    staying = [(each, proposed.get(each.id, {})) for each in there]
    kept = [replace(each, **_anew(each, fields)) for each, fields in staying if fields is not None]
    known = {each.id for each in there}
    return (*kept, *(Milestone(id=key, **fields) for key, fields in proposed.items() if fields and key not in known))


def _anew(there: Milestone, fields: Mapping[str, Any]) -> Mapping[str, Any]:
    """A day that is promised anew knows of earlier holds."""
    return {**fields, "held_days": 0} if fields.get("due", there.due) != there.due else fields


def _described(there: tuple[EffectLine, ...], proposal: Proposal) -> tuple[EffectLine, ...]:
    known = {each.id for each in there}
    gone = {key for key, fields in proposal.lines.items() if fields is None}
    kept = [replace(each, **(proposal.lines.get(each.id) or {})) for each in there if each.id not in gone]
    added = [EffectLine(id=key, **fields) for key, fields in proposal.lines.items() if fields and key not in known]
    return tuple(_planned(line, proposal.amounts.get(line.id, {})) for line in (*kept, *added))


def _planned(line: EffectLine, changes: Mapping[Scenario, Amounts]) -> EffectLine:
    series = dict(line.series)
    for scenario, amounts in changes.items():
        months = {**series.get(scenario, {}), **amounts}
        series[scenario] = {month: amount for month, amount in sorted(months.items()) if amount is not None}
    return replace(line, series=series) if changes else line


def proposal_text(proposal: Proposal) -> str:
    """Canonical text: flat names as in the seal, "" for what is cleared, and <line or milestone>.<id>.removed."""
    fields: Canonical = {name: written(value) for name, value in proposal.values.items()}
    for milestone, promised in proposal.milestones.items():
        values = {REMOVED: True} if promised is None else promised
        fields |= {f"milestone.{milestone}.{name}": written(value) for name, value in values.items()}
    for line, described in proposal.lines.items():
        named = {REMOVED: True} if described is None else described
        fields |= {f"line.{line}.{name}": written(value) for name, value in named.items()}
    for line, series in proposal.amounts.items():
        for scenario, amounts in series.items():
            fields |= {f"line.{line}.{scenario}.{month}": written(amount) for month, amount in amounts.items()}
    return canonical_text(fields)


def read_proposal(text: str) -> Proposal:
    """The same typed again. ValueError for anything that `proposal_text` would not have written."""
    fields = json.loads(text)
    if not isinstance(fields, dict) or not all(isinstance(value, str) for value in fields.values()):
        raise ValueError("not a proposal")
    read = _Reading()
    for name, value in fields.items():
        read.take(name, value)
    return Proposal(values=read.values, milestones=read.milestones, lines=read.lines, amounts=read.amounts)


def leaned_on(measure: Measure, proposal: Proposal) -> Canonical:
    """What must stay so that a proposal can be carried out: milestones not done, lines without what is booked on them.

    Routine entries elsewhere do not break the seal of a change.
    """
    found: Canonical = {}
    for milestone in measure.milestones:
        if milestone.id in proposal.milestones:
            found |= milestone_fields(milestone, with_progress=True)
    for line in measure.lines:
        if proposal.lines.get(line.id, {}) is None:
            found |= line_fields(line, (*LOCKED_SERIES, Scenario.ACTUAL))
    return {name: value for name, value in found.items() if value}


@dataclass
class _Reading:
    """A proposal while it is read, name by name."""

    values: dict[str, Any] = field(default_factory=dict)
    milestones: dict[MilestoneId, dict[str, Any] | None] = field(default_factory=dict)
    lines: dict[LineId, dict[str, Any] | None] = field(default_factory=dict)
    amounts: dict[LineId, dict[Scenario, dict[Month, Decimal | None]]] = field(default_factory=dict)

    def take(self, name: str, value: str) -> None:
        match name.split("."):
            case [plain]:
                self.values[plain] = _read(VALUE_READERS, plain, value)
            case ["milestone", key, part] if part == REMOVED:
                self.milestones[MilestoneId(UUID(key))] = None
            case ["milestone", key, part]:
                promised = self.milestones.setdefault(MilestoneId(UUID(key)), {})
                if promised is not None:
                    promised[part] = _read(MILESTONE_READERS, part, value)
            case ["line", key, part] if part == REMOVED:
                self.lines[LineId(UUID(key))] = None
            case ["line", key, part]:
                described = self.lines.setdefault(LineId(UUID(key)), {})
                if described is not None:
                    described[part] = _read(LINE_READERS, part, value)
            case ["line", key, scenario, month] if scenario in LOCKED_SERIES:
                series = self.amounts.setdefault(LineId(UUID(key)), {}).setdefault(Scenario(scenario), {})
                series[Month.parse(month)] = _amount(value)
            case _:
                raise ValueError(f"not in a proposal: {name}")


def _read(readers: Mapping[str, Callable[[str], Any]], name: str, value: str) -> Any:
    if name not in readers:
        raise ValueError(f"not in a proposal: {name}")
    return readers[name](value)


def _amount(text: str) -> Decimal | None:
    if text and not _AMOUNT.fullmatch(text):
        raise ValueError(f"not an amount: {text!r}")
    return Decimal(text) if text else None


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _person(text: str) -> PersonId | None:
    return PersonId(UUID(text)) if text else None


VALUE_READERS: Mapping[str, Callable[[str], Any]] = {
    "owner": _person,
    "sponsor": _person,
    "controller": _person,
    "forum": lambda text: ForumId(UUID(text)) if text else None,
    "start": _day,
    "end": _day,
    "rough_value": _amount,
    "target": _amount,
    "baseline_source": str,
    "expected_effect": str,
}
MILESTONE_READERS: Mapping[str, Callable[[str], Any]] = {"title": str, "owner": _person, "due": date.fromisoformat}
LINE_READERS: Mapping[str, Callable[[str], Any]] = {
    "name": str,
    "kind": str,
    "recurrence": lambda text: Recurrence(text),
    "sign": lambda text: Sign(text),
    "is_pnl": lambda text: text == "yes",
    "is_cash": lambda text: text == "yes",
    "currency": str,
    "account": str,
    "cost_centre": str,
}
