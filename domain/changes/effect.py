"""What a proposal does to a measure, field by field and in the sums policies look at. Source: DOMAIN.md, 3 and 4."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from domain.changes.proposal import Proposal, applied
from domain.governance.policies import Fact
from domain.measures import Measure
from domain.seal import canonical_locked, canonical_plan, differences
from domain.value import ZERO, EffectLine, Scenario, Sign, full_year_effect, in_instance_currency, total

DAYS = ("start", "end", "due")
SIZES = ("target", "rough_value")


@dataclass(frozen=True, kw_only=True)
class EffectRow:
    """One locked field before and after, as canonical text; None where it is not there. At most one effect is set."""

    field: str
    before: str | None
    after: str | None
    amount: Decimal | None = None  # more value or less, in the currency of the line: a cost that grows is less
    days: int | None = None


@dataclass(frozen=True, kw_only=True)
class Shift:
    """A sum before and after."""

    before: Decimal
    after: Decimal

    @property
    def delta(self) -> Decimal:
        return self.after - self.before

    @property
    def percent(self) -> Decimal | None:
        """The change in percent of what there was, not rounded; None of nothing."""
        return self.delta / abs(self.before) * 100 if self.before else None


@dataclass(frozen=True, kw_only=True)
class Effect:
    """Rows field by field; sums of the plan in the instance's currency at plan rates; `end_shift_days` None: no end.

    `full_year`: recurring, as DOMAIN 4 defines it. `all_months`: the effect of every planned month
    before one-off cost.
    """

    rows: tuple[EffectRow, ...]
    full_year: Shift
    all_months: Shift
    one_off_cost: Shift
    target: Shift
    end_shift_days: int | None
    changes_people: bool
    changes_plan: bool

    @property
    def net(self) -> Shift:
        """All planned months after one-off cost."""
        costs = self.one_off_cost
        return Shift(before=self.all_months.before - costs.before, after=self.all_months.after - costs.after)

    @property
    def value_change(self) -> Decimal:
        """The largest loss among full year, target and all months after one-off cost; without a loss the largest gain.

        So that value can leave neither through the ramp-up months nor through one-off cost past the thresholds.
        """
        return _worst([self.full_year.delta, self.target.delta, self.net.delta])

    @property
    def value_change_percent(self) -> Decimal | None:
        """The same in percent, of the months before one-off cost; None where there was nothing to lose."""
        known = [shift.percent for shift in (self.full_year, self.target, self.all_months)]
        percents = [percent for percent in known if percent is not None]
        return _worst(percents) if percents else None

    @property
    def facts(self) -> Mapping[str, Fact]:
        """What the conditions of a policy see of a change."""
        return {
            "value_change": self.value_change,
            "value_change_percent": self.value_change_percent,
            "end_shift_days": self.end_shift_days,
            "changes_people": self.changes_people,
        }


def effect_of(measure: Measure, proposal: Proposal, rates: Mapping[str, Decimal]) -> Effect:
    """What would be different. `rates`: plan rates as in domain.value.figures."""
    after = applied(measure, proposal)
    return Effect(
        rows=_rows(measure, after),
        full_year=_shift(measure, after, rates, _full_year),
        all_months=_shift(measure, after, rates, _all_months),
        one_off_cost=_shift(measure, after, rates, _one_off_cost),
        target=Shift(before=measure.target or ZERO, after=after.target or ZERO),
        end_shift_days=(after.end - measure.end).days if measure.end and after.end else None,
        changes_people=any(
            getattr(measure, word) != getattr(after, word) for word in ("owner", "sponsor", "controller")
        ),
        changes_plan=canonical_plan(measure) != canonical_plan(after),
    )


def _shift(before, after, rates, size) -> Shift:  # type: ignore[no-untyped-def]
    of = [size(in_instance_currency(each.lines, rates)) for each in (before, after)]
    return Shift(before=of[0], after=of[1])


def _full_year(lines: tuple[EffectLine, ...]) -> Decimal:
    return full_year_effect(lines, Scenario.PLAN)


def _all_months(lines: tuple[EffectLine, ...]) -> Decimal:
    return total([line for line in lines if not line.is_one_off_cost], Scenario.PLAN)


def _one_off_cost(lines: tuple[EffectLine, ...]) -> Decimal:
    return -total([line for line in lines if line.is_one_off_cost], Scenario.PLAN)


def _rows(before: Measure, after: Measure) -> tuple[EffectRow, ...]:
    signs = {str(line.id): line.sign for line in (*before.lines, *after.lines)}
    changes = differences(canonical_locked(before), canonical_locked(after))
    return tuple(_row(each.field, each.before, each.after, signs) for each in changes)


def _row(name: str, before: str | None, after: str | None, signs: Mapping[str, Sign]) -> EffectRow:
    parts = name.split(".")
    if parts[0] in SIZES:
        return EffectRow(field=name, before=before, after=after, amount=_moved(before, after))
    if len(parts) == 4 and parts[2] == Scenario.PLAN:
        amount = signs[parts[1]].factor * _moved(before, after)
        return EffectRow(field=name, before=before, after=after, amount=amount)
    if parts[-1] in DAYS and before and after:
        days = (date.fromisoformat(after) - date.fromisoformat(before)).days
        return EffectRow(field=name, before=before, after=after, days=days)
    return EffectRow(field=name, before=before, after=after)


def _moved(before: str | None, after: str | None) -> Decimal:
    return Decimal(after or 0) - Decimal(before or 0)


def _worst(changes: list[Decimal]) -> Decimal:
    return min(changes) if min(changes) < 0 else max(changes)
