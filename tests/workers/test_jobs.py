"""Every job through the one door, `execute`, on a real instance: its effect, and that a second run adds none."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from uuid import UUID, uuid4

import pypdf
import pytest
from sqlalchemy import func, select, text

from domain.access import Capability, NotAllowed, Scope
from domain.ids import PersonId
from domain.reporting import digest, from_plain
from domain.reporting.checks import checks
from domain.stages import Stage
from tenants.database import NotFound, PlatformWork
from tenants.instance.actions.reports import ask_report
from tenants.instance.models.audit import AuditHeadRow
from tenants.instance.models.intake import ChannelCallRow, ChannelKeyRow
from tenants.instance.models.outbox import OutboxRow
from tenants.instance.queries.metrics import engagement_figures
from tenants.instance.queries.reports import get_report, get_report_file, list_reports
from tenants.instance.queries.verification import verify_instance
from tenants.jobs import ATTEMPTS
from tenants.platform.actions.onboarding import Wish, ask
from tenants.platform.figures import EngagementFigures
from tenants.platform.models.engagements import EngagementMetricsRow, PublishedHeadRow
from tenants.platform.models.instances import InstanceRow, OnboardingRow
from tenants.platform.models.library import TemplateVersionRow
from tenants.platform.models.outbox import PlatformOutboxRow
from tests.workers.live import Live
from workers import jobs, reports
from workers.execute import execute
from workers.task import Task


@pytest.fixture
def platform(live: Live) -> Iterator[PlatformWork]:
    opened = live.house.platform()
    yield opened
    opened.close()


def run(live: Live, job: str, **arguments: str) -> OutboxRow:
    """Put a row into the instance's outbox and execute it. Returns the row as it stands then."""
    row = OutboxRow(id=uuid4(), job=job, arguments=arguments, created_at=live.work.now())
    with live.work.transaction() as tx:
        tx.add(row)
    return again(live, row)


def again(live: Live, row: OutboxRow) -> OutboxRow:
    execute(str(live.instance.id), str(row.id))
    live.work.session.rollback()
    live.work.session.expire_all()
    return live.work.get(OutboxRow, row.id)


def on_platform(platform: PlatformWork, job: str, **arguments: str) -> PlatformOutboxRow:
    row = PlatformOutboxRow(id=uuid4(), job=job, arguments=arguments, created_at=platform.now())
    with platform.transaction() as tx:
        tx.add(row)
    execute("platform", str(row.id))
    platform.session.rollback()
    platform.session.expire_all()
    return platform.get(PlatformOutboxRow, row.id)


def test_the_head_is_published_once_and_verifies(live: Live, platform: PlatformWork) -> None:
    assert run(live, "publish_head").failure == ""
    count = select(func.count()).where(PublishedHeadRow.instance_id == live.instance.id)
    before = platform.session.scalar(count)
    assert run(live, "publish_head").done_at is not None
    platform.session.rollback()
    assert platform.session.scalar(count) == before
    assert verify_instance(live.house.settings, platform, live.instance).faults == ()


def test_a_job_of_an_instance_may_be_put_on_the_platform(live: Live, platform: PlatformWork) -> None:
    row = on_platform(platform, "publish_head", instance_id=str(live.instance.id))
    assert (row.failure, row.done_at is not None) == ("", True)


def test_figures_are_published_and_add_up(live: Live, platform: PlatformWork) -> None:
    before = engagement_figures(live.work)
    measure = live.team.define()
    live.team.plan(measure)
    live.team.decide(measure)
    live.team.ask(live.team.define(), Stage.IDENTIFIED)
    assert run(live, "publish_metrics").failure == ""
    kept = EngagementFigures.from_json(platform.get(EngagementMetricsRow, live.instance.id).figures)
    assert kept == replace(engagement_figures(live.work), as_of=kept.as_of)
    assert kept.measures == sum(row.count for row in kept.stages) == before.measures + 2
    assert kept.plan_year == sum((row.plan for row in kept.curve), Decimal(0)) > 0
    assert kept.plan_full_year - before.plan_full_year == Decimal("600000.00")
    assert (kept.waiting, kept.leakage_percent, len(kept.curve)) == (before.waiting + 1, Decimal("0.0"), 12)
    assert kept.median_days_to_decide is not None


