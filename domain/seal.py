"""The seal of a request: the canonical text of what was governed when it was made, and its SHA-256."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from hashlib import sha256
from uuid import UUID

from domain.governance.policies import STATE_KINDS, gate_kind
from domain.ids import LineId
from domain.measures import Measure, Milestone
from domain.months import Month
from domain.stages import MeasureState, Stage
from domain.value import EffectLine, Recurrence, Scenario, Sign

SUBJECT_FIELDS = (
    "code",
    "package",
    "title",
    "description",
    "expected_effect",
    "owner",
    "sponsor",
    "controller",
    "business_unit",
    "function",
    "legal_entity",
    "forum",
    "start",
    "end",
    "stage",
    "state",
    "rough_value",
    "target",
    "baseline_source",
    "assumptions",
    "risks",
    "dependencies",
    "no_risks",
    "no_dependencies",
    "plan_version",
)
LINE_FIELDS = ("name", "kind", "recurrence", "sign", "is_pnl", "is_cash", "currency", "account", "cost_centre")
LATER_FIELDS = ("currency",)  # requests were sealed without it once; it never changes by itself
PROGRESS_KINDS = (gate_kind(Stage.IMPLEMENTED), gate_kind(Stage.CLOSED))
FORECAST_KINDS = tuple(gate_kind(stage) for stage in (Stage.IDENTIFIED, Stage.DETAILED, Stage.DECIDED))

Canonical = dict[str, str]


@dataclass(frozen=True, kw_only=True)
class FieldChange:
    """One governed field before and after; None where it was absent."""

    field: str
    before: str | None
    after: str | None


def canonical_subject(measure: Measure, kind: str) -> Canonical:
    """Every governed field of a request of this kind, flat, as text; absent and empty fields are left out.

    Fields and plan always; the forecast until the decision; progress and evidence from implementation on; actuals
    for the closure only. So a routine entry does not void a request that was not about it.
    """
    subject = {name: written(getattr(measure, name)) for name in SUBJECT_FIELDS}
    if measure.state is MeasureState.ON_HOLD and kind not in STATE_KINDS:
        subject["state"] = written(MeasureState.ACTIVE)  # a hold suspends what is open and does not void it
    if kind == gate_kind(Stage.DECIDED):
        subject["controller_confirmed"] = written(measure.controller_confirmed_at)
        subject |= {f"kill_criterion.{number}": each.text for number, each in enumerate(measure.kill_criteria, start=1)}
    if measure.rough_value is not None or measure.target is not None:
        subject["currency"] = measure.currency
    for milestone in measure.milestones:
        subject |= milestone_fields(milestone, with_progress=kind in PROGRESS_KINDS)
    for line in measure.lines:
        subject |= line_fields(line, scenarios_of(kind))
    if kind in PROGRESS_KINDS:
        for evidence in measure.evidence:
            subject[f"evidence.{evidence.id}"] = evidence.title
    return {name: value for name, value in sorted(subject.items()) if value}


def canonical_plan(measure: Measure) -> Canonical:
    """What locks at Decided: dates, target, people and the plan series."""
    names = ("start", "end", "target", "owner", "sponsor", "controller", "forum")
    plan = {name: written(getattr(measure, name)) for name in names}
    for line in measure.lines:
        plan |= line_fields(line, (Scenario.BASELINE, Scenario.PLAN))
    return {name: value for name, value in sorted(plan.items()) if value}


def canonical_locked(measure: Measure) -> Canonical:
    """Everything that from the lock on changes only by change request; absent and empty fields are left out."""
    locked = {name: written(getattr(measure, name)) for name in ("expected_effect", "rough_value", "baseline_source")}
    for milestone in measure.milestones:
        locked |= milestone_fields(milestone, with_progress=False)
    return canonical_plan(measure) | {name: value for name, value in sorted(locked.items()) if value}


def scenarios_of(kind: str) -> tuple[Scenario, ...]:
    if kind in FORECAST_KINDS:
        return (Scenario.BASELINE, Scenario.PLAN, Scenario.FORECAST)
    if kind == gate_kind(Stage.CLOSED):
        return (Scenario.BASELINE, Scenario.PLAN, Scenario.ACTUAL)
    return (Scenario.BASELINE, Scenario.PLAN)


def milestone_fields(milestone: Milestone, with_progress: bool) -> Canonical:
    names = ("title", "owner", "due") + (("done_on", "waived_because", "evidence") if with_progress else ())
    return {f"milestone.{milestone.id}.{name}": written(getattr(milestone, name)) for name in names}


def line_fields(line: EffectLine, scenarios: Iterable[Scenario]) -> Canonical:
    fields = {f"line.{line.id}.{name}": written(getattr(line, name)) for name in LINE_FIELDS}
    for scenario in scenarios:
        for month, amount in line.series.get(scenario, {}).items():
            fields[f"line.{line.id}.{scenario}.{month}"] = written(amount)
    return fields


def read_lines(fields: Mapping[str, str]) -> tuple[EffectLine, ...]:
    """The effect lines of a canonical text, typed again, in the order of their ids; what they lack is left plain."""
    parts: dict[str, dict[str, str]] = {}
    for name, value in fields.items():
        kind, _, rest = name.partition(".")
        if kind == "line":
            key, _, part = rest.partition(".")
            parts.setdefault(key, {})[part] = value
    return tuple(_read_line(key, part) for key, part in parts.items())


def _read_line(key: str, part: Mapping[str, str]) -> EffectLine:
    series: dict[Scenario, dict[Month, Decimal]] = {}
    for name, value in part.items():
        scenario, dot, month = name.partition(".")
        if dot:
            series.setdefault(Scenario(scenario), {})[Month.parse(month)] = Decimal(value)
    return EffectLine(
        id=LineId(UUID(key)),
        name=part.get("name", ""),
        kind=part.get("kind", ""),
        recurrence=Recurrence(part.get("recurrence", Recurrence.RECURRING)),
        sign=Sign(part.get("sign", Sign.BENEFIT)),
        is_pnl=part.get("is_pnl") == "yes",
        is_cash=part.get("is_cash") == "yes",
        currency=part.get("currency", ""),
        account=part.get("account", ""),
        cost_centre=part.get("cost_centre", ""),
        series=series,
    )


def written(value: object) -> str:
    """One value as canonical text: money with two places, dates in ISO form, ids as they are; "" for none."""
    match value:
        case None | False:
            return ""
        case True:
            return "yes"
        case Decimal():
            return f"{value:.2f}"
        case Enum():
            return value.name.lower()
        case date() | datetime():
            return value.isoformat()
        case _:
            return str(value)


def canonical_text(subject: Mapping[str, str]) -> str:
    """JSON with sorted keys and no space, the same for the same content everywhere."""
    return json.dumps(subject, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def seal(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def broken(digest: str, sealed: str, now: str) -> tuple[FieldChange, ...] | None:
    """What has changed since a text was sealed; None while the seal holds. A field that seals of its day did not know
    does not break them."""
    if seal(now) == digest:
        return None
    before, after = json.loads(sealed), json.loads(now)
    known = {name: value for name, value in after.items() if name in before or name not in LATER_FIELDS}
    return None if seal(canonical_text(known)) == digest else differences(before, known)


def sealed_value(text: str) -> Decimal | None:
    """What is sealed is worth: a measure's target, before there is one its rough value; of a change the larger one.

    Of an order it is the amount that is decided on.
    """
    fields = json.loads(text)
    proposed = json.loads(fields["proposal"]) if "proposal" in fields else {}
    found = [each.get("target") or each.get("rough_value") or each.get("amount") for each in (fields, proposed)]
    return max((abs(Decimal(value)) for value in found if value), default=None)


def differences(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[FieldChange, ...]:
    """Every field that differs, by name."""
    return tuple(
        FieldChange(field=name, before=before.get(name), after=after.get(name))
        for name in sorted({*before, *after})
        if before.get(name) != after.get(name)
    )
