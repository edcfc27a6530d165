"""What a form of the import of orders sends: the file, the mapping with its words and choices."""

from uuid import UUID

from flask import abort
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from domain.access import Capability
from domain.imports import ColumnMapping, ImportKind, MappingUnreadable, from_json
from domain.imports.order_fields import OrderField
from tenants.instance.queries.imports import CHECKING, COMMITTED, WAITING, OrderReach, Upload, get_upload
from tenants.instance.spreadsheets import Limits
from tenants.instance.spreadsheets.limits import MEBIBYTE
from web.hands import hand

LIMITS = Limits(rows=100_000, file_bytes=48 * MEBIBYTE, characters=60_000_000)
AT_ONCE = 1_000  # rows: so many are looked at and taken in while the page waits; more are a worker's
CHOICES = ("late_is_exception", "freight_is_cost", "cancelled_is_effect", "closes")
ZONES = (
    "UTC", "Europe/Berlin", "Europe/London", "Europe/Lisbon", "Europe/Madrid", "Europe/Paris", "Europe/Rome",
    "Europe/Warsaw", "Europe/Stockholm", "Europe/Helsinki", "Europe/Istanbul", "America/Sao_Paulo",
    "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles", "America/Mexico_City",
    "Asia/Dubai", "Asia/Kolkata", "Asia/Singapore", "Asia/Shanghai", "Asia/Tokyo", "Australia/Sydney",
)  # fmt: skip


def reach() -> OrderReach:
    """Whose imports of orders the reader sees."""
    actor = hand().actor
    return OrderReach(person=actor.person, everything=actor.orders(Capability.IMPORT_ORDERS).everything)


def open_upload(upload: UUID) -> Upload:
    """An upload that may still change; one that is in, or on its way in, is not there any more: 404."""
    found = get_upload(hand().work, reach(), upload)
    if found.line.state in (CHECKING, WAITING, COMMITTED):
        abort(404)
    return found


def read_mapping(form: MultiDict[str, str]) -> ColumnMapping | MappingUnreadable:
    """The mapping as the form says it."""
    words = {word: form.get(f"meaning.{place}", "") for place, word in enumerate(form.getlist("word"))}
    return from_json(
        {
            "kind": ImportKind.ORDERS,
            "columns": {str(field): form.get(f"column.{field}", "") for field in OrderField},
            "constants": {str(field): form.get(f"constant.{field}", "") for field in OrderField},
            "required": form.getlist("required"),
            "decimal_mark": form.get("decimal_mark", "."),
            "date_order": form.get("date_order", "iso"),
            "multiplier": "1",
            "orders": {
                "words": words,
                "zone": form.get("zone", "UTC"),
                "lines": bool(form.get("lines")),
                "choices": {name: bool(form.get(name)) for name in CHOICES}
                | {"ticket_up_to": form.get("ticket_up_to", "0")},
            },
        }
    )


def standings() -> list[tuple[str, str]]:
    """What a word of the status column can mean."""
    return [
        ("received", _("Received, not paid")),
        ("paid", _("Paid")),
        ("invoiced", _("Invoiced")),
        ("processing", _("In processing")),
        ("shipped", _("Shipped")),
        ("delivered", _("Delivered")),
        ("returned", _("Returned")),
        ("refunded", _("Refunded")),
        ("cancelled", _("Cancelled")),
        ("unavailable", _("Cancelled: not available")),
    ]
