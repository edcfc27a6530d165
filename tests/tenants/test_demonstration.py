"""The demonstration: every stage, status and state occurs, the trail is whole, and every role has a login."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from sqlalchemy import func, select

from domain.access import FirmRole, Role
from domain.governance.template import ReasonList
from domain.orders.order import OrderState
from domain.stages import MeasureState, Stage
from domain.status import Status
from tenants.database import Work
from tenants.demonstration.arriving import COUNT, TROUBLES
from tenants.demonstration.briefs import CLIENTS, read_client
from tenants.demonstration.logins import logins, table
from tenants.demonstration.ordering import DECIDED
from tenants.demonstration.outcome import work_out
from tenants.demonstration.seeding import PASSWORD, ProductionRefused, seed_client, seed_firm
from tenants.demonstration.timeline import Clock, Timeline
from tenants.demonstration.words import TURNS
from tenants.instance.models.audit import AuditEventRow
from tenants.instance.models.exceptions import ConstrainedOrderRow, OrderExceptionRow
from tenants.instance.models.measures import MeasureRow
from tenants.instance.models.meetings import MeetingActionRow, MeetingRow
from tenants.instance.models.orders import OrderRow
from tenants.instance.models.people import MemberRow
from tenants.instance.models.requests import RequestRow
from tenants.instance.queries.delegations import away_on
from tenants.instance.queries.governance import get_governance
from tenants.instance.queries.verification import verify_instance
from tenants.platform.actions.library import parsed, shipped_texts
from tenants.platform.actions.passwords import password_fault
from tenants.platform.actions.signin import sign_in
from tenants.registry import active_instances
from tests.house import NOW, House


@pytest.fixture(scope="module")
def nordfrakt(house: House) -> Iterator[Work]:
    """The order-governance engagement, made once for this file."""
    with house.app.app_context():
        said = seed_client(house.settings, NOW, "nordfrakt")
        assert "ended early" not in said, said
        instance = next(each for each in active_instances(house.platform()) if each.name == "Nordfrakt Handel AB")
        work = house.work(instance)
        yield work
        work.close()


@pytest.mark.slow
def test_its_orders_came_in_went_wrong_and_were_decided_on(nordfrakt: Work) -> None:
    session = nordfrakt.session
    counted = session.execute(select(OrderRow.state, func.count()).group_by(OrderRow.state))
    states = {state: count for state, count in counted}
    assert sum(states.values()) == COUNT and set(states) == set(OrderState)
    template = get_governance(nordfrakt).template.orders
    assert template
    on_the_way = set(session.scalars(select(OrderRow.stage).where(OrderRow.state == OrderState.OPEN)))
    assert len(on_the_way) > len(template.stages) / 2
    exceptions = session.scalars(select(OrderExceptionRow)).all()
    assert {kind for kind, _cause in TROUBLES} <= {each.type for each in exceptions}
    assert {each.resolved_at is None for each in exceptions} == {True, False}
    decided = set(session.scalars(select(RequestRow.kind).where(RequestRow.state == "approved")))
    assert {f"order:{kind}" for kind in DECIDED.values()} <= decided
    assert session.scalar(select(func.count()).select_from(ConstrainedOrderRow))


@pytest.mark.slow
def test_every_stage_status_and_state_occurs(nordfrakt: Work) -> None:
    rows = nordfrakt.session.scalars(select(MeasureRow)).all()
    assert len(rows) == len(read_client("nordfrakt").measures)
    assert {row.stage for row in rows} == set(Stage)
    assert {row.state for row in rows} == set(MeasureState)
    assert {row.implementation for row in rows} == set(Status)
    assert {row.potential for row in rows} == set(Status)
    assert any(row.potential_override for row in rows)


@pytest.mark.slow
def test_a_locked_plan_has_changed_and_others_are_asked_to(nordfrakt: Work) -> None:
    asked = nordfrakt.session.scalars(select(RequestRow).where(RequestRow.kind == "change")).all()
    assert sorted(row.state for row in asked) == ["approved", "open", "open"]
    assert {row.policy for row in asked} >= {"change", "change-end"}
    versions = nordfrakt.session.scalars(select(MeasureRow.plan_version)).all()
    assert max(versions) == 2


@pytest.mark.slow
def test_somebody_is_away_and_somebody_stands_in(nordfrakt: Work) -> None:
    [away] = away_on(nordfrakt, NOW.date()).values()
    assert len(away.stand_ins) == 1


@pytest.mark.slow
def test_every_forum_has_met_and_meets_again(nordfrakt: Work) -> None:
    met = nordfrakt.session.execute(select(MeetingRow.forum_id, MeetingRow.state, MeetingRow.starts_at)).all()
    forums = len(read_client("nordfrakt").forums)
    assert sorted(row.state for row in met) == ["held"] * forums + ["planned"] * forums
    assert all((row.starts_at > NOW) == (row.state == "planned") for row in met)
    assert nordfrakt.session.scalars(select(MeetingActionRow)).all()


@pytest.mark.slow
def test_months_are_closed_up_to_last_month(nordfrakt: Work) -> None:
    assert str(get_governance(nordfrakt).closed_through) == "2026-10"


@pytest.mark.slow
def test_requests_wait_for_every_login_whose_role_decides(nordfrakt: Work) -> None:
    waiting = set(nordfrakt.session.scalars(select(func.unnest(RequestRow.waiting))))
    names = set(nordfrakt.session.scalars(select(MemberRow.name).where(MemberRow.id.in_(waiting))))
    assert {"Signe Aalto", "Magnus Ekström", "Helena Rask", "Karin Öberg", "Peter Norberg"} <= names


@pytest.mark.slow
def test_nothing_happened_after_the_day_of_seeding(nordfrakt: Work) -> None:
    newest = nordfrakt.session.scalar(select(func.max(MeasureRow.updated_at)))
    assert newest <= NOW


@pytest.mark.slow
def test_its_trail_is_whole(house: House, nordfrakt: Work) -> None:
    verdict = verify_instance(house.settings, house.platform(), nordfrakt.instance)
    assert not verdict.faults
    assert nordfrakt.session.scalar(select(func.count()).select_from(AuditEventRow)) > 500


@pytest.mark.slow
def test_again_it_changes_nothing(house: House, nordfrakt: Work) -> None:
    before = nordfrakt.session.scalar(select(func.count()).select_from(AuditEventRow))
    assert "there already" in seed_client(house.settings, NOW, "nordfrakt")
    assert nordfrakt.session.scalar(select(func.count()).select_from(AuditEventRow)) == before


@pytest.mark.slow
def test_a_login_of_the_list_works(house: House, nordfrakt: Work) -> None:
    listed = next(login for login in logins() if login.role == Role.PMO and login.client == "Nordfrakt Handel AB")
    person = sign_in(house.platform(), listed.email, PASSWORD, "127.0.0.1")
    assert person == nordfrakt.session.scalar(select(MemberRow.id).where(MemberRow.email == listed.email))


@pytest.mark.slow
def test_it_can_be_made_before_last_month_is_closed(house: House) -> None:
    """On the second of a month everything that the eighth would have brought happens this morning."""
    with house.app.app_context():
        said = seed_client(house.settings, datetime(2027, 2, 2, 7, tzinfo=UTC), "brandvold")
    assert said == "Brandvold Energi: 12 measures"


def test_every_role_has_a_login() -> None:
    listed = {login.role for login in logins()}
    assert listed == {*Role, *FirmRole}
    held = {role for person in read_client("lindqvist").people for role, _ in person.roles}
    assert held == set(Role)


def test_the_table_names_the_password_once() -> None:
    assert table().count(PASSWORD) == 1
    assert all(password_fault(PASSWORD, login.email, login.name) is None for login in logins())


def test_production_refuses_it(house: House) -> None:
    with house.app.app_context(), pytest.raises(ProductionRefused):
        seed_firm(replace(house.settings, environment="production"), NOW)


def test_about_a_hundred_and_twenty_measures_with_titles_of_their_own() -> None:
    titles = [measure.title for key in CLIENTS for measure in read_client(key).measures]
    assert len(titles) == len(set(titles))
    assert 110 <= len(titles) <= 130


@pytest.mark.parametrize("text", shipped_texts())
def test_every_template_knows_a_reason_for_every_turn(text: str) -> None:
    template = parsed(text)
    for kind, reasons in TURNS.items():
        assert any(template.reason(ReasonList(kind), code) for code, _ in reasons), (template.key, kind)


@pytest.mark.parametrize("key", CLIENTS)
def test_stories_fit_on_every_day_of_the_year(key: str) -> None:
    brief = read_client(key)
    for day in range(0, 366, 5):
        now = NOW + timedelta(days=day)
        timeline = Timeline(now=now, clock=Clock(now))
        rng = Random(brief.seed)
        for measure in brief.measures:
            days = work_out(measure, timeline, rng)
            reached = [days.reached[stage] for stage in sorted(days.reached)]
            assert reached == sorted(reached), measure.title
            assert days.defined < min(reached, default=now.date()), measure.title
