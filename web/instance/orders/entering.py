"""A new order by hand."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from uuid import UUID, uuid4

from flask import abort, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from domain.access import Capability
from domain.ids import ReferenceId
from domain.orders.incoming import Incoming
from domain.orders.order import Happening
from domain.orders.receiving import OrderReceived
from tenants.instance.actions.orders import enter_order
from tenants.instance.queries.governance import Governance, get_governance
from tenants.instance.queries.measure import get_choices
from web.access import requires
from web.hands import hand
from web.instance.orders import bp
from web.instance.orders.desk import offers
from web.instance.orders.reading import Form, refused_field
from web.instance.orders.taking import crumbs
from web.instance.orders.words import happening_words
from web.posted import posted_id
from web.responses import see
from web.shell import tell

FIELDS = (
    *("number", "channel", "placed_at", "value", "discount", "freight", "items", "payment", "customer", "unit"),
    *("promised_on", "commitment", "payment_confirmed", "address_confirmed"),
)
KNOWN_AT_ONCE = (Happening.PAYMENT_CONFIRMED, Happening.ADDRESS_CONFIRMED)
LIMIT = 200
ZERO = Decimal("0.00")


@bp.get("/new")
@requires(Capability.ENTER_ORDER)
def new() -> str:
    now = hand().work.now()
    return _page(get_governance(hand().work), {"placed_at": f"{now:%Y-%m-%dT%H:%M}"}, {}, str(uuid4()))


@bp.post("")
@requires(Capability.ENTER_ORDER)
def create() -> tuple[str, int] | Response:
    here = hand()
    governance = get_governance(here.work)
    identity = posted_id()
    form = Form(request.form, governance.decimal_mark)
    incoming = _read(form, governance, here.work.now())
    if incoming is None or form.errors:
        return _page(governance, form.fields, form.errors, str(identity)), 422
    outcome = enter_order(here.work, identity, incoming, here.actor)
    if not isinstance(outcome, OrderReceived):
        return _page(governance, form.fields, refused_field(outcome, FIELDS), str(identity)), 422
    tell("ok", _("Order %(number)s is in", number=outcome.order.number))
    return see(url_for(".show", order=identity))


def _read(form: Form, governance: Governance, now: datetime) -> Incoming | None:
    rules = governance.template.orders or abort(404)
    units = [key for key, _name in get_choices(hand().work).business_unit]
    form.needed("number")
    channel = form.choice("channel", rules.channel_codes)
    placed = form.moment("placed_at")
    value = form.amount("value", needed=True)
    discount, freight = form.amount("discount"), form.amount("freight")
    items, unit, promised = form.whole("items"), form.identity("unit", units), form.day("promised_on")
    for name in ("payment", "customer", "commitment"):
        if len(form.words(name)) > LIMIT:
            form.errors[name] = _("There is room for %(limit)s characters.", limit=LIMIT)
    if form.errors or placed is None or value is None:
        return None
    return Incoming(
        number=form.words("number"),
        channel=channel,
        placed_at=placed,
        currency=governance.currency,
        value=value,
        items=items or 0,
        business_unit=ReferenceId(unit) if unit else None,
        promised_on=promised,
        happened={
            each: max(placed, now.replace(second=0, microsecond=0)) for each in KNOWN_AT_ONCE if form.words(each)
        },
        discount=discount or ZERO,
        freight=freight or ZERO,
        payment=form.words("payment"),
        customer=form.words("customer"),
        commitment=form.words("commitment"),
    )


def _page(governance: Governance, form: Mapping[str, str], errors: Mapping[str, str], identity: str | UUID) -> str:
    rules = governance.template.orders or abort(404)
    scope = hand().actor.orders(Capability.ENTER_ORDER)
    channels = [
        pair for pair in offers(rules)["channels"] if scope.everything or scope.units or pair[0] in scope.channels
    ]
    return render_template(
        "web/instance/orders/new.html",
        form={name: form.get(name, "") for name in FIELDS},
        errors=errors,
        identity=identity,
        channels=channels,
        units=get_choices(hand().work).business_unit,
        happenings=[(str(each), happening_words()[each]) for each in KNOWN_AT_ONCE],
        currency=governance.currency,
        crumbs=crumbs((_("New order"), None)),
    )
