"""What can be wrong with one cell or row of an import: facts with data; words in components/import_problems.html."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from domain.imports.fields import Field
from domain.imports.kinds import AnyField


class Severity(StrEnum):
    CORRECT = "correct"  # an error: corrected or left out
    LOOK = "look"  # a warning: imported as it stands


@dataclass(frozen=True, kw_only=True)
class Reason:
    """Why a cell or row is not good. Subclasses carry what the words need."""

    @property
    def kind(self) -> str:
        """The name of its words: the macro in components/import_problems.html."""
        return type(self).__name__


@dataclass(frozen=True, kw_only=True)
class Missing(Reason):
    """Empty where the row must say something: no title, no end, no cost. The field tells which."""


@dataclass(frozen=True, kw_only=True)
class RaggedRow(Reason):
    cells: int
    expected: int


@dataclass(frozen=True, kw_only=True)
class SpreadsheetError(Reason):
    """The cell holds #REF!, #N/A and the like."""


@dataclass(frozen=True, kw_only=True)
class ControlCharacter(Reason):
    code: int


@dataclass(frozen=True, kw_only=True)
class TooLong(Reason):
    length: int
    limit: int


@dataclass(frozen=True, kw_only=True)
class NotAnAmount(Reason):
    pass


@dataclass(frozen=True, kw_only=True)
class AmbiguousAmount(Reason):
    """Could be read in two ways; `mark` is the decimal mark that the mapping states."""

    mark: str


@dataclass(frozen=True, kw_only=True)
class NegativeAmount(Reason):
    """Sizes are positive; the sign column says whether they help or cost."""


@dataclass(frozen=True, kw_only=True)
class TooPrecise(Reason):
    """More than two places in the instance's currency, after the multiplier."""

    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class TooLargeAmount(Reason):
    limit: Decimal


@dataclass(frozen=True, kw_only=True)
class AmountsDisagree(Reason):
    """Plan total and plan per month do not give the same sum."""

    total: Decimal
    per_month: Decimal
    months: int


@dataclass(frozen=True, kw_only=True)
class NotADate(Reason):
    order: str


@dataclass(frozen=True, kw_only=True)
class NoSuchDay(Reason):
    """31.02.2026."""


@dataclass(frozen=True, kw_only=True)
class AmbiguousDate(Reason):
    """03/04/2026 where the mapping does not say which comes first."""


@dataclass(frozen=True, kw_only=True)
class YearNotPlausible(Reason):
    first: int
    last: int


@dataclass(frozen=True, kw_only=True)
class NotAMonth(Reason):
    pass


@dataclass(frozen=True, kw_only=True)
class EndsBeforeStart(Reason):
    start: date
    end: date


@dataclass(frozen=True, kw_only=True)
class TooManyMonths(Reason):
    months: int
    limit: int


@dataclass(frozen=True, kw_only=True)
class NotAPerson(Reason):
    """Neither an e-mail address nor 'Name <email>' nor the name of exactly one known person; `known` bear that name."""

    known: int


@dataclass(frozen=True, kw_only=True)
class ControllerConflict(Reason):
    """The controller is also the owner or sponsor of the same measure."""

    role: Field


@dataclass(frozen=True, kw_only=True)
class UnknownName(Reason):
    """Not in the instance's reference data; `nearest` is the closest name there, or empty."""

    nearest: str


@dataclass(frozen=True, kw_only=True)
class RetiredName(Reason):
    """It is in the reference data, and nothing chooses it any more."""


@dataclass(frozen=True, kw_only=True)
class StageNotImportable(Reason):
    """New measures start at the first stage; `first` is its label here."""

    first: str


@dataclass(frozen=True, kw_only=True)
class OtherCurrency(Reason):
    """`currency` is the instance's."""

    currency: str


@dataclass(frozen=True, kw_only=True)
class NotAWordFor(Reason):
    """None of the words that the field may be: a recurrence, a sign, a channel."""

    words: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class RepeatedInFile(Reason):
    """The same code (or, without one, the same title) stands in the same measure package at `first_row`."""

    first_row: int


@dataclass(frozen=True, kw_only=True)
class AlreadyThere(Reason):
    """The instance has this measure already."""


@dataclass(frozen=True, kw_only=True)
class OutOfReach(Reason):
    """Not below a node where the importer may create measures; says the same whether such a node is there or not."""


@dataclass(frozen=True, kw_only=True)
class FarFromMedian(Reason):
    times: int


@dataclass(frozen=True, kw_only=True)
class BeforeFiscalYear(Reason):
    begins: date


@dataclass(frozen=True, kw_only=True)
class ZeroPlan(Reason):
    pass


@dataclass(frozen=True, kw_only=True)
class NoMilestone(Reason):
    """The milestone's column is empty: the measure comes without a milestone."""


@dataclass(frozen=True, kw_only=True)
class ActualBeforeDecided(Reason):
    """Actuals open at Decided; these wait there as history."""


@dataclass(frozen=True, kw_only=True)
class RowProblem:
    """One thing to correct or to look at. `field` and `column` are empty when the row as a whole is meant."""

    row: int
    column: str  # the header in the file; empty for a constant or the whole row
    field: AnyField | None
    value: str  # as written
    reason: Reason
    severity: Severity = Severity.CORRECT
