"""Why a file is not read: facts with data; their words live in templates/web/components/refusals.html."""

from dataclasses import dataclass

from domain.refusals import Refusal


@dataclass(frozen=True, kw_only=True)
class FileRefused(Refusal):
    """The file as a whole cannot be taken. Nothing of it is kept."""


@dataclass(frozen=True, kw_only=True)
class FileTooLarge(FileRefused):
    size: int  # bytes
    limit: int


@dataclass(frozen=True, kw_only=True)
class EmptyFile(FileRefused):
    """No header row, or a header of so many columns and no rows below it."""

    columns: int = 0


@dataclass(frozen=True, kw_only=True)
class WrongFileType(FileRefused):
    """`found` is what the content looks like: pdf, image, html, zip, opendocument, xlsb, binary."""

    found: str


@dataclass(frozen=True, kw_only=True)
class EncryptedWorkbook(FileRefused):
    pass


@dataclass(frozen=True, kw_only=True)
class LegacyWorkbook(FileRefused):
    """The .xls of Excel 97 to 2003."""


@dataclass(frozen=True, kw_only=True)
class MacroWorkbook(FileRefused):
    part: str  # the part of the package that holds or announces the macros


@dataclass(frozen=True, kw_only=True)
class DamagedWorkbook(FileRefused):
    pass


@dataclass(frozen=True, kw_only=True)
class UnpacksTooLarge(FileRefused):
    """A zip bomb or as good as one. `measure` is entries, bytes or ratio."""

    measure: str
    found: int
    limit: int


@dataclass(frozen=True, kw_only=True)
class FormulaFound(FileRefused):
    """The first cell with a formula; `cells` counts all of them."""

    sheet: str
    row: int
    column: str  # letters, as the spreadsheet shows them
    header: str
    cells: int


@dataclass(frozen=True, kw_only=True)
class NulBytes(FileRefused):
    row: int


@dataclass(frozen=True, kw_only=True)
class UnknownEncoding(FileRefused):
    """Neither UTF-8 nor Windows-1252; `byte` is the position of the first byte that is neither."""

    byte: int


@dataclass(frozen=True, kw_only=True)
class BrokenQuotes(FileRefused):
    """A quotation mark in a CSV that opens or closes where it must not."""

    row: int


@dataclass(frozen=True, kw_only=True)
class TooManyRows(FileRefused):
    limit: int


@dataclass(frozen=True, kw_only=True)
class TooManyColumns(FileRefused):
    row: int
    limit: int


@dataclass(frozen=True, kw_only=True)
class CellTooLong(FileRefused):
    row: int
    column: int  # from 1; 0 when the row could not be split into cells
    limit: int


@dataclass(frozen=True, kw_only=True)
class RepeatedHeader(FileRefused):
    header: str


@dataclass(frozen=True, kw_only=True)
class ReadingGaveUp(FileRefused):
    """The reading process hit its limit. `limit` is memory, time or a crash."""

    limit: str


class Refused(Exception):
    """How the depths of a reader say no. Never leaves this package."""

    def __init__(self, refusal: FileRefused) -> None:
        super().__init__(refusal)
        self.refusal = refusal
