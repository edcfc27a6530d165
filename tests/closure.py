"""A measure taken through every gate, so that a test begins where its closure ends."""

from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select, update

from domain.evidence import Proof
from domain.ids import EvidenceId, LineId, MilestoneId
from domain.months import Month, span
from domain.refusals import Refusal
from domain.stages import Stage
from domain.value import Scenario
from tenants.instance.actions import milestones, values
from tenants.instance.actions.evidence import add_evidence
from tenants.instance.models.measures import MilestoneRow
from tenants.instance.models.settings import SettingsRow
from tests.house import NOW
from tests.team import Team

TODAY = NOW.date()


def close(team: Team) -> UUID:
    """A measure taken through every gate; its controller accepted the value today."""
    measure = team.define()
    line = team.plan(measure)
    team.decide(measure)
    milestone = MilestoneId(
        team.work.session.scalars(select(MilestoneRow.id).where(MilestoneRow.measure_id == measure)).one()
    )
    for proof in ({"milestone": milestone}, {"is_closure": True}):
        shown = Proof(id=EvidenceId(uuid4()), title="Signed contract", note="Seen on paper.", **proof)
        done(add_evidence(team.work, measure, shown, team.actor(team.owner)))
    done(milestones.finish_milestone(team.work, measure, milestone, TODAY, team.actor(team.owner)))
    team.approve(team.ask(measure, Stage.IMPLEMENTED), team.pmo, team.sponsor)
    enter_actuals(team, measure, line)
    closed_through(team, "2026-10")
    team.approve(team.ask(measure, Stage.CLOSED), team.controller)
    assert team.row(measure).stage == Stage.CLOSED
    closed_through(team, "")
    return measure


def done(outcome: Any) -> None:
    assert not isinstance(outcome, Refusal), outcome


def enter_actuals(team: Team, measure: UUID, line: LineId) -> None:
    amounts = dict.fromkeys(span(Month(2026, 1), Month(2026, 11)), Decimal("50000.00"))
    grid = {(line, Scenario.ACTUAL): amounts}
    done(values.enter_amounts(team.work, measure, grid, team.actor(team.controller), None))


def closed_through(team: Team, month: str) -> None:
    with team.work.transaction() as tx:
        tx.session.execute(update(SettingsRow).values(closed_through=month))
