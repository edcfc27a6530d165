"""Tampering with the real tables as their owner: each way is named by the verification."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import select

from domain.audit import Fault, FaultKind, Head
from tenants.instance.models.audit import AuditEventRow, AuditHeadRow
from tenants.instance.queries.verification import Verdict, head_signature, verify_instance
from tenants.instance.sending import COPY_FROM
from tenants.instance.transaction import INSTANCE
from tenants.places import Instance
from tenants.platform.models.engagements import PublishedHeadRow, VerificationRow
from tests.house import NOW, House


@dataclass(frozen=True, kw_only=True)
class Noted:
    """An event of these tests."""

    number: int
    words: str = 'Grüße, "quoted"\nand a new line'


@dataclass(kw_only=True)
class Trail:
    """One instance with ten events, in the hands of somebody who owns the database."""

    house: House
    instance: Instance
    owner: psycopg.Connection

    def do(self, *statements: str) -> None:
        """Statements in the instance's schema, as superuser with the trigger off."""
        schema = sql.Identifier(self.instance.schema)
        self.owner.execute(sql.SQL("SET search_path = {}").format(schema))
        self.owner.execute("ALTER TABLE audit_events DISABLE TRIGGER audit_chain")
        for statement in statements:
            self.owner.execute(statement.encode())
        self.owner.execute("ALTER TABLE audit_events ENABLE TRIGGER audit_chain")
        self.owner.commit()

    def publish(self) -> None:
        """Publish the head as it stands, as the hourly job does."""
        work, platform = self.house.work(self.instance), self.house.platform()
        row = work.get(AuditHeadRow, 1)
        head = Head(sequence=row.sequence, hash=row.hash)
        signature = head_signature(self.house.settings.secret, self.instance.id, head)
        with platform.transaction() as tx:
            tx.add(PublishedHeadRow(instance_id=self.instance.id, **vars(head), signature=signature, published_at=NOW))
        work.close()
        platform.close()

    def verify(self) -> Verdict:
        platform = self.house.platform()
        try:
            return verify_instance(self.house.settings, platform, self.instance)
        finally:
            platform.close()

    def faults(self) -> list[tuple[FaultKind, int]]:
        return [(fault.kind, fault.sequence) for fault in self.verify().faults]


@pytest.fixture
def trail(house: House) -> Iterator[Trail]:
    with house.app.app_context(), psycopg.connect(house.settings.admin_url) as owner:
        instance = house.onboard("Trail")
        work = house.work(instance)
        for number in range(2, 11):
            with work.transaction() as tx:
                tx.record(Noted(number=number), None, INSTANCE)
        assert work.get(AuditHeadRow, 1).sequence == 10
        work.close()
        yield Trail(house=house, instance=instance, owner=owner)


def test_an_untouched_trail_is_intact_and_the_outcome_is_kept(trail: Trail) -> None:
    trail.publish()
    verdict = trail.verify()
    assert verdict.faults == () and verdict.sequence == 10
    assert verdict.summary.startswith("10 events intact, 1 published heads agree")
    kept = trail.house.platform().get(VerificationRow, trail.instance.id)
    assert (kept.sequence, kept.faults) == (10, 0)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("body", "'{}'"),
        ("actor_name", "'Nobody'"),
        ("at", "at - interval '1 day'"),
        ("is_refusal", "true"),
        ("reason", "'because'"),
        ("subject_id", "gen_random_uuid()"),
    ],
)
def test_a_changed_event_is_named_with_the_column(trail: Trail, column: str, value: str) -> None:
    trail.do(f"UPDATE audit_events SET {column} = {value} WHERE sequence = 4")
    [fault] = trail.verify().faults
    assert fault == Fault(kind=FaultKind.CHANGED, sequence=4, columns=(column,))


def test_a_changed_event_with_its_canonical_text_changed_alike_is_named(trail: Trail) -> None:
    trail.do(
        'UPDATE audit_events SET reason = \'x\', canonical = replace(canonical, \'"", "test"]\', \'"x", "test"]\')'
        " WHERE sequence = 4"
    )
    assert trail.faults() == [(FaultKind.CHANGED, 4)]


def test_an_event_deleted_from_the_middle_is_named(trail: Trail) -> None:
    trail.do("DELETE FROM audit_events WHERE sequence IN (5, 6)")
    [fault] = trail.verify().faults
    assert str(fault) == "Events 5 to 6 were dropped."


