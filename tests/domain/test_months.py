"""Months and fiscal years: texts, distances, borders."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.months import FiscalYear, Month, span

months = st.builds(Month, st.integers(1990, 2100), st.integers(1, 12))


@pytest.mark.parametrize(
    "text", ["2026-3", "2026-13", "2026-00", "0000-01", "26-03", "2026-03-01", " 2026-03", "", "٢٠٢٦-03"]
)
def test_only_the_one_written_form_is_a_month(text: str) -> None:
    with pytest.raises(ValueError, match="month"):
        Month.parse(text)


@given(months)
def test_a_month_survives_being_written_and_read(month: Month) -> None:
    assert Month.parse(str(month)) == month


@given(months, months)
def test_months_order_as_their_texts_do(one: Month, other: Month) -> None:
    assert (one < other) == (str(one) < str(other))


@given(months, st.integers(-300, 300))
def test_distance_undoes_moving(month: Month, distance: int) -> None:
    assert month.months_until(month.plus(distance)) == distance
    assert month.plus(distance).plus(-distance) == month


@pytest.mark.parametrize(
    ("month", "distance", "moved"),
    [("2026-12", 1, "2027-01"), ("2026-01", -1, "2025-12"), ("2026-03", 0, "2026-03"), ("2026-03", -15, "2024-12")],
)
def test_moving_crosses_years(month: str, distance: int, moved: str) -> None:
    assert Month.parse(month).plus(distance) == Month.parse(moved)


@given(months)
def test_the_day_after_the_last_is_the_first_of_the_next(month: Month) -> None:
    assert month.last + timedelta(days=1) == month.plus(1).first
    assert Month.of(month.first) == Month.of(month.last) == month


def test_february_ends_with_the_leap_day_in_leap_years() -> None:
    assert Month(2028, 2).last == date(2028, 2, 29)
    assert Month(2026, 2).last == date(2026, 2, 28)


def test_a_span_has_both_ends_and_is_empty_backwards() -> None:
    assert [str(m) for m in span(Month(2026, 11), Month(2027, 1))] == ["2026-11", "2026-12", "2027-01"]
    assert span(Month(2027, 1), Month(2026, 12)) == ()


@pytest.mark.parametrize(
    ("start", "label"),
    [("2026-01", "FY 2026"), ("2026-04", "FY 2026/27"), ("2099-10", "FY 2099/00"), ("2008-07", "FY 2008/09")],
)
def test_a_year_is_named_by_the_calendar_years_it_touches(start: str, label: str) -> None:
    assert FiscalYear(Month.parse(start)).label == label


@pytest.mark.parametrize(
    ("month", "start_month", "start"),
    [
        ("2026-03", 4, "2025-04"),
        ("2026-04", 4, "2026-04"),
        ("2026-12", 1, "2026-01"),
        ("2026-11", 12, "2025-12"),
        ("2026-12", 12, "2026-12"),
    ],
)
def test_the_year_a_month_belongs_to(month: str, start_month: int, start: str) -> None:
    assert FiscalYear.containing(Month.parse(month), start_month).start == Month.parse(start)


@given(months, st.integers(1, 12))
def test_every_month_is_in_its_year_and_in_no_neighbour(month: Month, start_month: int) -> None:
    year = FiscalYear.containing(month, start_month)
    assert month in year and month not in year.next and month not in year.previous
    assert len(year.months) == 12 and year.months.count(month) == 1
    assert year.end.plus(1) == year.next.start and year.next.previous == year
