"""The forums of a client, and one of them: who decides there, when they meet, what waits and what that costs."""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from flask import render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from domain.access import Capability
from domain.forums import may_manage, sees_all
from tenants.instance.queries.decisions import DecisionFilter, list_decisions
from tenants.instance.queries.forums import list_forums
from tenants.instance.queries.governance import get_governance
from tenants.instance.queries.measure import get_names
from tenants.instance.queries.meetings import list_open_actions
from web.access import requires
from web.formats import amount, money
from web.hands import hand
from web.instance.forums import bp
from web.instance.forums.reading import actions_of
from web.instance.forums.taking import crumbs, sight, take_forum
from web.presenting import title_of
from web.waits import item_of, price_of

C = Capability
LAST_DECISIONS = 5


@bp.get("")
@requires(C.VIEW_FORUMS, or_named=True)
def index() -> str:
    here = hand()
    forums = list_forums(here.work, sight(), here.actor)
    governance = get_governance(here.work)
    actions = list_open_actions(here.work, here.actor, [each.forum for each in forums])
    return render_template(
        "web/instance/forums/index.html",
        forums=forums,
        finding=_finding([each.waiting for each in forums], [each.price for each in forums], governance.currency),
        actions=actions_of(actions, {each.forum.id: each.forum for each in forums}),
        currency=governance.currency,
        crumbs=[*crumbs()[:1], (_("Forums"), None)],
        may_edit=here.actor.can_anywhere(C.EDIT_REFERENCE_DATA),
        now=here.work.now(),
    )


@bp.get("/<uuid:forum>")
@requires(C.VIEW_FORUMS, or_named=True)
def show(forum: UUID) -> str:
    here, sheet = hand(), take_forum(forum)
    governance, names = get_governance(here.work), get_names(here.work)
    today = here.work.now().date()
    whole = [sheet.forum.id] if sees_all(sheet.forum, here.actor) else []
    decisions = list_decisions(here.work, sight(), whole, DecisionFilter(forum=forum), per_page=LAST_DECISIONS)
    actions = list_open_actions(here.work, here.actor, [sheet.forum])
    price = price_of(sheet.waiting)
    return render_template(
        "web/instance/forums/show.html",
        sheet=sheet,
        crumbs=crumbs((sheet.forum.name, None)),
        waiting=[item_of(line, governance, names, today, here.person.id) for line in sheet.waiting],
        price=amount(price, governance.currency) if price else "",
        decisions=decisions,
        template=governance.template,
        title_of=title_of,
        actions=actions_of(actions, {sheet.forum.id: sheet.forum}),
        firm=names.firm,
        may_manage=may_manage(sheet.forum, here.actor),
        may_edit=here.actor.can_anywhere(C.EDIT_REFERENCE_DATA),
        call_href=url_for(".new_meeting", forum=forum),
        log_href=url_for(".decisions", forum=forum),
        now=here.work.now(),
    )


def _finding(waiting: Sequence[int], prices: Sequence[Decimal], currency: str) -> str:
    """What waits for all forums and what a week of it costs."""
    if not sum(waiting):
        return _("Nothing waits for a forum")
    words = ngettext("One decision waits for a forum", "%(num)d decisions wait for forums", sum(waiting))
    price = sum(prices, Decimal(0))
    if not price:
        return words
    return _("%(what)s; a week costs %(price)s %(unit)s", what=words, price=money(price), unit=currency)
