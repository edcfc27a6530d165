"""The frame of every page: where one is, where one may go, who one is. Made lazily: a fragment asks for no menu."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask import Flask, current_app, flash, g, get_flashed_messages, request
from flask_babel import gettext as _
from flask_wtf.csrf import generate_csrf

from domain.access import Capability
from tenants.platform.queries.places import Client, Proof, find_proof, get_firm_name, list_clients
from web.formats import initials, moment
from web.hands import hand

C = Capability
THEMES = ("", "light", "dark")


@dataclass(frozen=True, kw_only=True)
class NavItem:
    label: str
    href: str
    current: bool = False
    count: int = 0


@dataclass(frozen=True, kw_only=True)
class SwitchItem:
    label: str
    href: str


@dataclass(frozen=True, kw_only=True)
class ShellNotice:
    """`kind`: "" for information, "ok", "warn" or "bad"."""

    kind: str
    title: str
    text: str = ""
    href: str = ""
    act: str = ""


def tell(kind: str, title: str, text: str = "") -> None:
    """Say something on the next page, after a 303."""
    flash(f"{title}\n{text}", kind or "info")


class Shell:
    """What layouts read as `shell`. Source of the names: templates/web/components/mast.html."""

    lang = "en"
    account_href = "/account"
    theme_href = "/account/theme"
    sign_out_href = "/sign-out"
    home_href = "/"

    @property
    def csrf_token(self) -> str:
        return str(generate_csrf())

    @cached_property
    def theme(self) -> str:
        return hand().person.theme if hand().is_signed_in else ""

    @property
    def here(self) -> str:
        return request.full_path.rstrip("?") if request.method == "GET" else request.path

    @property
    def person_name(self) -> str:
        return hand().person.name

    @property
    def person_initials(self) -> str:
        return initials(self.person_name)

    @cached_property
    def notices(self) -> tuple[ShellNotice, ...]:
        told: list[tuple[str, str]] = get_flashed_messages(with_categories=True)  # type: ignore[assignment]
        return tuple(_notice(kind, text) for kind, text in told)

    @cached_property
    def clients(self) -> list[Client]:
        return list_clients(hand().platform, hand().person.id)

    @property
    def notices_href(self) -> str:
        """What Mandate told me here; empty outside a client."""
        instance = hand().instance
        return f"/clients/{instance.slug}/notices" if instance else ""

    @property
    def unread(self) -> int:
        return hand().reader.unread if hand().instance else 0

    @property
    def is_firm(self) -> bool:
        return hand().side == "firm" if hand().instance else hand().firm is not None

    @property
    def client_name(self) -> str:
        instance = hand().instance
        return instance.name if instance else ""

    @cached_property
    def firm_name(self) -> str:
        here = hand()
        if here.instance:
            return next((client.firm_name for client in self.clients if client.id == here.instance.id), "")
        if here.firm:
            return get_firm_name(here.platform, here.firm.firm)
        return self.clients[0].firm_name if self.clients else "Mandate"

    @cached_property
    def switcher(self) -> tuple[SwitchItem, ...]:
        clients = tuple(SwitchItem(label=c.name, href=f"/clients/{c.slug}/") for c in self.clients)
        if hand().firm:
            return (SwitchItem(label=_("All engagements"), href="/engagements"), *clients)
        return clients if len(clients) > 1 or not hand().instance else ()

    @cached_property
    def nav(self) -> tuple[NavItem, ...]:
        return _client_nav() if hand().instance else _firm_nav()

    @cached_property
    def _proof(self) -> Proof | None:
        instance = hand().instance
        return find_proof(hand().platform, instance.id) if instance else None

    @property
    def head(self) -> str:
        return f"{self._proof.hash[:4]}…{self._proof.hash[-4:]}" if self._proof else ""

    @property
    def verified_at(self) -> str:
        if self._proof is None or self._proof.verified_at is None:
            return _("not yet")
        return moment(self._proof.verified_at)

    as_of = ""

    @property
    def foot_notes(self) -> tuple[str, ...]:
        return (_("Times are UTC"),)


def _notice(kind: str, told: str) -> ShellNotice:
    title, _line, text = told.partition("\n")
    return ShellNotice(kind="" if kind == "info" else kind, title=title, text=text)


def install(app: Flask) -> None:
    app.context_processor(_context)


def _context() -> dict[str, Any]:
    if g.get("errored"):  # an error page asks for nothing that may be broken
        loaded = g.get("_login_user")
        return {"shell": None, "theme": loaded.signed_in.theme if loaded and loaded.is_authenticated else ""}
    if "shell" not in g:
        g.shell = Shell()
    return {"shell": g.shell}


def _client_nav() -> tuple[NavItem, ...]:
    here, actor = hand(), hand().actor
    assert here.instance is not None
    root = f"/clients/{here.instance.slug}"
    words = (
        (_("Overview"), "overview", "/", C.VIEW_OVERVIEW),
        (_("Waiting for me"), "waiting", "/waiting", C.VIEW_OVERVIEW),
        (_("Measures"), "measures", "/measures", C.VIEW_MEASURES),
        *([(_("Orders"), "orders", "/orders", C.VIEW_ORDERS)] if here.reader.has_orders else []),
        (_("Forums"), "forums", "/forums", C.VIEW_FORUMS),
        (_("Hierarchy"), "hierarchy", "/hierarchy", C.VIEW_HIERARCHY),
        (_("Reports"), "reports", "/reports", C.VIEW_REPORTS),
        (_("People"), "people", "/people", C.VIEW_PEOPLE),
        (_("Audit"), "audit", "/audit", C.VIEW_AUDIT),
        (_("Import"), "imports", "/imports", C.IMPORT),
        (_("Set-up"), "settings", "/settings", C.VIEW_SETTINGS),
    )
    return tuple(
        NavItem(
            label=label,
            href=root + path,
            current=(request.blueprint or "").startswith(f"instance.{word}"),
            count=here.reader.waiting if word == "waiting" else 0,
        )
        for label, word, path, capability in words
        if f"instance.{word}" in current_app.blueprints and actor.can_anywhere(capability)
    )


def _firm_nav() -> tuple[NavItem, ...]:
    firm = hand().firm
    words = (
        (_("Engagements"), "/engagements", C.VIEW_ENGAGEMENTS),
        (_("Comparison"), "/comparison", C.COMPARE_ENGAGEMENTS),
        (_("Templates"), "/templates", C.VIEW_TEMPLATES),
        (_("People"), "/people", C.STAFF_ENGAGEMENT),
    )
    return tuple(
        NavItem(label=label, href=href, current=request.path.startswith(href))
        for label, href, capability in words
        if firm and firm.can(capability)
    )
