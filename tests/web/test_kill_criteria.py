"""Kill criteria on their pages: written with what was typed kept, shown, taken back, counted when met."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import update

from domain.governance.policies import Condition, Operator
from domain.ids import KillCriterionId, PersonId
from domain.kill_criteria import KillCriterion
from tenants.instance.models.checks import KillCriterionRow
from tenants.instance.queries.kill_criteria import criteria_of
from tests.domain import making
from tests.team import Team
from web.kill_criteria import sealed_words

SAID = {
    "words": "Too late to pay.",
    "field": "days_late",
    "operator": "at_least",
    "value": "30",
    "then": "cancel/no-value",
}


@pytest.fixture
def place(team: Team, home: str) -> tuple[UUID, str]:
    measure = team.define()
    return measure, f"{home}/measures/{team.row(measure).code}"


def count(team: Team, measure: UUID) -> int:
    team.work.session.rollback()
    return len(criteria_of(team.work.session, measure))


def test_written_shown_and_taken_back(at, team: Team, place: tuple[UUID, str]) -> None:
    measure, address = place
    owner, identity = at(team.owner), str(uuid4())
    assert owner.get(f"{address}/kill-criteria/new").field("id")
    for _twice in range(2):
        owner.post(f"{address}/kill-criteria", SAID | {"id": identity})
    page = owner.get(address)
    assert "One kill criterion stands" in page.words
    assert "Latest milestone, days late: at least 30" in page.words
    assert "Cancel: Value cannot be reached" in page.words
    owner.post(f"{address}/kill-criteria/{identity}/removal", {})
    assert count(team, measure) == 0


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"value": "soon"}, "is not an amount"),
        ({"value": ""}, "Enter an amount."),
        ({"field": "title"}, "Choose from the list."),
        ({"operator": "is"}, "Choose from the list."),
        ({"then": "reopen/value-lost"}, "Choose from the list."),
        ({"then": "cancel/budget"}, "Choose from the list."),
        ({"words": ""}, "Fill in"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(at, team: Team, place, wrong: dict[str, str], words: str) -> None:
    measure, address = place
    page = at(team.owner).post(f"{address}/kill-criteria", SAID | wrong | {"id": str(uuid4())}, status=422)
    assert words in " ".join(page.errors())
    assert page.field("value") == wrong.get("value", "30")
    assert count(team, measure) == 0


def test_not_for_the_controller_and_not_once_decided(at, team: Team, place: tuple[UUID, str]) -> None:
    measure, address = place
    at(team.controller).get(f"{address}/kill-criteria/new", status=404)
    at(team.controller).post(f"{address}/kill-criteria", SAID | {"id": str(uuid4())}, status=404)
    team.plan(measure)
    team.decide(measure)
    page = at(team.owner).post(f"{address}/kill-criteria", SAID | {"id": str(uuid4())}, status=422)
    assert "is decided. Its kill criteria stand" in page.words
    assert count(team, measure) == 0


def test_a_met_one_is_in_the_overview_and_the_list(at, team: Team, place: tuple[UUID, str], home: str) -> None:
    measure, address = place
    identity = uuid4()
    at(team.owner).post(f"{address}/kill-criteria", SAID | {"id": str(identity)})
    team.plan(measure)
    team.decide(measure)
    met = update(KillCriterionRow).where(KillCriterionRow.id == identity)
    with team.work.transaction() as tx:
        tx.session.execute(met.values(met_on=date(2026, 11, 19)))
    assert "A kill criterion is met" in at(team.owner).get(address).words
    assert re.search(r"criteri(on is|a are) met on (one|\d+) measure", at(team.pmo).get(f"{home}/").words)
    assert team.row(measure).code in at(team.pmo).get(f"{home}/measures?watched=kill").words


def test_what_the_decision_sealed_reads_in_words(site: Flask) -> None:
    sealed = KillCriterion(
        id=KillCriterionId(uuid4()),
        condition=Condition(field="days_late", operator=Operator.AT_LEAST, value=Decimal(30)),
        proposes="cancel",
        reason="no-value",
        words="Lapses; then void.",
        set_by=PersonId(uuid4()),
    )
    with site.test_request_context("/"):
        shown = sealed_words(sealed.text, making.template(), "EUR")
    assert shown == ("Latest milestone, days late: at least 30 – Cancel: Value cannot be reached – Lapses; then void.")
