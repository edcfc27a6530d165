"""Packs to lay out: an ordinary programme, an empty instance, public projects with cost only, long names, a loss."""

import random
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

from domain.reporting.pack import (
    ZERO,
    ContradictionKind,
    ContradictionRow,
    DecisionRow,
    MatrixCell,
    MeasureRow,
    Meta,
    MilestoneRow,
    MonthRow,
    NodeRow,
    RequestRow,
    StageRow,
    StatusCounts,
    SteeringPack,
    YearRow,
)
from domain.reporting.totals import add_up

STAGES = ("Defined", "Identified", "Detailed", "Decided", "Implemented", "Closed")
WEIGHTS = (10, 25, 50, 75, 90, 100)
TODAY = date(2026, 11, 19)
META = Meta(
    firm="Tessel & Rowe",
    client="Varnholt Home SE",
    instance="Meridian, performance programme 2026 to 2027",
    programme="Meridian",
    currency="EUR",
    fiscal_year="FY 2026",
    as_of=datetime(2026, 11, 19, 18, 0, tzinfo=timezone(timedelta(hours=1), "CET")),
    closed_through="2026-10",
    template="cost-programme",
    template_version=3,
    requested_by="Anja Thorne",
    head_sequence=48_217,
    head_hash="4139de72d1da31bd6446bb15faf98891b40945d99595c9e84df75a186a7d0ad8",
    head_signature="a543997d84f12798350c09bdef2cdb171bf41ed3a543997d84f12798350c09bdef2cdb171bf41ed3a543997d84f12798",
    verification_url="https://mandate.example/verify/7f3c1d9a-5a0e-4f0e-9e0f-2a6f0b1c8d77",
)


def empty() -> SteeringPack:
    """An instance on its first day."""
    stages = tuple(StageRow(stage=at, label=label, count=0, weight=w) for at, (label, w) in _labels())
    return SteeringPack(meta=replace(META, closed_through="", head_sequence=3, head_signature=""), stages=stages)


def ordinary() -> SteeringPack:
    """Forty measures in four programs with three projects each."""
    chance = random.Random(7)
    names = ("Procurement & cost of goods", "Logistics & fulfilment", "Commercial excellence", "Overhead & systems")
    programs = tuple(_program(name, [f"{name.split()[0]} project {n}" for n in "ABC"], chance) for name in names)
    return _around(programs, chance)


def public_projects() -> SteeringPack:
    """1,100 measures that only cost, in 13 programs and 320 projects."""
    chance = random.Random(11)
    agencies = [f"Department of {name}" for name in _AGENCIES]
    shares = [25 if index < 8 else 24 for index in range(13)]
    programs = tuple(
        _agency(name, share, chance, extra=1100 - 3 * 320 if index == 0 else 0)
        for index, (name, share) in enumerate(zip(agencies, shares, strict=True))
    )
    meta = replace(
        META, client="Office of the Chief Information Officer", programme="Public IT projects", currency="USD"
    )
    pack = _around(programs, chance, costs=True)
    meta = replace(meta, instance="Major IT investments", fiscal_year="FY 2027", closed_through="2026-10")
    return replace(pack, meta=meta, curve=_curve(add_up(programs, ""), "2026-10", closed=1))


def long_names() -> SteeringPack:
    """Names that no table was made for."""
    pack, word = ordinary(), "Donaudampfschifffahrtsgesellschaftskapitänsversorgungsanstalt"
    name = f"Harmonisation of the {word} and of every process that depends on it across all regions and legal entities"
    programs = tuple(replace(row, name=f"{index} {name}") for index, row in enumerate(pack.programs, 1))
    programs = tuple(
        replace(r, children=tuple(replace(c, name=f"{c.name}: {name}") for c in r.children)) for r in programs
    )
    meta = replace(pack.meta, client=f"{word} und Söhne Holding SE & Co. KGaA", programme=name, instance=name)
    meta = replace(meta, firm="Tessel, Rowe, Farnsworth, Abernathy & Partners International Limited", requested_by=word)
    return replace(
        pack,
        meta=meta,
        programs=programs,
        requests=tuple(replace(q, title=name, policy=name, waits_for=name, requested_by=word) for q in pack.requests),
        decisions=tuple(replace(q, title=name, comment=name, decided_by=word) for q in pack.decisions),
        measures=tuple(replace(m, title=name, owner=word, program=name) for m in pack.measures),
        milestones=tuple(replace(m, title=name, owner=word, measure_title=name) for m in pack.milestones),
        contradictions=tuple(replace(x, title=name, owner=word) for x in pack.contradictions),
        stages=tuple(replace(s, label=f"Degree reached: {s.label}") for s in pack.stages),
    )


