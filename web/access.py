"""What a route needs: every view declares it here, and one guard asks for it before the view runs."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask, abort, current_app, request
from werkzeug.wrappers import Response

from domain.access import FORUM_CAPABILITIES, NAMED_ROLES, ROLE_CAPABILITIES, Capability
from web.calling import enter_channel
from web.hands import enter_instance, hand
from web.responses import to_sign_in
from web.security import csrf

View = TypeVar("View", bound=Callable[..., Any])
INSTANCE = "instance."
NAMED_CAPABILITIES = FORUM_CAPABILITIES.union(*(ROLE_CAPABILITIES[role] for role in NAMED_ROLES.values()))


@dataclass(frozen=True, kw_only=True)
class Need:
    """What a view asks of the reader. `or_named`: the measure or forum of the address may name them: the view asks."""

    capability: Capability | None = None
    is_public: bool = False
    or_named: bool = False
    call_limit: int = 0  # above 0 for machines: signed by a key of a channel, with a body of at most so many bytes


class Undeclared(RuntimeError):
    """A view says neither which capability it needs nor that it is open."""


def requires(capability: Capability, *, or_named: bool = False) -> Callable[[View], View]:
    """The reader holds this capability somewhere; others get 404. Where exactly, the view or its action decides.

    With `or_named` also those come in whom a measure may name (owner, sponsor, controller), or a forum (member,
    chair), without any role: the view then asks `actor.can_on(capability, measure, path)`, or the forum, itself.
    """
    return _declare(Need(capability=capability, or_named=or_named))


def signed_in(view: View) -> View:
    """Everybody who is signed in."""
    return _declare(Need())(view)


def public(view: View) -> View:
    """Everybody."""
    return _declare(Need(is_public=True))(view)


def signed_by_channel(limit: int) -> Callable[[View], View]:
    """A machine that signs with a key of a channel. No cookie is looked at, so no other site can send one along.

    `limit` is the largest body in bytes.
    """

    def mark(view: View) -> View:
        csrf.exempt(view)
        return _declare(Need(call_limit=limit))(view)

    return mark


def need_of(app: Flask, endpoint: str) -> Need | None:
    return getattr(app.view_functions[endpoint], "need", None)


def guard() -> Response | None:
    """Before every request: sign-in, instance, capability. What the reader may not have is not there: 404."""
    if request.endpoint is None:
        return None
    need = need_of(current_app, request.endpoint)
    if need is None:
        raise Undeclared(request.endpoint)
    if need.is_public:
        return None
    if need.call_limit:
        return enter_channel(need.call_limit)
    if not hand().is_signed_in:
        return to_sign_in()
    if request.endpoint.startswith(INSTANCE):
        enter_instance()
    if need.capability is not None and not _may(need, request.endpoint):
        abort(404)
    return None


def _may(need: Need, endpoint: str) -> bool:
    assert need.capability is not None
    if not endpoint.startswith(INSTANCE):
        firm = hand().firm
        return firm is not None and firm.can(need.capability)
    if hand().actor.can_anywhere(need.capability):
        return True
    return need.or_named and need.capability in NAMED_CAPABILITIES


def _declare(need: Need) -> Callable[[View], View]:
    def mark(view: View) -> View:
        view.need = need  # type: ignore[attr-defined]
        return view

    return mark
