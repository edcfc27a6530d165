"""What a request has in hand: the platform, the person, and inside a client's address the instance and the actor."""

from dataclasses import dataclass, field, replace
from functools import cached_property
from uuid import UUID, uuid4

import structlog
from flask import abort, current_app, g, request, url_for
from flask_login import current_user

from domain.access import Actor, FirmActor
from tenants.database import PlatformWork, Work, instance_work, platform_work
from tenants.instance.queries.readers import Reader, find_reader
from tenants.places import Instance
from tenants.platform.queries.firms import find_firm_actor
from tenants.platform.queries.sessions import SignedIn
from tenants.registry import find_for_person
from tenants.settings import Settings


@dataclass(kw_only=True)
class Hand:
    """One request's things, each made when first asked for. `enter` gives it the instance of the address."""

    request_id: str
    instance: Instance | None = None
    side: str = ""
    _opened: list[PlatformWork | Work] = field(default_factory=list)
    _actor: Actor | None = None
    _addresses: dict[str, str] = field(default_factory=dict)

    @property
    def settings(self) -> Settings:
        settings: Settings = current_app.extensions["settings"]
        return settings

    @cached_property
    def platform(self) -> PlatformWork:
        """The platform: its actions and queries take this."""
        return self._keep(platform_work(clock=current_app.extensions["clock"], request_id=self.request_id))

    @property
    def is_signed_in(self) -> bool:
        return bool(current_user.is_authenticated)

    @property
    def person(self) -> SignedIn:
        """Who is signed in. Behind every route that is not public."""
        signed_in: SignedIn | None = getattr(current_user, "signed_in", None)  # nobody's visit has none
        return signed_in or abort(404)

    @cached_property
    def firm(self) -> FirmActor | None:
        """The person as a member of a consulting firm; None for client staff."""
        return find_firm_actor(self.platform, self.person.id)

    @property
    def firm_actor(self) -> FirmActor:
        """The same where it must be there: on the firm's pages."""
        return self.firm or abort(404)

    @cached_property
    def work(self) -> Work:
        """The instance: its actions and queries take this. Behind every route of web.instance."""
        if self.instance is None:
            abort(404)
        clock = current_app.extensions["clock"]
        return self._keep(instance_work(self.instance, clock=clock, request_id=self.request_id))

    @cached_property
    def reader(self) -> Reader:
        """The person in this instance with roles, and how much waits for them: one statement."""
        return find_reader(self.work, self.person.id) or abort(404)

    @property
    def actor(self) -> Actor:
        """Who acts, with the moment they last gave their password."""
        confirmed_at = self.person.confirmed_at  # it may be given during a request
        if self._actor is None or self._actor.confirmed_at != confirmed_at:
            self._actor = replace(self.reader.actor, confirmed_at=confirmed_at)
        return self._actor

    def address(self, endpoint: str) -> str:
        """Where a page of this client is: found once, for pages that link it again and again."""
        if endpoint not in self._addresses:
            self._addresses[endpoint] = url_for(endpoint)
        return self._addresses[endpoint]

    def close(self) -> None:
        for opened in self._opened:
            opened.close()

    def _keep(self, opened):  # type: ignore[no-untyped-def]
        self._opened.append(opened)
        return opened


def hand() -> Hand:
    """What this request has in hand."""
    if "hand" not in g:
        g.hand = Hand(request_id=g.get("request_id") or str(uuid4()))
    kept: Hand = g.hand
    return kept


def enter_instance() -> None:
    """Take the client named in the address in hand; one that is absent or not the person's is not there: 404."""
    here = hand()
    found = find_for_person(here.platform, (request.view_args or {}).get("slug") or g.slug, here.person.id)
    if found is None:
        abort(404)
    here.instance, here.side = found
    structlog.contextvars.bind_contextvars(tenant=here.instance.slug)
    _ = here.actor  # somebody who was ended inside the instance is out, whatever the platform says


def drop_hand(_error: BaseException | None = None) -> None:
    """At the end of the request, whatever happened."""
    if kept := g.pop("hand", None):
        kept.close()


def request_id() -> str:
    """The caller's request id when it is a UUID, else a new one."""
    try:
        return str(UUID(request.headers.get("X-Request-ID", "")))
    except ValueError:
        return str(uuid4())