def losing() -> SteeringPack:
    """Everything negative, in a fiscal year that starts in July."""
    pack = ordinary()
    programs = tuple(replace(_negated(r), children=tuple(_negated(c) for c in r.children)) for r in pack.programs)
    stages = tuple(replace(s, full_year=-s.full_year, risk_adjusted=-s.risk_adjusted) for s in pack.stages)
    meta = replace(pack.meta, fiscal_year="FY 2026/27", closed_through="2026-10")
    measures = tuple(
        replace(m, full_year_plan=-m.full_year_plan, full_year_forecast=-m.full_year_forecast) for m in pack.measures
    )
    curve = _curve(add_up(programs, ""), "2026-07", closed=4)
    matrix = tuple(replace(cell, full_year=-cell.full_year) for cell in pack.matrix)
    return replace(pack, meta=meta, programs=programs, stages=stages, measures=measures, curve=curve, matrix=matrix)


def bare() -> SteeringPack:
    """Measures that nobody has planned yet, and one request for the first gate."""
    pack = ordinary()
    rows = tuple(
        NodeRow(name=row.name, measures=3, implementation=StatusCounts(grey=3), potential=StatusCounts(grey=3))
        for row in pack.programs
    )
    counts = (8, 4, 0, 0, 0, 0)
    stages = tuple(
        StageRow(stage=s.stage, label=s.label, count=n, weight=s.weight)
        for s, n in zip(pack.stages, counts, strict=True)
    )
    grey = (MatrixCell(implementation="grey", potential="grey", count=12),)
    request = replace(pack.requests[0], price_week=None, days_overdue=0)
    meta = replace(META, closed_through="")
    return SteeringPack(meta=meta, programs=rows, stages=stages, matrix=grey, requests=(request,))


def spent_projects() -> SteeringPack:
    """Projects of years ago, cost only, as a public file brings them: no owner, no decision, no closed month."""
    pack = public_projects()
    programs = tuple(
        replace(_long_ago(row), children=tuple(_long_ago(child) for child in row.children)) for row in pack.programs
    )
    total = add_up(programs, "")
    shares = [(total.cost_plan / 20, total.cost_forecast / 20)] * 13
    shares = [(plan.quantize(Decimal("0.01")), forecast.quantize(Decimal("0.01"))) for plan, forecast in shares]
    rest = (total.cost_plan - 13 * shares[0][0], total.cost_forecast - 13 * shares[0][1])
    years = [f"FY {year}/{(year + 1) % 100:02}" for year in range(2003, 2017)]
    amounts = zip(years, [*shares[:6], rest, *shares[6:]], strict=True)
    return replace(
        pack,
        meta=replace(pack.meta, closed_through="", client="Federal projects", fiscal_year="FY 2026/27"),
        programs=programs,
        years=tuple(YearRow(year=year, plan=plan, forecast=forecast) for year, (plan, forecast) in amounts),
        curve=tuple(replace(row, plan=ZERO, forecast=ZERO, actual=None) for row in pack.curve),
        measures=tuple(replace(row, owner="", plan_to_date=ZERO, actual_to_date=ZERO) for row in pack.measures),
        milestones=tuple(replace(row, owner="", due=date(2010, 9, 29)) for row in pack.milestones),
        requests=(),
        decisions=(),
        contradictions=(),
    )


def _long_ago(row: NodeRow) -> NodeRow:
    return replace(row, plan_year=ZERO, forecast_year=ZERO, plan_to_date=ZERO, actual_to_date=ZERO)


CASES = {
    "ordinary": ordinary,
    "bare": bare,
    "empty": empty,
    "public": public_projects,
    "long": long_names,
    "losing": losing,
    "spent": spent_projects,
}

_AGENCIES = (
    *("Agriculture", "Commerce", "Defense", "Education", "Energy", "Health", "Homeland Security"),
    *("Housing", "Interior", "Justice", "Labor", "Transport", "Treasury"),
)


def _labels() -> list[tuple[int, tuple[str, int]]]:
    return list(enumerate(zip(STAGES, WEIGHTS, strict=True), 1))


def _cents(chance: random.Random, low: int, high: int) -> Decimal:
    return Decimal(chance.randint(low * 100, high * 100)) / 100


def _program(name: str, projects: list[str], chance: random.Random) -> NodeRow:
    children = []
    for index, project in enumerate(projects):
        measures = 4 if index == 0 else 3
        plan = _cents(chance, 300_000, 3_900_000)
        full = plan * 2 + _cents(chance, 0, 500_000)
        forecast = (plan * Decimal(chance.randint(70, 108)) / 100).quantize(Decimal("0.01"))
        row = NodeRow(
            name=project,
            measures=measures,
            plan_year=plan,
            forecast_year=forecast,
            plan_to_date=(plan * Decimal("0.6")).quantize(Decimal("0.01")),
            actual_to_date=(forecast * Decimal("0.58")).quantize(Decimal("0.01")),
            full_year_plan=full,
            full_year_forecast=(full * Decimal("0.93")).quantize(Decimal("0.01")),
            cost_plan=_cents(chance, 20_000, 300_000),
            cost_forecast=_cents(chance, 20_000, 320_000),
            leakage=plan - forecast,
            implementation=StatusCounts(green=measures - 1 - index % 2, amber=1, red=index % 2),
            potential=StatusCounts(green=1, amber=1, red=1 if index < 2 else 0, grey=measures - 3 + (index > 1)),
            milestones=measures * 3,
            milestones_done=measures * 2,
            milestones_late=index,
        )
        children.append(row)
    return replace(add_up(children, name), children=tuple(children))


