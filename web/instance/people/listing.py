"""The list of people, narrowed by a word or a state, with the forms of one person open at a time."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from uuid import UUID

from flask import abort, render_template, request

from domain.access import Capability, Role
from domain.paging import paged
from tenants.instance.queries.delegations import away_on
from tenants.instance.queries.governance import Governance, get_governance
from tenants.instance.queries.hierarchy import NodeName, list_nodes
from tenants.instance.queries.people import MemberLine, list_members
from web.access import requires
from web.away import away_words
from web.hands import hand
from web.instance.people import bp
from web.instance.people.limits import limit_choices, limit_key, limit_words

PAGE = 100
STATES = ("client", "firm", "invited", "ended")


@dataclass(frozen=True, kw_only=True)
class Tried:
    """A form that has to be looked at again: what was typed, what is wrong with it by field."""

    typed: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)


@bp.get("")
@requires(Capability.VIEW_PEOPLE)
def index() -> str:
    return page(_id(request.args.get("edit", "")))


def page(
    edit: UUID | None = None, invited: Tried | None = None, changed: Tried | None = None, refused: str = ""
) -> str:
    """The page. `invited` and `changed` are the two forms when they were refused, `refused` says so of an act."""
    here = hand()
    governance = get_governance(here.work)
    members = list_members(here.work, here.platform, here.actor.scope_for(Capability.VIEW_PEOPLE))
    may_manage = here.actor.can_anywhere(Capability.MANAGE_PEOPLE)
    words, state = request.args.get("q", "").strip()[:120], request.args.get("state", "")
    found = [line for line in members if _fits(line, words, state)]
    number, pages = paged(request.args.get("page", 1, type=int), len(found), PAGE)
    return render_template(
        "web/instance/people/index.html",
        members=found[(number - 1) * PAGE : number * PAGE],
        total=len(members),
        found=len(found),
        number=number,
        pages=pages,
        first=(number - 1) * PAGE + 1,
        counts=_counts(members),
        words=words,
        state=state if state in STATES else "",
        edited=next((line for line in members if line.id == edit), None) if may_manage else None,
        may_manage=may_manage,
        me=here.person.id,
        roles=role_choices(governance),
        role_words=role_words(governance),
        nodes=node_choices(),
        limits=limit_choices(governance) if edit and may_manage else [],
        limit_key=limit_key,
        limit_words=partial(limit_words, governance=governance),
        governance=governance,
        invited=invited or Tried(),
        changed=changed or Tried(),
        refused=refused,
        now=here.work.now(),
        away={person: away_words(away) for person, away in away_on(here.work, here.work.now().date()).items()},
    )


def role_choices(governance: Governance) -> list[tuple[str, str]]:
    """Roles the reader may give. Only who manages the settings makes another administrator."""
    may_all = hand().actor.can_anywhere(Capability.MANAGE_SETTINGS)
    return [
        (rule.role.value, rule.label)
        for rule in governance.template.roles
        if may_all or rule.role is not Role.INSTANCE_ADMINISTRATOR
    ]


def role_words(governance: Governance) -> dict[str, str]:
    """Every role by its label; what the template does not name is called by its key."""
    plain = {role.value: role.value.replace("_", " ").capitalize() for role in Role}
    return plain | {rule.role.value: rule.label for rule in governance.template.roles}


def node_choices() -> list[tuple[str, str]]:
    """Where the reader may give roles, each node with the one above it."""
    here = hand()
    scope = here.actor.scope_for(Capability.MANAGE_PEOPLE)
    nodes: Sequence[NodeName] = list_nodes(here.work, scope) if scope.paths else ()
    names = {node.path: node.name for node in nodes}
    return [(str(node.id), _placed(node, names)) for node in nodes]


def get_line(person: UUID) -> MemberLine:
    """Somebody the reader sees; others are not there."""
    here = hand()
    lines = list_members(here.work, here.platform, here.actor.scope_for(Capability.VIEW_PEOPLE))
    return next((line for line in lines if line.id == person), None) or abort(404)


def _placed(node: NodeName, names: dict[str, str]) -> str:
    above = names.get(node.path.removesuffix(f"{node.id}/"), "")
    return f"{above} / {node.name}" if above else node.name


def _counts(members: Sequence[MemberLine]) -> Counter[str]:
    return Counter([line.side for line in members] + [line.state for line in members])


def _fits(line: MemberLine, words: str, state: str) -> bool:
    text = f"{line.name} {line.email}".casefold()
    return all(word in text for word in words.casefold().split()) and state in ("", line.side, line.state)


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
