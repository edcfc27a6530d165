"""A change while it is written: the form read strictly into a proposal, and what is wrong with it, field by field.

What the form does not show (other years, new lines) comes along as the canonical text of the proposal so far.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask import abort
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from domain.changes.proposal import MILESTONE_READERS, REMOVED, Proposal, applied, differing, read_proposal
from domain.ids import LineId, MilestoneId
from domain.lifecycle import LOCKED_FIELDS
from domain.measures import Measure
from domain.money import DateRefused
from domain.months import Month
from domain.refusals import Refusal
from domain.value import Recurrence, Scenario, Sign
from tenants.instance.queries.governance import Governance
from web.instance.measures.fields import Pairs, read, read_amount, read_day
from web.posted import posted_id
from web.refusals import words_of

LINE_TEXTS = ("name", "account", "cost_centre")
LONGEST = {"name": 200, "account": 60, "cost_centre": 60}
NEW_LINE = "new_line"
PARTS = {"l": "lines", "m": "milestones"}
CELLS = {"c": Scenario.PLAN, "b": Scenario.BASELINE}
Form = MultiDict[str, str]


@dataclass
class Draft:
    """What the form says so far. `texts` is what was typed where it could not be read; `errors` says why."""

    measure: Measure
    governance: Governance
    offered: Mapping[str, Pairs]
    values: dict[str, Any] = field(default_factory=dict)
    milestones: dict[MilestoneId, dict[str, Any] | None] = field(default_factory=dict)
    lines: dict[LineId, dict[str, Any] | None] = field(default_factory=dict)
    amounts: dict[LineId, dict[Scenario, dict[Month, Decimal | None]]] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def proposal(self) -> Proposal:
        """Only what differs from the measure."""
        whole = Proposal(values=self.values, milestones=self.milestones, lines=self.lines, amounts=self.amounts)
        return differing(self.measure, whole)

    @property
    def after(self) -> Measure:
        """The measure as it would be; what is to be taken out is still shown, so that it can be kept."""
        kept = self.proposal
        lines = {key: fields for key, fields in kept.lines.items() if fields is not None}
        milestones = {key: fields for key, fields in kept.milestones.items() if fields is not None}
        return applied(self.measure, replace(kept, lines=lines, milestones=milestones))

    @property
    def gone(self) -> set[UUID]:
        """Lines and milestones that are to be taken out."""
        return {key for parts in (self.lines, self.milestones) for key, fields in parts.items() if fields is None}

    def wrong(self, name: str, text: str, words: str) -> None:
        self.texts[name], self.errors[name] = text, words


def start(measure: Measure, governance: Governance, offered: Mapping[str, Pairs], text: str = "") -> Draft:
    """From the proposal so far; one that nobody here has written is a bad request."""
    draft = Draft(measure=measure, governance=governance, offered=offered)
    try:
        so_far = read_proposal(text or "{}")
        draft.values.update(so_far.values)
        draft.milestones.update({key: _copy(fields) for key, fields in so_far.milestones.items()})
        draft.lines.update({key: _copy(fields) for key, fields in so_far.lines.items()})
        for line, series in so_far.amounts.items():
            draft.amounts[line] = {scenario: dict(months) for scenario, months in series.items()}
        applied(measure, draft.proposal)
    except (ValueError, TypeError):
        abort(400)
    return draft


def _copy(fields: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return None if fields is None else dict(fields)


def take_form(draft: Draft, form: Form) -> None:
    """Everything that the form shows, over what was there so far."""
    _take_fields(draft, form)
    for name in sorted(form, key=lambda each: each.count(".")):  # what is taken out before what is said of it
        kind, _dot, rest = name.partition(".")
        if kind in PARTS and "." not in rest:
            _take_removal(draft, kind, rest, form.getlist(name)[-1])
        elif kind == "m":
            _take_milestone(draft, name, rest, form)
        elif kind == "l":
            _take_line(draft, name, rest, form[name].strip())
    _take_new_milestone(draft, form)
    _take_new_line(draft, form)
    for name in form:
        if name.partition(".")[0] in CELLS:
            _take_cell(draft, name, form[name].strip())


def _take_fields(draft: Draft, form: Form) -> None:
    locked = MultiDict([(name, text) for name, text in form.items(multi=True) if name in LOCKED_FIELDS])
    found = read(locked, draft.offered, draft.governance)
    draft.values.update(found.values)
    for name, words in found.errors.items():
        draft.wrong(name, form.getlist(name)[-1], words)


def _take_milestone(draft: Draft, name: str, rest: str, form: Form) -> None:
    key, _dot, part = rest.partition(".")
    known = next((each for each in (*draft.measure.milestones, *draft.after.milestones) if str(each.id) == key), None)
    if known is None or part not in MILESTONE_READERS:
        return
    value, fields = _part(draft, name, part, form[name].strip()), draft.milestones.setdefault(known.id, {})
    if fields is not None and not isinstance(value, Refusal):
        fields[part] = value


def _take_line(draft: Draft, name: str, rest: str, text: str) -> None:
    """Name, account or cost centre of a line."""
    key, _dot, part = rest.partition(".")
    line = next((each for each in draft.after.lines if str(each.id) == key), None)
    if line is None or part not in LINE_TEXTS or line.id in draft.gone:
        return
    if len(text) > LONGEST[part]:
        draft.wrong(name, text, _("There is room for %(limit)s characters.", limit=LONGEST[part]))
    elif part == "name" and not text:
        draft.wrong(name, text, _("Say what the line is."))
    elif text != getattr(line, part):
        fields = draft.lines.setdefault(line.id, {})
        assert fields is not None
        fields[part] = text


def _part(draft: Draft, name: str, part: str, text: str) -> Any:
    """One field of a milestone; a refusal is noted at the field."""
    if part == "title":
        return text
    if part == "owner":
        return next((person for person, _name in draft.offered["owner"] if str(person) == text), None)
    value: date | DateRefused = read_day(text)
    if isinstance(value, Refusal):
        draft.wrong(name, text, words_of(value))
    return value


def _take_new_milestone(draft: Draft, form: Form) -> None:
    title, text = form.get("new_milestone.title", "").strip(), form.get("new_milestone.due", "").strip()
    if not title and not text:
        return
    for part in MILESTONE_READERS:
        draft.texts[f"new_milestone.{part}"] = form.get(f"new_milestone.{part}", "")
    due = _part(draft, "new_milestone.due", "due", text)
    if not title:
        draft.errors["new_milestone.title"] = _("Say what is done then.")
    if not title or isinstance(due, Refusal):
        return
    owner = _part(draft, "new_milestone.owner", "owner", form.get("new_milestone.owner", ""))
    draft.milestones[MilestoneId(posted_id("new_milestone.id"))] = {"title": title, "owner": owner, "due": due}
    draft.texts = {name: text for name, text in draft.texts.items() if not name.startswith("new_milestone.")}


def _take_removal(draft: Draft, kind: str, key: str, text: str) -> None:
    """A tick takes a line or a milestone out; what was only proposed is forgotten, a line with its months."""
    parts: dict[Any, dict[str, Any] | None] = draft.lines if kind == "l" else draft.milestones  # type: ignore[assignment]
    there, shown = (getattr(each, PARTS[kind]) for each in (draft.measure, draft.after))
    part = next((each for each in (*there, *shown) if str(each.id) == key), None)
    if part is None:
        return
    is_there = any(each.id == part.id for each in there)
    if text == REMOVED and is_there:
        parts[part.id] = None
    elif text == REMOVED:
        parts.pop(part.id, None)
        draft.amounts.pop(part.id, None)
    elif part.id in draft.gone:
        del parts[part.id]


def _take_new_line(draft: Draft, form: Form) -> None:
    """The line at the foot of the form, once it has a name."""
    texts = {part: form.get(f"{NEW_LINE}.{part}", "").strip() for part in LINE_TEXTS}
    if not texts["name"]:
        return
    kind = next(
        (each for each in draft.governance.template.effect_kinds if each.key == form.get(f"{NEW_LINE}.kind")), None
    )
    currency = form.get(f"{NEW_LINE}.currency", "")
    too_long = next((part for part, text in texts.items() if len(text) > LONGEST[part]), "")
    if too_long:
        words = _("There is room for %(limit)s characters.", limit=LONGEST[too_long])
        draft.wrong(f"{NEW_LINE}.{too_long}", texts[too_long], words)
    if kind is None or currency not in draft.governance.rates:
        draft.wrong(f"{NEW_LINE}.{'currency' if kind else 'kind'}", "", _("Choose from the list."))
    if kind is None or too_long or currency not in draft.governance.rates:
        draft.texts.update({f"{NEW_LINE}.{part}": text for part, text in texts.items()})
        return
    draft.lines[LineId(posted_id(f"{NEW_LINE}.id"))] = {
        **texts,
        "kind": kind.key,
        "recurrence": Recurrence(kind.recurrence),
        "sign": Sign(kind.sign),
        "is_pnl": kind.is_pnl,
        "is_cash": kind.is_cash,
        "currency": currency,
    }


def _take_cell(draft: Draft, name: str, text: str) -> None:
    """A month of the plan (c.<line>.<month>) or of the baseline (b.<line>.<month>); an empty cell clears it."""
    kind, _dot, rest = name.partition(".")
    key, _dot, month = rest.partition(".")
    line = next((each for each in draft.after.lines if str(each.id) == key), None)
    if line is None or line.id in draft.gone:
        return
    try:
        when = Month.parse(month)
    except ValueError:
        abort(400)
    value = read_amount(text, draft.governance) if text else None
    if isinstance(value, Refusal):
        draft.wrong(name, text, words_of(value))
        return
    draft.amounts.setdefault(line.id, {}).setdefault(CELLS[kind], {})[when] = value
