"""Channel keys: a secret for a shop to sign its orders with, shown once; who gave it, when it was used, its end."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from flask import render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from domain.access import Capability, NotAllowed
from domain.governance.template import Reason
from domain.ids import ChannelKeyId
from domain.orders.keys import ChannelKey
from domain.refusals import Refusal
from tenants.database import NotFound
from tenants.instance.actions.channel_keys import create_channel_key, revoke_channel_key
from tenants.instance.queries.channel_keys import find_channel_key, list_channel_keys
from tenants.instance.queries.governance import get_governance
from tenants.secrets import channel_secret
from web.access import requires
from web.hands import hand
from web.instance.orders import bp
from web.instance.orders.taking import places
from web.refusals import words_of
from web.responses import see
from web.shell import tell

LABEL_LENGTH = 80
SHOWN_AGAIN = timedelta(minutes=10)  # the form sent twice, by who sent it: a double click must not lose the secret
Answer = Response | str | tuple[str, int]


@bp.get("/keys")
@requires(Capability.MANAGE_CHANNEL_KEYS)
def keys() -> str:
    """Every key of the reader's channels, and the form for another one."""
    return _page()


@bp.post("/keys/<uuid:key>")
@requires(Capability.MANAGE_CHANNEL_KEYS)
def create_key(key: UUID) -> Answer:
    """A key for one channel. This one answer carries the secret; no other page does."""
    here = hand()
    typed = {"channel": request.form.get("channel", ""), "label": " ".join(request.form.get("label", "").split())}
    if errors := _errors(typed):
        return _page(key, typed, errors), 422
    outcome = create_channel_key(here.work, ChannelKeyId(key), typed["channel"], typed["label"], here.actor)
    if isinstance(outcome, Refusal):
        return _page(key, typed, {"channel": words_of(outcome)}), 422
    if not _is_shown(outcome.key):
        tell(
            "warn",
            _("This key is there already"),
            _("Its secret was shown when it was made. Revoke it and make another."),
        )
        return see(url_for(".keys"))
    return _page(made=outcome.key)


@bp.post("/keys/<uuid:key>/revocation")
@requires(Capability.MANAGE_CHANNEL_KEYS)
def revoke_key(key: UUID) -> Response:
    """End a key for good. Sent twice, it is revoked once."""
    here = hand()
    found = find_channel_key(here.work, ChannelKeyId(key))
    if found is None or not here.actor.orders(Capability.MANAGE_CHANNEL_KEYS).covers(found.channel, None):
        raise NotFound(f"channel key {key}")
    if found.revoked_at is None:
        outcome = revoke_channel_key(here.work, found.id, here.actor)
        if isinstance(outcome, NotAllowed):
            raise NotFound(f"channel key {key}")
        tell("ok", _("“%(label)s” is revoked", label=found.label), _("Calls signed with it are refused from now on."))
    return see(url_for(".keys"))


def _page(
    key: UUID | None = None,
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    made: ChannelKey | None = None,
) -> str:
    here = hand()
    settings, instance = here.settings, here.work.instance
    return render_template(
        "web/instance/orders/keys.html",
        places=places(),
        keys=list_channel_keys(here.work, here.actor.orders(Capability.MANAGE_CHANNEL_KEYS)),
        channels=[(each.code, each.label) for each in _channels()],
        words={each.code: each.label for each in _all_channels()},
        key=key or here.work.new_id(),
        typed=typed or {"channel": "", "label": ""},
        errors=errors or {},
        made=made,
        secret=channel_secret(settings.secret, instance.id, made.id) if made else "",
        address=f"{settings.public_url}/api/v1/{instance.slug}",
    )


def _errors(typed: Mapping[str, str]) -> dict[str, str]:
    errors = {}
    if typed["channel"] not in {each.code for each in _channels()}:
        errors["channel"] = _("Choose the channel whose orders it delivers.")
    if not typed["label"]:
        errors["label"] = _("Say where it will be used.")
    elif len(typed["label"]) > LABEL_LENGTH:
        errors["label"] = _("There is room for %(limit)s characters.", limit=LABEL_LENGTH)
    return errors


def _is_shown(key: ChannelKey) -> bool:
    here = hand()
    is_new = here.work.now() - key.created_at <= SHOWN_AGAIN
    return is_new and key.created_by == here.actor.person and key.revoked_at is None


def _channels() -> Sequence[Reason]:
    """Those for which the reader may give keys."""
    scope = hand().actor.orders(Capability.MANAGE_CHANNEL_KEYS)
    return [each for each in _all_channels() if scope.covers(each.code, None)]


def _all_channels() -> Sequence[Reason]:
    rules = get_governance(hand().work).template.orders
    return rules.channels if rules else ()
