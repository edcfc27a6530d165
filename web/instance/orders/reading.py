"""What a form about orders says, read strictly: amounts, moments, choices, people."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

from flask_babel import gettext as _

from domain.money import AmountRefused, parse_amount
from domain.refusals import FieldMissing, FieldTooLong, Refusal
from web.refusals import words_of


class Form:
    """The fields of a posted form. What cannot be read goes to `errors`, in the order of asking."""

    def __init__(self, fields: Mapping[str, str], decimal_mark: str) -> None:
        self.fields = {name: value.strip() for name, value in fields.items()}
        self.mark = decimal_mark
        self.errors: dict[str, str] = {}

    def words(self, name: str) -> str:
        return self.fields.get(name, "")

    def needed(self, name: str) -> str:
        """Words that must be there."""
        if not self.words(name):
            self.errors[name] = words_of(FieldMissing(field=name))
        return self.words(name)

    def amount(self, name: str, *, needed: bool = False) -> Decimal | None:
        """In cents at most, not negative."""
        if not (self.needed(name) if needed else self.words(name)):
            return None
        read = parse_amount(self.words(name), decimal_mark=self.mark, places=2)
        if isinstance(read, AmountRefused):
            self.errors[name] = words_of(read)
            return None
        if read < 0:
            self.errors[name] = _("Amounts are not negative here.")
        return read

    def whole(self, name: str, *, most: int = 1_000_000) -> int | None:
        text = self.words(name)
        if not text:
            return None
        if not (text.isascii() and text.isdigit() and int(text[:9]) <= most and len(text) < 9):
            self.errors[name] = _("Write a whole number.")
            return None
        return int(text)

    def moment(self, name: str) -> datetime | None:
        """Of a field of type datetime-local, which means UTC."""
        text = self.needed(name)
        try:
            return datetime.fromisoformat(text).replace(tzinfo=UTC) if text else None
        except ValueError:
            self.errors[name] = _("Write day and time, as 2026-11-20T08:30.")
            return None

    def day(self, name: str) -> date | None:
        text = self.words(name)
        try:
            return date.fromisoformat(text) if text else None
        except ValueError:
            self.errors[name] = _("Write the day as year-month-day.")
            return None

    def choice(self, name: str, known: Iterable[object], *, needed: bool = True) -> str:
        """One of the list; empty for none."""
        text = self.needed(name) if needed else self.words(name)
        if text and text not in [str(each) for each in known]:
            self.errors[name] = _("Choose from the list.")
        return text

    def identity(self, name: str, known: Iterable[UUID]) -> UUID | None:
        """One of the list by its id; None for none."""
        text = self.choice(name, known, needed=False)
        return UUID(text) if text and name not in self.errors else None


def refused_field(refusal: Refusal, fields: Iterable[str]) -> dict[str, str]:
    """Where a refusal belongs in the form: at the field that it names, or above it ("")."""
    named = (
        {getattr(refusal, "field", "")} if isinstance(refusal, FieldMissing | FieldTooLong) else set(_hints(refusal))
    )
    return {next((field for field in fields if field in named), ""): words_of(refusal)}


def _hints(refusal: Refusal) -> list[str]:
    """Attributes of a refusal are called as the fields they are about; `field` names one."""
    return [str(getattr(refusal, "field", "")), *(name for name in vars(refusal) if name not in ("field", "known"))]
