"""What a source says of an order, held against what is here: three-way, field by field."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from domain.ids import ReferenceId
from domain.money import CENT
from domain.orders.incoming import Incoming, Standing
from domain.orders.order import Happening, Order, OrderState
from domain.orders.reaching import HeldBack, held_back, moved_on, stage_from

__all__ = [
    "COLUMNS",
    "FIELDS",
    "FieldConflict",
    "FieldUpdate",
    "HeldBack",
    "Incoming",
    "Merged",
    "Standing",
    "applied",
    "held_back",
    "merge",
    "moved_on",
    "said",
    "stage_from",
    "standing_here",
    "text_of",
    "value_of",
]

REFUNDED_AMOUNT = "refunded_amount"  # beside the moment, which is called "refunded"
HAPPENINGS = frozenset(map(str, Happening))
_AMOUNTS = ("value", "discount", "freight")
_TEXTS = ("payment", "customer", "commitment", "currency")
_MOMENTS = ("placed_at", *(str(each) for each in Happening))
_SOURCE_ONLY = ("status", "cancelled_at", "paid", REFUNDED_AMOUNT, "score")  # nobody changes these here
STATE = "state"
FIELDS = ("placed_at", "currency", *_AMOUNTS, "items", "payment", "customer", "business_unit", "promised_on",
          "commitment", STATE, *map(str, Happening), *_SOURCE_ONLY)  # fmt: skip
COLUMNS = {str(each): f"{each}_at" for each in Happening} | {"business_unit": "business_unit_id"}


@dataclass(frozen=True, kw_only=True)
class FieldConflict:
    """A field that the source changed to `theirs` and somebody here to `ours` since both said `base`."""

    field: str
    base: str
    ours: str
    theirs: str


@dataclass(frozen=True, kw_only=True)
class FieldUpdate:
    field: str
    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class Merged:
    """`imported` is what the source has said by now; `agreed`: fields where the source came to what stands here."""

    updates: tuple[FieldUpdate, ...]
    conflicts: tuple[FieldConflict, ...]
    agreed: tuple[str, ...]
    imported: Mapping[str, str]

    @property
    def is_unchanged(self) -> bool:
        return not (self.updates or self.conflicts or self.agreed)


def said(incoming: Incoming) -> dict[str, str]:
    """Field by field what the source says, as text; a field of which it says nothing is not in it."""
    values: dict[str, Any] = {
        name: getattr(incoming, "refunded" if name == REFUNDED_AMOUNT else name)
        for name in FIELDS
        if name not in HAPPENINGS and name != STATE
    }
    values |= {str(each): at for each, at in incoming.happened.items()}
    values[STATE] = OrderState.CANCELLED if incoming.is_cancelled else OrderState.OPEN
    return {
        name: text_of(value)
        for name, value in values.items()
        if value is not None and value != "" and name not in incoming.silent
    }


def standing_here(order: Order) -> dict[str, str]:
    """The same of the order as it is here."""
    names = ("placed_at", "currency", *_AMOUNTS, "items", "payment", "customer", "business_unit", "promised_on",
             "commitment", STATE)  # fmt: skip
    values: dict[str, Any] = {name: getattr(order, name) for name in names}
    values |= {str(each): at for each, at in order.happened.items()}
    return {name: text_of(value) for name, value in values.items() if value is not None and value != ""}


def merge(imported: Mapping[str, str], order: Order, incoming: Incoming) -> Merged:
    """Hold what the source says now against what it said last (`imported`) and against what stands here.

    Changed there only: an update. Changed here only: stays. Changed in both to different things: a conflict, for
    somebody to decide. The same field is never in conflict twice for one statement of the source.
    """
    ours, theirs = standing_here(order), said(incoming)
    updates: list[FieldUpdate] = []
    conflicts: list[FieldConflict] = []
    agreed: list[str] = []
    for name, new in theirs.items():
        base = imported.get(name, "")
        mine = base if name in _SOURCE_ONLY else ours.get(name, "")
        if new == base:
            continue
        if new == mine:
            agreed.append(name)
        elif name == STATE and new == OrderState.OPEN:  # what ended here is not taken up again by itself
            conflicts.append(FieldConflict(field=name, base=base, ours=mine, theirs=new))
        elif mine == base or (not base and mine in _NOTHING) or _is_free(name, base, mine, order):
            updates.append(FieldUpdate(field=name, before=mine, after=new))
        else:
            conflicts.append(FieldConflict(field=name, base=base, ours=mine, theirs=new))
    return Merged(
        updates=tuple(updates),
        conflicts=tuple(conflicts),
        agreed=tuple(agreed),
        imported={**imported, **theirs},
    )


_NOTHING = ("", "0", "0.00")


def _is_free(name: str, base: str, mine: str, order: Order) -> bool:
    """Whether what differs from the source's last word is not a change that somebody made here."""
    return name == STATE and not base and mine == OrderState.OPEN and order.state is OrderState.OPEN


def applied(order: Order, changes: Mapping[str, str]) -> Order:
    """The order with these fields set to what the texts say; fields that only sources have change nothing."""
    happened = dict(order.happened)
    values: dict[str, Any] = {}
    for name, written in changes.items():
        if name in HAPPENINGS:
            happened[Happening(name)] = value_of(name, written)
        elif name not in _SOURCE_ONLY:
            values[name] = value_of(name, written)
    return replace(order, happened=happened, **values)


def value_of(name: str, written: str) -> Any:
    """The value that a text of `said` stands for."""
    if name in _MOMENTS or name == "cancelled_at":
        return datetime.fromisoformat(written)
    if name in _AMOUNTS or name in ("paid", REFUNDED_AMOUNT):
        return Decimal(written)
    if name in ("items", "score"):
        return int(written)
    if name == "promised_on":
        return date.fromisoformat(written) if written else None
    if name == "business_unit":
        return ReferenceId(UUID(written)) if written else None
    return OrderState(written) if name == STATE else written


def text_of(value: Any) -> str:
    """A value as `imported` holds it."""
    if isinstance(value, Decimal):
        return f"{value.quantize(CENT):f}"
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)
