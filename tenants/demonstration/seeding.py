"""Make the demonstration: the firm, then each engagement that is not there yet, from its beginning to today."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import partial
from multiprocessing import get_context

from sqlalchemy import select

from domain.access import FirmActor, FirmRole
from domain.ids import FirmId, PersonId
from tenants.database import PlatformWork, instance_work, platform_work
from tenants.demonstration.briefs import CLIENTS, ClientBrief, address, read_client, read_firm
from tenants.demonstration.engagement import furnish
from tenants.demonstration.playing import ask_last_report, play, settle_letters
from tenants.demonstration.timeline import Clock, Timeline
from tenants.instance.models.reports import ReportRow
from tenants.places import Instance
from tenants.platform.actions.firms import add_member, create_firm
from tenants.platform.actions.invitations import issue_token
from tenants.platform.actions.onboarding import Wish, ask, onboard
from tenants.platform.actions.passwords import set_password
from tenants.platform.actions.people import admit, ensure_people
from tenants.platform.actions.staffing import staff_engagement
from tenants.platform.models.firms import FirmRow
from tenants.platform.models.instances import InstanceRow
from tenants.platform.models.library import TemplateVersionRow
from tenants.platform.models.people import PersonRow
from tenants.platform.queries.tokens import TokenKind
from tenants.registry import to_instance
from tenants.sessions import base_app
from tenants.settings import Settings

PASSWORD = "demonstration-only"  # noqa: S105 - documented, and refused in production
ONBOARDED_BEFORE = timedelta(days=120)  # before the fiscal year began; a young engagement: before today
YOUNG_DAYS = 75
GROWN_MONTHS, YOUNG_MONTHS = (8, 9, 10), (0, 1, 2)  # of the fiscal year, over on the day of seeding
FIRM_BEFORE = timedelta(days=600)


class ProductionRefused(RuntimeError):
    """A shared, documented password has no place in production."""


class Interrupted(RuntimeError):
    """An earlier run was stopped within this engagement; its story cannot be taken up in the middle."""


@dataclass(frozen=True, kw_only=True)
class Firm:
    id: FirmId
    people: Mapping[str, PersonId]


def seed(settings: Settings, now: datetime) -> Iterator[str]:
    """Make what is missing, two clients at a time; yields a line for each. Repeatable. Needs an application context."""
    seed_firm(settings, now)
    # The database works while a client thinks, so two of them keep two cores busy.
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        yield from pool.map(partial(seed_apart, settings, now), CLIENTS)


def seed_apart(settings: Settings, now: datetime, key: str) -> str:
    """One client, in a process of its own."""
    with base_app(settings).app_context():
        return seed_client(settings, now, key)


def seed_client(settings: Settings, now: datetime, key: str) -> str:
    """One client from its onboarding to today. Says what was done."""
    firm = seed_firm(settings, now)
    clock = Clock(now)
    work = platform_work(clock=clock)
    try:
        brief = read_client(key)
        over = YOUNG_MONTHS if brief.is_young else GROWN_MONTHS
        return _client(settings, work, firm, brief, Timeline(now=now, clock=clock, months_over=over))
    finally:
        work.close()


def seed_firm(settings: Settings, now: datetime) -> Firm:
    """The firm and its people, made once."""
    if settings.environment == "production":
        raise ProductionRefused
    clock = Clock(now - FIRM_BEFORE)
    work = platform_work(clock=clock)
    try:
        return _firm(work)
    finally:
        work.close()


def _firm(work: PlatformWork) -> Firm:
    raw = read_firm()
    emails = {address(each["name"], raw["domain"]): each["name"] for each in raw["people"]}
    people = _people(work, emails)
    _give_passwords(work, people.values())
    known = work.session.scalar(select(FirmRow.id).where(FirmRow.name == raw["name"]))
    founder = raw["founder"]
    firm = FirmId(known or create_firm(work, raw["name"], address(founder, raw["domain"]), founder))
    for each in raw["people"]:
        add_member(work, firm, people[each["name"]], FirmRole(each["role"]))
    return Firm(id=firm, people=people)


def _people(work: PlatformWork, names: Mapping[str, str]) -> dict[str, PersonId]:
    """People by name."""
    return {names[email]: person for email, person in ensure_people(work, names).items()}


def _give_passwords(work: PlatformWork, people: Iterable[PersonId]) -> None:
    """The documented password for those who have none."""
    has_one = set(work.session.scalars(select(PersonRow.id).where(PersonRow.password_hash != "")))
    for person in people:
        if person not in has_one:
            token = issue_token(work, person, TokenKind.INVITATION)
            set_password(work, token, TokenKind.INVITATION, PASSWORD)


def _client(settings: Settings, work: PlatformWork, firm: Firm, brief: ClientBrief, timeline: Timeline) -> str:
    known = work.session.scalar(
        select(InstanceRow).where(InstanceRow.firm_id == firm.id, InstanceRow.name == brief.name)
    )
    if known is not None:
        _check_complete(to_instance(known))
        return f"{brief.name}: there already"
    timeline.clock.moment = _onboarded(brief, timeline)
    people = _people(work, {person.email: person.name for person in brief.people})
    _give_passwords(work, [people[person.name] for person in brief.people if person.look])
    instance = _onboard(settings, work, firm, brief, timeline)
    for person in brief.people:
        admit(work, instance.id, people[person.name], "client", invite=False)
    inside = instance_work(instance, clock=timeline.clock, request_id="demonstration")
    try:
        here = furnish(inside, brief, timeline, {**firm.people, **people})
        play(here)
        settle_letters(inside)
        ask_last_report(here)
    finally:
        inside.close()
    ended = [f"\n  {title} ended early: {refused}" for title, refused in timeline.ended.items()]
    return f"{brief.name}: {len(brief.measures)} measures{''.join(ended)}"


def _onboarded(brief: ClientBrief, timeline: Timeline) -> datetime:
    year = datetime.combine(timeline.year_start.first, time(8, 30), tzinfo=UTC)
    return timeline.now - timedelta(days=YOUNG_DAYS) if brief.is_young else year - ONBOARDED_BEFORE


def _onboard(settings: Settings, work: PlatformWork, firm: Firm, brief: ClientBrief, timeline: Timeline) -> Instance:
    administrator = next(person for person in brief.people if person.name == brief.administrator)
    shipped = (TemplateVersionRow.key == brief.template, TemplateVersionRow.firm_id.is_(None))
    newest = select(TemplateVersionRow.id).where(*shipped).order_by(TemplateVersionRow.number.desc()).limit(1)
    version = work.session.scalars(newest).one()
    wish = Wish(
        client_name=brief.name,
        template_version_id=version,
        currency="EUR",
        fiscal_year_start=timeline.year_start.month,
        administrator_email=administrator.email,
        administrator_name=administrator.name,
    )
    manager = firm.people[brief.manager]
    onboarding = ask(work, firm.id, manager, wish, f"demonstration:{brief.key}")
    instance = onboard(settings, work, onboarding)
    by = FirmActor(person=manager, name=brief.manager, firm=firm.id, roles=frozenset({FirmRole.ENGAGEMENT_MANAGER}))
    for name in brief.staffed:
        staff_engagement(work, instance.id, firm.people[name], by)
    return instance


def _check_complete(instance: Instance) -> None:
    inside = instance_work(instance)
    try:
        if inside.session.scalar(select(ReportRow.id).limit(1)) is None:
            raise Interrupted(instance.name)
    finally:
        inside.close()
