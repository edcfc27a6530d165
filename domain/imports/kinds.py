"""What an import is of, measures or orders, and which fields that has."""

from collections.abc import Mapping
from enum import StrEnum

from domain.imports import fields, order_fields
from domain.imports.fields import Field
from domain.imports.order_fields import OrderField

AnyField = Field | OrderField


class ImportKind(StrEnum):
    MEASURES = "measures"
    ORDERS = "orders"


FIELDS: Mapping[ImportKind, tuple[AnyField, ...]] = {
    ImportKind.MEASURES: tuple(Field),
    ImportKind.ORDERS: tuple(OrderField),
}
ALWAYS_NEEDED: Mapping[ImportKind, tuple[AnyField, ...]] = {
    ImportKind.MEASURES: fields.ALWAYS_NEEDED,
    ImportKind.ORDERS: order_fields.ALWAYS_NEEDED,
}


def field_named(kind: ImportKind, name: str) -> AnyField:
    """The field of this kind of import. ValueError for a name that it does not have."""
    return Field(name) if kind is ImportKind.MEASURES else OrderField(name)
