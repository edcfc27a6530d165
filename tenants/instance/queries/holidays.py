"""The days off of an instance, year by year."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from domain.holidays import Holiday
from tenants.database import Work
from tenants.instance.models.settings import HolidayRow


@dataclass(frozen=True, kw_only=True)
class HolidayYear:
    """One year of the calendar. `others`: the years that have days off, with how many."""

    year: int
    days: tuple[Holiday, ...]
    others: tuple[tuple[int, int], ...]


def list_holidays(work: Work) -> tuple[Holiday, ...]:
    """Every day off, the first one first. One statement."""
    rows = work.session.execute(select(HolidayRow.day, HolidayRow.name).order_by(HolidayRow.day))
    return tuple(Holiday(day=row.day, name=row.name) for row in rows)


def holidays_of(work: Work, year: int) -> HolidayYear:
    days = list_holidays(work)
    years = sorted({each.day.year for each in days} | {year})
    counted = tuple((each, sum(holiday.day.year == each for holiday in days)) for each in years)
    return HolidayYear(year=year, days=tuple(each for each in days if each.day.year == year), others=counted)


def next_holidays(work: Work, today: date, most: int = 3) -> tuple[Holiday, ...]:
    """What is to come, for the set-up page."""
    return tuple(each for each in list_holidays(work) if each.day >= today)[:most]