def test_a_report_is_made_step_by_step_and_stands_on_the_trail(live: Live, platform: PlatformWork) -> None:
    report = live.ask_report()
    execute(str(live.instance.id), str(live.outbox(report).id))
    row = live.report(report)
    assert (row.state, row.failure, row.step_number) == ("done", "", 4)
    pack = from_plain(row.data or {})
    assert digest(pack) == row.digest
    assert all(check.holds for check in checks(pack)), [check for check in checks(pack) if not check.holds]
    assert (pack.meta.head_sequence, pack.meta.head_hash) == (row.head_sequence, row.head_hash)
    assert pack.meta.head_signature == platform.get(PublishedHeadRow, (live.instance.id, row.head_sequence)).signature
    [content] = live.files(report)
    assert "Varnholt Home" in pypdf.PdfReader(BytesIO(content)).pages[0].extract_text()
    execute(str(live.instance.id), str(live.outbox(report).id))
    assert len(live.files(report)) == 1 and live.events("ReportMade", report) == 1


def test_a_report_frozen_by_a_run_that_died_is_laid_out_as_it_was_frozen(
    live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = live.ask_report()
    monkeypatch.setattr(reports, "draw", lambda *_: 1 / 0)
    execute(str(live.instance.id), str(live.outbox(report).id))
    frozen = live.report(report).digest
    assert live.report(report).state == "running" and live.outbox(report).failure.startswith("ZeroDivisionError")
    live.team.define(title="Defined after the freeze")
    monkeypatch.setattr(reports, "draw", lambda pack, created: (digest(pack).encode(), 1))
    free(live, report)
    execute(str(live.instance.id), str(live.outbox(report).id))
    assert live.files(report) == [frozen.encode()]


def test_a_report_that_fails_again_and_again_says_so(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    report = live.ask_report()
    monkeypatch.setattr(reports, "draw", lambda *_: 1 / 0)
    for _ in range(ATTEMPTS):
        free(live, report)
        execute(str(live.instance.id), str(live.outbox(report).id))
    row = live.report(report)
    assert (row.state, row.failure) == ("failed", "ZeroDivisionError: division by zero")
    assert live.outbox(report).done_at is not None


def free(live: Live, report: UUID) -> None:
    """Let the time to the next attempt pass."""
    with live.work.transaction() as tx:
        tx.lock(OutboxRow, live.outbox(report).id).leased_until = live.work.now() - timedelta(seconds=1)


def test_the_same_form_twice_is_one_report(live: Live) -> None:
    actor, form = live.team.actor(live.team.pmo), uuid4()
    first = ask_report(live.work, actor, live.team.organization, form)
    assert ask_report(live.work, actor, live.team.organization, form) == first


def test_who_may_not_report_is_refused_and_who_may_not_see_finds_nothing(live: Live) -> None:
    owner = live.team.actor(live.team.owner)
    refused = ask_report(live.work, owner, live.team.organization, uuid4())
    assert refused == NotAllowed(capability=Capability.CREATE_REPORT)
    with pytest.raises(NotFound):
        ask_report(live.work, replace(owner, assignments=()), live.team.organization, uuid4())


def test_a_reader_sees_only_reports_that_lie_wholly_in_their_scope(live: Live) -> None:
    report = live.ask_report()
    path = live.report(report).node_path
    whole, part = (Scope((each,), PersonId(uuid4())) for each in (path, f"{path}{uuid4()}/"))
    assert get_report(live.work, whole, report).is_under_way
    assert report in [line.id for line in list_reports(live.work, whole).lines]
    assert list_reports(live.work, part).total == 0
    for read in (get_report, get_report_file):
        with pytest.raises(NotFound):
            read(live.work, part, report)


def test_a_client_is_onboarded_once(live: Live, platform: PlatformWork) -> None:
    onboarding = asked(live, platform)
    row = on_platform(platform, "onboard", onboarding_id=str(onboarding))
    assert (row.failure, platform.get(OnboardingRow, onboarding).state) == ("", "done")
    on_platform(platform, "onboard", onboarding_id=str(onboarding))
    names = platform.session.scalars(select(InstanceRow.name).where(InstanceRow.name == "Onboarded by a job")).all()
    assert len(names) == 1


def test_an_onboarding_that_cannot_be_done_says_so(
    live: Live, platform: PlatformWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    onboarding = asked(live, platform)

    def broken(*_: object) -> None:
        raise RuntimeError("No schema could be claimed.")

    monkeypatch.setattr("workers.onboarding.onboard", broken)
    row = on_platform(platform, "onboard", onboarding_id=str(onboarding))
    assert (row.failure, row.done_at) == ("RuntimeError: No schema could be claimed.", None)
    with platform.transaction() as tx:
        kept = tx.lock(PlatformOutboxRow, row.id)
        kept.attempts, kept.leased_until = ATTEMPTS - 1, None
    execute("platform", str(row.id))
    platform.session.expire_all()
    found = platform.get(OnboardingRow, onboarding)
    assert (found.state, found.failure) == ("failed", "RuntimeError: No schema could be claimed.")


def asked(live: Live, platform: PlatformWork) -> UUID:
    version = platform.session.scalars(select(TemplateVersionRow.id)).first()
    assert version is not None
    wish = Wish(
        client_name="Onboarded by a job",
        template_version_id=version,
        currency="EUR",
        fiscal_year_start=1,
        administrator_email="ada@onboarded.example",
        administrator_name="Ada",
    )
    return ask(platform, live.house.firm, live.house.manager, wish, str(uuid4()))


@pytest.mark.parametrize("job", ["refresh_statuses", "purge_instance"])
def test_upkeep_of_an_instance_may_run_twice(live: Live, job: str) -> None:
    assert [run(live, job).failure, run(live, job).failure] == ["", ""]


@pytest.mark.parametrize("job", ["purge_platform", "fill_spares"])
def test_upkeep_of_the_platform_may_run_twice(live: Live, platform: PlatformWork, job: str) -> None:
    assert [on_platform(platform, job).failure, on_platform(platform, job).failure] == ["", ""]


def test_old_finished_rows_are_forgotten_and_open_ones_never(live: Live) -> None:
    old = live.work.now() - timedelta(days=400)
    done, still_open = (OutboxRow(id=uuid4(), job="publish_head", arguments={}, created_at=old) for _ in range(2))
    done.done_at = old
    with live.work.transaction() as tx:
        tx.add(done)
        tx.add(still_open)
    done_id, kept = done.id, {done.id, still_open.id}
    run(live, "purge_instance")
    left = set(live.work.session.scalars(select(OutboxRow.id).where(OutboxRow.id.in_(kept))))
    assert left == kept - {done_id}


def test_answers_to_calls_are_kept_for_two_days(live: Live) -> None:
    now, key = live.work.now(), uuid4()
    with live.work.transaction() as tx:
        tx.add(ChannelKeyRow(id=key, channel="shop", label="Shop", created_by=live.house.manager, created_at=now))
        tx.flush()
        for name, age in (("old", timedelta(days=3)), ("new", timedelta(days=1))):
            known = {"digest": "", "status": 200, "answer": {}, "at": now - age}
            tx.add(ChannelCallRow(key_id=key, idempotency_key=name, **known))
    run(live, "purge_instance")
    left = select(ChannelCallRow.idempotency_key).where(ChannelCallRow.key_id == key)
    assert list(live.work.session.scalars(left)) == ["new"]


def test_a_row_whose_workers_all_died_is_given_up(live: Live) -> None:
    row = OutboxRow(id=uuid4(), job="publish_head", arguments={}, created_at=live.work.now(), attempts=ATTEMPTS)
    with live.work.transaction() as tx:
        tx.add(row)
    assert again(live, row).failure == "The worker ended while it was at work."
    assert again(live, row).done_at is not None


def test_no_statement_and_no_value_of_it_is_shown(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(task: Task) -> None:
        task.instance.session.execute(text("SELECT :secret / 0"), {"secret": 4711})

    monkeypatch.setitem(jobs.JOBS, "publish_head", jobs.Job(run=broken, of_instance=True))
    assert run(live, "publish_head").failure == "DataError: (psycopg.errors.DivisionByZero) division by zero"


def test_a_lease_outlasts_every_job() -> None:
    assert all(job.lease > timedelta(seconds=job.seconds + 70) for job in jobs.JOBS.values())


def test_the_chain_is_whole_after_all_this(live: Live, platform: PlatformWork) -> None:
    head = live.work.get(AuditHeadRow, 1)
    assert verify_instance(live.house.settings, platform, live.instance).sequence == head.sequence
