"""The rows of the desk's table in words. A page has fifty: what they share is found once for all of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from flask_babel import gettext as _
from flask_babel import ngettext

from domain.governance.template import ExceptionType, OrderRules
from domain.orders.order import OrderState
from tenants.instance.queries.orders import OrderLine
from web.formats import DASH, day, money
from web.instance.orders.words import type_icon

SAID_IN_HOURS = 48  # what lasts longer is said in days


@dataclass(frozen=True, kw_only=True)
class Due:
    """A day to keep. `mark` is "bad" where it has passed, "warn" where it is today; `day` then stands below."""

    words: str = DASH
    mark: str = ""
    day: str = ""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One order, as it is read. `types` are icon and label of its open exceptions; a word may be empty."""

    id: str
    number: str
    priority: str
    customer: str
    channel: str
    value: str
    stage: str
    since: str
    target: Due
    promise: Due
    types: tuple[tuple[str, str], ...]
    is_constrained: bool
    tickets: str
    owner: str
    requests: str
    decision: str
    cost: str


@dataclass(frozen=True, kw_only=True)
class _Shared:
    """What all rows of a page are said with; `lasting` says every number of hours once."""

    now: datetime
    types: Mapping[str, ExceptionType]
    labels: Mapping[str, Mapping[str, str]]
    lasting: Callable[[int], str]

    def label(self, kind: str, key: str) -> str:
        return self.labels[kind].get(key, key)

    def since(self, moment: datetime) -> str:
        return self.lasting(int((self.now - moment).total_seconds() // 3600))


def rows_of(lines: Sequence[OrderLine], rules: OrderRules, now: datetime) -> list[Row]:
    """In the order of the lines, with the ages that they have now."""
    shared = _Shared(
        now=now,
        types={each.key: each for each in rules.exception_types},
        labels={
            "stage": {each.key: each.label for each in rules.stages},
            "channel": {each.code: each.label for each in rules.channels},
            "decision": {each.key: each.label for each in rules.decisions},
        },
        lasting=cache(_lasting),
    )
    return [_row(line, shared) for line in lines]


def _row(line: OrderLine, shared: _Shared) -> Row:
    return Row(
        id=str(line.id),
        number=line.number,
        priority=line.priority,
        customer=line.customer or DASH,
        channel=shared.label("channel", line.channel),
        value=money(line.value),
        stage=shared.label("stage", line.stage),
        since=_since(line, shared),
        target=_target(line, shared),
        promise=_promise(line, shared),
        types=tuple((type_icon(key), _type_label(key, shared)) for key, _is_hold in line.types),
        is_constrained=line.open_constraints > 0,
        tickets=ngettext("%(num)d ticket", "%(num)d tickets", line.open_tickets) if line.open_tickets else "",
        owner=line.owner or DASH,
        requests=ngettext("%(num)d is open", "%(num)d are open", line.open_requests) if line.open_requests else "",
        decision=_decision(line, shared),
        cost=money(line.cost_actual + line.effects),
    )


def _since(line: OrderLine, shared: _Shared) -> str:
    if line.state is OrderState.OPEN:
        return shared.since(line.stage_since)
    return _("closed") if line.state is OrderState.CLOSED else _("cancelled")


def _target(line: OrderLine, shared: _Shared) -> Due:
    """Of the stage it is in."""
    if line.due_at is None or line.state is not OrderState.OPEN:
        return Due()
    if line.due_at < shared.now:
        return Due(words=_("%(since)s late", since=shared.since(line.due_at)), mark="bad")
    if line.due_at.date() == shared.now.date():
        return Due(words=_("Today"), mark="warn")
    return Due(words=day(line.due_at.date()))


def _promise(line: OrderLine, shared: _Shared) -> Due:
    if line.promised_on is None:
        return Due()
    over = (shared.now.date() - line.promised_on).days
    if over <= 0 or line.state is not OrderState.OPEN or line.delivered_at:
        return Due(words=day(line.promised_on))
    return Due(words=ngettext("%(num)d day over", "%(num)d days over", over), mark="bad", day=day(line.promised_on))


def _type_label(key: str, shared: _Shared) -> str:
    return shared.types[key].label if key in shared.types else key


def _decision(line: OrderLine, shared: _Shared) -> str:
    """The first one that an open exception needs."""
    needed = (shared.types[key].decision for key, _is_hold in line.types if key in shared.types)
    return shared.label("decision", next(filter(None, needed), ""))


def _lasting(hours: int) -> str:
    if hours < SAID_IN_HOURS:
        return ngettext("%(num)d hour", "%(num)d hours", hours)
    return ngettext("%(num)d day", "%(num)d days", hours // 24)
