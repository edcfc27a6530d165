"""The clock: everything once an hour or once a day, however many clocks there are."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from tenants.database import PlatformWork, platform_work
from tenants.platform.models.outbox import PlatformOutboxRow
from tenants.registry import active_instances
from tests.house import House
from workers.clock import HOURLY, MORNING_HOUR, MORNINGLY, NIGHT_HOUR, NIGHTLY, NIGHTLY_PLATFORM, due_at, put_due
from workers.jobs import JOBS

NIGHT = datetime(2031, 3, 4, NIGHT_HOUR, 0, 5, tzinfo=UTC)


def clock_at(now: datetime) -> PlatformWork:
    return platform_work(clock=lambda: now)


def test_two_clocks_put_everything_once(house: House, two_clients: object) -> None:
    with house.app.app_context():
        count = len(active_instances(clock_at(NIGHT)))
        expected = count * len(HOURLY + NIGHTLY) + len(NIGHTLY_PLATFORM)
        assert put_due(clock_at(NIGHT)) == expected
        assert put_due(clock_at(NIGHT + timedelta(minutes=59))) == 0
        assert put_due(clock_at(NIGHT + timedelta(hours=1))) == count * len(HOURLY)
        morning = NIGHT + timedelta(hours=MORNING_HOUR - NIGHT_HOUR)
        assert put_due(clock_at(morning)) == count * len(HOURLY + MORNINGLY)
        assert put_due(clock_at(NIGHT + timedelta(days=1))) == expected


def test_a_clock_that_slept_through_the_night_makes_up_for_it_in_the_morning() -> None:
    early = {due.key for due in due_at(NIGHT - timedelta(hours=1), ["a"])}
    late = {due.job for due in due_at(NIGHT + timedelta(hours=8), ["a"]) if due.key not in early}
    assert late == {*HOURLY, *NIGHTLY, *MORNINGLY, *NIGHTLY_PLATFORM}


def test_every_job_of_the_clock_is_on_the_list(house: House) -> None:
    assert all(JOBS[name].of_instance for name in (*HOURLY, *NIGHTLY, *MORNINGLY))
    assert not any(JOBS[name].of_instance for name in NIGHTLY_PLATFORM)


def test_a_row_of_the_clock_names_its_instance(house: House, two_clients: object) -> None:
    with house.app.app_context():
        put_due(clock_at(NIGHT + timedelta(days=2)))
        work = clock_at(NIGHT)
        statement = select(PlatformOutboxRow.arguments).where(PlatformOutboxRow.job == "publish_head")
        instances = {str(instance.id) for instance in active_instances(work)}
        assert {row["instance_id"] for row in work.session.scalars(statement)} <= instances