def _agency(name: str, projects: int, chance: random.Random, extra: int) -> NodeRow:
    children = []
    for number in range(1, projects + 1):
        measures = 3 + (extra if number == 1 else 0)
        plan = _cents(chance, 400_000, 190_000_000)
        forecast = (plan * Decimal(chance.randint(880, 1210)) / 1000).quantize(Decimal("0.01"))
        year = (forecast / 5).quantize(Decimal("0.01"))
        children.append(
            NodeRow(
                name=f"{name.split()[-1]} investment {number:03}",
                measures=measures,
                plan_year=-(plan / 5).quantize(Decimal("0.01")),
                forecast_year=-year,
                plan_to_date=-(plan / 60).quantize(Decimal("0.01")),
                actual_to_date=-(forecast / 55).quantize(Decimal("0.01")),
                cost_plan=plan,
                cost_forecast=forecast,
                implementation=StatusCounts(green=measures - 2, amber=1, red=1),
                potential=StatusCounts(grey=measures),
                milestones=measures * 4,
                milestones_done=measures * 2,
                milestones_late=chance.randint(0, 3),
            )
        )
    return replace(add_up(children, name), children=tuple(children))


def _negated(row: NodeRow) -> NodeRow:
    names = ("plan_year", "forecast_year", "plan_to_date", "actual_to_date", "full_year_plan", "full_year_forecast")
    return replace(row, **{name: -getattr(row, name) for name in names})


def _shares(total: Decimal, weights: list[int]) -> list[Decimal]:
    """Cents that add up to `total` by the weights."""
    parts = [(total * each / sum(weights)).quantize(Decimal("0.01")) for each in weights[:-1]]
    return [*parts, total - sum(parts, ZERO)]


def _curve(total: NodeRow, first: str, closed: int) -> tuple[MonthRow, ...]:
    year, month = (int(each) for each in first.split("-"))
    labels = [f"{year + (month - 1 + n) // 12}-{(month - 1 + n) % 12 + 1:02}" for n in range(12)]
    ramp = [n + 2 for n in range(12)]
    before, after = ramp[:closed], ramp[closed:]
    done = _shares(total.actual_to_date, before)
    plan = [*_shares(total.plan_to_date, before), *_shares(total.plan_year - total.plan_to_date, after)]
    forecast = [*done, *_shares(total.forecast_year - total.actual_to_date, after)]
    actual: list[Decimal | None] = [*done, *[None] * (12 - closed)]
    rows = zip(labels, plan, forecast, actual, strict=True)
    return tuple(MonthRow(month=label, plan=p, forecast=f, actual=a) for label, p, f, a in rows)


def _around(programs: tuple[NodeRow, ...], chance: random.Random, *, costs: bool = False) -> SteeringPack:
    total = add_up(programs, "")
    counts = [int(each) for each in _whole(total.measures, [4, 5, 5, 14, 8, 4])]
    effects = _shares(total.full_year_forecast, [2, 4, 4, 18, 10, 3])
    money = _shares(total.cost_forecast, [2, 4, 4, 18, 10, 3])
    return SteeringPack(
        meta=META,
        programs=programs,
        stages=tuple(
            StageRow(
                stage=at,
                label=label,
                count=counts[at - 1],
                full_year=effects[at - 1],
                weight=weight,
                cost=money[at - 1],
                risk_adjusted=(effects[at - 1] * weight / 100).quantize(Decimal("0.01")),
            )
            for at, (label, weight) in _labels()
        ),
        matrix=_matrix(total, costs=costs),
        curve=_curve(total, "2026-01", closed=10),
        requests=tuple(_request(n, chance) for n in range(1, 8)),
        decisions=tuple(_decision(n) for n in range(1, 7)),
        measures=tuple(_measure(n, programs, costs=costs) for n in range(1, 11)),
        milestones=tuple(_milestone(n) for n in range(1, 1 + min(12, total.milestones_late))),
        contradictions=tuple(_contradiction(n, costs=costs) for n in range(1, 5)),
        on_hold=1,
        cancelled=2,
    )


