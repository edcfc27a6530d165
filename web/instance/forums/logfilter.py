"""The filter of the decision log as it stands in the address: read, shown as chips, written into every link."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode
from uuid import UUID

from flask import abort
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from domain.approvals.request import RequestState
from domain.governance.policies import ORDER_PREFIX
from domain.governance.template import GovernanceTemplate
from domain.stages import Stage
from tenants.instance.queries.decisions import DecisionFilter
from tenants.instance.queries.forums import ForumSummary
from web.formats import day
from web.presenting import title_of

KEYS = ("q", "forum", "kind", "outcome", "from", "to", "sort", "page")
FILTERING = KEYS[:-2]
TURNS = ("change", "hold", "resume", "cancel", "reopen")


@dataclass(frozen=True, kw_only=True)
class Chip:
    """One value of the filter; `remove` is the address without it."""

    field: str
    value: str
    remove: str


@dataclass(frozen=True, kw_only=True)
class LogFilter:
    """The filter of one request. `asked`: the address's own words, only those that mean something."""

    here: str
    asked: dict[str, str]
    wanted: DecisionFilter
    sort: str
    page: int

    def address(self, **changes: str | int) -> str:
        """The log with some keys changed; a change starts again at page 1 unless it says otherwise."""
        kept = {key: value for key, value in self.asked.items() if key != "page"} | {
            key: str(value) for key, value in changes.items()
        }
        query = urlencode({key: value for key, value in kept.items() if value})
        return f"{self.here}?{query}" if query else self.here

    def value(self, key: str) -> str:
        return self.asked.get(key, "")

    @property
    def is_filtering(self) -> bool:
        return any(key in FILTERING for key in self.asked)


def read_filter(arguments: MultiDict[str, str], here: str, forums: Sequence[ForumSummary]) -> LogFilter:
    """What the address asks for. What means nothing is left out; a forum that is not the reader's is not there."""
    asked = {key: arguments.get(key, "").strip() for key in KEYS}
    asked = {key: value for key, value in asked.items() if value and _means(key, value)}
    forum = UUID(asked["forum"]) if "forum" in asked else None
    if forum and forum not in {each.forum.id for each in forums}:
        abort(404)
    wanted = DecisionFilter(
        words=asked.get("q", ""),
        forum=forum,
        kind=asked.get("kind", ""),
        outcome=asked.get("outcome", ""),
        since=_day(asked.get("from", "")),
        until=_day(asked.get("to", "")),
    )
    return LogFilter(
        here=here, asked=asked, wanted=wanted, sort=asked.get("sort", "-decided"), page=int(asked.get("page", "1"))
    )


def chips(found: LogFilter, forums: Sequence[ForumSummary], template: GovernanceTemplate) -> list[Chip]:
    """One chip for each value that filters."""
    kinds, outcomes = dict(kind_choices(template)), outcome_words()
    shown: dict[str, tuple[str, Callable[[str], str]]] = {
        "q": (_("Words"), lambda value: f"“{value}”"),
        "forum": (_("Forum is"), lambda value: next(f.forum.name for f in forums if str(f.forum.id) == value)),
        "kind": (_("Kind is"), lambda value: kinds.get(value, value)),
        "outcome": (_("Outcome is"), lambda value: outcomes[RequestState(value)]),
        "from": (_("From"), lambda value: day(date.fromisoformat(value))),
        "to": (_("To"), lambda value: day(date.fromisoformat(value))),
    }
    return [
        Chip(field=field, value=words(found.value(key)), remove=found.address(**{key: ""}))
        for key, (field, words) in shown.items()
        if key in found.asked
    ]


def kind_choices(template: GovernanceTemplate) -> list[tuple[str, str]]:
    """All gates, each gate, and the other kinds of requests."""
    gates = [(f"gate:{stage.name.lower()}", title_of("", stage, template)) for stage in Stage if stage > 1]
    turns = [(kind, title_of(kind, None, template)) for kind in TURNS]
    decisions = template.orders.decisions if template.orders else ()
    orders = [(f"{ORDER_PREFIX}{each.key}", each.label) for each in decisions]
    every = [("order", _("All decisions on orders"))] if orders else []
    return [("gate", _("All gates")), *gates, *turns, *every, *orders]


def outcome_words() -> dict[RequestState, str]:
    return {
        RequestState.APPROVED: _("Approved"),
        RequestState.RETURNED: _("Returned for changes"),
        RequestState.REJECTED: _("Rejected"),
        RequestState.WITHDRAWN: _("Withdrawn"),
        RequestState.VOIDED: _("Voided"),
        RequestState.OPEN: _("Decided by the forum, goes on"),
    }


def _means(key: str, value: str) -> bool:
    match key:
        case "forum":
            return _is_uuid(value)
        case "kind":
            return value == "gate" or value in TURNS or value in {f"gate:{stage.name.lower()}" for stage in Stage}
        case "outcome":
            return value in set(RequestState)
        case "from" | "to":
            return _day(value) is not None
        case "page":
            return value.isascii() and value.isdigit() and len(value) < 7
        case _:
            return len(value) <= 200


def _is_uuid(value: str) -> bool:
    try:
        return bool(UUID(value))
    except ValueError:
        return False


def _day(value: str) -> date | None:
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        return None
