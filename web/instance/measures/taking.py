"""One measure for a route: found in the reader's scope, with what governs it; absent or foreign is 404."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import abort, url_for

from domain.access import Capability
from domain.measures import Measure
from tenants.instance.queries.governance import Governance
from tenants.instance.queries.hierarchy import NodeName, get_crumbs
from tenants.instance.queries.measure import get_measure
from web.hands import Hand, hand


@dataclass(frozen=True, kw_only=True)
class Taken:
    """A measure with its node path and its governance, in the hand of the reader."""

    hand: Hand
    measure: Measure
    path: str
    governance: Governance

    def can(self, capability: Capability) -> bool:
        return self.hand.actor.can_on(capability, self.measure, self.path)


def take(code: str, *needed: Capability) -> Taken:
    """The measure, if the reader sees it and holds one of the capabilities on it (or none is asked for)."""
    here = hand()
    scope = here.actor.scope_for(Capability.VIEW_MEASURES)
    measure, path, governance = get_measure(here.work, scope, code)
    taken = Taken(hand=here, measure=measure, path=path, governance=governance)
    if needed and not any(taken.can(capability) for capability in needed):
        abort(404)
    return taken


def crumbs_of(nodes: Sequence[NodeName], measure: Measure, here: str = "") -> list[tuple[str, str | None]]:
    """Where a page of a measure is: the nodes above it, its code, and the page's own name."""
    above = [
        (node.name, url_for("instance.measures.index", node=node.id) if number else url_for("instance.overview.index"))
        for number, node in enumerate(nodes)
    ]
    if not here:
        return [*above, (measure.code, None)]
    return [*above, (measure.code, url_for("instance.measures.show", code=measure.code)), (here, None)]


def crumbs(taken: Taken, here: str) -> list[tuple[str, str | None]]:
    return crumbs_of(get_crumbs(taken.hand.work, taken.path), taken.measure, here)
