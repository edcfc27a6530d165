"""Decision forums: name, members, chair, and how many make a quorum."""

from typing import Any
from uuid import UUID

from flask import render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from domain.access import Capability
from domain.ids import ForumId, PersonId
from domain.refusals import Refusal
from tenants.instance.actions.members import save_forum
from tenants.instance.queries.settings import ForumLine, get_forum, list_active_names, list_forums
from web.access import requires
from web.hands import hand
from web.instance.settings import bp
from web.refusals import words_of
from web.responses import see
from web.shell import tell

Answer = Response | tuple[str, int]
LIMIT = 120


@bp.get("/forums/new")
@requires(Capability.EDIT_REFERENCE_DATA)
def new_forum() -> str:
    return _form(hand().work.new_id(), None, {"name": "", "quorum": "2", "chair": "", "members": []}, {})


@bp.get("/forums/<uuid:forum>")
@requires(Capability.EDIT_REFERENCE_DATA)
def edit_forum(forum: UUID) -> str:
    line = get_forum(hand().work, forum)
    typed = {
        "name": line.name,
        "quorum": str(line.quorum),
        "chair": str(line.chair or ""),
        "members": [str(person) for person, _name in line.members],
    }
    return _form(forum, line, typed, {})


@bp.post("/forums/<uuid:forum>")
@requires(Capability.EDIT_REFERENCE_DATA)
def save(forum: UUID) -> Answer:
    """Add or change a forum. A new one's id comes with the form: sent twice, it is there once."""
    here = hand()
    existing = next((line for line in list_forums(here.work) if line.id == forum), None)
    people = dict(list_active_names(here.work))
    typed: dict[str, Any] = {
        "name": " ".join(request.form.get("name", "").split()),
        "quorum": request.form.get("quorum", "").strip(),
        "chair": request.form.get("chair", ""),
        "members": [each for each in request.form.getlist("members") if each in people],
    }
    if errors := _errors(typed, forum):
        return _form(forum, existing, typed, errors), 422
    members = tuple(PersonId(UUID(each)) for each in typed["members"])
    chair = PersonId(UUID(typed["chair"])) if typed["chair"] else None
    outcome = save_forum(here.work, ForumId(forum), typed["name"], int(typed["quorum"]), members, chair, here.actor)
    if isinstance(outcome, Refusal):
        return _form(forum, existing, typed, {"quorum": words_of(outcome)}), 422
    tell("ok", _("%(name)s is saved", name=outcome.name), _("It counts for requests that are made from now on."))
    return see(url_for("instance.settings.index", _anchor="forums"))


def _errors(typed: dict[str, Any], forum: UUID) -> dict[str, str]:
    taken = {line.name.casefold() for line in list_forums(hand().work) if line.id != forum}
    errors = {
        "name": _("Enter a name.")
        if not typed["name"]
        else _("A name has room for %(limit)s characters.", limit=LIMIT)
        if len(typed["name"]) > LIMIT
        else _("There is “%(name)s” here already.", name=typed["name"])
        if typed["name"].casefold() in taken
        else "",
        "members": "" if typed["members"] else _("A forum needs members."),
        "chair": _("The chair is one of the members.")
        if typed["chair"] and typed["chair"] not in typed["members"]
        else "",
        "quorum": "" if _is_count(typed["quorum"]) else _("Enter a whole number, at least 1."),
    }
    return {name: words for name, words in errors.items() if words}


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdigit() and 1 <= int(text[:4]) <= 999 and len(text) <= 3


def _form(forum: UUID, line: ForumLine | None, typed: dict[str, Any], errors: dict[str, str]) -> str:
    return render_template(
        "web/instance/settings/forum.html",
        forum=forum,
        line=line,
        typed=typed,
        errors=errors,
        people=list_active_names(hand().work),
    )
