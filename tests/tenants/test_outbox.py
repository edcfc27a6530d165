"""The life of an outbox row: rung for, handed over, claimed with a lease, finished once, or given up."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

import psycopg
import pytest
from redis import Redis

from tenants.bell import WAITING, Bell, queue_state
from tenants.database import Work, instance_work
from tenants.instance.models.outbox import OutboxRow
from tenants.instance.transaction import Transaction
from tenants.jobs import ATTEMPTS, RETRY_AFTER, Claim, HandedOver, claim, fail, finish, hand_over
from tenants.places import Instance
from tenants.sessions import base_app
from tests.house import NOW, House

LEASE = timedelta(minutes=2)
SECOND = timedelta(seconds=1)


@dataclass(kw_only=True)
class Outbox:
    """The outbox of an instance of its own, and a clock that the test moves."""

    instance: Instance
    now: datetime = NOW
    handed: list[UUID] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.work: Work = instance_work(self.instance, clock=lambda: self.now)

    def later(self, job: str = "a_job", **arguments: str) -> UUID:
        with self.work.transaction() as tx:
            tx.later(job, **arguments)
        self.now += SECOND
        return max(self.work.session.query(OutboxRow), key=lambda row: row.created_at).id

    def look(self, *coalesced: str) -> HandedOver:
        self.handed.clear()
        return hand_over(self.work, lambda row: self.handed.append(row.id), coalesced)

    def take(self, row: UUID) -> Claim | None:
        return claim(self.work, row, lambda _: LEASE)

    def row(self, row: UUID) -> OutboxRow:
        self.work.session.rollback()
        return self.work.get(OutboxRow, row)


@pytest.fixture
def outbox(house: House, two_clients: tuple[Instance, Instance]) -> Iterator[Outbox]:
    with house.app.app_context():
        opened = Outbox(instance=two_clients[0])
        with opened.work.transaction() as tx:
            tx.session.query(OutboxRow).delete()
        yield opened
        opened.work.close()


def test_a_new_row_is_handed_over_once(outbox: Outbox) -> None:
    row = outbox.later()
    assert outbox.look().count == 1 and outbox.handed == [row]
    assert outbox.look().count == 0


def test_nothing_is_marked_when_the_queue_fails(outbox: Outbox) -> None:
    row = outbox.later()

    def broken(_: object) -> None:
        raise ConnectionError

    with pytest.raises(ConnectionError):
        hand_over(outbox.work, broken)
    assert outbox.row(row).enqueued_at is None
    assert outbox.look().count == 1


def test_a_row_that_the_queue_lost_is_handed_over_again_after_a_minute(outbox: Outbox) -> None:
    row = outbox.later()
    assert outbox.look().look_again == outbox.now + timedelta(minutes=1)
    outbox.now += timedelta(seconds=59)
    assert outbox.look().count == 0
    outbox.now += SECOND
    assert outbox.look().count == 1 and outbox.handed == [row]


def test_a_row_in_the_hands_of_another_relay_is_skipped(outbox: Outbox, house: House) -> None:
    row = outbox.later()
    with psycopg.connect(house.settings.admin_url) as other:
        other.execute(f'SELECT * FROM "{outbox.instance.schema}".outbox FOR UPDATE'.encode())
        assert outbox.look().count == 0
    assert outbox.look().count == 1 and outbox.handed == [row]


def test_a_coalesced_job_is_handed_over_once_for_all_that_waited(outbox: Outbox) -> None:
    older, newer, other = outbox.later("sum_up"), outbox.later("sum_up"), outbox.later("a_job")
    outbox.look("sum_up")
    assert outbox.handed == [newer, other]
    assert outbox.row(older).done_at is not None


def test_a_coalesced_job_with_other_arguments_is_another_job(outbox: Outbox) -> None:
    rows = [outbox.later("sum_up", of="a"), outbox.later("sum_up", of="b")]
    outbox.look("sum_up")
    assert outbox.handed == rows


def test_a_claimed_row_is_nobody_elses_until_the_lease_runs_out(outbox: Outbox) -> None:
    row = outbox.later()
    assert outbox.take(row) is not None
    assert outbox.take(row) is None
    assert outbox.look().look_again == outbox.now + LEASE
    outbox.now += LEASE - SECOND
    assert outbox.take(row) is None and outbox.look().count == 0
    outbox.now += SECOND
    assert outbox.look().count == 1
    again = outbox.take(row)
    assert again is not None and again.attempt == 2


def test_a_finished_row_never_runs_again(outbox: Outbox) -> None:
    row = outbox.later()
    taken = outbox.take(row)
    assert taken is not None
    finish(outbox.work, taken)
    outbox.now += timedelta(days=1)
    assert outbox.take(row) is None
    assert outbox.look() == HandedOver(count=0, look_again=None)


def test_a_worker_that_lost_its_lease_finishes_nothing(outbox: Outbox) -> None:
    row = outbox.later()
    slow = outbox.take(row)
    outbox.now += LEASE
    quick = outbox.take(row)
    assert slow is not None and quick is not None
    finish(outbox.work, slow)
    assert fail(outbox.work, slow, "late") is False
    assert outbox.row(row).done_at is None and outbox.row(row).failure == ""
    finish(outbox.work, quick)
    assert outbox.row(row).done_at == outbox.now


def test_a_failed_row_is_tried_again_after_longer_and_longer_then_given_up(outbox: Outbox) -> None:
    row = outbox.later()
    for wait in RETRY_AFTER:
        taken = outbox.take(row)
        assert taken is not None
        assert fail(outbox.work, taken, "no server") is False
        assert outbox.look().look_again == outbox.now + wait
        outbox.now += wait - SECOND
        assert outbox.take(row) is None
        outbox.now += SECOND
        assert outbox.look().count == 1
    taken = outbox.take(row)
    assert taken is not None and taken.attempt == ATTEMPTS
    assert fail(outbox.work, taken, "no server at all") is True
    assert outbox.row(row).failure == "no server at all"
    assert outbox.look() == HandedOver(count=0, look_again=None)


def test_a_change_that_an_unfinished_sum_speaks_for_keeps_it_from_running_too_early(outbox: Outbox) -> None:
    outbox.later("sum_up")
    other = instance_work(outbox.instance, clock=lambda: outbox.now)
    with other.transaction() as tx:
        tx.later_once("sum_up")
        with tx.last():
            pass
        assert outbox.look().count == 0
    other.close()
    assert outbox.look().count == 1


def test_a_change_while_the_sum_is_running_asks_for_another(outbox: Outbox) -> None:
    running = outbox.later("sum_up")
    assert outbox.take(running) is not None
    with outbox.work.transaction() as tx:
        tx.later_once("sum_up")
    assert outbox.look().count == 1 and outbox.handed != [running]


def test_a_sum_for_later_is_not_due_before_and_speaks_for_what_comes_until_then(outbox: Outbox) -> None:
    for _change in range(2):
        with outbox.work.transaction() as tx:
            tx.later_once("sum_up", 10 * SECOND)
    assert outbox.look() == HandedOver(count=0, look_again=outbox.now + 10 * SECOND)
    outbox.now += 10 * SECOND
    assert outbox.look().count == 1
    assert outbox.take(outbox.handed[-1]) is not None


def test_a_commit_with_work_rings_for_its_instance_and_a_rollback_does_not(
    outbox: Outbox, house: House, redis_url: str
) -> None:
    redis = Redis.from_url(redis_url)
    redis.flushdb()
    with base_app(replace(house.settings, redis_url=redis_url)).app_context():
        with pytest.raises(ZeroDivisionError), outbox.work.transaction() as tx:
            _fail_after_later(tx)
        with outbox.work.transaction():
            pass
        assert redis.zcard(WAITING) == 0
        outbox.later()
    assert redis.zrange(WAITING, 0, -1) == [str(outbox.instance.id).encode()]


def test_work_goes_on_without_redis(outbox: Outbox, caplog: pytest.LogCaptureFixture) -> None:
    deaf = Bell("redis://127.0.0.1:1/0")
    assert deaf.ring(outbox.instance.id) is False
    assert "could not be rung" in caplog.text
    assert outbox.look().count == 0
    row = outbox.later()
    assert outbox.row(row).done_at is None


def test_the_screen_knows_whether_the_queue_answers(redis_url: str) -> None:
    redis = Redis.from_url(redis_url)
    redis.flushdb()
    redis.rpush("rq:queue:mail", "a", "b")
    assert vars(queue_state(redis_url)) == {"up": True, "waiting": 2}
    assert vars(queue_state("redis://127.0.0.1:1/0")) == {"up": False, "waiting": 0}


def _fail_after_later(tx: Transaction) -> None:
    tx.later("a_job")
    raise ZeroDivisionError
