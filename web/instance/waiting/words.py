"""What the inbox says of itself: its finding, its tabs, the kinds it holds; and what a tick stands for."""

from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import ngettext

from domain.approvals.request import Seen
from domain.governance.policies import GATE_KINDS
from domain.governance.template import GovernanceTemplate
from domain.stages import Stage
from tenants.instance.queries.inbox import Inbox, Tab
from web.asked import Asked
from web.formats import money
from web.presenting import title_of


def finding_of(tab: Tab, inbox: Inbox, duties: int, currency: str) -> str:
    """The title: how many there are in the tab, whatever the filter; the price of a week while nothing is left out.

    `duties` are the conditions, checks and work on orders that wait below the decisions.
    """
    count = sum(number for _kind, number in inbox.kinds)
    words = {Tab.MINE: _mine, Tab.ASKED: _asked, Tab.TEAM: _team, Tab.OPEN: _open}[tab](count)
    if not count and duties:
        return ngettext("One duty waits for you", "%(num)d duties wait for you", duties)
    if not inbox.price or count != inbox.total:
        return words
    return _("%(what)s; a week costs %(price)s %(unit)s", what=words, price=money(inbox.price), unit=currency)


def _mine(count: int) -> str:
    if not count:
        return _("Nothing waits for you")
    return ngettext("One decision waits for you", "%(num)d decisions wait for you", count)


def _asked(count: int) -> str:
    return (
        ngettext("You asked for one decision", "You asked for %(num)d decisions", count) if count else _("Asked by you")
    )


def _team(count: int) -> str:
    if not count:
        return _("Nothing is late where you lead")
    return ngettext("One decision is late where you lead", "%(num)d decisions are late where you lead", count)


def _open(count: int) -> str:
    if not count:
        return _("Nothing is open")
    return ngettext("One decision is open in your part", "%(num)d decisions are open in your part", count)


def tabs_of(asked: Asked) -> list[dict[str, Any]]:
    """Each tab keeps the order, not the kind or the page."""
    labels = {
        Tab.MINE: _("Waiting for me"),
        Tab.ASKED: _("I asked for"),
        Tab.TEAM: _("My team's overdue"),
        Tab.OPEN: _("All open"),
    }
    current = asked.wanted.tab
    return [
        {
            "label": label,
            "href": asked.address(show="" if tab is Tab.MINE else tab, kind=""),
            "current": tab is current,
        }
        for tab, label in labels.items()
    ]


def kinds_of(asked: Asked, inbox: Inbox, template: GovernanceTemplate) -> list[dict[str, Any]]:
    """Filters by kind with their numbers, while there is more than one to choose from."""
    if len(inbox.kinds) < 2 and not asked.wanted.kind:
        return []
    total = sum(number for _kind, number in inbox.kinds)
    every = {"label": _("Every kind"), "href": asked.address(kind=""), "n": total, "current": not asked.wanted.kind}
    return [
        every,
        *(
            {
                "label": title_of(kind, _stage(kind), template),
                "href": asked.address(kind=kind),
                "n": number,
                "current": kind == asked.wanted.kind,
            }
            for kind, number in inbox.kinds
        ),
    ]


def ticked(request: UUID, seen: Seen) -> str:
    """What a tick stands for: the request, and the step and the seal as they are shown."""
    return f"{request}:{seen.step}:{seen.seal}"


def read_tick(text: str) -> tuple[UUID, Seen]:
    """The same read. Raises ValueError."""
    request, step, seal = text.split(":")
    return UUID(request), Seen(seal=seal, step=int(step))


def _stage(kind: str) -> Stage | None:
    return Stage[kind.removeprefix("gate:").upper()] if kind in GATE_KINDS else None
