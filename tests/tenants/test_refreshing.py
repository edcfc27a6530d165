"""What a change of a measure writes: the sums and months that differ, and no others."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import text

from domain.ids import MilestoneId
from domain.measures import Milestone
from domain.months import Month
from domain.refusals import Refusal
from domain.value import Scenario
from tenants.database import Work
from tenants.instance.actions import milestones, upkeep, values
from tests.house import NOW, House
from tests.team import Team

VERSIONS = {  # which transaction wrote each row
    "figures": "SELECT measure_id AS of, NULL AS month, xmin::text AS by FROM figures",
    "measure_months": "SELECT measure_id AS of, month, xmin::text AS by FROM measure_months",
    "package_months": "SELECT package_id AS of, month, xmin::text AS by FROM package_months",
}


def test_a_milestone_rewrites_no_sum(house: House, work: Work) -> None:
    team = Team(work, house)
    measure = team.define()
    team.plan(measure)
    before = versions(work)
    milestone = Milestone(id=MilestoneId(work.new_id()), title="Kick-off", owner=team.owner, due=date(2026, 12, 1))
    said = milestones.promise_milestone(work, measure, milestone, team.actor(team.owner), None)
    assert not isinstance(said, Refusal), said
    assert versions(work) == before


def test_one_month_entered_rewrites_that_month_alone(house: House, work: Work) -> None:
    team = Team(work, house)
    measure, other = team.define(), team.define()
    line = team.plan(measure)
    team.plan(other)
    before = versions(work)
    grid = {(line, Scenario.FORECAST): {Month(2027, 3): Decimal("77000.00")}}
    said = values.enter_amounts(work, measure, grid, team.actor(team.owner), None)
    assert not isinstance(said, Refusal), said
    changed = {row[:3] for row in versions(work) ^ before}
    march = date(2027, 3, 1)
    assert changed == {
        ("figures", measure, None),
        ("measure_months", measure, march),
        ("package_months", team.package, march),
    }


def test_a_new_day_rewrites_no_sum_of_the_same_month(house: House, work: Work) -> None:
    team = Team(work, house)
    measure = team.define()
    team.plan(measure)
    own = (measure, team.package)  # what other tests left behind may be of another month
    before = {row for row in versions(work) if row[1] in own}
    assert upkeep.refresh_statuses(work, NOW.date() + timedelta(days=1)) > 0
    assert {row for row in versions(work) if row[1] in own} == before != set()


def versions(work: Work) -> set[tuple[Any, ...]]:
    """Table, what the row is about, its month, and the transaction that wrote it."""
    work.session.rollback()
    return {
        (table, *row) for table, statement in VERSIONS.items() for row in work.session.execute(text(statement)).all()
    }
