"""The sentences of a pack: every title says the finding, and each is written from figures of the pack alone."""

from decimal import Decimal

from domain.reporting.pack import ZERO, ContradictionKind, ContradictionRow, MeasureRow, NodeRow, SteeringPack
from domain.reporting.totals import Basis, Lens, basis_of, total_of
from domain.reporting.words import DASH, NBSP, amount, bound, clip, count, figure, month, percent, sentence

NAME = 56  # characters of a name that fit into a title


def summary_title(pack: SteeringPack) -> str:
    """What is forecast against plan, and what waiting costs."""
    return bound(f"{_forecast_clause(pack)}; {_waiting_clause(pack)}" if pack.programs else _nothing_yet(pack))


def summary_lede(pack: SteeringPack) -> str:
    """How the closed months went and how many measures that is; "" where there is nothing to say."""
    basis, total = basis_of(pack), total_of(pack)
    parts = [_closed_months(pack, total, basis), _statuses(pack, total)]
    return " ".join(each for each in parts if each)


def pipeline_title(pack: SteeringPack) -> str:
    """How many measures are through the fourth gate, and how many are red."""
    active = sum(row.count for row in pack.stages)
    if not active:
        return "No active measure stands at any stage yet"
    decided = next((row for row in pack.stages if row.stage == 4), None)
    beyond = sum(row.count for row in pack.stages if row.stage >= 4)
    through = f"{figure(beyond) if beyond else 'None'} of {figure(active)} active measures are"
    gate = f"{through} {decided.label if decided else 'decided'} or beyond"
    return bound(f"{gate}; {_red(pack)}")


def value_title(pack: SteeringPack) -> str:
    """Which program explains most of the difference between plan and forecast."""
    basis = basis_of(pack)
    if basis.lens is Lens.NOTHING:
        return "No amount has been planned yet"
    losers = sorted((row for row in pack.programs if basis.loss(row) > 0), key=basis.loss, reverse=True)
    if not losers:
        side = "at or below its planned cost" if basis.lens is Lens.COST else "at its plan or above"
        return bound(f"Every {pack.meta.program} is {side}")
    worst, way = losers[0], "above its planned cost" if basis.lens is Lens.COST else "below plan"
    lead = f"{clip(worst.name, NAME)} is {amount(basis.loss(worst), pack.meta.currency)} {way}"
    others = len(losers) - 1
    if len(pack.programs) == 1:
        return bound(lead)
    rest = count(others, f"other {pack.meta.program}", f"other {pack.meta.programs}")
    return bound(f"{lead}; {rest} {'is' if others == 1 else 'are'} {way.replace(' its', '')} too" if others else lead)


def decisions_title(pack: SteeringPack) -> str:
    """How many requests wait and how many are past their date."""
    waiting = open_requests(pack)
    if not waiting:
        return "Nothing waits for a decision"
    late, is_cut = overdue(pack), waiting > len(pack.requests)
    tail = "" if is_cut else ", none past its date"
    if late:
        tail = f"; {late} past {'its' if late.endswith('is') else 'their'} date"
    return bound(sentence(f"{count(waiting, 'request waits', 'requests wait')} for a decision{tail}"))


def contradictions_title(pack: SteeringPack) -> str:
    """How many measures contradict themselves."""
    number = open_contradictions(pack)
    if not number:
        return "No measure says two things at once" if total_of(pack).measures else "No measure to compare yet"
    return bound(sentence(f"{count(number, 'measure says', 'measures say')} two things at once"))


def measures_lede(pack: SteeringPack, shown: int) -> str:
    """What share of the whole the measures shown carry."""
    lens, total, top = basis_of(pack).lens, total_of(pack), largest(pack, shown)
    if lens is Lens.COST:
        part, whole, what = sum(row.cost_forecast for row in top), total.cost_forecast, "forecast cost"
    else:
        part, whole, what = sum(row.full_year_forecast for row in top), total.full_year_forecast, "full-year effect"
    share = percent(Decimal(part), whole)
    return "" if share == DASH or len(top) >= total.measures else f"They carry {share} of the {what}."


def largest(pack: SteeringPack, number: int) -> tuple[MeasureRow, ...]:
    """The largest measures by what the pack speaks of."""
    is_cost = basis_of(pack).lens is Lens.COST
    ranked = sorted(
        pack.measures, key=lambda row: (-(row.cost_forecast if is_cost else row.full_year_forecast), row.code)
    )
    return tuple(ranked[:number])


def contradiction(row: ContradictionRow) -> str:
    """What the measure says that cannot both be true."""
    if row.kind is ContradictionKind.WORK_GREEN_VALUE_NOT:
        return f"The work is green while the value is {row.potential}"
    if row.kind is ContradictionKind.SILENT:
        return f"Nobody has updated it for {count(row.number, 'day', 'days')}"
    return f"{sentence(count(row.number, 'date slip', 'date slips'))} in a row"


