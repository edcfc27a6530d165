"""What an import is held against: nodes, measures, people and lists of the instance, as far as the importer reaches."""

from collections import defaultdict
from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import func, literal, select, union_all

from domain.access import Scope
from domain.ids import ForumId, NodeId, PersonId, ReferenceId
from domain.imports import KnownPerson, MeasureKey, NodePath, ReferenceData, measure_key
from tenants.database import Work
from tenants.instance.models.hierarchy import NodeRow
from tenants.instance.models.measures import MeasureRow
from tenants.instance.models.people import ForumRow, MemberRow, ReferenceRow
from tenants.instance.queries.governance import get_governance
from tenants.instance.queries.scoping import below


def get_reference(work: Work, scope: Scope) -> ReferenceData:
    """Five statements. Nodes and measures outside the importer's scope are not in it, nor are their names."""
    governance = get_governance(work)
    nodes = _node_paths(work, scope)
    lists, retired = _lists(work)
    return ReferenceData(
        currency=governance.currency,
        fiscal_year_start=governance.year_of(work.now().date()).start.first,
        effect_kinds=tuple(governance.template.effect_kinds),
        people=_people(work),
        business_units=_references(lists["business_unit"]),
        functions=_references(lists["function"]),
        legal_entities=_references(lists["legal_entity"]),
        forums={name: ForumId(forum) for name, forum in lists["forum"].items()},
        retired=retired,
        nodes={path: node for node, path in nodes.items() if path},
        measures=_measures(work, scope, nodes),
        stage_labels={stage: rule.label for stage, rule in governance.template.stages.items()},
        reach=tuple(nodes[NodeId(UUID(path.strip("/").rpartition("/")[2]))] for path in scope.paths),
    )


def _node_paths(work: Work, scope: Scope) -> dict[NodeId, NodePath]:
    """Every node in the scope and every node above one, with the names below the organization; () is itself."""
    above = [UUID(part) for path in scope.paths for part in path.strip("/").split("/")]
    inside = below(NodeRow.path, scope) | NodeRow.id.in_(above)
    statement = select(NodeRow.id, NodeRow.parent_id, NodeRow.name).where(inside).order_by(func.length(NodeRow.path))
    paths: dict[NodeId, NodePath] = {}
    for node, parent, name in work.session.execute(statement):
        paths[NodeId(node)] = (*paths[NodeId(parent)], name) if parent else ()
    return paths


def _measures(work: Work, scope: Scope, paths: Mapping[NodeId, NodePath]) -> frozenset[MeasureKey]:
    statement = select(MeasureRow.package_id, MeasureRow.external_ref, MeasureRow.title)
    rows = work.session.execute(statement.where(below(MeasureRow.path, scope)))
    return frozenset(measure_key(paths[NodeId(package)], code or "", title) for package, code, title in rows)


def _people(work: Work) -> tuple[KnownPerson, ...]:
    rows = work.session.execute(select(MemberRow.id, MemberRow.name, MemberRow.email).order_by(MemberRow.name))
    return tuple(KnownPerson(id=PersonId(person), name=name, email=email) for person, name, email in rows)


def _lists(work: Work) -> tuple[dict[str, dict[str, UUID]], frozenset[tuple[str, str]]]:
    """What rows may name, by kind and name; and (kind, name) of what is retired."""
    entries = union_all(
        select(ReferenceRow.id, ReferenceRow.kind, ReferenceRow.name, ReferenceRow.is_retired),
        select(ForumRow.id, literal("forum"), ForumRow.name, ForumRow.is_retired),
    )
    lists: dict[str, dict[str, UUID]] = defaultdict(dict)
    retired = set()
    for item, kind, name, is_retired in work.session.execute(entries):
        if is_retired:
            retired.add((kind, name))
        else:
            lists[kind][name] = item
    return lists, frozenset(retired)


def _references(known: Mapping[str, UUID]) -> dict[str, ReferenceId]:
    return {name: ReferenceId(item) for name, item in known.items()}
