"""The canonical subject: what is governed, how it is written, and that the seal sees every change of it."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.measures import Measure
from domain.months import Month
from domain.seal import (
    FieldChange,
    broken,
    canonical_subject,
    canonical_text,
    differences,
    seal,
    written,
)
from domain.stages import MeasureState, Stage
from domain.value import Scenario
from tests.domain.making import SPONSOR, STRANGER, line, measure, milestone

KINDS = (
    "gate:identified",
    "gate:detailed",
    "gate:decided",
    "gate:implemented",
    "gate:closed",
    "hold",
    "resume",
    "cancel",
)


def text(of: Measure, kind: str) -> str:
    return canonical_text(canonical_subject(of, kind))


def with_amount(of: Measure, scenario: Scenario, month: Month, amount: Decimal) -> Measure:
    first = of.lines[0]
    series = {**first.series, scenario: {**first.series[scenario], month: amount}}
    return replace(of, lines=(replace(first, series=series),))


GOVERNED: dict[str, Any] = {
    "title": "Other",
    "description": "Other",
    "expected_effect": "Other",
    "owner": STRANGER,
    "sponsor": STRANGER,
    "controller": STRANGER,
    "forum": None,
    "start": date(2026, 2, 1),
    "end": None,
    "stage": Stage.IDENTIFIED,
    "state": MeasureState.CANCELLED,
    "rough_value": Decimal("12000.01"),
    "target": None,
    "baseline_source": "",
    "assumptions": "Other",
    "risks": "Other",
    "no_risks": False,
    "dependencies": "Other",
    "no_dependencies": False,
    "milestones": (milestone(due=date(2026, 7, 1)),),
    "lines": (line(name="Other"),),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", GOVERNED)
def test_seal_sees_every_governed_field(kind: str, name: str) -> None:
    changed = replace(measure(), **{name: GOVERNED[name]})
    assert seal(text(changed, kind)) != seal(text(measure(), kind))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "unseen", [{"version": 9}, {"last_edited_by": STRANGER}, {"editors": frozenset()}, {"closed_through": "2026-10"}]
)
def test_bookkeeping_is_not_governed(kind: str, unseen: dict[str, Any]) -> None:
    assert text(replace(measure(), **unseen), kind) == text(measure(), kind)


@pytest.mark.parametrize(
    ("scenario", "seen_by"),
    [
        (Scenario.BASELINE, set(KINDS)),
        (Scenario.PLAN, set(KINDS)),
        (Scenario.FORECAST, {"gate:identified", "gate:detailed", "gate:decided"}),
        (Scenario.ACTUAL, {"gate:closed"}),
    ],
)
def test_amounts_are_governed_where_they_are_decided_on(scenario: Scenario, seen_by: set[str]) -> None:
    changed = with_amount(measure(), scenario, Month(2026, 3), Decimal("1000.01"))
    assert {kind for kind in KINDS if text(changed, kind) != text(measure(), kind)} == seen_by


def test_progress_is_governed_from_implementation_on() -> None:
    for changed in (measure(milestones=(milestone(done_on=None),)), measure(evidence=())):
        seen = {kind for kind in KINDS if text(changed, kind) != text(measure(), kind)}
        assert seen == {"gate:implemented", "gate:closed"}


def test_confirmation_is_governed_by_the_decision() -> None:
    changed = measure(controller_confirmed_at=None)
    assert {kind for kind in KINDS if text(changed, kind) != text(measure(), kind)} == {"gate:decided"}


def test_order_of_lines_and_milestones_does_not_matter() -> None:
    one = measure(lines=(line(1), line(2)), milestones=(milestone(1), milestone(2)))
    other = measure(lines=(line(2), line(1)), milestones=(milestone(2), milestone(1)))
    assert text(one, "gate:closed") == text(other, "gate:closed")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, ""),
        (False, ""),
        (True, "yes"),
        (Decimal("1"), "1.00"),
        (Decimal("-0.5"), "-0.50"),
        (Decimal("1E+3"), "1000.00"),
        (date(2026, 1, 2), "2026-01-02"),
        (datetime(2026, 1, 2, 3, 4, tzinfo=UTC), "2026-01-02T03:04:00+00:00"),
        (Stage.DECIDED, "decided"),
        (MeasureState.ON_HOLD, "on_hold"),
        ("text", "text"),
        (SPONSOR, str(SPONSOR)),
    ],
)
def test_values_are_written_in_one_way(value: object, expected: str) -> None:
    assert written(value) == expected


def test_differences_name_field_before_and_after() -> None:
    before, after = {"a": "1", "b": "2"}, {"b": "3", "c": "4"}
    expected = (
        FieldChange(field="a", before="1", after=None),
        FieldChange(field="b", before="2", after="3"),
        FieldChange(field="c", before=None, after="4"),
    )
    assert differences(before, after) == expected
    sealed = canonical_text(before)
    assert broken(seal(sealed), sealed, canonical_text(after)) == expected
    assert broken(seal(sealed), sealed, sealed) is None


WORDS = st.text('ab"\\,:{}é\u0301', min_size=1, max_size=3)  # few and awkward: two that are the same occur
TEXTS = st.dictionaries(WORDS, WORDS, max_size=2)


@given(TEXTS, TEXTS)
def test_same_seal_means_same_content(one: dict[str, str], other: dict[str, str]) -> None:
    same = seal(canonical_text(one)) == seal(canonical_text(other))
    assert same == (one == other) == (not differences(one, other))


def test_canonical_text_is_sorted_json_without_space() -> None:
    assert canonical_text({"b": "ü", "a": "1"}) == '{"a":"1","b":"ü"}'


@pytest.mark.parametrize("kind", ["gate:detailed", "change"])
def test_a_hold_suspends_what_is_open_and_does_not_break_its_seal(kind: str) -> None:
    active = measure()
    held = replace(active, state=MeasureState.ON_HOLD)
    assert canonical_subject(held, kind) == canonical_subject(active, kind)
    assert canonical_subject(held, "resume") != canonical_subject(active, "resume")


def test_rough_value_and_target_carry_their_currency() -> None:
    of = measure(currency="EUR")
    assert canonical_subject(of, "hold")["currency"] == "EUR"
    assert text(of, "hold") != text(replace(of, currency="SEK"), "hold")
    assert "currency" not in canonical_subject(replace(of, rough_value=None, target=None), "hold")


def test_a_seal_from_before_the_currency_was_part_of_it_holds_until_something_changes() -> None:
    of = measure(currency="EUR")
    old = canonical_subject(of, "hold")
    del old["currency"]
    sealed = canonical_text(old)
    assert broken(seal(sealed), sealed, text(of, "hold")) is None
    changes = broken(seal(sealed), sealed, text(replace(of, title="Other"), "hold"))
    assert changes is not None
    assert [each.field for each in changes] == ["title"]


def test_a_seal_that_knew_the_currency_breaks_by_it() -> None:
    sealed = text(measure(currency="EUR"), "hold")
    changes = broken(seal(sealed), sealed, text(measure(currency="SEK"), "hold"))
    assert changes is not None
    assert [each.field for each in changes] == ["currency"]
