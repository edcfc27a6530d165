"""Requests that wait as lines of a page: what, of which measure or order, who asked, when it is due, what it costs."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from flask import url_for
from flask_babel import gettext as _

from tenants.instance.queries.governance import Governance
from tenants.instance.queries.requests import RequestLine
from web.formats import DASH, cents, day, money
from web.presenting import about_words, due_words, state_word, title_of


@dataclass(frozen=True, kw_only=True)
class WaitItem:
    """One line of components/wait.html."""

    id: UUID
    title: str
    href: str
    note: str
    when: str
    is_late: bool
    price: str
    unit: str
    act: str
    state: str = ""


def price_of(lines: Sequence[RequestLine]) -> Decimal:
    """The price of a week, each measure once however many requests wait on it."""
    by_measure = {line.measure: line.price for line in lines if line.closed_at is None and line.measure}
    return sum(by_measure.values(), Decimal(0))


def item_of(
    line: RequestLine,
    governance: Governance,
    names: Mapping[UUID, str],
    today: date,
    reader: UUID,
    givers: Collection[UUID] = (),
) -> WaitItem:
    """A request as one line. A gate has the price of a week, a decision on an order that of a day.

    `givers` are those whom the reader stands in for where a line waits for one of them.
    """
    when, is_late = when_of(line, today)
    is_mine = reader in line.waiting
    stead = [] if is_mine else [names.get(person, DASH) for person in line.waiting if person in givers]
    others = [] if is_mine or stead else [names.get(person, DASH) for person in line.waiting]
    whose = _("for %(whom)s", whom=_short(stead)) if stead else _("waits for %(who)s", who=_short(others))
    asked = _("asked by %(who)s on %(day)s", who=line.requested_by, day=day(line.requested_at.date()))
    return WaitItem(
        id=line.id,
        title=request_title(line, governance),
        href=url_for("instance.requests.show", request_id=line.id),
        note=" · ".join([asked, whose] if stead or others else [asked]),
        when=when,
        is_late=is_late,
        price=cents(line.per_day) if line.per_day else money(line.price) if line.price else "",
        unit=_("%(currency)s a day" if line.per_day else "%(currency)s a week", currency=governance.currency),
        act=_("Decide") if is_mine or stead else _("Open"),
        state=str(line.state),
    )


def request_title(line: RequestLine, governance: Governance) -> str:
    about = about_words(line.code, line.title, line.amount, governance.currency)
    return f"{title_of(line.kind, line.target, governance.template)}: {about}"


def when_of(line: RequestLine, today: date) -> tuple[str, bool]:
    """When it is due or what became of it, and whether it is late: nothing is while a hold lasts."""
    if line.closed_at:
        return f"{state_word(line.state)} {day(line.closed_at.date())}", False
    if line.is_suspended:
        return _("on hold"), False
    return due_words(line.due_on, today)


def _short(names: Sequence[str], most: int = 3) -> str:
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else _("%(names)s and %(n)s more", names=shown, n=len(names) - most)
