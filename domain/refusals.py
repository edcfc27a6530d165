"""The base of every refusal: a fact with data and no prose. Words: templates/web/components/refusals.html."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """Something a person asked for and did not get. Subclasses carry what the words need."""


@dataclass(frozen=True, kw_only=True)
class Stale(Refusal):
    """Somebody saved after the page was opened: nothing was overwritten. Versions as the page saw and as they are."""

    seen: int
    current: int


@dataclass(frozen=True, kw_only=True)
class FieldMissing(Refusal):
    """What must be said is not."""

    field: str


@dataclass(frozen=True, kw_only=True)
class FieldTooLong(Refusal):
    """More than there is room for; `limit` in characters."""

    field: str
    limit: int
