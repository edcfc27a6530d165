"""The sentences that lead the overview's panels: small rules on figures alone. No rule fits: the plain name."""

from collections.abc import Sequence
from decimal import Decimal

from flask_babel import gettext as _
from flask_babel import ngettext

from domain.matrix import StatusMatrix
from domain.reporting.words import numeral, sentence
from domain.stages import Stage
from domain.status import Status
from tenants.instance.queries.hierarchy import PartLine
from tenants.instance.queries.overview import StageSums
from web.formats import amount, percent

HUNDRED = Decimal(100)
HALF = Decimal("0.5")
NEGLIGIBLE = Decimal("0.005")  # of the plan: half a per cent is as planned


def waiting_title(count: int) -> str:
    if not count:
        return _("Nothing waits for you")
    return sentence(ngettext("%(n)s thing waits for you", "%(n)s things wait for you", count, n=numeral(count)))


def curve_title(
    plan: Decimal, expected: Decimal, plan_closed: Decimal, actual: Decimal | None, year: str, currency: str, scale: str
) -> str:
    """Where the year ends, and how much of the gap is behind us. Amounts cumulated; `actual` None: no closed month."""
    if not plan and not expected:
        return _("No effect is planned for %(year)s yet", year=year)
    gap = expected - plan
    if abs(gap) <= abs(plan) * NEGLIGIBLE:
        return _("%(year)s closes as planned", year=year)
    how = amount(abs(gap), currency, scale)
    if gap > 0:
        return _("%(year)s closes %(gap)s above plan", year=year, gap=how)
    words = _("%(year)s closes %(gap)s below plan", year=year, gap=how)
    if actual is None:
        return words
    behind = (plan_closed - actual) / -gap
    if behind >= HALF:
        return _("%(finding)s; most of the gap is already behind us", finding=words)
    return _("%(finding)s; most of the gap is still to come", finding=words)


def cost_title(plan: Decimal, expected: Decimal, year: str, currency: str, scale: str) -> str:
    """The same where there is nothing but one-off cost: less is better."""
    gap = expected - plan
    if not plan and not expected:
        return _("No cost falls into %(year)s", year=year)
    if abs(gap) <= abs(plan) * NEGLIGIBLE:
        return _("%(year)s costs what was planned", year=year)
    how = amount(abs(gap), currency, scale)
    if gap > 0:
        return _("%(year)s costs %(gap)s more than planned", year=year, gap=how)
    return _("%(year)s costs %(gap)s less than planned", year=year, gap=how)


def pipeline_title(stages: Sequence[StageSums], is_cost: bool, currency: str, scale: str) -> str:
    """How much of the value is decided, and what waits before the decision."""
    values = {row.stage: row.sums.one_off_forecast if is_cost else row.sums.forecast_full_year for row in stages}
    whole = sum(values.values(), Decimal(0))
    count = sum(row.sums.measures for row in stages)
    if not count:
        return _("No measure is active")
    if whole <= 0:
        return ngettext("%(num)s active measure, no value yet", "%(num)s active measures, no value yet", count)
    before = sum((value for stage, value in values.items() if stage < Stage.DECIDED), Decimal(0))
    share = percent((whole - before) / whole * HUNDRED)
    if not before:
        return _("All of the pipeline is decided or beyond")
    if before == whole:
        return _("Nothing is decided yet; %(value)s stands before it", value=amount(whole, currency, scale))
    return _(
        "%(share)s of the pipeline is decided; %(value)s stands before it",
        share=share,
        value=amount(before, currency, scale),
    )


def matrix_title(matrix: StatusMatrix) -> str:
    """How many measures somebody must act on: red in one of the two."""
    red = sum(cell.count for pair, cell in matrix.cells.items() if Status.RED in pair)
    if not matrix.total.count:
        return _("No measure is active")
    if not red:
        return _("No measure is off track")
    return sentence(
        ngettext("%(n)s measure needs somebody to act", "%(n)s measures need somebody to act", red, n=numeral(red))
    )


def contradictions_title(count: int) -> str:
    if not count:
        return _("No contradictions")
    return sentence(ngettext("%(n)s contradiction", "%(n)s contradictions", count, n=numeral(count)))


def parts_title(parts: Sequence[PartLine], is_cost: bool, plain: str, currency: str, scale: str) -> str:
    """Which part loses most of its plan, and how much of it."""
    if is_cost:
        worst = max(parts, key=lambda part: part.sums.one_off_forecast - part.sums.one_off_plan, default=None)
        over = worst.sums.one_off_forecast - worst.sums.one_off_plan if worst else Decimal(0)
        if worst is None or over <= 0:
            return plain
        return _("%(name)s overruns most: %(value)s", name=worst.name, value=amount(over, currency, scale))
    worst = max(parts, key=lambda part: part.sums.leakage, default=None)
    if worst is None or worst.sums.leakage <= 0:
        return plain
    lost = amount(worst.sums.leakage, currency, scale)
    return _("%(name)s leaks most: %(value)s since lock", name=worst.name, value=lost)
