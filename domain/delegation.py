"""Who decides for whom while somebody is away: given, ended, and what one may stand in for. Source: DOMAIN.md, 3."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from domain.absences import Absence, may_not_say, period_fault
from domain.access import Actor
from domain.ids import DelegationId, PersonId
from domain.refusals import Refusal


@dataclass(frozen=True, kw_only=True)
class Delegation:
    """`giver` lets `taker` decide on the days from `starts_on` to `ends_on`. No kinds: all; no limit: any value."""

    id: DelegationId
    giver: PersonId
    taker: PersonId
    starts_on: date
    ends_on: date
    kinds: frozenset[str] = frozenset()
    value_limit: Decimal | None = None
    words: str = ""
    created_by: PersonId | None = None
    ended_at: datetime | None = None

    def is_on(self, day: date) -> bool:
        return self.ended_at is None and self.starts_on <= day <= self.ends_on

    def is_about(self, kind: str) -> bool:
        return not self.kinds or kind in self.kinds

    def reaches(self, value: Decimal | None) -> bool:
        """A value that is not known yet is under no limit."""
        return self.value_limit is None or (value is not None and abs(value) <= self.value_limit)

    def meets(self, other: "Delegation") -> bool:
        """Whether both are in force on some day for some kind."""
        same_days = self.starts_on <= other.ends_on and other.starts_on <= self.ends_on
        same_kinds = not self.kinds or not other.kinds or bool(self.kinds & other.kinds)
        return self.ended_at is None and other.ended_at is None and same_days and same_kinds


@dataclass(frozen=True, kw_only=True)
class Staff:
    """What a delegation looks at: who can sign in, who is away, where the giver has a part, which others there are."""

    active: frozenset[PersonId]
    absences: tuple[Absence, ...] = ()
    giver_paths: tuple[str, ...] = ()
    others: tuple[Delegation, ...] = ()


@dataclass(frozen=True, kw_only=True)
class DelegationGiven:
    delegation: Delegation


@dataclass(frozen=True, kw_only=True)
class DelegationEnded:
    delegation: DelegationId
    giver: PersonId
    taker: PersonId
    at: datetime


@dataclass(frozen=True, kw_only=True)
class DelegationToSelf(Refusal):
    """Nobody stands in for themselves, and nobody makes themselves the delegate of another."""

    person: PersonId
    is_own: bool  # false: an administrator named themselves for somebody who is away


@dataclass(frozen=True, kw_only=True)
class DelegateNotActive(Refusal):
    """The person named cannot sign in here."""

    person: PersonId


@dataclass(frozen=True, kw_only=True)
class GiverNotAway(Refusal):
    """Others arrange a delegation only for somebody who is recorded as away in that time."""

    person: PersonId


@dataclass(frozen=True, kw_only=True)
class LimitNotPositive(Refusal):
    limit: Decimal


@dataclass(frozen=True, kw_only=True)
class DelegationOverlaps(Refusal):
    """The same kinds are delegated already in that time."""

    starts_on: date
    ends_on: date


@dataclass(frozen=True, kw_only=True)
class DelegationChain(Refusal):
    """One link only. `by_taker`: the taker has delegated these kinds; else the giver stands in for somebody."""

    by_taker: bool
    starts_on: date
    ends_on: date


@dataclass(frozen=True, kw_only=True)
class DelegationOver(Refusal):
    """It ended, or is not there any more."""

    ended_on: date


@dataclass(frozen=True, kw_only=True)
class NotStandingIn(Refusal):
    """There is no delegation from that person to this one."""

    giver: PersonId


@dataclass(frozen=True, kw_only=True)
class DelegationNotNow(Refusal):
    """The delegation holds in another time."""

    giver: PersonId
    starts_on: date
    ends_on: date


@dataclass(frozen=True, kw_only=True)
class KindNotDelegated(Refusal):
    """The delegation is about other kinds of decisions."""

    giver: PersonId
    kind: str


@dataclass(frozen=True, kw_only=True)
class AboveDelegatedLimit(Refusal):
    """The value is above the limit of the delegation, or not known yet."""

    giver: PersonId
    limit: Decimal
    value: Decimal | None


def decide_delegate(wish: Delegation, actor: Actor, staff: Staff, now: datetime) -> DelegationGiven | Refusal:
    """Let somebody decide for somebody: for oneself, or by who manages people for somebody who is away."""
    if refusal := may_not_arrange(wish, actor, staff) or period_fault(wish.starts_on, wish.ends_on, now.date()):
        return refusal
    if wish.taker == wish.giver:
        return DelegationToSelf(person=wish.giver, is_own=True)
    if wish.taker not in staff.active:
        return DelegateNotActive(person=wish.taker)
    if wish.value_limit is not None and wish.value_limit <= 0:
        return LimitNotPositive(limit=wish.value_limit)
    if refusal := conflict(wish, staff.others):
        return refusal
    return DelegationGiven(delegation=replace(wish, words=wish.words.strip(), created_by=actor.person))


def may_not_arrange(wish: Delegation, actor: Actor, staff: Staff) -> Refusal | None:
    """Everybody for themselves; for another who manages people wherever that one has a part, while they are away."""
    if actor.person == wish.giver:
        return None
    if refusal := may_not_say(wish.giver, actor, staff.giver_paths):
        return refusal
    if wish.taker == actor.person:
        return DelegationToSelf(person=actor.person, is_own=False)
    if not any(absence.person == wish.giver and absence.meets(wish) for absence in staff.absences):
        return GiverNotAway(person=wish.giver)
    return None


def conflict(wish: Delegation, others: Iterable[Delegation]) -> Refusal | None:
    """A second one of the same kinds, or a chain: in whichever order its two links are made."""
    for other in others:
        if not wish.meets(other):
            continue
        days = {"starts_on": other.starts_on, "ends_on": other.ends_on}
        if other.giver == wish.giver:
            return DelegationOverlaps(**days)
        if other.giver == wish.taker or other.taker == wish.giver:
            return DelegationChain(by_taker=other.giver == wish.taker, **days)
    return None


def decide_end_delegation(
    delegation: Delegation, actor: Actor, giver_paths: Iterable[str], now: datetime
) -> DelegationEnded | Refusal:
    """End it before its time: the giver, the taker who hands it back, or who manages people."""
    if actor.person != delegation.taker and (refusal := may_not_say(delegation.giver, actor, giver_paths)):
        return refusal
    if delegation.ended_at is not None or delegation.ends_on < now.date():
        return DelegationOver(ended_on=delegation.ended_at.date() if delegation.ended_at else delegation.ends_on)
    return DelegationEnded(delegation=delegation.id, giver=delegation.giver, taker=delegation.taker, at=now)


def stands_in(
    delegations: Iterable[Delegation], giver: PersonId, taker: PersonId, kind: str, value: Decimal | None, day: date
) -> Delegation | Refusal:
    """The delegation by which `taker` decides this for `giver` on that day, or why there is none."""
    found = [each for each in delegations if (each.giver, each.taker, each.ended_at) == (giver, taker, None)]
    if not found:
        return NotStandingIn(giver=giver)
    now = [each for each in found if each.is_on(day)]
    if not now:
        nearest = min(found, key=lambda each: abs(day - each.starts_on))
        return DelegationNotNow(giver=giver, starts_on=nearest.starts_on, ends_on=nearest.ends_on)
    about = next((each for each in now if each.is_about(kind)), None)
    if about is None:
        return KindNotDelegated(giver=giver, kind=kind)
    if about.value_limit is not None and not about.reaches(value):
        return AboveDelegatedLimit(giver=giver, limit=about.value_limit, value=value)
    return about
