"""A change in words: field by field with its effect, and the sums that policies look at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import ngettext

from domain.approvals.request import ApprovalRequest
from domain.changes.effect import Effect, EffectRow, Shift, effect_of
from domain.changes.proposal import LINE_READERS, MILESTONE_READERS, Proposal, applied, read_proposal
from domain.changes.reading import sealed_measure
from domain.measures import Measure
from domain.months import Month
from domain.seal import canonical_locked, canonical_text
from tenants.instance.queries.governance import Governance
from web.formats import DASH, cents, money, percent
from web.formats import month as month_words
from web.sealing import FIRST, Reading

SERIES = ("plan", "baseline")


@dataclass(frozen=True, kw_only=True)
class DiffRow:
    """One line of the component `diff`."""

    field: str
    before: str
    after: str
    effect: str


@dataclass(frozen=True, kw_only=True)
class SumRow:
    """One sum that policies look at."""

    label: str
    before: str
    after: str
    change: str
    percent: str


@dataclass(frozen=True, kw_only=True)
class Weighed:
    """A change as pages show it; amounts of `sums` and `total` in the instance's currency."""

    rows: tuple[DiffRow, ...]
    total: DiffRow
    sums: tuple[SumRow, ...]
    unit: str


def weighed(before: Measure, proposal: Proposal, names: Mapping[UUID, str], governance: Governance) -> Weighed:
    """What a proposal would do to a measure, or has done to one that was sealed."""
    effect = effect_of(before, proposal, governance.rates)
    after = applied(before, proposal)
    reading = Reading(canonical_text(canonical_locked(before) | canonical_locked(after)), names, governance)
    full = effect.full_year
    return Weighed(
        rows=tuple(_Rows(before, after, reading, governance).read(effect.rows)),
        total=DiffRow(
            field=_("Full-year effect of the plan"),
            before=money(full.before),
            after=money(full.after),
            effect=signed_money(full.delta),
        ),
        sums=_sums(effect),
        unit=governance.currency,
    )


def weighed_request(asked: ApprovalRequest, names: Mapping[UUID, str], governance: Governance) -> Weighed | None:
    """What a change request changes, as it was sealed; None for a request of another kind."""
    if not asked.proposal:
        return None
    return weighed(sealed_measure(asked), read_proposal(asked.proposal), names, governance)


class _Rows:
    """Reads effect rows: fields first, then milestones, then lines; what is new or gone is one row."""

    def __init__(self, before: Measure, after: Measure, reading: Reading, governance: Governance) -> None:
        self.reading, self.governance = reading, governance
        there, then = _ids(before), _ids(after)
        self.new, self.gone = then - there, there - then
        self.currency = {str(line.id): line.currency for line in (*before.lines, *after.lines)}

    def read(self, rows: Sequence[EffectRow]) -> list[DiffRow]:
        found: list[DiffRow] = []
        for run in _runs(sorted(rows, key=_order)):
            first = run[0]
            kind, _dot, rest = first.field.partition(".")
            key, _dot, part = rest.partition(".")
            if key in self.new | self.gone and part in (*LINE_READERS, *MILESTONE_READERS):
                if part in ("name", "title"):
                    found.append(self._whole(kind, key))
                continue
            found.append(self._one(run, key))
        return found

    def _one(self, run: Sequence[EffectRow], key: str) -> DiffRow:
        first, last = run[0], run[-1]
        label = self.reading.label(first.field)
        if len(run) > 1:
            months = [month_words(each.field.rpartition(".")[2]) for each in (first, last)]
            label = label.replace(months[0], _("%(first)s to %(last)s, each", first=months[0], last=months[1]))
        return DiffRow(
            field=label,
            before=self.reading.shown(first.field, first.before or ""),
            after=self.reading.shown(first.field, first.after or ""),
            effect=self._effect(run, self.currency.get(key, "")),
        )

    def _effect(self, run: Sequence[EffectRow], currency: str) -> str:
        if (days := run[0].days) is not None:
            return signed(ngettext("%(num)d day", "%(num)d days", abs(days)), days)
        if run[0].amount is None:
            return DASH
        moved = sum((row.amount or Decimal(0) for row in run), Decimal(0))
        unit = f" {currency}" if currency and currency != self.governance.currency else ""
        return signed_money(moved, exact=True) + unit

    def _whole(self, kind: str, key: str) -> DiffRow:
        """A line or a milestone that is new, or taken out."""
        of = self.reading.parts[(kind, key)]
        words = of.get("name") or of.get("title", "")
        if kind == "line":
            label = _("New effect line") if key in self.new else _("Effect line taken out")
        else:
            label = _("New milestone") if key in self.new else _("Milestone taken out")
            words = f"{words}, {self.reading.shown(f'milestone.{key}.due', of.get('due', ''))}"
        is_new = key in self.new
        return DiffRow(field=label, before="" if is_new else words, after=words if is_new else "", effect=DASH)


def _ids(of: Measure) -> set[str]:
    return {str(line.id) for line in of.lines} | {str(milestone.id) for milestone in of.milestones}


def _order(row: EffectRow) -> tuple[int, int, str]:
    kind = row.field.partition(".")[0]
    groups = {"milestone": 1, "line": 2}
    return (groups.get(kind, 0), FIRST.index(kind) if kind in FIRST else len(FIRST), row.field)


def _runs(rows: Sequence[EffectRow]) -> list[list[EffectRow]]:
    """Months of one series that follow one another and change alike, together."""
    runs: list[list[EffectRow]] = []
    for row in rows:
        if runs and _follows(runs[-1][-1], row):
            runs[-1].append(row)
        else:
            runs.append([row])
    return runs


def _follows(one: EffectRow, two: EffectRow) -> bool:
    (series, _, month), (other, _, following) = one.field.rpartition("."), two.field.rpartition(".")
    if series != other or series.rpartition(".")[2] not in SERIES:
        return False
    return (one.before, one.after) == (two.before, two.after) and Month.parse(month).plus(1) == Month.parse(following)


def _sums(effect: Effect) -> tuple[SumRow, ...]:
    costs = effect.one_off_cost
    months: tuple[tuple[str, Shift], ...] = ((_("All planned months"), effect.net),)
    if costs.before or costs.after:
        months = (
            (_("All planned months, before one-off cost"), effect.all_months),
            (_("One-off cost"), costs),
            (_("All planned months, after one-off cost"), effect.net),
        )
    known = ((_("Full-year effect"), effect.full_year), (_("Target"), effect.target), *months)
    return tuple(_sum(label, shift) for label, shift in known if shift.before or shift.after)


def _sum(label: str, shift: Shift) -> SumRow:
    return SumRow(
        label=label,
        before=money(shift.before),
        after=money(shift.after),
        change=signed_money(shift.delta),
        percent=signed_percent(shift.percent),
    )


def signed(words: str, value: Decimal | int) -> str:
    """Words of a size with the sign of the value."""
    return f"+{words}" if value > 0 else f"\N{MINUS SIGN}{words}" if value < 0 else words


def signed_money(value: Decimal, exact: bool = False) -> str:
    return signed(cents(abs(value)) if exact else money(abs(value)), value)


def signed_percent(value: Decimal | None, digits: int = 1) -> str:
    return DASH if value is None else signed(percent(abs(value), digits), value)
