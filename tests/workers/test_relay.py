"""The relay: nothing is lost when Redis is away, nothing runs that is not on the list, and one look costs little."""

import signal
from pathlib import Path
from uuid import uuid4

import pytest
from redis import Redis
from rq import Queue
from rq.job import Job, JobStatus
from rq.serializers import JSONSerializer
from sqlalchemy import event

from bin.servers import start_redis
from tenants.bell import QUEUES, WAITING
from tenants.instance.models.outbox import OutboxRow
from tenants.platform.models.instances import InstanceRow
from tenants.platform.models.outbox import PlatformOutboxRow
from tenants.sessions import db
from tests.house import House
from tests.workers.live import Live, new_relay
from workers import queues
from workers.execute import execute
from workers.jobs import JOBS
from workers.relay import Relay
from workers.worker import MAINTENANCE, STANDARD, _worker


def put(live: Live, job: str = "publish_head") -> OutboxRow:
    row = OutboxRow(id=uuid4(), job=job, arguments={}, created_at=live.work.now())
    with live.work.transaction() as tx:
        tx.add(row)
    return row


def waits(live: Live, row: OutboxRow, job: str = "publish_head") -> bool:
    return f"{row.id}-0" in queues.queue(live.relay.redis, JOBS[job].queue).get_job_ids()


def test_a_rung_instance_is_looked_at_at_the_next_turn(live: Live) -> None:
    live.relay.turn()
    live.relay.turn()
    with live.work.transaction() as tx:
        tx.later("publish_head")
    assert live.redis.zscore(WAITING, str(live.instance.id)) is not None
    assert live.relay.turn() == 1


def test_an_instance_that_nobody_rang_for_is_found_by_the_round(live: Live) -> None:
    row = put(live)
    live.redis.delete(WAITING)
    live.relay = new_relay(live.house.settings.redis_url)
    live.until(lambda: waits(live, row), "the round has come by")


def test_work_waits_while_redis_is_away_and_goes_on_when_it_is_back(live: Live, tmp_path: Path) -> None:
    first = start_redis(tmp_path / "first")
    live.relay = new_relay(first.url)
    live.relay.turn()
    first.stop()
    row = put(live)
    assert live.relay.turn() == 0
    assert live.work.get(OutboxRow, row.id).enqueued_at is None
    second = start_redis(tmp_path / "second")
    live.relay.redis = queues.connect(second.url)
    live.until(lambda: waits(live, row), "the row is in the queue")
    live.relay.redis.close()
    second.stop()


def test_the_same_row_is_in_the_queue_once_and_comes_back_when_the_queue_lost_it(live: Live) -> None:
    redis, row = live.relay.redis, uuid4()
    for _ in range(3):
        queues.enqueue(redis, "platform", row, "publish_head", 0)
    assert queues.queue(redis, "default").get_job_ids() == [f"{row}-0"]
    redis.lpop("rq:queue:default")
    queues.enqueue(redis, "platform", row, "publish_head", 0)
    assert queues.queue(redis, "default").get_job_ids() == [f"{row}-0"]


def test_what_somebody_waits_for_goes_before_what_the_clock_asked_for(live: Live) -> None:
    asked = ("make_report", "check_orders", "commit_orders", "commit_import", "try_on_orders")
    for job in ("watch_orders", *asked):
        queues.enqueue(live.relay.redis, "platform", uuid4(), job, 0)
    worker = _worker(live.house.app, live.house.settings.redis_url, STANDARD)
    taken = [found[0].description.split()[0] for _ in JOBS if (found := worker.dequeue_job_and_maintain_ttl(None))]
    assert taken == [*asked, "watch_orders"]


def test_every_queue_has_a_worker_and_counts_as_waiting() -> None:
    assert {job.queue for job in JOBS.values()} == {*STANDARD, *MAINTENANCE} == set(QUEUES)


