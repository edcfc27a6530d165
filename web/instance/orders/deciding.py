"""Ask for a decision on an order, or on many: what it is about, which policy applies and why, who would decide."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from flask import abort, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from domain.access import Capability
from domain.approvals.requesting import Requested
from domain.ids import OrderExceptionId
from domain.orders import asking
from domain.orders.asking import PRICED, PROMISING, REPLACEMENT, OrderAsk, exception_of, settles, suggested
from domain.orders.exceptions import ExceptionNotHere
from domain.refusals import Refusal
from tenants.instance.actions.order_decisions import request_decision, request_decisions
from tenants.instance.queries.governance import get_governance
from tenants.instance.queries.measure import get_names
from tenants.instance.queries.order_requests import granted_by_kind, preview_decision
from tenants.instance.queries.orders import OrderLine
from web.access import requires
from web.deciding import dry_run_of
from web.hands import hand
from web.instance.orders import bp
from web.instance.orders.bulk import Done, ticked_lines
from web.instance.orders.reading import Form, refused_field
from web.instance.orders.taking import Taken, crumbs, crumbs_of, take
from web.instance.orders.words import type_label
from web.posted import posted_id
from web.refusals import words_of
from web.responses import see
from web.shell import tell

C = Capability
ZERO = Decimal("0.00")
FIELDS = ("exception", "amount", "cost", "promised_on", "commitment", "daily_cost", "reason", "words")
AT: Mapping[type[Refusal], str] = {
    asking.AmountAboveOrder: "amount",
    asking.PromiseUnchanged: "promised_on",
    asking.PromiseInPast: "promised_on",
    asking.UnknownPromiseReason: "reason",
    asking.NoHoldToRelease: "exception",
    asking.NotItsDecision: "exception",
    ExceptionNotHere: "exception",
}


@bp.get("/<uuid:order>/decisions/new")
@requires(C.REQUEST_ORDER_DECISION)
def ask_decision(order: UUID) -> str:
    """Begins with what the order itself suggests for the kind."""
    taken = take(order, C.REQUEST_ORDER_DECISION)
    kind = _kind(taken, request.args.get("kind", ""))
    usual = _usual(taken, kind, request.args.get("exception", ""))
    return _page(taken, usual, _typed(usual), {}, str(uuid4()))


@bp.post("/<uuid:order>/decisions/previews")
@requires(C.REQUEST_ORDER_DECISION)
def preview_ask(order: UUID) -> tuple[str, int] | str:
    """What would happen if it were asked for so; nothing is sent and nothing kept. A fragment where a script asks."""
    taken = take(order, C.REQUEST_ORDER_DECISION)
    ask, form = _read(taken)
    if request.headers.get("HX-Request"):
        return render_template("web/instance/orders/decisions/_run.html", **_run(taken, ask))
    return _page(taken, ask, form.fields, form.errors, str(posted_id())), 422 if form.errors else 200


@bp.post("/<uuid:order>/decisions")
@requires(C.REQUEST_ORDER_DECISION)
def request_one(order: UUID) -> tuple[str, int] | Response:
    taken = take(order, C.REQUEST_ORDER_DECISION)
    ask, form = _read(taken)
    if form.errors:
        return _page(taken, ask, form.fields, form.errors, str(posted_id())), 422
    outcome = request_decision(taken.hand.work, order, posted_id(), ask, taken.hand.actor)
    if not isinstance(outcome, Requested):
        return _page(taken, ask, form.fields, at_field(outcome), str(posted_id())), 422
    names = get_names(taken.hand.work)
    who = ", ".join(names.get(person, "–") for person in outcome.request.waits_for[:4])
    label = taken.rules.decision_label(ask.kind)
    tell("ok", _("%(what)s is asked for", what=label), _("It waits for %(who)s.", who=who))
    return see(url_for("instance.requests.show", request_id=outcome.request.id))


@bp.get("/decisions/new")
@requires(C.REQUEST_ORDER_DECISION)
def ask_decisions() -> str | Response:
    """For the orders that are ticked at the desk."""
    lines = ticked_lines(request.args.getlist("order"))
    if not lines:
        tell("warn", _("Nothing is ticked"), _("Tick the orders in the list first."))
        return see(url_for(".index"))
    return _many(lines, {"kind": request.args.get("kind", "")}, {}, str(uuid4()))


@bp.post("/decisions")
@requires(C.REQUEST_ORDER_DECISION)
def request_many() -> tuple[str, int] | str:
    """Each decided by itself; what was refused is named with its reason."""
    here, lines = hand(), ticked_lines(request.form.getlist("order"))
    form = Form(request.form, get_governance(here.work).decimal_mark)
    if not lines:
        abort(400)
    kind = form.needed("kind")
    ask = _read_ask(kind, form, [], form.needed("promise_reason") if kind in PROMISING else form.words("reason"))
    if form.errors:
        return _many(lines, form.fields, form.errors, str(posted_id())), 422
    outcomes = request_decisions(here.work, [line.id for line in lines], posted_id(), ask, here.actor)
    done = [_done(line, outcome) for line, outcome in zip(lines, outcomes, strict=True)]
    count = sum(each.is_done for each in done)
    return render_template(
        "web/instance/orders/bulk_done.html",
        title=_("Ask for a decision"),
        finding=ngettext("%(num)d of %(all)s orders", "%(num)d of %(all)s orders", count, all=len(done)),
        outcomes=sorted(done, key=lambda each: each.is_done),
        crumbs=crumbs((_("Ask for a decision"), None)),
    )


def at_field(refusal: Refusal) -> dict[str, str]:
    """Where a refusal belongs in the form."""
    field = AT.get(type(refusal))
    return {field: words_of(refusal)} if field else refused_field(refusal, FIELDS)


def _done(line: OrderLine, outcome: Requested | Refusal) -> Done:
    is_done = isinstance(outcome, Requested)
    words = _("asked for") if isinstance(outcome, Requested) else words_of(outcome)
    return Done(id=line.id, number=line.number, words=words, is_done=is_done)


def _kind(taken: Taken, wanted: str) -> str:
    """The kind of the address; else the first that something on the order waits for."""
    known = [each.key for each in taken.rules.decisions]
    needed = [each.decision for each in taken.order.exceptions if each.is_open and each.decision]
    return next(kind for kind in (wanted, *needed, *known) if kind in known)


def _usual(taken: Taken, kind: str, exception: str) -> OrderAsk:
    granted = granted_by_kind(taken.hand.work.session, taken.order.id).get(kind, ZERO)
    usual = suggested(taken.order, kind, granted)
    about = next((each.id for each in _about(taken, kind) if str(each.id) == exception), usual.exception)
    return OrderAsk(kind=kind, reason="", exception=about, amount=usual.amount)


def _about(taken: Taken, kind: str) -> list[Any]:
    """The exceptions that a decision of this kind would settle."""
    is_release = kind == asking.RELEASE
    open_ones = taken.order.holds if is_release else [each for each in taken.order.exceptions if each.is_open]
    return [each for each in open_ones if settles(each, kind)]


def _read(taken: Taken) -> tuple[OrderAsk, Form]:
    form = Form(request.form, taken.governance.decimal_mark)
    kind = _kind(taken, form.words("kind"))
    return _read_ask(kind, form, [each.id for each in _about(taken, kind)], form.words("reason")), form


def _read_ask(kind: str, form: Form, about: Sequence[UUID], reason: str) -> OrderAsk:
    exception = form.identity("exception", about) if about else None
    return OrderAsk(
        kind=kind,
        reason=reason,
        words=form.words("words"),
        exception=OrderExceptionId(exception) if exception else None,
        amount=form.amount("amount") if kind in PRICED else None,
        cost=form.amount("cost") if kind == REPLACEMENT else None,
        promised_on=form.day("promised_on") if kind == asking.PROMISE_CHANGE else None,
        commitment=form.words("commitment") if kind == asking.PROMISE_CHANGE else "",
        daily_cost=form.amount("daily_cost") or ZERO,
    )


def _typed(ask: OrderAsk) -> dict[str, str]:
    shown = {"exception": ask.exception, "amount": ask.amount}
    return {name: str(value) for name, value in shown.items() if value is not None}


def _run(taken: Taken, ask: OrderAsk) -> dict[str, Any]:
    here = taken.hand
    found = preview_decision(here.work, taken.order, ask, taken.governance, here.actor)
    run = dry_run_of(found, get_names(here.work), taken.governance, here.work.now().date())
    return {"run": run}


def _page(taken: Taken, ask: OrderAsk, form: Mapping[str, str], errors: Mapping[str, str], identity: str) -> str:
    order, rules = taken.order, taken.rules
    exception = exception_of(order, ask)
    return render_template(
        "web/instance/orders/decisions/new.html",
        order=order,
        kind=ask.kind,
        label=rules.decision_label(ask.kind),
        kinds=[
            {"label": each.label, "href": url_for(".ask_decision", order=order.id, kind=each.key), "current": is_it}
            for each in rules.decisions
            for is_it in [each.key == ask.kind]
        ],
        about=[(each.id, type_label(rules, each.type)) for each in _about(taken, ask.kind)],
        waits=type_label(rules, exception.type) if exception else "",
        reasons=[(each.code, each.label) for each in rules.promise_reasons] if ask.kind in PROMISING else [],
        has_amount=ask.kind in PRICED,
        has_cost=ask.kind == REPLACEMENT,
        has_promise=ask.kind == asking.PROMISE_CHANGE,
        form={name: form.get(name, "") for name in FIELDS},
        errors=errors,
        identity=identity,
        crumbs=crumbs_of(order, _("Ask for a decision")),
        **_run(taken, ask),
    )


def _many(lines: Sequence[OrderLine], form: Mapping[str, str], errors: Mapping[str, str], identity: str) -> str:
    """A replacement states the cost of each delivery: it is asked for one by one."""
    governance = get_governance(hand().work)
    rules = governance.template.orders or abort(404)
    return render_template(
        "web/instance/orders/decisions/many.html",
        lines=lines,
        unit=governance.currency,
        kinds=[(each.key, each.label) for each in rules.decisions if each.key != REPLACEMENT],
        reasons=[(each.code, each.label) for each in rules.promise_reasons],
        form={name: form.get(name, "") for name in ("kind", "promise_reason", *FIELDS)},
        errors=errors,
        identity=identity,
        crumbs=crumbs((_("Ask for a decision"), None)),
    )
