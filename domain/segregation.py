"""Which duties exclude each other: one function, asked on assignment and on decision. Source: DOMAIN.md, 1."""

from dataclasses import dataclass, field

from domain.ids import PersonId
from domain.refusals import Refusal


@dataclass(frozen=True, kw_only=True)
class SegregationConflict(Refusal):
    """One person holds two duties that exclude each other, for example controller and owner."""

    duty: str
    conflicts_with: str
    person: PersonId


@dataclass(frozen=True, kw_only=True)
class OwnRequest(Refusal):
    """Nobody decides what they requested."""

    person: PersonId


@dataclass(frozen=True, kw_only=True)
class EditedBySelf(Refusal):
    """Nobody decides what they last edited; nobody closes what they ever edited."""

    person: PersonId
    is_closure: bool


@dataclass(frozen=True, kw_only=True)
class Duties:
    """Who has which part in one subject: all that segregation looks at."""

    owner: PersonId | None = None
    sponsor: PersonId | None = None
    controller: PersonId | None = None
    requested_by: PersonId | None = None
    last_edited_by: PersonId | None = None
    editors: frozenset[PersonId] = field(default_factory=frozenset)
    is_closure: bool = False


def segregation_conflict(duties: Duties, *deciders: PersonId) -> Refusal | None:
    """What forbids these duties, or forbids the deciders (a delegate and whom they stand for) to decide on them."""
    if duties.controller and (word := also_held(duties.controller, duties.owner, duties.sponsor)):
        return SegregationConflict(duty="controller", conflicts_with=word, person=duties.controller)
    for person in deciders:
        if conflict := decider_conflict(duties, person):
            return conflict
    return None


def also_held(controller: object, owner: object, sponsor: object) -> str | None:
    """Which duty the controller holds as well, though nobody may hold both; people by whatever names them."""
    return next((word for word, holder in (("owner", owner), ("sponsor", sponsor)) if holder == controller), None)


def decider_conflict(duties: Duties, person: PersonId) -> Refusal | None:
    if person == duties.requested_by:
        return OwnRequest(person=person)
    if duties.is_closure and person in (duties.owner, duties.sponsor):
        word = "owner" if person == duties.owner else "sponsor"
        return SegregationConflict(duty="closure", conflicts_with=word, person=person)
    if person == duties.last_edited_by or (duties.is_closure and person in duties.editors):
        return EditedBySelf(person=person, is_closure=duties.is_closure)
    return None