def against_plan(row: ContradictionRow, currency: str) -> str:
    """What hangs on the measure."""
    if row.full_year_plan or row.full_year_forecast:
        what, plan, forecast = "Full-year effect", row.full_year_plan, row.full_year_forecast
    elif row.cost_plan or row.cost_forecast:
        what, plan, forecast = "Cost", row.cost_plan, row.cost_forecast
    else:
        return "No amount is planned for it yet."
    return f"{what}: forecast {amount(forecast, currency)} against a plan of {amount(plan, currency)}."


def open_requests(pack: SteeringPack) -> int:
    return len(pack.requests) if pack.requests_open is None else pack.requests_open


def overdue(pack: SteeringPack) -> str:
    """How many requests are past their date ("two are"), as far as the pack lists them; "" for none."""
    late = sum(1 for row in pack.requests if row.days_overdue > 0)
    at_least = f"at least{NBSP}" if open_requests(pack) > len(pack.requests) else ""
    return f"{at_least}{count(late, 'is', 'are')}" if late else ""


def open_contradictions(pack: SteeringPack) -> int:
    return len(pack.contradictions) if pack.contradictions_open is None else pack.contradictions_open


def price_week(pack: SteeringPack) -> Decimal:
    """What a week of waiting costs, over all open requests that have a price."""
    known = sum((row.price_week or ZERO for row in pack.requests), ZERO)
    return known if pack.price_week_open is None else pack.price_week_open


def _forecast_clause(pack: SteeringPack) -> str:
    basis, total, money = basis_of(pack), total_of(pack), pack.meta.currency
    if basis.lens is Lens.NOTHING:
        return sentence(f"{count(total.measures, 'measure', 'measures')}, none with an amount yet")
    plan, forecast = basis.plan(total), basis.forecast(total)
    if basis.lens is Lens.COST:
        return _cost_clause(plan, forecast, money)
    when = f" in {pack.meta.fiscal_year}" if basis.is_year else " in a full year"
    if not plan:
        return f"Forecast {amount(forecast, money)}{when}, with no plan to compare"
    return f"Forecast {amount(forecast, money)}{when}, {_distance(forecast - plan)}"


def _cost_clause(plan: Decimal, forecast: Decimal, money: str) -> str:
    if plan <= 0:
        return f"Forecast cost is {amount(forecast, money)}, with no planned cost to compare"
    share = percent(abs(forecast - plan), plan, 1)
    if share.startswith("0.0"):
        return f"Forecast cost is {amount(forecast, money)}, as planned"
    return f"Forecast cost is {share} {'above' if forecast > plan else 'below'} plan"


def _distance(gap: Decimal) -> str:
    return f"{amount(abs(gap))} {'above' if gap > 0 else 'below'} plan" if gap else "as planned"


def _waiting_clause(pack: SteeringPack) -> str:
    number, price = open_requests(pack), price_week(pack)
    if not number:
        return "nothing waits for a decision"
    if not price:
        return count(number, "request waits for a decision", "requests wait for a decision")
    return f"{count(number, 'open request costs', 'open requests cost')} {amount(price, pack.meta.currency)} a week"


def _nothing_yet(pack: SteeringPack) -> str:
    return f"No measure has been entered for {clip(pack.meta.programme, NAME)} yet"


def _closed_months(pack: SteeringPack, total: NodeRow, basis: Basis) -> str:
    if not pack.meta.closed_through or basis.lens is Lens.NOTHING:
        return "" if not total.measures else "No month is closed yet, so there is no actual."
    plan, actual = total.plan_to_date * basis.sign, total.actual_to_date * basis.sign
    until, money = month(pack.meta.closed_through), pack.meta.currency
    if not plan and not actual:
        return f"No amount falls into the closed months of {pack.meta.fiscal_year}."
    if plan <= 0:
        return f"To {until} the actual is {amount(actual, money)} against a plan of {amount(plan, money)}."
    if basis.lens is Lens.COST:
        return f"To {until}, spending is at {percent(actual, plan)} of the plan to date."
    return f"To {until}, closed months bring {percent(actual, plan)} of their plan."


def _statuses(pack: SteeringPack, total: NodeRow) -> str:
    if not total.measures:
        return ""
    late = total.milestones_late
    work = f"{count(late, 'milestone is', 'milestones are')} late" if late else "no milestone is late"
    return sentence(f"{_red(pack, 'measure is', 'measures are')}; {work}.")


def _red(pack: SteeringPack, one: str = "is", many: str = "are") -> str:
    total, is_cost = total_of(pack), basis_of(pack).lens is Lens.COST
    counts, what = (total.implementation, "implementation") if is_cost else (total.potential, "value")
    none = "none" if one == "is" else "no measure"
    if counts.grey == counts.total:
        return f"{none} has a status in {what} yet"
    return f"{count(counts.red, one, many)} red in {what}" if counts.red else f"{none} is red in {what}"
