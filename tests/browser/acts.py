"""What journeys do over and over: open a measure, decide a request, enter a line by month."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID, uuid4

from playwright.sync_api import expect

from domain.ids import LineId, MilestoneId
from domain.measures import Milestone
from domain.months import Month
from domain.refusals import Refusal
from domain.value import EffectLine, Recurrence, Scenario, Sign
from tenants.instance.actions import milestones, values
from tenants.instance.queries.governance import get_governance
from tests.browser.desk import Desk
from tests.team import Team

TODAY = datetime.now(UTC).date()  # the processes have the real clock
THIS_MONTH = Month.of(TODAY)
FIRST, LAST = THIS_MONTH.plus(-3), THIS_MONTH.plus(20)


def home(team: Team) -> str:
    return f"/clients/{team.work.instance.slug}"


def code_of(team: Team, measure: UUID) -> str:
    """Read and let go: the server ends a transaction that waits for a browser."""
    code = str(team.row(measure).code)
    team.work.session.rollback()
    return code


def open_measure(desk: Desk, team: Team, measure: UUID) -> None:
    desk.open(f"{home(team)}/measures/{code_of(team, measure)}")


def spread(desk: Desk, total: str, first: Month = FIRST, last: Month = LAST) -> None:
    """A total over the months of the one line, on the page of a scenario's months."""
    desk.fill(total=total, first=str(first), last=str(last))
    desk.press("Spread evenly")


def decide(desk: Desk, team: Team, code: str, choice: str = "Approve", comment: str = "") -> None:
    """From the overview by "Waiting for me" to the request on this measure, and vote."""
    desk.open(f"{home(team)}/")
    desk.go("Waiting for me")
    desk.page.get_by_role("link", name=code).first.click()
    desk.page.get_by_role("radio", name=choice).check()
    desk.fill(comment=comment)
    desk.press("Record my vote")
    expect(desk.page).to_have_url(f"{home(team)}/waiting")


def planned(team: Team, **more: object) -> UUID:
    """A measure with one line of 50,000 a month, planned and forecast, and a milestone; nothing asked yet."""
    measure = team.define(**more)
    owner = team.actor(team.owner)
    kind = get_governance(team.work).template.effect_kinds[0].key
    line = EffectLine(
        id=LineId(uuid4()), name="Base rates", kind=kind, recurrence=Recurrence.RECURRING, sign=Sign.BENEFIT
    )
    months = {FIRST.plus(n): Decimal("50000.00") for n in range(24)}
    grid = {(line.id, each): months for each in (Scenario.BASELINE, Scenario.PLAN, Scenario.FORECAST)}
    step = Milestone(id=MilestoneId(uuid4()), title="Contract signed", owner=team.owner, due=LAST.first)
    for outcome in (
        values.save_line(team.work, measure, line, owner, None),
        values.enter_amounts(team.work, measure, grid, owner, None),
        milestones.promise_milestone(team.work, measure, step, owner, None),
    ):
        assert not isinstance(outcome, Refusal), outcome
    return measure
