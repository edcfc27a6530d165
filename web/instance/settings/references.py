"""Business units, functions and legal entities: add one, rename it, retire it, bring it back."""

from typing import Any
from uuid import UUID

from flask import abort, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from domain.access import Capability
from domain.refusals import Refusal, Stale
from tenants.instance.actions import references as acts
from tenants.instance.queries.settings import KINDS, ReferenceLine, get_reference_line
from web.access import requires
from web.conflicts import OPENED, differences, kept_theirs, opened_values
from web.hands import hand
from web.instance.settings import bp
from web.instance.settings.overview import Tried, page
from web.posted import seen
from web.refusals import words_of
from web.responses import see
from web.shell import tell

Answer = Response | tuple[str, int]
LIMIT = 120


@bp.post("/references/<kind>")
@requires(Capability.EDIT_REFERENCE_DATA)
def add(kind: str) -> Answer:
    """One more entry; a name that is there already changes nothing."""
    if kind not in KINDS:
        abort(404)
    here, name = hand(), _name()
    if len(name) > LIMIT:
        words = _("A name has room for %(limit)s characters.", limit=LIMIT)
        return page(Tried(form=kind, typed={"name": name}, errors={"name": words})), 422
    outcome = acts.add_reference(here.work, kind, name, here.actor)
    if isinstance(outcome, Refusal):
        return page(Tried(form=kind, typed={"name": name}, errors={"name": words_of(outcome)})), 422
    tell("ok", _("%(name)s is on the list", name=name))
    return see(url_for("instance.settings.index", _anchor=kind))


@bp.get("/references/<kind>/<uuid:reference>")
@requires(Capability.EDIT_REFERENCE_DATA)
def edit_reference(kind: str, reference: UUID) -> str:
    line = get_reference_line(hand().work, kind, reference)
    return _form(line, line.name, {})


@bp.post("/references/<kind>/<uuid:reference>")
@requires(Capability.EDIT_REFERENCE_DATA)
def rename_reference(kind: str, reference: UUID) -> Answer:
    here, line = hand(), get_reference_line(hand().work, kind, reference)
    name = line.name if "name" in kept_theirs(request.form) else _name()
    version = seen()
    outcome = acts.rename_reference(here.work, reference, name, here.actor, version)
    if isinstance(outcome, Stale):
        return _conflict(get_reference_line(here.work, kind, reference), name), 409
    if isinstance(outcome, Refusal):
        return _form(line, name, {"name": words_of(outcome)}), 422
    tell("ok", _("%(before)s is called %(after)s now", before=line.name, after=outcome.after))
    return _back(kind)


@bp.post("/references/<kind>/<uuid:reference>/retirement")
@requires(Capability.EDIT_REFERENCE_DATA)
def retire_reference(kind: str, reference: UUID) -> Answer:
    here, line = hand(), get_reference_line(hand().work, kind, reference)
    outcome = acts.retire_reference(here.work, reference, here.actor)
    if isinstance(outcome, Refusal):
        return _form(line, line.name, {"name": words_of(outcome)}), 422
    tell("ok", _("%(name)s is retired", name=line.name), _("What uses it keeps it; nothing chooses it anew."))
    return _back(kind)


@bp.post("/references/<kind>/<uuid:reference>/return")
@requires(Capability.EDIT_REFERENCE_DATA)
def bring_back_reference(kind: str, reference: UUID) -> Answer:
    here, line = hand(), get_reference_line(hand().work, kind, reference)
    outcome = acts.bring_back_reference(here.work, reference, here.actor)
    if isinstance(outcome, Refusal):
        return _form(line, line.name, {"name": words_of(outcome)}), 422
    tell("ok", _("%(name)s can be chosen again", name=line.name))
    return _back(kind)


def _name() -> str:
    return " ".join(request.form.get("name", "").split())


def _back(kind: str) -> Response:
    return see(url_for("instance.settings.index", _anchor=kind))


def _form(line: ReferenceLine, name: str, errors: dict[str, str]) -> str:
    opened = {OPENED + "name": line.name}
    return render_template("web/instance/settings/reference.html", line=line, name=name, errors=errors, opened=opened)


def _conflict(line: ReferenceLine, mine: str) -> str:
    """Somebody renamed or retired it meanwhile."""
    theirs: dict[str, Any] = {"name": line.name}
    opened = theirs | opened_values(request.form)
    return render_template(
        "web/instance/settings/conflict.html",
        line=line,
        words=_("Somebody changed this entry after you opened it."),
        rows=differences(("name",), opened, theirs, {"name": mine}, lambda _n: _("Name"), lambda _n, text: text),
        kept=[("name", mine), (OPENED + "name", line.name)],
        action=url_for(".rename_reference", kind=line.kind, reference=line.id),
        drop_href=url_for(".edit_reference", kind=line.kind, reference=line.id),
    )
