"""The hierarchy of a client: every node with what rolls up in it, and the acts that build it."""

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, abort, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from domain.access import Capability
from domain.hierarchy import DuplicateName, NameMissing, NameTooLong
from domain.refusals import Refusal, Stale
from tenants.instance.actions import hierarchy as acts
from tenants.instance.queries.governance import get_governance
from tenants.instance.queries.hierarchy import NodeLine, get_tree
from tenants.instance.queries.trail import events_of
from web.access import requires
from web.formats import scale_of
from web.hands import hand
from web.instance.hierarchy.tree import View, labels, parents_for, read_view, tree_of
from web.posted import seen
from web.refusals import words_of
from web.responses import see
from web.shell import tell

bp = Blueprint("hierarchy", __name__, url_prefix="/hierarchy")
Answer = Response | str | tuple[str, int]
NAME_REFUSALS = (NameMissing, NameTooLong, DuplicateName)


@bp.get("")
@requires(Capability.VIEW_HIERARCHY, or_named=True)
def index() -> str:
    """The tree: down to a comfortable level, or as the address asks."""
    return _page(read_view())


@bp.post("/<uuid:node>/parts")
@requires(Capability.EDIT_HIERARCHY)
def add(node: UUID) -> Answer:
    """Add a node below this one. The new node's id comes with the form: sent twice, it adds one."""
    line, name = _line(node), _typed("name")
    below, identity = line.level.below, _id(request.form.get("id", ""))
    if below is None or identity is None:
        abort(404)
    outcome = acts.add_node(hand().work, identity, node, below, name, hand().actor)
    if isinstance(outcome, Refusal):
        return _refused(node, outcome, "part", name)
    tell("ok", _("%(name)s is added", name=outcome.node.name))
    return _back(node, edit=node, at=outcome.node.id)


@bp.post("/<uuid:node>/name")
@requires(Capability.EDIT_HIERARCHY)
def rename(node: UUID) -> Answer:
    """Give a node another name."""
    line, name = _line(node), _typed("name")
    if request.form.get("keep.name") == "theirs":
        return _back(node)
    outcome = acts.rename_node(hand().work, node, name, hand().actor, seen())
    if isinstance(outcome, Stale):
        return _back(node) if line.name == name else _conflict(line, "name", line.name, name, [("name", name)])
    if isinstance(outcome, Refusal):
        return _refused(node, outcome, "name", name)
    tell("ok", _("%(before)s is called %(after)s now", before=outcome.before, after=outcome.after))
    return _back(node)


@bp.post("/<uuid:node>/parent")
@requires(Capability.EDIT_HIERARCHY)
def move(node: UUID) -> Answer:
    """Hang a node, with all below it, below another one."""
    line, parent = _line(node), _id(request.form.get("parent", ""))
    if request.form.get("keep.parent") == "theirs":
        return _back(node)
    if parent is None:
        return _page(_view(edit=node), {"parent": _("Choose where it belongs.")}), 422
    there = _line(parent)
    outcome = acts.move_node(hand().work, node, parent, hand().actor, seen())
    if isinstance(outcome, Stale):
        kept = [("parent", str(parent))]
        return _back(node) if line.parent == parent else _conflict(line, "parent", _above(line), there.name, kept)
    if isinstance(outcome, Refusal):
        return _refused(node, outcome, "parent", str(parent))
    tell("ok", _("%(name)s hangs below %(parent)s now", name=line.name, parent=there.name))
    return _back(node)


@bp.post("/<uuid:node>/removal")
@requires(Capability.EDIT_HIERARCHY)
def remove(node: UUID) -> Answer:
    """Remove a node below which there is nothing."""
    line = _line(node)
    outcome = acts.remove_node(hand().work, node, hand().actor)
    if isinstance(outcome, Refusal):
        return _refused(node, outcome, "removal", "")
    tell("ok", _("%(name)s is removed", name=line.name), _("Roles held at it have ended; the trail keeps them."))
    return _back(line.parent or node)


def _page(view: View, errors: dict[str, str] | None = None, typed: dict[str, str] | None = None) -> str:
    here = hand()
    lines = get_tree(here.work, here.actor.scope_for(Capability.VIEW_HIERARCHY))
    governance = get_governance(here.work)
    may_edit = here.actor.can_anywhere(Capability.EDIT_HIERARCHY)
    can = _can(Capability.EDIT_HIERARCHY)
    edited = next((line for line in lines if line.id == view.edit and can(line.path)), None)
    total = next((line.sums for line in lines if line.parent is None), None)
    is_cost = total is not None and total.is_cost_only
    amounts = [total.plan_full_year, total.forecast_full_year, total.one_off_plan] if total else []
    return render_template(
        "web/instance/hierarchy/index.html",
        view=view,
        tree=tree_of(lines, view),
        governance=governance,
        is_cost=is_cost,
        scale=scale_of(amounts),
        edited=edited,
        parents=[(each.id, labels(lines)[each.id]) for each in parents_for(edited, lines)] if edited else [],
        may_edit=may_edit,
        can=can,
        errors=errors or {},
        typed=typed or {},
        new_id=here.work.new_id(),
        now=here.work.now(),
    )


def _can(capability: Capability) -> Callable[[str], bool]:
    actor = hand().actor
    return lambda path: actor.can(capability, path)


def _line(node: UUID) -> NodeLine:
    """A node that the reader sees; others are not there."""
    here = hand()
    lines = get_tree(here.work, here.actor.scope_for(Capability.VIEW_HIERARCHY))
    return next((line for line in lines if line.id == node), None) or abort(404)


def _above(line: NodeLine) -> str:
    return _line(line.parent).name if line.parent else "–"


def _refused(node: UUID, refusal: Refusal, field: str, typed: str) -> tuple[str, int]:
    """At the field where it belongs, else above the forms."""
    name = field if isinstance(refusal, NAME_REFUSALS) or field in ("parent", "removal") else "act"
    return _page(_view(edit=node), {name: words_of(refusal)}, {field: typed}), 422


def _conflict(line: NodeLine, field: str, theirs: str, mine: str, kept: list[tuple[str, str]]) -> tuple[str, int]:
    """Somebody was faster: what they made of it beside what was asked for."""
    here = hand()
    scope = here.actor.scope_for(Capability.VIEW_HIERARCHY)
    last = events_of(here.work, scope, line.id, limit=1)
    row = {
        "name": field,
        "field": _("Name") if field == "name" else _("Below"),
        "opened": request.form.get("was", "–"),
        "theirs": theirs,
        "mine": mine,
        "clash": True,
    }
    page = render_template(
        "web/instance/hierarchy/conflict.html",
        line=line,
        row=row,
        kept=kept,
        action=url_for(".rename" if field == "name" else ".move", node=line.id),
        last=last[0] if last else None,
    )
    return page, 409


def _back(node: UUID, edit: UUID | None = None, at: UUID | None = None) -> Response:
    view = read_view()
    query = view.query(edit=edit, node=None if edit else node)
    return see(url_for(".index", _anchor=f"n{at or node}", **query))


def _view(edit: UUID) -> View:
    view = read_view()
    return View(words=view.words, depth=view.depth, opened=view.opened, edit=edit, node=None)


def _typed(name: str) -> str:
    return " ".join(request.form.get(name, "").split())


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
