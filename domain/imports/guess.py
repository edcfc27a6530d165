"""A first mapping from the names of the columns, English and German, for a user to correct."""

from domain.imports.mapping import ColumnMapping
from domain.imports.table import TableRow


def guess_mapping(headers: tuple[str, ...], sample: tuple[TableRow, ...]) -> ColumnMapping:
    """Each field its likeliest column; decimal mark, date order and multiplier from the sample and the headers."""
    raise NotImplementedError
