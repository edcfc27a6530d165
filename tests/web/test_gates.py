"""Gates and turns on pages: waivers, conditions, dry runs, what nobody can decide, many measures at once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from domain.access import Role
from domain.approvals.request import RequestState
from domain.ids import ForumId, PersonId
from domain.stages import MeasureState, Stage
from tenants.instance.actions import forums
from tenants.instance.models.conditions import GateConditionRow, WaiverRow
from tenants.instance.models.delegations import AbsenceRow, DelegationRow
from tenants.instance.models.requests import RequestRow
from tenants.places import Instance
from tests.house import NOW, House
from tests.team import Team
from tests.web.client import Client, Page, statements

TODAY = NOW.date()


@pytest.fixture(scope="module")
def team(house: House) -> Iterator[Team]:
    """People and a forum of a client of their own: who is away or missing there disturbs nobody else."""
    with house.app.app_context():
        team = Team(house.work(house.onboard("Gatesmead AG")), house)
        yield team
        team.work.close()


def home(team: Team) -> str:
    return f"/clients/{team.work.instance.slug}"


def address(team: Team, measure: UUID) -> str:
    return f"{home(team)}/measures/{team.row(measure).code}"


def identified(team: Team, **more: Any) -> UUID:
    measure = team.define(**more)
    team.plan(measure)
    team.approve(team.ask(measure, Stage.IDENTIFIED), team.sponsor)
    return measure


def rows(team: Team, table: Any, *conditions: Any) -> list[Any]:
    team.work.session.rollback()
    return list(team.work.session.scalars(select(table).where(*conditions)))


# Waivers


def test_programme_office_waives_a_criterion_and_takes_it_back(at, team: Team) -> None:
    measure = identified(team, legal_entity=None)
    page = at(team.pmo).get(address(team, measure))
    assert f"{address(team, measure)}/waivers/legal-entity" in page.links()
    form = f"{address(team, measure)}/waivers/legal-entity"
    assert "Legal entity set" in at(team.pmo).get(form).words
    refused = at(team.pmo).post(form, {"reason": "", "comment": ""}, 422)
    assert refused.errors() == ["Choose a reason from the list."]
    at(team.pmo).post(form, {"reason": "not-applicable", "comment": "One entity only."})
    page = at(team.owner).get(address(team, measure))
    assert "Waived: Does not apply to this measure: One entity only. Clara Vogt, 20 Nov 2026" in page.words
    assert "Everything is there for the gate into Detailed" in page.words
    at(team.pmo).post(f"{form}/withdrawal")
    assert not rows(team, WaiverRow, WaiverRow.measure_id == measure)
    assert "1 criterion is missing" in at(team.owner).get(address(team, measure)).words


def test_owner_is_offered_no_waiver_and_meets_none(at, team: Team) -> None:
    measure = identified(team, legal_entity=None)
    form = f"{address(team, measure)}/waivers/legal-entity"
    assert form not in at(team.owner).get(address(team, measure)).links()
    at(team.owner).get(form, 404)
    at(team.owner).post(form, {"reason": "not-applicable", "comment": "Mine."}, 404)


def test_what_the_template_does_not_let_be_waived_is_refused_with_words(at, team: Team) -> None:
    measure = identified(team, target=None)
    form = f"{address(team, measure)}/waivers/target"
    assert form not in at(team.pmo).get(address(team, measure)).links()
    page = at(team.pmo).post(form, {"reason": "not-applicable", "comment": "Because."}, 422)
    assert "“Target set” cannot be waived." in page.words
    at(team.pmo).get(f"{address(team, measure)}/waivers/no-such", 404)


# Conditions


def conditioned(team: Team, **more: str) -> dict[str, str]:
    due = (TODAY + timedelta(days=5)).isoformat()
    known = {"condition.1": "Cap the guarantee.", "condition_owner.1": str(team.second), "condition_due.1": due}
    return {"choice": "approve", "comment": ""} | known | more


def test_approval_comes_with_a_condition_that_is_listed_and_met(at, team: Team) -> None:
    measure = team.define()
    request = team.ask(measure, Stage.IDENTIFIED)
    url = f"{home(team)}/requests/{request.id}"
    assert "Approve with conditions" in at(team.sponsor).get(url).words
    at(team.sponsor).vote(url, conditioned(team))
    page = at(team.second).get(address(team, measure))
    assert "1 condition is open" in page.words
    assert "Jonas Kvist, set by Maria Lund with the approval of “Gate into Identified”" in page.words
    (row,) = rows(team, GateConditionRow, GateConditionRow.measure_id == measure)
    report = f"{address(team, measure)}/conditions/{row.id}/fulfilment"
    assert "Fill in: how it was met." in at(team.second).post(report, {"note": " "}, 422).words
    at(team.second).post(report, {"note": "Signed on Monday."})
    page = at(team.owner).get(address(team, measure))
    assert "The one condition is met" in page.words
    assert "Jonas Kvist, 20 Nov 2026: “Signed on Monday.”" in page.words
    assert "on condition: Cap the guarantee. (Jonas Kvist, 25 Nov 2026)" in at(team.sponsor).get(url).words


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"condition.1": ""}, "Say what has to be met."),
        ({"condition_owner.1": ""}, "Choose who meets it."),
        ({"condition_due.1": ""}, "Enter a date."),
        ({"condition_due.1": "31.02.2027"}, "There is no such day: 31.02.2027."),
    ],
)
def test_half_a_condition_is_refused_at_its_field_and_nothing_is_voted(
    at, team: Team, wrong: dict[str, str], words: str
) -> None:
    request = team.ask(team.define(), Stage.IDENTIFIED)
    page = at(team.sponsor).vote(f"{home(team)}/requests/{request.id}", conditioned(team, **wrong), 422)
    assert page.errors() == [words]
    assert rows(team, RequestRow, RequestRow.id == request.id)[0].state == RequestState.OPEN


def test_condition_on_a_day_that_is_over_or_with_a_rejection_is_refused(at, team: Team) -> None:
    request = team.ask(team.define(), Stage.IDENTIFIED)
    url = f"{home(team)}/requests/{request.id}"
    late = at(team.sponsor).vote(url, conditioned(team, **{"condition_due.1": TODAY.isoformat()}), 422)
    assert "A condition is due on a day to come" in late.words
    rejected = at(team.sponsor).vote(url, conditioned(team, choice="reject", comment="No."), 422)
    assert "Only the approval of a gate comes with conditions." in rejected.words


def test_hold_is_no_gate_and_offers_no_conditions(at, team: Team) -> None:
    measure = team.define()
    at(team.owner).post(
        f"{address(team, measure)}/holds", {"id": str(uuid4()), "reason": "capacity", "comment": "Strike."}
    )
    (row,) = rows(team, RequestRow, RequestRow.measure_id == measure)
    assert "Approve with conditions" not in at(team.sponsor).get(f"{home(team)}/requests/{row.id}").words


def test_foreign_condition_is_not_there(at, team: Team) -> None:
    measure = team.define()
    at(team.second).post(f"{address(team, measure)}/conditions/{uuid4()}/fulfilment", {"note": "x"}, 404)


def test_overdue_condition_leads_the_overview_and_explains_the_status(site: Flask, at, team: Team) -> None:
    measure = team.define(title="Cut returns of shoes")
    at(team.sponsor).vote(f"{home(team)}/requests/{team.ask(measure, Stage.IDENTIFIED).id}", conditioned(team))
    site.extensions["clock"] = lambda: NOW + timedelta(days=9)
    reader = Client(site, team.pmo)
    overview = reader.get(f"{home(team)}/")
    assert "condition" in overview.words and "of an approval" in overview.words
    assert f"{address(team, measure)}#conditions" in overview.links()
    page = reader.get(address(team, measure))
    assert "1 condition is overdue" in page.words
    assert "1 condition overdue" in page.words  # the gate is amber
    assert "It blocks the gate until it is met." in page.words
    assert "a condition is overdue" in page.words


# The dry run


def test_dry_run_names_who_is_away_who_stands_in_and_how_long_it_took_so_far(at, team: Team) -> None:
    measure = identified(team)
    with team.work.transaction() as tx:
        away = AbsenceRow(id=uuid4(), member_id=team.sponsor, starts_on=TODAY, ends_on=TODAY + timedelta(days=4))
        away.created_at = NOW
        tx.add(away)
        given = DelegationRow(
            id=uuid4(), giver_id=team.sponsor, taker_id=team.chair, starts_on=TODAY, ends_on=TODAY + timedelta(days=4)
        )
        given.created_by, given.created_at = team.sponsor, NOW
        tx.add(given)
    try:
        page = at(team.owner).get(address(team, measure))
        assert "Maria Lund is away until 24 Nov 2026; Elsa Wikström stands in" in page.words
        assert "Policy “Detail a measure”" in page.words
        assert "no condition: it always applies" in page.words
        other = at(team.owner).get(address(team, team.define()))
        assert "typically less than a day so far" in other.words
    finally:
        with team.work.transaction() as tx:
            for table in (DelegationRow, AbsenceRow):
                for row in tx.lock_all(table):
                    tx.delete(row)


@pytest.mark.parametrize(
    ("page", "policy", "words"),
    [
        ("holds/new", "Put a measure on hold", "no condition: it always applies"),
        ("cancellations/new", "Cancel a measure of 100,000 or more", "value: 600,000 EUR (limit: 100,000 EUR or more)"),
    ],
)
def test_turn_says_which_policy_applies_and_why_before_it_is_asked_for(
    at, team: Team, page: str, policy: str, words: str
) -> None:
    measure = team.define()
    seen = at(team.owner).get(f"{address(team, measure)}/{page}")
    said = " ".join(seen.words.replace("\xa0", " ").split())
    assert f"Policy “{policy}”" in said
    assert words in said
    assert "If asked today, expect a decision by" in said


def test_small_measure_is_cancelled_by_another_policy_and_the_page_says_why(at, team: Team) -> None:
    measure = team.define(target=None, rough_value=None)
    page = at(team.owner).get(f"{address(team, measure)}/cancellations/new")
    assert "Policy “Cancel a measure”" in page.words
    assert "does not apply" in page.text
    assert "no condition: it takes what is left" in page.words


def test_reopening_asks_with_reasons_of_its_own_and_says_what_happens(at, team: Team) -> None:
    measure = identified(team)
    page = at(team.owner).get(f"{address(team, measure)}/reopenings/new")
    assert "The measure goes one stage back" in page.words
    posted = {"id": str(uuid4()), "reason": "audit", "comment": "A finding."}
    at(team.owner).post(f"{address(team, measure)}/reopenings", posted)
    (row,) = rows(team, RequestRow, RequestRow.measure_id == measure, RequestRow.state == "open")
    assert (row.kind, row.reason) == ("reopen", "audit")
    assert "Reopen, one stage back" in at(team.controller).get(f"{home(team)}/requests/{row.id}").words


def test_measure_at_its_first_stage_is_not_reopened(at, team: Team) -> None:
    measure = team.define()
    assert f"{address(team, measure)}/reopenings/new" not in at(team.owner).get(address(team, measure)).links()
    posted = {"id": str(uuid4()), "reason": "audit", "comment": "A finding."}
    page = at(team.owner).post(f"{address(team, measure)}/reopenings", posted, 422)
    assert "is at its first stage. There is none before it." in page.words


# What nobody can decide


def test_what_nobody_can_decide_is_named_with_who_can_mend_it(at, team: Team) -> None:
    measure = team.define()
    page = at(team.sponsor).get(address(team, measure))
    assert "Nobody could decide it if you asked" in page.words
    assert "Those who could (the sponsor) asked for it" in page.words
    assert "can mend that." in page.words
    assert "Clara Vogt" in page.words


def test_set_up_names_steps_that_cannot_be_decided(house: House, site: Flask, two_clients: Any) -> None:
    with house.app.app_context():
        team = Team(house.work(house.onboard("Gapsworth AG")), house)
        empty = ForumId(uuid4())
        forums.save_forum(team.work, empty, "Empty board", 2, (), None, team.actor(team.pmo))
        assert "are short of people who can decide them" in Client(site, team.pmo).get(f"{home(team)}/settings").words
        page = Client(site, team.pmo).get(f"{home(team)}/settings/template")
        assert "are short of people who can decide them" in page.words
        assert "Only Clara Vogt: nobody decides what Clara Vogt asks for." in page.words
        assert "The forum Empty board has no members." in page.words
        assert "can mend that." in page.words
        team.join("Second Office", Role.PMO)
        again = Client(site, team.pmo).get(f"{home(team)}/settings/template")
        assert "Only Clara Vogt" not in again.words
        team.work.close()


# Holds


def test_page_counts_holds_and_a_held_request_waits_without_a_due_date(at, team: Team, site: Flask) -> None:
    measure = team.define()
    gate = team.ask(measure, Stage.IDENTIFIED)
    posted = {"id": str(uuid4()), "reason": "capacity", "comment": "Strike."}
    at(team.owner).post(f"{address(team, measure)}/holds", posted)
    held = rows(team, RequestRow, RequestRow.measure_id == measure, RequestRow.kind == "hold")[0]
    at(team.sponsor).vote(f"{home(team)}/requests/{held.id}", {"choice": "approve", "comment": ""})
    assert team.row(measure).state == MeasureState.ON_HOLD
    site.extensions["clock"] = lambda: NOW + timedelta(days=3)
    assert "1 time, 3 days" in Client(site, team.owner).get(address(team, measure)).words
    page = Client(site, team.sponsor).get(f"{home(team)}/requests/{gate.id}")
    assert "The measure is on hold. What is open on it is decided once it is resumed." in page.words
    assert page.field("choice") is None


# Many at once


def turned(at, team: Team, person: PersonId, kind: str, measures: list[UUID], status: int = 200, **more: str) -> Page:  # type: ignore[no-untyped-def]
    codes = [team.row(measure).code for measure in measures]
    reason = {"hold": "capacity", "resume": "capacity", "cancel": "cost"}[kind]
    form = {"id": str(uuid4()), "kind": kind, "code": codes, "reason": reason, "comment": "A strike."} | more
    return at(person).post(f"{home(team)}/measures/turns", form, status)


def test_many_are_held_at_once_each_by_itself_and_every_refusal_is_named(at, team: Team) -> None:
    good, waiting, foreign = team.define(), team.define(), team.define(owner=team.second)
    turned(at, team, team.owner, "hold", [waiting])
    page = turned(at, team, team.owner, "hold", [good, waiting, foreign])
    assert "2 of 3 were asked for" in page.words
    assert "A request on this measure is open already." in page.words
    assert {row.kind for row in rows(team, RequestRow, RequestRow.measure_id == good)} == {"hold"}


def test_bulk_obeys_policies_and_segregation(at, team: Team) -> None:
    page = turned(at, team, team.sponsor, "hold", [team.define(), team.define()])
    assert "0 of 2 were asked for" in page.words
    assert "Nobody can decide step “Sponsor”." in page.words


def test_bulk_needs_a_reason_and_words_and_ticks(at, team: Team) -> None:
    measure = team.define()
    page = turned(at, team, team.owner, "cancel", [measure], 422, reason="", comment="")
    assert page.errors() == ["Choose a reason from the list.", "Fill in: comment."]
    assert not rows(team, RequestRow, RequestRow.measure_id == measure)
    assert at(team.owner).get(f"{home(team)}/measures/turns?kind=hold", 303).location.endswith("/measures")
    at(team.owner).get(f"{home(team)}/measures/turns?kind=burn&code={team.row(measure).code}", 400)


def test_same_bulk_form_twice_asks_once(at, team: Team) -> None:
    measure = team.define()
    same = {"id": str(uuid4())}
    for _twice in range(2):
        assert "It was asked for" in turned(at, team, team.owner, "hold", [measure], **same).words
    assert len(rows(team, RequestRow, RequestRow.measure_id == measure)) == 1


def test_ticks_of_measures_out_of_sight_are_not_there(
    at, browser, team: Team, two_clients: tuple[Instance, ...]
) -> None:
    measure = team.define()
    stranger = team.join("Otto Stray", Role.OWNER, node=_other_place(team))
    path = f"{home(team)}/measures/turns?kind=hold&code={team.row(measure).code}"
    assert at(stranger).get(path, 303).location.endswith("/measures")
    turned(at, team, stranger, "hold", [measure], 400)


def _other_place(team: Team) -> Any:
    return team.build(team.actor(team.pmo))


def test_list_offers_ticks_only_to_those_who_can_ask(at, team: Team) -> None:
    team.define()
    assert at(team.owner).get(f"{home(team)}/measures").all("input", name="code")
    assert not at(team.second).get(f"{home(team)}/measures").all("input", name="code")


def test_statements_of_the_measure_page_do_not_grow_with_conditions_and_waivers(site: Flask, at, team: Team) -> None:
    measure = team.define()
    client, url, counts = at(team.pmo), address(team, measure), []
    client.get(url)
    for number in range(2):
        with statements(site) as seen:
            client.get(url)
        counts.append(len(seen))
        if number == 0:
            many = {f"condition.{n}": "Words." for n in (1, 2, 3)}
            many |= {f"condition_owner.{n}": str(team.second) for n in (1, 2, 3)}
            many |= {f"condition_due.{n}": (TODAY + timedelta(days=n)).isoformat() for n in (1, 2, 3)}
            request = team.ask(measure, Stage.IDENTIFIED)
            at(team.sponsor).vote(f"{home(team)}/requests/{request.id}", {"choice": "approve", "comment": ""} | many)
    assert counts[1] - counts[0] <= 2  # the request that is there now: its steps and votes
