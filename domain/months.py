"""Months and fiscal years: the grain of every series of value. Source: DOMAIN.md, 4."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from typing import Self

_TEXT = re.compile(r"([0-9]{4})-([0-9]{2})")


@dataclass(frozen=True, order=True, slots=True)
class Month:
    """One calendar month. An impossible one is a bug and raises ValueError."""

    year: int
    month: int

    def __post_init__(self) -> None:
        if not (1 <= self.month <= 12 and 1 <= self.year <= 9999):
            raise ValueError(f"no such month: {self.year}-{self.month}")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read "2026-03" and nothing else."""
        if not (found := _TEXT.fullmatch(text)):
            raise ValueError(f"not a month: {text!r}")
        return cls(int(found[1]), int(found[2]))

    @classmethod
    def of(cls, day: date) -> Self:
        return cls(day.year, day.month)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"

    @property
    def first(self) -> date:
        return date(self.year, self.month, 1)

    @property
    def last(self) -> date:
        return date(self.year, self.month, monthrange(self.year, self.month)[1])

    def plus(self, months: int) -> "Month":
        years, rest = divmod(self.month - 1 + months, 12)
        return Month(self.year + years, rest + 1)

    def months_until(self, other: "Month") -> int:
        """How many months later `other` is; negative when it is earlier."""
        return (other.year - self.year) * 12 + other.month - self.month


def span(first: Month, last: Month) -> tuple[Month, ...]:
    """Every month from `first` to `last`, both included; empty when `last` is the earlier one."""
    return tuple(first.plus(n) for n in range(first.months_until(last) + 1))


@dataclass(frozen=True, order=True, slots=True)
class FiscalYear:
    """Twelve months from the month a client's year starts in."""

    start: Month

    @classmethod
    def containing(cls, month: Month, start_month: int) -> Self:
        """The fiscal year that `month` belongs to where years start in `start_month` (1 to 12)."""
        year = month.year if month.month >= start_month else month.year - 1
        return cls(Month(year, start_month))

    @property
    def months(self) -> tuple[Month, ...]:
        return span(self.start, self.end)

    @property
    def end(self) -> Month:
        return self.start.plus(11)

    @property
    def next(self) -> "FiscalYear":
        return FiscalYear(self.start.plus(12))

    @property
    def previous(self) -> "FiscalYear":
        return FiscalYear(self.start.plus(-12))

    @property
    def label(self) -> str:
        if self.start.month == 1:
            return f"FY {self.start.year}"
        return f"FY {self.start.year}/{(self.start.year + 1) % 100:02d}"

    def __contains__(self, month: Month) -> bool:
        return self.start <= month <= self.end
