"""The check after a closure as its pages show it: for the controller a form, for others what was said."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from domain.checks import CheckOutcome
from domain.ids import PersonId
from tenants.instance.models.checks import SustainCheckRow
from tests.closure import close
from tests.house import NOW
from tests.team import Team
from tests.web.client import Client


@pytest.fixture
def at(site: Flask, team: Team) -> Iterator[Callable[[PersonId], Client]]:
    """Half a year after the closure."""
    before = site.extensions["clock"]
    site.extensions["clock"] = lambda: NOW + timedelta(days=100)
    yield lambda person: Client(site, person)
    site.extensions["clock"] = before


@pytest.fixture
def closed(team: Team) -> UUID:
    return close(team)


def rows(team: Team, measure: UUID) -> list[SustainCheckRow]:
    team.work.session.rollback()
    team.work.session.expire_all()
    found = select(SustainCheckRow).where(SustainCheckRow.measure_id == measure).order_by(SustainCheckRow.due_on)
    return list(team.work.session.scalars(found))


def test_overdue_check_is_in_the_overview_the_list_and_on_the_page(at, team: Team, closed: UUID, home: str) -> None:
    code = team.row(closed).code
    overview = at(team.pmo).get(f"{home}/")
    assert "check whether the value holds" in overview.words
    listed = at(team.pmo).get(f"{home}/measures?watched=check")
    assert code in listed.words
    assert "Check after closure overdue" in listed.words
    page = at(team.controller).get(f"{home}/measures/{code}")
    assert "A check whether the value holds is overdue" in page.words
    assert any(link.endswith(f"/checks/{rows(team, closed)[0].id}") for link in page.links())
    assert "One closed measure is to be looked at again" in at(team.controller).get(f"{home}/waiting").words
    assert "to be looked at again" not in at(team.owner).get(f"{home}/waiting").words
    assert "Check now" not in at(team.owner).get(f"{home}/measures/{code}").words


def test_controller_confirms(at, team: Team, closed: UUID, home: str) -> None:
    check = rows(team, closed)[0].id
    address = f"{home}/measures/{team.row(closed).code}/checks/{check}"
    unsaid = at(team.controller).post(address, {"verdict": "holds", "comment": ""}, status=422)
    assert unsaid.errors() == ["Fill in: comment."]
    at(team.controller).post(address, {"comment": "Seen."}, status=422)
    at(team.controller).post(address, {"verdict": "holds", "comment": "Invoices of January."})
    assert rows(team, closed)[0].outcome == CheckOutcome.HOLDS
    assert "Invoices of January." in at(team.owner).get(address).words


def test_others_are_refused(at, team: Team, closed: UUID, home: str) -> None:
    check = rows(team, closed)[0].id
    address = f"{home}/measures/{team.row(closed).code}/checks/{check}"
    assert "Only the measure's controller" in at(team.pmo).get(address).words
    refused = at(team.pmo).post(address, {"verdict": "holds", "comment": "Seen."}, status=422)
    assert "Only the measure's controller" in refused.words
    assert rows(team, closed)[0].outcome == CheckOutcome.DUE


def test_controller_asks_to_reopen(at, team: Team, closed: UUID, home: str) -> None:
    check = rows(team, closed)[0].id
    code = team.row(closed).code
    form = at(team.controller).get(f"{home}/measures/{code}/checks/{check}")
    said = {"id": form.field("id"), "verdict": "lost", "reason": "value-lost", "comment": "Rates are up."}
    at(team.controller).post(f"{home}/measures/{code}/checks/{check}", said)
    assert rows(team, closed)[0].outcome == CheckOutcome.REOPEN_ASKED
    assert "The value has not held" in at(team.owner).get(f"{home}/measures/{code}").words
