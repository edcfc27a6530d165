"""Who may do what, and where: roles at nodes, what they allow, what a person sees. Source: DOMAIN.md, 6."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.capabilities import (
    FIRM_ROLE_CAPABILITIES,
    ORDER_CAPABILITIES,
    ORDER_ROLES,
    ROLE_CAPABILITIES,
    SHARED_CAPABILITIES,
    Capability,
    FirmRole,
    Role,
)
from domain.ids import FirmId, NodeId, PersonId, ReferenceId
from domain.measures import Measure
from domain.refusals import Refusal

__all__ = [
    "EVERYTHING",
    "FIRM_ROLE_CAPABILITIES",
    "ORDER_ROLES",
    "ROLE_CAPABILITIES",
    "Actor",
    "Assignment",
    "Capability",
    "FirmActor",
    "FirmRole",
    "NotAllowed",
    "OrderLimit",
    "OrderScope",
    "Role",
    "Scope",
]

# What the people named on a measure may do with that one measure, whatever they hold elsewhere.
NAMED_ROLES: Mapping[str, Role] = {"owner": Role.OWNER, "sponsor": Role.SPONSOR, "controller": Role.CONTROLLER}

# Whose matter it is that those below them decide in time.
LEADERS = frozenset({Role.PMO, Role.SPONSOR})

# What members of a forum may do with that forum, its chair alone managing it, whatever roles they hold.
FORUM_CAPABILITIES = frozenset({Capability.VIEW_FORUMS, Capability.MANAGE_FORUMS})


@dataclass(frozen=True)
class Assignment:
    """A role at a node and below. `path` is the node's materialised path: "/<uuid>/<uuid>/".

    `node` is None and `path` is "/" for a role in the whole instance. With a channel or a business unit (not both) it
    is a role for those orders alone, and for no measure.
    """

    role: Role
    node: NodeId | None
    path: str
    channel: str = ""
    business_unit: ReferenceId | None = None

    @property
    def is_limited(self) -> bool:
        return bool(self.channel) or self.business_unit is not None

    @property
    def is_whole(self) -> bool:
        """Whether it is held at the organization, where orders belong."""
        return not self.is_limited and "/" not in self.path.strip("/")


@dataclass(frozen=True, kw_only=True)
class OrderLimit:
    """Which orders a role is for: those of a channel or of a business unit; all of them, and measures, without."""

    channel: str = ""
    business_unit: ReferenceId | None = None

    def __bool__(self) -> bool:
        return bool(self.channel) or self.business_unit is not None


EVERYTHING = OrderLimit()


@dataclass(frozen=True, kw_only=True)
class OrderScope:
    """Which orders: all of them, or those of some channels and those of some business units. Falsy for none."""

    everything: bool = False
    channels: frozenset[str] = frozenset()
    units: frozenset[UUID] = frozenset()

    def __bool__(self) -> bool:
        return self.everything or bool(self.channels or self.units)

    def covers(self, channel: str, unit: UUID | None) -> bool:
        return self.everything or channel in self.channels or unit in self.units


@dataclass(frozen=True)
class Scope:
    """What a reader sees: the union of subtrees, and every measure that names the person."""

    paths: tuple[str, ...]
    person: PersonId

    def covers(self, path: str) -> bool:
        return any(path.startswith(own) for own in self.paths)

    def sees(self, measure: Measure, path: str) -> bool:
        return self.covers(path) or self.person in named_people(measure).values()


@dataclass(frozen=True, kw_only=True)
class Actor:
    """The person who acts in an instance. `on_behalf_of` is set when a delegate decides for somebody.

    `confirmed_at` is when the person last gave their password; None where nobody can be asked for it.
    """

    person: PersonId
    name: str
    is_firm: bool = False
    assignments: tuple[Assignment, ...] = ()
    on_behalf_of: PersonId | None = None
    confirmed_at: datetime | None = None

    def scope_for(self, capability: Capability) -> Scope:
        """The subtrees where the person holds a role with that capability; none inside another."""
        held = (a for a in self.assignments if capability in ROLE_CAPABILITIES[a.role] and not a.is_limited)
        return Scope(topmost(a.path for a in held), self.person)

    def orders(self, capability: Capability) -> OrderScope:
        """The orders for which the person holds a role with that capability."""
        held = [a for a in self.assignments if capability in ROLE_CAPABILITIES[a.role]]
        return OrderScope(
            everything=any(a.is_whole for a in held),
            channels=frozenset(a.channel for a in held if a.channel and a.business_unit is None),
            units=frozenset(a.business_unit for a in held if a.business_unit is not None and not a.channel),
        )

    @property
    def led(self) -> Scope:
        """The subtrees that the person leads."""
        return Scope(topmost(a.path for a in self.assignments if a.role in LEADERS and not a.is_limited), self.person)

    def can(self, capability: Capability, path: str) -> bool:
        return self.scope_for(capability).covers(path)

    def can_anywhere(self, capability: Capability) -> bool:
        """By a role at some node, or for some orders."""
        if capability in ORDER_CAPABILITIES:
            return bool(self.orders(capability))
        is_for_orders = capability in SHARED_CAPABILITIES and bool(self.orders(capability))
        return is_for_orders or bool(self.scope_for(capability).paths)

    def can_on(self, capability: Capability, measure: Measure, path: str) -> bool:
        """By a role at the measure's node or above, or because the measure names the person."""
        named = named_people(measure)
        return self.can(capability, path) or any(
            named[word] == self.person and capability in ROLE_CAPABILITIES[role] for word, role in NAMED_ROLES.items()
        )


@dataclass(frozen=True, kw_only=True)
class FirmActor:
    """The person who acts on the firm's pages, outside every instance."""

    person: PersonId
    name: str
    firm: FirmId
    roles: frozenset[FirmRole] = frozenset()

    def can(self, capability: Capability) -> bool:
        return any(capability in FIRM_ROLE_CAPABILITIES[role] for role in self.roles)


def topmost(paths: Iterable[str]) -> tuple[str, ...]:
    kept: list[str] = []
    for path in sorted(set(paths)):
        if not any(path.startswith(above) for above in kept):
            kept.append(path)
    return tuple(kept)


def named_people(measure: Measure) -> Mapping[str, PersonId | None]:
    return {"owner": measure.owner, "sponsor": measure.sponsor, "controller": measure.controller}


@dataclass(frozen=True, kw_only=True)
class NotAllowed(Refusal):
    """The person's roles do not give the capability here."""

    capability: Capability
