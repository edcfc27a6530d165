"""The inbox by tab, kind, order and page; with one request open beside it, decided right there."""

from collections.abc import Mapping
from typing import Any

from flask import render_template, request

from domain.access import Capability
from domain.approvals.request import Seen
from tenants.instance.queries.conditions import conditions_for
from tenants.instance.queries.delegations import delegations_to
from tenants.instance.queries.governance import get_governance
from tenants.instance.queries.inbox import PAGE, Tab, list_inbox, ticks_of
from tenants.instance.queries.measure import get_names
from tenants.instance.queries.sight import sight_of
from tenants.instance.queries.sustain import checks_for
from web.access import requires
from web.asked import Asked, around, read_asked
from web.formats import money
from web.hands import hand
from web.instance.waiting import bp
from web.instance.waiting.words import finding_of, kinds_of, tabs_of, ticked
from web.order_work import order_work
from web.refusals import words_of
from web.request_view import context_of, take_sheet
from web.waits import item_of

C = Capability
NOTHING: Mapping[str, str] = {}


@bp.get("")
@requires(C.VIEW_OVERVIEW, or_named=True)
def index() -> str:
    return page_of(read_asked(request.args))


def page_of(
    asked: Asked, errors: Mapping[str, str] = NOTHING, kept: Mapping[str, str] = NOTHING, said: str = ""
) -> str:
    """The page; `errors` and `kept` are of the request that lies open, `said` is what is wrong with the ticks."""
    here = hand()
    sheet = take_sheet(asked.opened) if asked.opened else None
    governance, names = get_governance(here.work), get_names(here.work)
    inbox = list_inbox(here.work, sight_of(here.actor), here.actor.led, asked.wanted)
    delegations = delegations_to(here.work, here.person.id)
    today, is_mine = here.work.now().date(), asked.wanted.tab is Tab.MINE
    givers = {each.giver for each in delegations if is_mine and each.is_on(today)}
    ticks = ticks_of(here.work, here.actor, inbox.lines, delegations) if is_mine and not sheet else {}
    standing = conditions_for(here.work, here.person.id) if is_mine and not sheet else []
    checks = checks_for(here.work, here.person.id) if is_mine and not sheet else []
    at_desk = order_work() if is_mine and not sheet else []
    return render_template(
        "web/instance/waiting/index.html",
        view=asked,
        tab=str(asked.wanted.tab),
        sort=str(asked.wanted.sort),
        finding=finding_of(asked.wanted.tab, inbox, len(standing) + len(checks) + len(at_desk), governance.currency),
        tabs=tabs_of(asked),
        kinds=kinds_of(asked, inbox, governance.template),
        items=[item_of(line, governance, names, today, here.person.id, givers) for line in inbox.lines],
        ticks={key: ticked(key, seen) for key, seen in ticks.items() if isinstance(seen, Seen)},
        obstacles={key: words_of(seen) for key, seen in ticks.items() if not isinstance(seen, Seen)},
        inbox=inbox,
        standing=standing,
        checks=checks,
        order_work=at_desk,
        first=(inbox.page - 1) * PAGE + 1 if inbox.total else 0,
        pages=[(n, asked.address(page=n) if n != "…" else "", n == inbox.page) for n in around(inbox)],
        toll=money(inbox.price) if inbox.price else "",
        daily=money(inbox.per_day) if inbox.per_day else "",
        currency=governance.currency,
        said=said,
        now=here.work.now(),
        **_opened(asked, context_of(sheet, governance, names, errors, kept) if sheet else {}),
    )


def _opened(asked: Asked, context: dict[str, Any]) -> dict[str, Any]:
    """What lies open, with where its form comes back to; nothing does: `opened` is empty."""
    back = {**asked.place, "open": str(asked.opened)}
    return {**context, "opened": asked.opened, "back": back} if context else {"opened": None, "errors": {}}
