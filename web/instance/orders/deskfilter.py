"""The filter of the desk as it stands in the address: written into every link, shown as chips."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from flask import url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from domain.governance.template import OrderRules
from domain.orders.order import OrderState
from tenants.instance.queries.order_filters import OrderFilters
from tenants.instance.queries.orders import SORTS
from web.formats import month
from web.instance.orders.words import priority_words, state_words, type_label

DEFAULT_SORT = "due"


@dataclass(frozen=True, kw_only=True)
class Chip:
    """One value of the filter; `remove` is the address without it."""

    field: str
    value: str
    remove: str


@dataclass(frozen=True, kw_only=True)
class DeskFilter:
    """The filter of one request."""

    here: str
    wanted: OrderFilters
    sort: str
    page: int

    @property
    def query(self) -> dict[str, str]:
        """The pairs of the address, without the page."""
        return self.wanted.query | ({"sort": self.sort} if self.sort != DEFAULT_SORT else {})

    def address(self, **changes: str | int) -> str:
        """The desk with some keys changed (empty: taken out); a change starts again at page 1."""
        kept = {key: value for key, value in (self.query | changes).items() if value != ""}
        return f"{self.here}?{urlencode(kept)}" if kept else self.here

    def get(self, key: str) -> str:
        return self.query.get(key, "")

    @property
    def is_search_of_open(self) -> bool:
        """Whether words are looked for among open orders alone."""
        return bool(self.wanted.q) and self.wanted.state == OrderState.OPEN

    @property
    def is_filtering(self) -> bool:
        return bool(self.wanted.query)


def read_filter(arguments: MultiDict[str, str]) -> DeskFilter:
    """What the address asks for. What means nothing there finds nothing; an unknown sort is the usual one."""
    sort, page = arguments.get("sort", DEFAULT_SORT), arguments.get("page", "1")
    return DeskFilter(
        here=url_for("instance.orders.index"),
        wanted=OrderFilters.asked(arguments),
        sort=sort if sort.removeprefix("-") in SORTS else DEFAULT_SORT,
        page=int(page) if page.isascii() and page.isdigit() and len(page) < 7 else 1,
    )


def chips(found: DeskFilter, rules: OrderRules, names: Mapping[UUID, str], titles: Mapping[str, str]) -> list[Chip]:
    """One chip for each pair of the address; `titles` are those of constraints."""
    words = field_words()
    return [
        Chip(
            field=words.get(key, key), value=_said(key, value, rules, names, titles), remove=found.address(**{key: ""})
        )
        for key, value in found.wanted.query.items()
    ]


def field_words() -> dict[str, str]:
    return {
        "state": _("State is"),
        "stage": _("Stage is"),
        "type": _("Exception is"),
        "cause": _("Cause is"),
        "opened": _("Exception opened in"),
        "booked": _("Booked in"),
        "effect": _("With the effect"),
        "cost": _("With cost of"),
        "owner": _("Owner is"),
        "due": _("Target"),
        "channel": _("Channel is"),
        "unit": _("Unit is"),
        "priority": _("Priority is"),
        "held": _("Held up"),
        "delayed": _("Promise"),
        "age": _("Days since placed, from"),
        "month": _("Placed in"),
        "reason": _("Cancelled for"),
        "constraint": _("Constraint"),
        "ticket": _("Open ticket"),
        "ticket_of": _("Open ticket of"),
        "exception_of": _("Open exception of"),
        "ticket_age": _("Ticket's days, from"),
        "q": _("Words"),
    }


def _said(key: str, value: str, rules: OrderRules, names: Mapping[UUID, str], titles: Mapping[str, str]) -> str:
    listed: Mapping[str, Sequence[object]] = {
        "channel": rules.channels,
        "effect": rules.effects,
        "cost": rules.cost_kinds,
    }
    fixed = {
        "due": {"late": _("passed"), "today": _("passed, or today")},
        "held": {"1": _("yes")},
        "delayed": {"1": _("passed")},
        "priority": priority_words(),
        "state": state_words() | {"all": _("any")},
        "owner": {"none": _("nobody")},
        "ticket_of": {"none": _("nobody")},
    }
    known: dict[str, Callable[[str], str]] = {
        "stage": lambda each: rules_label(rules.stages, each),
        "type": lambda each: type_label(rules, each) if each != "any" else _("any"),
        "constraint": lambda each: titles.get(each, _("any")),
        "q": lambda each: f"“{each}”",
        **dict.fromkeys(("owner", "unit", "ticket_of", "exception_of"), lambda each: _named(names, each)),
        **dict.fromkeys(("month", "opened", "booked"), _months),
        **{each: lambda code, of=of: rules_label(of, code) for each, of in listed.items()},  # type: ignore[misc]
    }
    if said := fixed.get(key, {}).get(value):
        return str(said)
    return known[key](value) if key in known else _("any") if value == "any" else value


def rules_label(items: Sequence[object], code: str) -> str:
    """The label of a template's item by its key or code."""
    found = (each for each in items if code in (getattr(each, "key", None), getattr(each, "code", None)))
    return str(getattr(next(found, None), "label", _("any") if code == "any" else code))


def _named(names: Mapping[UUID, str], value: str) -> str:
    try:
        return names.get(UUID(value), "–")
    except ValueError:
        return value


def _months(value: str) -> str:
    first, _dots, last = value.partition("..")
    try:
        return month(first) if not last else f"{month(first)} – {month(last)}"
    except (ValueError, IndexError):
        return value