def test_a_look_at_an_idle_instance_is_two_statements(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    live.relay.turn()
    seen: list[str] = []
    engine = db.engines_of_instances.of(live.instance)
    event.listen(engine, "before_cursor_execute", lambda *call: seen.append(call[2]))
    live.relay._instance(str(live.instance.id))
    assert len(seen) == 2


def test_an_instance_that_does_not_answer_keeps_no_other_waiting(live: Live) -> None:
    row = put(live)
    live.redis.zadd(WAITING, {str(uuid4()): 0, "no id": 0, str(live.instance.id): 0})
    live.relay.turn()
    assert waits(live, row)


def test_an_instance_that_is_being_moved_is_left_alone_and_found_afterwards(live: Live) -> None:
    row = put(live)
    for state in ("moving", "active"):
        with live.house.platform().transaction() as tx:
            tx.lock(InstanceRow, live.instance.id).state = state
        live.redis.zadd(WAITING, {str(live.instance.id): 0})
        live.relay.turn()
        assert waits(live, row) is (state == "active")


def run_queue(live: Live) -> None:
    """A worker of ours, in this process' child, until its queues are empty. This process keeps its signal handlers."""
    handlers = {wanted: signal.getsignal(wanted) for wanted in (signal.SIGINT, signal.SIGTERM)}
    worker = _worker(live.house.app, live.house.settings.redis_url, ("default",))
    worker.work(burst=True, logging_level="ERROR")
    for wanted, handler in handlers.items():
        signal.signal(wanted, handler)


def rogue(live: Live, function: str, *arguments: str, **options: object) -> Job:
    plain = Queue("default", connection=live.redis, serializer=JSONSerializer)
    return plain.enqueue_call(function, args=arguments, job_id=uuid4().hex, **options)  # type: ignore[arg-type]


def test_a_function_that_is_not_on_the_list_is_refused(live: Live, tmp_path: Path) -> None:
    proof = tmp_path / "proof"
    job = rogue(live, "os.system", f"touch {proof}")
    run_queue(live)
    assert not proof.exists()
    assert job.get_status() is JobStatus.FAILED
    assert "JobRefused" in (job.latest_result().exc_string or "")  # type: ignore[union-attr]


def test_a_pickled_job_is_refused(live: Live, tmp_path: Path) -> None:
    proof = tmp_path / "proof"
    job = Queue("default", connection=live.redis).enqueue("os.system", f"touch {proof}")
    run_queue(live)
    assert not proof.exists()
    assert Job.fetch(job.id, connection=live.redis).get_status() is JobStatus.FAILED


def test_callbacks_that_somebody_put_into_redis_are_not_called(live: Live, tmp_path: Path) -> None:
    proof = tmp_path / "proof"
    job = rogue(live, queues.FUNCTION, "platform", str(uuid4()), result_ttl=60)
    live.redis.hset(job.key, "success_callback_name", "tests.workers.test_relay.leave_proof")
    live.redis.hset(job.key, "description", str(proof))
    run_queue(live)
    assert not proof.exists()
    assert Job.fetch(job.id, connection=live.redis, serializer=JSONSerializer).get_status() is JobStatus.FINISHED


def leave_proof(job: Job, *_: object) -> None:
    Path(job.description or "").touch()


def test_a_name_that_is_not_on_the_list_fails_in_its_row(live: Live, wired_house: House) -> None:
    platform = wired_house.platform()
    row = PlatformOutboxRow(id=uuid4(), job="os.system", arguments={"command": "true"}, created_at=platform.now())
    with platform.transaction() as tx:
        tx.add(row)
    execute("platform", str(row.id))
    platform.session.expire_all()
    assert platform.get(PlatformOutboxRow, row.id).failure == "KeyError: 'os.system'"
    platform.close()


def test_redis_that_never_was_there_is_waited_for() -> None:
    assert Relay(redis=Redis.from_url("redis://127.0.0.1:1/0")).turn() == 0
