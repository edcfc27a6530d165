"""Roll-ups agree to the cent: measures, packages, nodes and the overview say the same, also after a move."""

from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, select

from domain.access import Actor, Capability, Scope
from domain.refusals import Refusal
from tenants.database import Work
from tenants.instance.actions import measures
from tenants.instance.models.hierarchy import NodeRow
from tenants.instance.models.measures import MeasureRow
from tenants.instance.models.values import FiguresRow, MeasureMonthRow, PackageMonthRow
from tenants.instance.queries.governance import get_governance
from tenants.instance.queries.hierarchy import get_tree
from tenants.instance.queries.overview import get_overview
from tenants.instance.queries.sums import added
from tests.house import House
from tests.team import Team


def test_packages_carry_the_months_of_their_measures(house: House, work: Work) -> None:
    team = Team(work, house)
    for measure in (team.define(), team.define()):
        team.plan(measure)
    assert by_package(work, PackageMonthRow) == by_package(work, MeasureMonthRow) != {}


def test_a_measure_that_moves_takes_its_months_along(house: House, work: Work) -> None:
    team = Team(work, house)
    measure = team.define()
    team.plan(measure)
    manager = team.actor(team.pmo)
    elsewhere = team.build(manager)
    moved = measures.edit_measure(work, measure, {"package": elsewhere}, manager, team.row(measure).version)
    assert not isinstance(moved, Refusal), moved
    totals = by_package(work, PackageMonthRow)
    assert totals == by_package(work, MeasureMonthRow)
    assert totals[elsewhere] == Decimal("1200000.00")
    assert team.package not in totals


def test_every_node_adds_up_to_its_measures(house: House, work: Work) -> None:
    team = Team(work, house)
    team.plan(team.define())
    scope = team.actor(team.pmo).scope_for(Capability.VIEW_MEASURES)
    for node in get_tree(work, scope):
        below = select(func.coalesce(func.sum(FiguresRow.plan_full_year), 0), func.count()).join(
            MeasureRow, MeasureRow.id == FiguresRow.measure_id
        )
        plan, count = work.session.execute(below.where(MeasureRow.path.startswith(node.path))).one()
        assert (node.sums.plan_full_year, node.sums.measures) == (plan, count), node.name
        assert sum(node.implementation.values()) == sum(node.potential.values()) == count


def test_a_person_without_a_role_sees_the_curve_of_what_names_them(house: House, work: Work) -> None:
    team = Team(work, house)
    team.plan(team.define())
    governance = get_governance(work)
    owner = Scope(paths=(), person=team.owner)
    overview = get_overview(work, owner, f"/{governance.organization}/", governance)
    assert overview.total.measures == 1
    assert sum(month.plan for month in overview.months) == overview.total.plan_year == Decimal("600000.00")


def test_the_curve_of_the_year_adds_up_to_the_year(house: House, work: Work) -> None:
    team = Team(work, house)
    team.plan(team.define())
    governance = get_governance(work)
    manager: Actor = team.actor(team.pmo)
    scope = manager.scope_for(Capability.VIEW_MEASURES)
    overview = get_overview(work, scope, f"/{governance.organization}/", governance)
    assert sum(month.plan for month in overview.months) == overview.total.plan_year
    assert sum(month.outlook for month in overview.months) == overview.total.forecast_year
    assert overview.matrix.total.count == sum(stage.sums.measures for stage in overview.stages)


def test_the_parts_of_a_node_add_up_to_it_and_a_package_has_none(house: House, work: Work) -> None:
    team = Team(work, house)
    team.plan(team.define())
    governance = get_governance(work)
    scope = team.actor(team.pmo).scope_for(Capability.VIEW_MEASURES)
    whole = get_overview(work, scope, f"/{governance.organization}/", governance)
    assert added(part.sums for part in whole.parts.values()) == whole.total
    counted = [sum(part.potential.values()) for part in whole.parts.values()]
    assert sum(counted) == whole.total.measures > 0
    package = get_overview(work, scope, work.get(NodeRow, team.package).path, governance)
    assert (package.parts, package.total.measures) == ({}, 1)


def test_the_median_of_days_in_a_stage_is_in_the_middle(house: House, work: Work) -> None:
    team = Team(work, house)
    defined = [team.define() for _ in range(4)]
    with work.transaction() as tx:
        for measure, days in zip(defined, (1, 4, 6, 30), strict=True):
            tx.lock(MeasureRow, measure).stage_since = work.now() - timedelta(days=days)
    governance = get_governance(work)
    scope = Scope(paths=(work.get(NodeRow, team.package).path,), person=team.pmo)
    stages = get_overview(work, scope, scope.paths[0], governance).stages
    assert [stage.median_days for stage in stages] == [5, None, None, None, None, None]


def by_package(work: Work, table: type[PackageMonthRow] | type[MeasureMonthRow]) -> dict[UUID, Decimal]:
    """The whole plan of each package, from either table."""
    if table is PackageMonthRow:
        statement = select(PackageMonthRow.package_id, func.sum(PackageMonthRow.plan))
        statement = statement.group_by(PackageMonthRow.package_id)
    else:
        statement = select(MeasureRow.package_id, func.sum(MeasureMonthRow.plan)).join(
            MeasureMonthRow, MeasureMonthRow.measure_id == MeasureRow.id
        )
        statement = statement.group_by(MeasureRow.package_id)
    return {package: total for package, total in work.session.execute(statement)}