def _whole(total: int, weights: list[int]) -> list[int]:
    parts = [total * each // sum(weights) for each in weights[:-1]]
    return [*parts, total - sum(parts)]


def _matrix(total: NodeRow, *, costs: bool) -> tuple[MatrixCell, ...]:
    if costs:
        work = total.implementation
        return tuple(
            MatrixCell(implementation=s, potential="grey", count=getattr(work, s)) for s in ("green", "amber", "red")
        )
    pairs = [
        ("green", "green"),
        ("green", "amber"),
        ("green", "red"),
        ("amber", "green"),
        ("amber", "red"),
        ("red", "red"),
    ]
    counts = _whole(total.measures - 6, [12, 5, 2, 3, 3, 4])
    values = _shares(total.full_year_forecast, [120, 60, 11, 33, 44, 32])
    cells = [
        MatrixCell(implementation=a, potential=b, count=n, full_year=v)
        for (a, b), n, v in zip(pairs, counts, values, strict=True)
    ]
    return (*cells, MatrixCell(implementation="green", potential="grey", count=6))


def _request(n: int, chance: random.Random) -> RequestRow:
    days = chance.randint(1, 21)
    late = max(0, days - 14)
    titles = (
        "Marketplace partners onboarding",
        "Loyalty programme relaunch",
        "Slotting Kassel warehouse",
        "Two-man delivery",
    )
    return RequestRow(
        code=f"R-{88 + n:04}",
        measure=f"M-{n:04}",
        title=titles[n % 4],
        kind="Gate into Decided" if n % 3 else "Change request",
        policy="Gate into Decided: controller, then forum by quorum",
        requested_by="Ruben Castel",
        waits_for="Steering Committee Meridian" if n % 2 else "Felix Aumann, controller",
        opened=TODAY - timedelta(days=days),
        days_open=days,
        due=TODAY + timedelta(days=14 - days),
        days_overdue=late,
        price_week=_cents(chance, 800, 24_000) if n % 3 else None,
    )


def _decision(n: int) -> DecisionRow:
    return DecisionRow(
        code=f"R-{70 + n:04}",
        measure=f"M-{20 + n:04}",
        title="Assortment: 12 % fewer articles" if n % 2 else "Second pick shift Kassel hub",
        kind="Gate into Decided" if n % 2 else "Change request",
        outcome="Approved" if n % 2 else "Returned for changes",
        decided_by="Dr Carla Menzel",
        decided=TODAY - timedelta(days=3 * n),
        comment="" if n % 2 else "State the one-off cost of the second shift.",
    )


def _measure(n: int, programs: tuple[NodeRow, ...], *, costs: bool) -> MeasureRow:
    program = programs[n % len(programs)]
    base = (program.cost_forecast if costs else program.full_year_forecast) / (40 if costs else 6 + n)
    base = base.quantize(Decimal("0.01"))
    return MeasureRow(
        code=f"M-{n:04}",
        title="Should-cost programme upholstery" if n % 2 else "Parcel carrier mix and rate card",
        owner="Tomasz Wilk",
        program=program.name,
        stage=n % 6 + 1,
        stage_label=STAGES[n % 6],
        full_year_plan=ZERO if costs else base + 90_000,
        full_year_forecast=ZERO if costs else base,
        plan_to_date=(-base / 60 if costs else base / 4),
        actual_to_date=(-base / 55 if costs else base / 5),
        cost_plan=base - 50_000 if costs else Decimal(90_000),
        cost_forecast=base if costs else Decimal(95_000),
        implementation=("green", "amber", "red")[n % 3],
        potential="grey" if costs else ("amber", "green", "red", "grey")[n % 4],
    )


def _milestone(n: int) -> MilestoneRow:
    return MilestoneRow(
        measure=f"M-{n:04}",
        measure_title="Returns: fit check before dispatch",
        title="Works council agreement" if n % 2 else "Second shift live",
        owner="Lena Brandis",
        due=TODAY - timedelta(days=4 * n),
        forecast=TODAY + timedelta(days=9 * n) if n % 3 else None,
        days_late=13 * n,
    )


def _contradiction(n: int, *, costs: bool) -> ContradictionRow:
    kind = list(ContradictionKind)[1 + n % 2 if costs else n % 3]
    return ContradictionRow(
        kind=kind,
        measure=f"M-{n:04}",
        title="Service plans: attach rate",
        owner="Nadia Rehm",
        implementation="green" if n % 3 == 0 else "amber",
        potential="grey" if costs else "red",
        full_year_plan=ZERO if costs else Decimal(1_240_000),
        full_year_forecast=ZERO if costs else Decimal(1_066_000),
        cost_plan=Decimal(40_000_000) if costs else ZERO,
        cost_forecast=Decimal(52_000_000) if costs else ZERO,
        number={ContradictionKind.SILENT: 41, ContradictionKind.SLIPPING: 3}.get(kind, 0),
    )
