"""The proof of the trail, by tables and by Hypothesis: an intact chain has no fault, and no tampering goes unnamed."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from domain.audit import (
    CANONICAL,
    GENESIS,
    FaultKind,
    Head,
    PublishedHead,
    StoredEvent,
    canonical_value,
    digest,
    verify_chain,
)

START = datetime(2026, 11, 20, 8, 30, 0, 120, tzinfo=UTC)


def event(sequence: int, previous: str, **changes: object) -> StoredEvent:
    columns = {
        "sequence": sequence,
        "at": START + timedelta(minutes=sequence),
        "id": UUID(int=sequence),
        "actor_id": None,
        "actor_name": "Ada",
        "on_behalf_of": None,
        "kind": "MeasureHeld",
        "is_refusal": False,
        "subject_kind": "measure",
        "subject_id": UUID(int=7),
        "subject_label": "M-0001",
        "path": "/a/",
        "body": '{"reason":"waiting"}',
        "reason": "",
        "request_id": "r",
    } | changes
    canonical = json.dumps([canonical_value(columns[name]) for name in CANONICAL])
    return StoredEvent(
        sequence=sequence,
        columns=columns,
        previous_hash=previous,
        canonical=canonical,
        hash=digest(previous, canonical),
    )


def chain(length: int, start: int = 1, previous: str = GENESIS, **changes: object) -> list[StoredEvent]:
    events = []
    for sequence in range(start, start + length):
        events.append(event(sequence, previous, **changes))
        previous = events[-1].hash
    return events


def head_of(events: list[StoredEvent]) -> Head:
    return Head(sequence=events[-1].sequence, hash=events[-1].hash) if events else Head(sequence=0, hash=GENESIS)


def pin(of: StoredEvent, *, is_signed: bool = True) -> PublishedHead:
    return PublishedHead(sequence=of.sequence, hash=of.hash, is_signed=is_signed)


def named(events: list[StoredEvent], head: Head, *pins: PublishedHead) -> list[tuple[FaultKind, int]]:
    return [(fault.kind, fault.sequence) for fault in verify_chain(events, head, pins)]


@given(st.integers(0, 12))
def test_an_intact_chain_has_no_fault(length: int) -> None:
    events = chain(length)
    assert verify_chain(events, head_of(events), [pin(each) for each in events]) == ()


@given(st.integers(1, 8), st.sampled_from(["body", "reason", "actor_name", "kind", "path", "subject_label"]))
def test_a_changed_column_is_named(place: int, column: str) -> None:
    events = chain(8)
    changed = events[place - 1]
    events[place - 1] = replace(changed, columns={**changed.columns, column: "something else"})
    [fault] = verify_chain(events, head_of(events), [])
    assert (fault.kind, fault.sequence, fault.columns) == (FaultKind.CHANGED, place, (column,))


@given(st.integers(1, 8))
def test_an_event_rewritten_with_its_own_hash_is_named(place: int) -> None:
    events = chain(8)
    before = events[place - 1]
    events[place - 1] = event(place, before.previous_hash, body="{}")
    faults = named(events, head_of(chain(8)))
    assert faults == ([(FaultKind.REPLACED, place)] if place < 8 else [(FaultKind.HEAD_MOVED, 8)])


@given(st.integers(1, 7), st.integers(1, 3))
def test_dropped_events_are_named(first: int, count: int) -> None:
    events = chain(11)
    left = events[: first - 1] + events[first - 1 + count :]
    [fault] = verify_chain(left, head_of(events), [])
    assert (fault.kind, fault.sequence, fault.last) == (FaultKind.DROPPED, first, first + count - 1)


def test_two_events_that_changed_places_are_named() -> None:
    events = chain(6)
    third, fifth = events[2], events[4]
    events[2] = replace(fifth, sequence=3, columns={**fifth.columns, "sequence": 3})
    events[4] = replace(third, sequence=5, columns={**third.columns, "sequence": 5})
    faults = verify_chain(events, head_of(chain(6)), [])
    reordered = [(fault.sequence, fault.other) for fault in faults if fault.kind is FaultKind.REORDERED]
    assert reordered == [(3, 5), (5, 3)]


@given(st.integers(0, 7))
def test_a_tail_that_was_cut_off_is_named(left: int) -> None:
    events = chain(8)
    [fault] = verify_chain(events[:left], head_of(events), [])
    assert (fault.kind, fault.sequence, fault.last) == (FaultKind.CUT_OFF, left + 1, 8)


def test_a_cut_with_the_head_moved_back_is_caught_by_a_published_head() -> None:
    events = chain(8)
    assert named(events[:5], head_of(events[:5])) == []
    assert named(events[:5], head_of(events[:5]), pin(events[6])) == [(FaultKind.CUT_OFF, 6)]


def test_a_forged_and_chained_tail_is_caught_by_a_published_head() -> None:
    events = chain(8)
    forged = events[:4] + chain(4, start=5, previous=events[3].hash, body='{"reason":"forged"}')
    assert named(forged, head_of(forged)) == []
    assert named(forged, head_of(forged), pin(events[2]), pin(events[5])) == [(FaultKind.REPLACED, 6)]


def test_a_head_that_was_moved_is_named() -> None:
    events = chain(4)
    assert named(events, Head(sequence=3, hash=events[2].hash)) == [(FaultKind.HEAD_MOVED, 4)]
    assert named(events, Head(sequence=4, hash="f" * 64)) == [(FaultKind.HEAD_MOVED, 4)]


def test_a_published_head_with_a_bad_signature_is_named_and_pins_nothing() -> None:
    events = chain(3)
    false = PublishedHead(sequence=2, hash="f" * 64, is_signed=False)
    assert named(events, head_of(events), false) == [(FaultKind.FORGED_HEAD, 2)]


def test_a_text_that_is_no_event_is_named() -> None:
    events = chain(2)
    events[0] = replace(events[0], canonical="no json")
    assert (FaultKind.CHANGED, 1) in named(events, head_of(events))


def test_faults_read_as_sentences() -> None:
    events = chain(8)
    faults = verify_chain(events[:2] + events[5:], head_of(events), [])
    assert [str(fault) for fault in faults] == ["Events 3 to 5 were dropped."]
