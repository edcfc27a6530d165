"""The file of rows that were not imported, with the reason beside each, to be corrected and brought back."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from domain.imports.preview import ImportPreview
from domain.imports.problems import RowProblem

TO_CORRECT = "What to correct"
ROW_IN_FILE = "Row in file"

Cell = str | Decimal | date


@dataclass(frozen=True, kw_only=True)
class RejectedRows:
    """Two columns of ours, then the file's own; typed cells keep their type, so that they read back the same."""

    headers: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def rejected_rows(
    preview: ImportPreview, words: Callable[[RowProblem], str], only: Iterable[int] | None = None
) -> RejectedRows:
    """Rows to correct (or those named by `only`) with the words of every problem, as the template says them."""
    raise NotImplementedError
