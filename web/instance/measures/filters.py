"""The filter of the list as it stands in the address: read, shown as chips, and written into every link."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TypeVar
from urllib.parse import urlencode
from uuid import UUID

from flask import abort
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from domain.governance.template import GovernanceTemplate
from domain.stages import MeasureState, Stage
from domain.status import Status
from tenants.instance.queries.hierarchy import NodeName
from tenants.instance.queries.measures import FilterChoices, MeasureFilter
from tenants.instance.queries.watched import Watched

FILTERING = ("q", "node", "stage", "state", "implementation", "potential", "owner", "function", "unit", "watched")
KEYS = (*FILTERING, "sort", "page")
Value = TypeVar("Value", bound=Enum)


@dataclass(frozen=True, kw_only=True)
class Chip:
    """One value of the filter; `remove` is the address without it."""

    field: str
    value: str
    remove: str


@dataclass(frozen=True, kw_only=True)
class Filter:
    """The filter of one request. `asked`: the address's own words, only those that mean something."""

    here: str
    asked: tuple[tuple[str, str], ...]
    wanted: MeasureFilter
    sort: str
    page: int

    def address(self, **changes: str | int) -> str:
        """The list with some keys changed; a change starts again at page 1 unless it says otherwise."""
        kept = [(key, value) for key, value in self.asked if key not in changes and key != "page"]
        added = [(key, str(value)) for key, value in changes.items() if value not in ("", None)]
        query = urlencode([*kept, *added])
        return f"{self.here}?{query}" if query else self.here

    def without(self, key: str, value: str) -> str:
        kept = [pair for pair in self.asked if pair != (key, value) and pair[0] != "page"]
        return f"{self.here}?{urlencode(kept)}" if kept else self.here

    def values(self, key: str) -> list[str]:
        return [value for name, value in self.asked if name == key]

    @property
    def is_filtering(self) -> bool:
        return any(key in FILTERING for key, _value in self.asked)


def chosen_nodes(arguments: MultiDict[str, str]) -> list[UUID]:
    """The nodes that the address names, whether or not they are the reader's."""
    return [node for value in arguments.getlist("node") if (node := _uuid(value.strip()))]


def read_filter(arguments: MultiDict[str, str], here: str, nodes: Sequence[NodeName]) -> Filter:
    """What the address asks for. What means nothing is left out; a node that is not the reader's is not there: 404."""
    asked = [(key, value.strip()) for key in KEYS for value in arguments.getlist(key) if _means(key, value.strip())]
    asked = [(key, _stage(value).name.lower() if key == "stage" else value) for key, value in asked]  # type: ignore[union-attr]
    one = dict(asked)
    wanted = MeasureFilter(
        words=one.get("q", ""),
        path=_path(one.get("node", ""), nodes),
        stages=tuple(stage for key, value in asked if key == "stage" and (stage := _stage(value))),
        states=_chosen(asked, "state", MeasureState),
        implementation=_chosen(asked, "implementation", Status),
        potential=_chosen(asked, "potential", Status),
        owner=_uuid(one.get("owner", "")),
        function=_uuid(one.get("function", "")),
        business_unit=_uuid(one.get("unit", "")),
        watched=Watched(one["watched"]) if "watched" in one else None,
    )
    page = int(one.get("page", "1"))
    return Filter(here=here, asked=tuple(asked), wanted=wanted, sort=one.get("sort", "code"), page=page)


def chips(found: Filter, choices: FilterChoices, nodes: Sequence[NodeName], template: GovernanceTemplate) -> list[Chip]:
    """One chip for each value that filters, in the order of the address."""
    names: dict[str, Callable[[str], str]] = {
        "q": lambda value: f"“{value}”",
        "node": lambda value: next((node.name for node in nodes if str(node.id) == value), value),
        "stage": lambda value: template.stages[Stage[value.upper()]].label,
        "state": lambda value: state_words()[MeasureState(value)],
        "implementation": lambda value: status_words()[Status(value)],
        "potential": lambda value: status_words()[Status(value)],
        "owner": lambda value: _named(choices.owners, value),
        "function": lambda value: _named(choices.functions, value),
        "unit": lambda value: _named(choices.business_units, value),
        "watched": lambda value: watched_words()[Watched(value)],
    }
    fields = field_words()
    return [
        Chip(field=fields[key], value=names[key](value), remove=found.without(key, value))
        for key, value in found.asked
        if key in FILTERING
    ]


def field_words() -> dict[str, str]:
    return {
        "q": _("Words"),
        "node": _("Below"),
        "stage": _("Stage is"),
        "state": _("State is"),
        "implementation": _("Implementation is"),
        "potential": _("Potential is"),
        "owner": _("Owner is"),
        "function": _("Function is"),
        "unit": _("Unit is"),
        "watched": _("Asks for action"),
    }


def state_words() -> dict[MeasureState, str]:
    return {
        MeasureState.ACTIVE: _("Active"),
        MeasureState.ON_HOLD: _("On hold"),
        MeasureState.CANCELLED: _("Cancelled"),
    }


def watched_words() -> dict[Watched, str]:
    return {Watched.CHECK: _("Check after closure overdue"), Watched.KILL: _("Kill criterion met")}


def status_words() -> dict[Status, str]:
    return {
        Status.GREEN: _("On track"),
        Status.AMBER: _("At risk"),
        Status.RED: _("Off track"),
        Status.GREY: _("No plan"),
    }


def _means(key: str, value: str) -> bool:
    if not value:
        return False
    match key:
        case "stage":
            return _stage(value) is not None
        case "state":
            return value in set(MeasureState)
        case "implementation" | "potential":
            return value in set(Status)
        case "watched":
            return value in set(Watched)
        case "owner" | "function" | "unit" | "node":
            return _uuid(value) is not None
        case "page":
            return value.isascii() and value.isdigit() and len(value) < 7
        case _:
            return len(value) <= 200


def _stage(value: str) -> Stage | None:
    """A stage by name or number: links from figures know the one, people type the other."""
    if value.isascii() and value.isdigit():
        return next((stage for stage in Stage if str(int(stage)) == value), None)
    return next((stage for stage in Stage if stage.name.lower() == value), None)


def _chosen(asked: Iterable[tuple[str, str]], key: str, kind: type[Value]) -> tuple[Value, ...]:
    return tuple(kind(value) for name, value in asked if name == key)


def _path(node: str, nodes: Sequence[NodeName]) -> str:
    if not node:
        return ""
    return next((each.path for each in nodes if str(each.id) == node), None) or abort(404)


def _uuid(value: str) -> UUID | None:
    try:
        return UUID(value) if value else None
    except ValueError:
        return None


def _named(pairs: Iterable[tuple[UUID, str]], value: str) -> str:
    return next((name for found, name in pairs if str(found) == value), "–")
