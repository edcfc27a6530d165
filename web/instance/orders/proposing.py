"""Propose a measure against a cause of exceptions: the baseline is measured, the rest is asked."""

from decimal import Decimal
from uuid import uuid4

from flask import abort, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from domain.access import Capability
from domain.governance.template import OrderRules
from domain.ids import MeasureId, NodeId
from domain.lifecycle import MeasureCreated
from domain.money import parse_amount
from domain.months import Month
from domain.orders.causes import Cause, LedgerMonth, is_known
from domain.refusals import Refusal
from tenants.instance.actions.measured_causes import Proposal, may_measure, propose_measure
from tenants.instance.queries.governance import Governance, get_governance
from tenants.instance.queries.measure import find_code
from tenants.instance.queries.order_ledger import EVERYTHING, get_ledger
from web.access import requires
from web.formats import amount, month, number
from web.hands import hand
from web.instance.measures.creating import packages
from web.instance.orders import bp
from web.instance.orders.overview import PERIODS, USUAL
from web.instance.orders.pareto import asked_channel, months_over
from web.order_links import cause_words
from web.posted import posted_id
from web.refusals import words_of
from web.responses import see
from web.shell import tell

TARGET = "30"
FIELDS = ("id", "line", "title", "description", "target", "package")


@bp.get("/exceptions/measure")
@requires(Capability.CREATE_MEASURE)
def new_proposal() -> str:
    governance, rules = _governed()
    cause = _cause(rules)
    label = cause_words(cause, rules)
    form = {
        "id": str(uuid4()),
        "line": str(uuid4()),
        "title": _("Fewer exceptions: %(label)s", label=label),
        "description": _("Orders are held up or made dearer by: %(label)s. Find the cause and remove it.", label=label),
        "target": TARGET,
        "package": "",
    }
    return _page(governance, rules, cause, form, {})


@bp.post("/exceptions/measure")
@requires(Capability.CREATE_MEASURE)
def propose() -> tuple[str, int] | Response:
    governance, rules = _governed()
    cause, form, here = _cause(rules), {name: request.form.get(name, "") for name in FIELDS}, hand()
    target = parse_amount(form.get("target", ""), decimal_mark=None, places=2)
    offered = {str(key): key for key, _label in packages()}
    errors = {}
    if isinstance(target, Refusal):
        errors["target"] = _("Enter a percentage, for example 30.")
    if form.get("package", "") not in offered:
        errors["package"] = _("Choose the measure package it belongs to.")
    if not errors and isinstance(target, Decimal):
        outcome = propose_measure(here.work, _proposal(form, cause, rules, target, governance), here.actor)
        if isinstance(outcome, MeasureCreated):
            scope = here.actor.scope_for(Capability.VIEW_MEASURES)
            code = find_code(here.work, scope, MeasureId(outcome.measure.id)) or abort(404)
            tell("ok", _("%(code)s is proposed", code=code), _("Its baseline is measured. Complete it, then plan it."))
            return see(url_for("instance.measures.show", code=code))
        errors["title"] = words_of(outcome)
    return _page(governance, rules, cause, form, errors), 422


def _governed() -> tuple[Governance, OrderRules]:
    governance = get_governance(hand().work)
    return governance, governance.template.orders or abort(404)


def _cause(rules: OrderRules) -> Cause:
    """What the address or the form names, else the first type; what is not known or not the reader's: 404."""
    said = request.values
    cause = Cause(
        type=said.get("type") or rules.exception_types[0].key, cause=said.get("cause", ""), channel=asked_channel(rules)
    )
    if not is_known(cause, rules) or not may_measure(hand().actor.orders(Capability.VIEW_ORDERS), cause):
        abort(404)
    return cause


def _months() -> tuple[Month, ...]:
    return months_over(next((each for each in PERIODS if str(each) == request.values.get("months")), USUAL))


def _proposal(form: dict[str, str], cause: Cause, rules: OrderRules, target: Decimal, said: Governance) -> Proposal:
    return Proposal(
        measure=posted_id(),
        line=posted_id("line"),
        package=NodeId(posted_id("package")),
        cause=cause,
        months=_months(),
        target_percent=target,
        source=_source(cause, rules, said.currency),
        line_name=cause_words(cause, rules)[:200],
        values={"title": form.get("title", "").strip(), "description": form.get("description", "").strip()},
    )


def _source(cause: Cause, rules: OrderRules, currency: str) -> str:
    months, whole = _months(), _measured(cause)
    channel = next((each.label for each in rules.channels if each.code == cause.channel), _("all channels"))
    return " ".join(
        (
            _("Order ledger: %(label)s, %(channel)s,", label=cause_words(cause, rules), channel=channel),
            _("%(first)s to %(last)s:", first=month(months[0].first), last=month(months[-1].first)),
            _("%(cost)s a month,", cost=amount(whole.cost / len(months), currency, digits=2)),
            _("%(rate)s of the orders.", rate=f"{number(whole.rate, 2)} %"),
        )
    )


def _measured(cause: Cause) -> LedgerMonth:
    return sum(get_ledger(hand().work.session, EVERYTHING, cause, _months()).values(), LedgerMonth())


def _page(governance: Governance, rules: OrderRules, cause: Cause, form: dict[str, str], errors: dict[str, str]) -> str:
    months = _months()
    ledger = get_ledger(hand().work.session, EVERYTHING, cause, months)
    return render_template(
        "web/instance/orders/exceptions/propose.html",
        form=form,
        errors=errors,
        packages=packages(),
        cause=cause,
        label=cause_words(cause, rules),
        ledger=ledger,
        whole=sum(ledger.values(), LedgerMonth()),
        months=months,
        currency=governance.currency,
    )
