"""The firm's pages: onboarding, engagements, comparison, people, templates."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import delete, select

from domain.access import FirmRole, Role
from domain.ids import FirmId, PersonId
from tenants.database import PlatformWork
from tenants.instance.models.audit import AuditEventRow
from tenants.instance.models.people import AssignmentRow, MemberRow
from tenants.places import Instance
from tenants.platform.actions.firms import add_member
from tenants.platform.actions.onboarding import onboard
from tenants.platform.actions.people import admit, ensure_people
from tenants.platform.figures import EngagementFigures, MonthFigures, StageFigures
from tenants.platform.models.engagements import EngagementMetricsRow
from tenants.platform.models.firms import FirmRow
from tenants.platform.models.instances import InstanceRow, OnboardingRow
from tenants.platform.models.library import TemplateVersionRow
from tenants.platform.models.outbox import PlatformOutboxRow
from tenants.sessions import db
from tests.house import NOW, House
from tests.web.client import Client, Page, statements

Browser = Callable[[str], Client]


@pytest.fixture
def platform(house: House) -> Iterator[PlatformWork]:
    with house.app.app_context():
        work = house.platform()
        yield work
        work.close()


@pytest.fixture
def template(platform: PlatformWork) -> str:
    versions = select(TemplateVersionRow.id).where(TemplateVersionRow.key == "cost-programme")
    return str(platform.session.scalar(versions.order_by(TemplateVersionRow.number.desc())))


def test_a_new_client_begins_with_the_newest_version(manager: Client, platform: PlatformWork, template: str) -> None:
    older = select(TemplateVersionRow.id).where(
        TemplateVersionRow.key == "cost-programme", TemplateVersionRow.number == 1
    )
    values = [node.get("value") for node in manager.get("/onboardings/new").all("input", name="template")]
    assert template in values
    assert str(platform.session.scalar(older)) not in values


@pytest.fixture
def published(platform: PlatformWork, two_clients: tuple[Instance, Instance]) -> Iterator[Callable[..., None]]:
    """published(first, second): what the two clients say of themselves; None for nothing. Taken back afterwards."""

    def publish(*figures: EngagementFigures | None) -> None:
        with platform.transaction() as tx:
            tx.session.execute(delete(EngagementMetricsRow))
            for instance, one in zip(two_clients, figures, strict=True):
                if one:
                    row = EngagementMetricsRow(instance_id=instance.id, as_of=one.as_of, figures=one.to_json())
                    tx.add(row)

    yield publish
    publish(None, None)


def figures(**values: Any) -> EngagementFigures:
    """An engagement in the middle of its year, on course."""
    months = [
        MonthFigures(
            month=f"2026-{m:02}", plan=Decimal(100), forecast=Decimal(95), actual=Decimal(90) if m < 11 else None
        )
        for m in range(1, 13)
    ]
    usual: dict[str, Any] = {
        "as_of": NOW,
        "currency": "EUR",
        "fiscal_year": 2026,
        "measures": 38,
        "stages": (StageFigures(stage=1, count=3, value=Decimal("10.50")),),
        "plan_year": Decimal("1200.00"),
        "forecast_year": Decimal("1090.00"),
        "plan_to_date": Decimal("1000.00"),
        "actual_to_date": Decimal("900.00"),
        "plan_full_year": Decimal("11410000.00"),
        "forecast_full_year": Decimal("11000000.00"),
        "leakage_percent": Decimal("3.59"),
        "realisation_percent": Decimal("90"),
        "waiting": 4,
        "overdue": 0,
        "waiting_cost_week": Decimal("44900"),
        "median_days_to_decide": Decimal("8"),
        "curve": tuple(months),
    }
    return EngagementFigures(**usual | values)


def wish(template: str, **values: str) -> dict[str, str]:
    return {
        "form_key": str(uuid.uuid4()),
        "client_name": "Brunhaven Energi",
        "template": template,
        "currency": "NOK",
        "fiscal_year_start": "4",
        "administrator_name": "Sigrid Lohne",
        "administrator_email": "sigrid@brunhaven.example",
    } | values


def texts(page: Page, class_: str) -> list[str]:
    return [" ".join("".join(element.itertext()).split()) for element in page.all("li", class_=class_)]


# Where one belongs


def test_start_sends_everybody_where_they_belong(browser: Browser, manager: Client, home: str) -> None:
    assert manager.get("/", 303).location == "/engagements"
    assert browser("owner").get("/", 303).location == f"{home}/"
    assert browser("").get("/", 303).location == "/sign-in"


# Onboarding


def test_onboarding_from_form_to_open_instance(
    manager: Client, house: House, platform: PlatformWork, template: str
) -> None:
    form = manager.get("/onboardings/new")
    assert uuid.UUID(form.field("form_key"))
    address = manager.post("/onboardings", wish(template, client_name="Brunhaven Energi")).location
    running = manager.get(address)
    assert running.all("section", id="onboarding")[0].get("hx-trigger") == "every 1s"
    assert address in running.links() and len(texts(running, "is-here")) == 1
    assert "The queue does not answer" in running.words  # there is no Redis here, and the page says so
    part = manager.get(address, htmx=True)
    assert "<html" not in part.text and 'id="onboarding"' in part.text
    assert "Brunhaven Energi is being set up" in manager.get("/engagements").words
    instance = onboard(house.settings, platform, uuid.UUID(address.rsplit("/", 1)[1]))
    done = manager.get(address)
    assert "hx-trigger" not in done.text and len(texts(done, "is-done")) == 4
    assert f"/clients/{instance.slug}/" in done.links()
    assert "Brunhaven Energi" in manager.get("/engagements").words


def test_form_sent_twice_makes_one_onboarding(manager: Client, platform: PlatformWork, template: str) -> None:
    data = wish(template, client_name="Sent Twice AG")
    first = manager.post("/onboardings", data).location
    assert manager.post("/onboardings", data).location == first
    named = select(OnboardingRow.id).where(OnboardingRow.wish["client_name"].astext == "Sent Twice AG")
    assert len(platform.session.scalars(named).all()) == 1


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"client_name": "  "}, "Name the client"),
        ({"client_name": "x" * 121}, "Name the client"),
        ({"template": ""}, "Choose the template"),
        ({"template": str(uuid.uuid4())}, "Choose the template"),
        ({"currency": "XXX"}, "Choose a currency"),
        ({"fiscal_year_start": "13"}, "Choose a month"),
        ({"administrator_name": ""}, "Name the administrator"),
        ({"administrator_email": "sigrid"}, "This is no e-mail address."),
        ({"administrator_email": "a@b.example, c@d.example"}, "This is no e-mail address."),
        ({"administrator_email": "CLARA@firm.example"}, "This is you."),
    ],
)
def test_onboarding_form_says_what_is_wrong_at_the_field(
    manager: Client, template: str, values: dict[str, str], error: str
) -> None:
    page = manager.post("/onboardings", wish(template) | values, 422)
    assert len(page.errors()) == 1 and error in page.errors()[0]
    assert page.field("form_key") and page.field("administrator_name") is not None


def test_failed_onboarding_says_why_and_goes_on_when_asked(
    manager: Client, platform: PlatformWork, template: str
) -> None:
    address = manager.post("/onboardings", wish(template, client_name="Stopped AG")).location
    key = uuid.UUID(address.rsplit("/", 1)[1])
    with platform.transaction() as tx:
        row = tx.lock(OnboardingRow, key)
        row.state, row.step, row.failure = "failed", "template", "The database could not be reached."
    page = manager.get(address)
    assert "The database could not be reached." in page.words
    assert len(texts(page, "is-failed")) == 1 and len(texts(page, "is-done")) == 1
    assert "Onboarding Stopped AG stopped" in manager.get("/engagements").words
    for _ in range(2):
        assert manager.post(f"{address}/retry").location == address
    assert "hx-trigger" in manager.get(address).text
    platform.session.rollback()
    jobs = select(PlatformOutboxRow.job).where(PlatformOutboxRow.arguments["onboarding_id"].astext == str(key))
    assert platform.session.scalars(jobs).all() == ["onboard", "onboard"]


def test_onboarding_of_another_firm_is_not_there(
    manager: Client, site: Flask, platform: PlatformWork, template: str
) -> None:
    address = manager.post("/onboardings", wish(template, client_name="Ours AG")).location
    other = Client(site, other_firm(platform))
    other.get(address, 404)
    other.post(f"{address}/retry", status=404)
    assert "Ours AG" not in other.get("/engagements").words


def other_firm(platform: PlatformWork) -> PersonId:
    """A manager and partner of another firm."""
    email = f"m{uuid.uuid4().hex[:6]}@elsewhere.example"
    person = ensure_people(platform, {email: "Jan Moser"})[email]
    firm = FirmId(uuid.uuid4())
    with platform.transaction() as tx:
        tx.add(FirmRow(id=firm, slug=firm.hex, name="Elsewhere", created_at=NOW))
    for role in FirmRole:
        add_member(platform, firm, person, role)
    return person


# Engagements


def test_consultant_sees_only_what_they_are_staffed_on(
    browser: Browser, platform: PlatformWork, people: dict[str, PersonId], two_clients: tuple[Instance, Instance]
) -> None:
    assert "You are not staffed on an engagement" in browser("consultant").get("/engagements").words
    admit(platform, two_clients[1].id, people["consultant"], "firm", invite=False)
    page = browser("consultant").get("/engagements")
    assert "Nordfrakt" in page.words and "Lindqvist Home" not in page.words


def test_partner_sees_all_figures_and_opens_nothing(browser: Browser, published: Any, home: str) -> None:
    published(figures(), None)
    page = browser("partner").get("/engagements")
    assert "Lindqvist Home" in page.words and "11,410 k EUR" in page.words.replace("\N{NO-BREAK SPACE}", " ")
    assert "no figures yet" in page.words
    assert not [link for link in page.links() if link.startswith("/clients/")]
    browser("partner").get(f"{home}/", 404)


# The comparison


def test_comparison_title_is_a_finding(manager: Client, published: Any) -> None:
    published(figures(leakage_percent=Decimal("11.8")), figures(median_days_to_decide=Decimal(17)))
    assert manager.get("/comparison").title == "Two engagements: one leaks more than a tenth, one decides slowly"
    published(figures(), figures())
    assert manager.get("/comparison").title == "Two engagements: all on course"
    published(figures(overdue=3), None)
    assert manager.get("/comparison").title == "One engagement: 3 decisions are overdue"
    published(None, None)
    page = manager.get("/comparison")
    assert page.title == "No engagement has published figures yet"
    assert "every night" in page.words


def test_sums_are_made_within_one_currency_only(manager: Client, published: Any) -> None:
    published(figures(), figures(currency="CHF", plan_full_year=Decimal("5000000")))
    page = manager.get("/comparison")
    foots = ["".join(row.itertext()) for foot in page.all("tfoot") for row in foot]
    assert len(foots) == 2
    assert any("Firm, in EUR" in foot and "11.41" in foot for foot in foots)
    assert any("Firm, in CHF" in foot and "5,000" in foot for foot in foots)
    published(figures(), figures(forecast_full_year=Decimal("10000000")))
    [foot] = ["".join(row.itertext()) for foot in manager.get("/comparison").all("tfoot") for row in foot]
    assert "22.82" in foot and "21.00" in foot and "8.0" in foot  # 1.82 of 22.82 leaks


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("", "Nordfrakt"),
        ("?sort=leakage&order=asc", "Lindqvist Home"),
        ("?sort=name", "Lindqvist Home"),
        ("?sort=name&order=desc", "Nordfrakt"),
        ("?sort=decide", "Lindqvist Home"),
        ("?sort=made-up&order=made-up", "Nordfrakt"),
    ],
)
def test_comparison_sorts_by_link(manager: Client, published: Any, query: str, first: str) -> None:
    published(figures(), figures(leakage_percent=Decimal(12), median_days_to_decide=None))
    page = manager.get(f"/comparison{query}")
    names = ["".join(row.itertext()) for row in page.all("th", scope="row")]
    assert first in names[0]
    assert len(page.all("th", aria_sort="ascending")) + len(page.all("th", aria_sort="descending")) == 1
    assert "/comparison?sort=plan&order=desc" in page.links()


def test_comparison_says_how_long_each_engagement_has_run(
    manager: Client, published: Any, platform: PlatformWork, two_clients: tuple[Instance, Instance]
) -> None:
    published(figures(), None)
    with platform.transaction() as tx:
        row = tx.lock(InstanceRow, two_clients[0].id)
        kept, row.claimed_at = row.claimed_at, datetime(2026, 3, 31, tzinfo=UTC)
    assert "since Mar 2026, 8 months" in manager.get("/comparison").words
    with platform.transaction() as tx:
        tx.lock(InstanceRow, two_clients[0].id).claimed_at = kept


def test_comparison_reads_only_the_platform(
    site: Flask, manager: Client, published: Any, two_clients: tuple[Instance, Instance]
) -> None:
    published(figures(), figures())
    manager.get("/comparison")
    with statements(site) as seen:
        manager.get("/comparison")
    assert len(seen) <= 7, "\n".join(seen)
    assert not any(instance.schema in statement for statement in seen for instance in two_clients)
    with site.app_context():
        assert all("mandate_platform" in str(engine.url) for engine in [db.engines["platform"]])


def test_comparison_shows_nothing_of_another_firm(site: Flask, platform: PlatformWork, published: Any) -> None:
    published(figures(), figures())
    page = Client(site, other_firm(platform)).get("/comparison")
    assert "Lindqvist" not in page.text and page.title == "No engagement has published figures yet"


def test_export_holds_the_same_figures_to_the_cent(manager: Client, published: Any) -> None:
    published(figures(plan_full_year=Decimal("11410000.37")), None)
    response = manager.get("/comparison/export").response
    sheet = load_workbook(BytesIO(response.data)).active
    rows = list(sheet.values)
    assert len(rows) == 2 and rows[1][0] == "Lindqvist Home"
    assert Decimal(str(rows[1][rows[0].index("Plan full year")])) == Decimal("11410000.37")


def test_figures_survive_json(published: Any) -> None:
    once = figures(leakage_percent=None, median_days_to_decide=None)
    assert EngagementFigures.from_json(once.to_json()) == once


# People of the firm


def test_invited_consultant_gets_a_letter_and_a_role(manager: Client, platform: PlatformWork, house: House) -> None:
    email = f"ruth{uuid.uuid4().hex[:6]}@firm.example"
    manager.post("/people", {"name": "Ruth Amsler", "email": email.upper(), "role": "consultant"})
    page = manager.get("/people")
    assert "Ruth Amsler is invited" in page.words and email in page.words and "Ruth Amsler" in page.words
    person = ensure_people(platform, {email: ""})[email]
    jobs = select(PlatformOutboxRow.job).where(PlatformOutboxRow.arguments["person_id"].astext == str(person))
    assert platform.session.scalars(jobs).all() == ["send_invitation"]


def test_manager_cannot_make_a_partner_and_administrator_can(manager: Client, browser: Browser) -> None:
    data = {"name": "Ruth Amsler", "email": f"r{uuid.uuid4().hex[:6]}@firm.example", "role": "partner"}
    assert "Choose a role you may give." in manager.post("/people", data, 422).errors()
    browser("firm_administrator").post("/people", data)


def test_client_staff_are_not_made_consultants(manager: Client, two_clients: tuple[Instance, Instance]) -> None:
    email = f"admin@{two_clients[0].slug}.example"
    page = manager.post("/people", {"name": "Ada Admin", "email": email, "role": "consultant"}, 422)
    assert "outside the firm" in page.errors()[0]


def test_staffed_consultant_is_programme_office_and_the_trail_says_by_whom(
    manager: Client, house: House, platform: PlatformWork, two_clients: tuple[Instance, Instance], site: Flask
) -> None:
    email = f"eva{uuid.uuid4().hex[:6]}@firm.example"
    eva = ensure_people(platform, {email: "Eva Strand"})[email]
    add_member(platform, house.firm, eva, FirmRole.CONSULTANT)
    data = {"person": str(eva), "engagement": str(two_clients[0].id)}
    for _ in range(2):
        manager.post("/people/staffing", data)
    work = house.work(two_clients[0])
    roles = select(AssignmentRow.role).where(AssignmentRow.member_id == eva)
    assert work.session.scalars(roles).all() == [Role.PMO]
    event = work.session.scalars(select(AuditEventRow).where(AuditEventRow.kind == "ConsultantStaffed")).all()
    assert [e.subject_id for e in event].count(eva) == 1 and "Clara Vogt" in event[-1].body
    work.close()
    assert f"/clients/{two_clients[0].slug}/" in Client(site, eva).get("/engagements").links()


def test_consultant_whose_access_the_client_ended_stays_out(
    manager: Client,
    house: House,
    platform: PlatformWork,
    two_clients: tuple[Instance, Instance],
    site: Flask,
    home: str,
) -> None:
    email = f"eva{uuid.uuid4().hex[:6]}@firm.example"
    eva = ensure_people(platform, {email: "Eva Strand"})[email]
    add_member(platform, house.firm, eva, FirmRole.CONSULTANT)
    data = {"person": str(eva), "engagement": str(two_clients[0].id)}
    manager.post("/people/staffing", data)
    work = house.work(two_clients[0])
    with work.transaction() as tx:
        tx.lock(MemberRow, eva).is_active = False
    work.close()
    assert "Only the client's administrator" in manager.post("/people/staffing", data, 422).errors()[0]
    Client(site, eva).get(f"{home}/", 404)


def test_nobody_staffs_an_engagement_of_another_firm(
    site: Flask, platform: PlatformWork, two_clients: tuple[Instance, Instance]
) -> None:
    intruder = other_firm(platform)
    data = {"person": str(intruder), "engagement": str(two_clients[0].id)}
    page = Client(site, intruder).post("/people/staffing", data, 422)
    assert "Lindqvist" not in page.text
    assert "/clients/" not in Client(site, intruder).get("/engagements").text


# Templates


def test_template_reads_as_words(manager: Client) -> None:
    page = manager.get("/templates")
    [address] = [link for link in page.links() if link.startswith("/templates/")][:1]
    words = manager.get(address).words
    assert "Cost programme" in words and "cancel" in words.lower()
    assert "Owner and controller are different people" in words
    assert "value at least 100,000" in words and "Decision forum: the measure's decision forum (by its quorum)" in words


def test_template_of_another_firm_is_not_there(manager: Client, platform: PlatformWork) -> None:
    manager.get(f"/templates/{uuid.uuid4()}", 404)
    own = other_firm(platform)
    statement = select(TemplateVersionRow).where(TemplateVersionRow.key == "cost-programme")
    shipped = platform.session.scalars(statement).first()
    assert shipped is not None and own
    values = {c.name: getattr(shipped, c.name) for c in TemplateVersionRow.__table__.columns}
    firm = platform.session.scalar(select(FirmRow.id).where(FirmRow.name == "Elsewhere"))
    with platform.transaction() as tx:
        tx.add(TemplateVersionRow(**values | {"id": uuid.uuid4(), "firm_id": firm, "name": "Theirs"}))
    assert "Theirs" not in manager.get("/templates").words
