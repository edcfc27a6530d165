"""Decision forums: name, members, chair, and how many make a quorum."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from domain.access import Capability
from domain.ids import ForumId, PersonId
from domain.refusals import Refusal, Stale
from tenants.instance.actions.forums import save_forum
from tenants.instance.actions.references import bring_back_forum, retire_forum
from tenants.instance.queries.settings import ForumLine, get_forum, list_active_names, list_forums
from web.access import requires
from web.conflicts import OPENED, differences, kept_pairs, kept_theirs, merged, opened_values
from web.formats import DASH
from web.hands import hand
from web.instance.settings import bp
from web.posted import seen
from web.refusals import words_of
from web.responses import see
from web.shell import tell

Answer = Response | tuple[str, int]
LIMIT = 120


@bp.get("/forums/new")
@requires(Capability.EDIT_REFERENCE_DATA)
def new_forum() -> str:
    return _form(hand().work.new_id(), None, {"name": "", "quorum": "2", "chair": "", "members": []}, {}, 0)


@bp.get("/forums/<uuid:forum>")
@requires(Capability.EDIT_REFERENCE_DATA)
def edit_forum(forum: UUID) -> str:
    line = get_forum(hand().work, forum)
    return _form(forum, line, _saved(line), {}, line.version)


@bp.post("/forums/<uuid:forum>")
@requires(Capability.EDIT_REFERENCE_DATA)
def save(forum: UUID) -> Answer:
    """Add or change a forum. A new one's id comes with the form: sent twice, it is there once."""
    here = hand()
    existing = next((line for line in list_forums(here.work) if line.id == forum), None)
    people = dict(list_active_names(here.work))
    typed, version = _typed(people, existing), seen()
    if errors := _errors(typed, forum):
        return _form(forum, existing, typed, errors, version), 422
    members = tuple(PersonId(UUID(each)) for each in typed["members"])
    chair = PersonId(UUID(typed["chair"])) if typed["chair"] else None
    outcome = save_forum(
        here.work, ForumId(forum), typed["name"], int(typed["quorum"]), members, chair, here.actor, version
    )
    if isinstance(outcome, Stale):
        return _conflict(get_forum(here.work, forum), typed, people), 409
    if isinstance(outcome, Refusal):
        return _form(forum, existing, typed, {"quorum": words_of(outcome)}, version), 422
    tell("ok", _("%(name)s is saved", name=outcome.name), _("It counts for requests that are made from now on."))
    return see(url_for("instance.settings.index", _anchor="forums"))


@bp.post("/forums/<uuid:forum>/retirement")
@requires(Capability.EDIT_REFERENCE_DATA)
def retire(forum: UUID) -> Answer:
    here, line = hand(), get_forum(hand().work, forum)
    outcome = retire_forum(here.work, forum, here.actor)
    if isinstance(outcome, Refusal):
        return _form(forum, line, _saved(line), {"name": words_of(outcome)}, line.version), 422
    tell("ok", _("%(name)s is retired", name=line.name), _("It decides what names it already; nothing names it anew."))
    return see(url_for("instance.settings.index", _anchor="forums"))


@bp.post("/forums/<uuid:forum>/return")
@requires(Capability.EDIT_REFERENCE_DATA)
def bring_back(forum: UUID) -> Answer:
    here, line = hand(), get_forum(hand().work, forum)
    outcome = bring_back_forum(here.work, forum, here.actor)
    if isinstance(outcome, Refusal):
        return _form(forum, line, _saved(line), {"name": words_of(outcome)}, line.version), 422
    tell("ok", _("%(name)s can be chosen again", name=line.name))
    return see(url_for("instance.settings.index", _anchor="forums"))


def _typed(people: Mapping[str, str], existing: ForumLine | None) -> dict[str, Any]:
    """The form; what the reader chose to keep of somebody else's comes from the forum as it is."""
    typed: dict[str, Any] = {
        "name": " ".join(request.form.get("name", "").split()),
        "quorum": request.form.get("quorum", "").strip(),
        "chair": request.form.get("chair", ""),
        "members": [each for each in " ".join(request.form.getlist("members")).split() if each in people],
    }
    theirs = kept_theirs(request.form) if existing else set()
    return typed | ({name: _saved(existing)[name] for name in theirs if name in typed} if existing else {})


def _saved(line: ForumLine) -> dict[str, Any]:
    return {
        "name": line.name,
        "quorum": str(line.quorum),
        "chair": str(line.chair or ""),
        "members": [str(person) for person, _name in line.members],
    }


def _conflict(line: ForumLine, typed: Mapping[str, Any], people: Mapping[str, str]) -> str:
    """Somebody saved the forum meanwhile: both versions."""
    labels = {"name": _("Name"), "members": _("Members"), "chair": _("Chair"), "quorum": _("Quorum")}

    def show(name: str, text: str) -> str:
        named = ", ".join(people.get(each, DASH) for each in text.split())
        return (named if name in ("members", "chair") else text) or DASH

    theirs, mine = _texts(_saved(line)), _texts(typed)
    opened = theirs | opened_values(request.form)
    return render_template(
        "web/instance/settings/conflict.html",
        line=line,
        words=_(
            "Somebody saved this forum after you opened it. Where both of you changed a field, choose; "
            "the rest is put together."
        ),
        rows=differences(labels, opened, theirs, mine, labels.__getitem__, show),
        kept=kept_pairs(merged(opened, theirs, mine), theirs),
        action=url_for(".save", forum=line.id),
        drop_href=url_for(".edit_forum", forum=line.id),
    )


def _texts(typed: Mapping[str, Any]) -> dict[str, str]:
    return {name: " ".join(sorted(value)) if name == "members" else value for name, value in typed.items()}


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


def _form(forum: UUID, line: ForumLine | None, typed: dict[str, Any], errors: dict[str, str], version: int) -> str:
    return render_template(
        "web/instance/settings/forum.html",
        forum=forum,
        line=line,
        typed=typed,
        errors=errors,
        version=version,
        opened={OPENED + name: text for name, text in _texts(_saved(line)).items()} if line else {},
        people=list_active_names(hand().work),
    )
