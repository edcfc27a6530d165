"""What waits: for the reader's vote, for others on what the reader asked for, and everything that is open in scope."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from domain.access import Capability
from tenants.instance.queries.governance import Governance, get_governance
from tenants.instance.queries.measure import get_names
from tenants.instance.queries.requests import RequestLine, asked_by, open_in_scope, waiting_for
from web.access import requires
from web.formats import day, money
from web.hands import Hand, hand
from web.presenting import due_words, state_word, title_of

C = Capability
bp = Blueprint("waiting", __name__, url_prefix="/waiting")
MOST = 200


@dataclass(frozen=True, kw_only=True)
class WaitItem:
    """One line of components/wait.html."""

    title: str
    href: str
    note: str
    when: str
    is_late: bool
    price: str
    unit: str
    act: str
    state: str = ""


@bp.get("")
@requires(C.VIEW_OVERVIEW)
def index() -> str:
    here = hand()
    which = request.args.get("show", "")
    which = which if which in ("asked", "open") else "mine"
    governance = get_governance(here.work)
    lines = _lines(here, which)
    today = here.work.now().date()
    names = get_names(here.work)
    waiting = lines if which == "mine" else waiting_for(here.work, here.person.id)
    return render_template(
        "web/instance/waiting/index.html",
        which=which,
        items=[item_of(line, governance, names, today, here.person.id) for line in lines],
        title=title_words(waiting, governance),
        toll=money(price_of(lines)) if price_of(lines) else "",
        is_cut=which == "open" and len(lines) == MOST,
        currency=governance.currency,
        now=here.work.now(),
    )


def title_words(waiting: Sequence[RequestLine], governance: Governance) -> str:
    """What waits for the reader and what a week of it costs, as the finding of the page."""
    if not waiting:
        return _("Nothing waits for you")
    words = ngettext("One decision waits for you", "%(num)d decisions wait for you", len(waiting))
    price = price_of(waiting)
    if not price:
        return words
    return _("%(what)s; a week costs %(price)s %(unit)s", what=words, price=money(price), unit=governance.currency)


def price_of(lines: Sequence[RequestLine]) -> Decimal:
    """The price of a week, each measure once however many requests wait on it."""
    by_measure = {line.measure: line.price for line in lines if line.closed_at is None}
    return sum(by_measure.values(), Decimal(0))


def item_of(
    line: RequestLine, governance: Governance, names: Mapping[UUID, str], today: date, reader: UUID
) -> WaitItem:
    """A request as one line: what, for which measure, who asked, when it is due, what a week costs."""
    title = f"{title_of(line.kind, line.target, governance.template)}: {line.code} {line.title}"
    is_open = line.closed_at is None
    when, is_late = due_words(line.due_on, today) if is_open else ("", False)
    if not is_open and line.closed_at:
        when = f"{state_word(line.state)} {day(line.closed_at.date())}"
    others = [names.get(person, "–") for person in line.waiting if person != reader]
    asks = _("waits for %(who)s", who=_short(others)) if is_open and others and reader not in line.waiting else ""
    asked = _("asked by %(who)s on %(day)s", who=line.requested_by, day=day(line.requested_at.date()))
    return WaitItem(
        title=title,
        href=url_for("instance.requests.show", request_id=line.id),
        note=" · ".join(filter(None, [asked, asks])),
        when=when,
        is_late=is_late,
        price=money(line.price) if line.price and is_open else "",
        unit=_("%(currency)s a week", currency=governance.currency),
        act=_("Decide") if reader in line.waiting else _("Open"),
        state=str(line.state),
    )


def _lines(here: Hand, which: str) -> Sequence[RequestLine]:
    if which == "asked":
        return asked_by(here.work, here.person.id)
    if which == "open":
        return open_in_scope(here.work, here.actor.scope_for(C.VIEW_MEASURES), MOST)
    return waiting_for(here.work, here.person.id)


def _short(names: Sequence[str], most: int = 3) -> str:
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else _("%(names)s and %(n)s more", names=shown, n=len(names) - most)