def test_two_events_that_changed_places_are_named(trail: Trail) -> None:
    trail.do(
        *(f"UPDATE audit_events SET sequence = {to} WHERE sequence = {at}" for at, to in ((3, 99), (7, 3), (99, 7)))
    )
    found = trail.verify().faults
    assert [(fault.sequence, fault.other) for fault in found if fault.kind is FaultKind.REORDERED] == [(3, 7), (7, 3)]


def test_a_tail_that_was_cut_off_is_named(trail: Trail) -> None:
    trail.do("DELETE FROM audit_events WHERE sequence > 8")
    [fault] = trail.verify().faults
    assert str(fault) == "Events 9 to 10 were cut off the end."


def test_a_cut_with_the_head_moved_back_is_caught_by_the_published_head(trail: Trail) -> None:
    trail.publish()
    trail.do(
        "DELETE FROM audit_events WHERE sequence > 8",
        "UPDATE audit_head SET sequence = 8, hash = (SELECT hash FROM audit_events WHERE sequence = 8)",
    )
    assert trail.faults() == [(FaultKind.CUT_OFF, 9)]


def test_a_head_moved_along_is_named(trail: Trail) -> None:
    trail.do("UPDATE audit_head SET hash = repeat('0', 64)")
    assert trail.faults() == [(FaultKind.HEAD_MOVED, 10)]


def test_a_forged_tail_that_is_chained_anew_is_caught_by_the_published_head(trail: Trail) -> None:
    trail.publish()
    forge(trail, 9)
    assert trail.faults() == [(FaultKind.REPLACED, 10)]


def test_the_same_forgery_without_a_published_head_is_what_publishing_is_for(trail: Trail) -> None:
    forge(trail, 9)
    assert trail.faults() == []


def test_a_published_head_that_somebody_else_signed_is_named(trail: Trail) -> None:
    trail.publish()
    platform = trail.house.platform()
    with platform.transaction() as tx:
        tx.lock(PublishedHeadRow, (trail.instance.id, 10)).signature = "0" * 64
    assert trail.faults() == [(FaultKind.FORGED_HEAD, 10)]


def test_many_events_recorded_at_once_are_copied_in_and_chained(trail: Trail) -> None:
    """Each sees the one before it, although one statement brings all of them, with every character as it was."""
    work = trail.house.work(trail.instance)
    events = [(Noted(number=number, words="a\tb\\c\r\n\\N"), INSTANCE) for number in range(COPY_FROM + 5)]
    with work.transaction() as tx:
        tx.record_all(events, None)
    bodies = select(AuditEventRow.body).where(AuditEventRow.sequence > 10).order_by(AuditEventRow.sequence)
    assert [json.loads(body) for body in work.session.scalars(bodies)] == [vars(event) for event, _subject in events]
    work.close()
    assert trail.faults() == []


def test_a_long_trail_is_read_in_batches(trail: Trail, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tenants.instance.queries.verification.BATCH", 3)
    assert trail.verify().faults == ()


def forge(trail: Trail, first: int) -> None:
    """Rewrite an event and chain all later ones anew, as an owner of the database could."""
    trail.do(
        f"UPDATE audit_events SET body = '{json.dumps({'forged': True})}' WHERE sequence = {first}",
        f"""
        DO $$ DECLARE event audit_events%ROWTYPE; previous text;
        BEGIN
          SELECT hash INTO previous FROM audit_events WHERE sequence = {first - 1};
          FOR event IN SELECT * FROM audit_events WHERE sequence >= {first} ORDER BY sequence LOOP
            event.canonical := json_build_array(
              event.sequence, to_char(event.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), event.id,
              event.actor_id, event.actor_name, event.on_behalf_of, event.kind, event.is_refusal, event.subject_kind,
              event.subject_id, event.subject_label, event.path, event.body, event.reason, event.request_id)::text;
            UPDATE audit_events SET previous_hash = previous, canonical = event.canonical,
              hash = encode(sha256(convert_to(previous || event.canonical, 'UTF8')), 'hex')
              WHERE sequence = event.sequence RETURNING hash INTO previous;
          END LOOP;
          UPDATE audit_head SET hash = previous;
        END $$
        """,
    )


def test_the_instance_of_another_trail_signs_nothing_here(trail: Trail) -> None:
    head = Head(sequence=1, hash="a")
    secret = trail.house.settings.secret
    assert head_signature(secret, trail.instance.id, head) != head_signature(secret, UUID(int=0), head)
