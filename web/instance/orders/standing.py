"""Where an order stands, in the words of its page: one status for everyone, the journey, what closure needs."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _
from flask_babel import ngettext

from domain.approvals.request import RequestState
from domain.orders.asking import CANCELLATION
from domain.orders.closing import closure_missing
from domain.orders.incoming import Standing
from domain.orders.order import Happening, OrderState
from tenants.instance.queries.order import OrderSheet, Stay
from web.formats import amount, day, moment
from web.instance.orders.words import condition_words, stage_label, type_label

DAY_HOURS = 48  # from here on days are counted, not hours


@dataclass(frozen=True, kw_only=True)
class StatusLine:
    """Level and words of the status, why; and of what it costs or loses, beside it."""

    level: str
    words: str
    why: str
    cost_level: str
    cost: str
    cost_why: str
    late: str  # how long past its promise, empty where it is not


@dataclass(frozen=True, kw_only=True)
class Leg:
    """One stage of the journey. `state`: done, here, ahead or passed."""

    label: str
    state: str
    is_stopped: bool
    is_late: bool
    when: str
    note: str


def status_of(sheet: OrderSheet, now: datetime) -> StatusLine:
    level, words, why = _status(sheet, now)
    lost = sheet.cost_actual + sheet.effects_sum
    over = sheet.cost_actual - sheet.cost_forecast
    cost_level = "red" if sheet.effects_sum > 0 else "amber" if over > 0 else "green"
    return StatusLine(
        level=level,
        words=words,
        why=why,
        cost_level=cost_level if lost else "grey",
        cost=amount(lost, sheet.order.currency),
        cost_why=_("of it effects %(amount)s", amount=amount(sheet.effects_sum, sheet.order.currency))
        if sheet.effects_sum
        else _("fulfilment cost so far"),
        late=_late(sheet, now),
    )


def _status(sheet: OrderSheet, now: datetime) -> tuple[str, str, str]:
    order = sheet.order
    if order.state is OrderState.CLOSED:
        return "green", _("Closed"), day(sheet.closed_at.date()) if sheet.closed_at else ""
    if order.state is OrderState.CANCELLED:
        return "grey", _("Cancelled"), _cancelled(sheet)
    if order.holds or order.constraints:
        named = [type_label(sheet.rules, each.type) for each in order.holds]
        return "hold", _("Held up"), ", ".join([*named, *(each.title for each in order.constraints)])
    if order.due_at and order.due_at < now:
        return (
            "red",
            _("Late"),
            _(
                "%(stage)s should have ended %(since)s ago",
                stage=stage_label(sheet.rules, order.stage),
                since=lasting(now - order.due_at),
            ),
        )
    if _late(sheet, now):
        return "red", _("Past its promise"), _late(sheet, now)
    if order.open_exceptions:
        named = [type_label(sheet.rules, each.type) for each in order.open_exceptions]
        return "amber", _("With exceptions"), ", ".join(named)
    return "green", _("On its way"), stage_label(sheet.rules, order.stage)


def _cancelled(sheet: OrderSheet) -> str:
    """Who said so: a decision here with its reason, or the source, which nobody here was asked about."""
    when = moment(sheet.closed_at) if sheet.closed_at else ""
    if any(each.kind == f"order:{CANCELLATION}" and each.state == RequestState.APPROVED for each in sheet.requests):
        return _("decided here, %(when)s: %(why)s", when=when, why=sheet.cancel_reason)
    if sheet.cancel_reason == Standing.UNAVAILABLE:
        return _("its source says so: it cannot be supplied, %(when)s; nobody decided that here", when=when)
    return _("its source says so, %(when)s; nobody decided that here", when=when)


def _late(sheet: OrderSheet, now: datetime) -> str:
    order = sheet.order
    reached = order.happened.get(Happening.DELIVERED)
    if order.promised_on is None or (reached is None and order.state is not OrderState.OPEN):
        return ""
    days = ((reached or now).date() - order.promised_on).days
    if days <= 0:
        return ""
    if reached:
        return ngettext("delivered %(num)s day late", "delivered %(num)s days late", days)
    return ngettext("%(num)s day late", "%(num)s days late", days)


def journey_of(sheet: OrderSheet, now: datetime) -> list[Leg]:
    """The stages of the template with the last stay in each; a return that never was is left out."""
    last = {stay.stage: stay for stay in sheet.stays}
    here = sheet.rules.position(sheet.order.stage)
    legs = []
    for place, stage in enumerate(sheet.rules.stages):
        stay = last.get(stage.key)
        if (
            stay is None
            and "return_registered" in stage.entry
            and Happening.RETURN_REGISTERED not in sheet.order.happened
        ):
            continue
        is_here = place == here and sheet.order.state is OrderState.OPEN
        state = "here" if is_here else "ahead" if place > here else "done" if stay else "passed"
        legs.append(
            Leg(
                label=stage.label,
                state=state,
                is_stopped=_is_stopped(sheet, stage.key),
                is_late=bool(
                    stay and stay.due_at and (stay.left_at or now) > stay.due_at and state in ("here", "done")
                ),
                when=_when(stay, state),
                note=_note(stay if state in ("here", "done") else None, stage.target_hours, now),
            )
        )
    return legs


def _is_stopped(sheet: OrderSheet, stage: str) -> bool:
    order = sheet.order
    return any(stage in hold.stops for hold in order.holds) or any(stage in each.stops for each in order.constraints)


def _when(stay: Stay | None, state: str) -> str:
    if stay is None or state == "ahead":
        return _("passed over") if state == "passed" else ""
    return moment(stay.entered_at) if state == "done" else _("since %(when)s", when=moment(stay.entered_at))


def _note(stay: Stay | None, target: int, now: datetime) -> str:
    goal = _("target %(time)s", time=lasting(timedelta(hours=target)))
    if stay is None:
        return goal
    if stay.left_at is None:
        return _("%(goal)s · %(time)s so far", goal=goal, time=lasting(now - stay.entered_at))
    return _("%(goal)s · took %(time)s", goal=goal, time=lasting(stay.left_at - stay.entered_at))


def lasting(time: timedelta) -> str:
    hours = max(0, int(time.total_seconds() // 3600))
    if hours < DAY_HOURS:
        return ngettext("%(num)s hour", "%(num)s hours", hours)
    return ngettext("%(num)s day", "%(num)s days", hours // 24)


def closure_of(sheet: OrderSheet) -> list[dict[str, str]]:
    """What closure asks for, missing first, for the checklist."""
    missing, words = set(closure_missing(sheet.order, sheet.rules)), condition_words()
    listed = sorted(sheet.rules.closure, key=lambda each: each not in missing)
    return [{"state": "open" if each in missing else "met", "label": words[each], "note": ""} for each in listed]
