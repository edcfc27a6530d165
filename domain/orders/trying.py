"""What a trial on past orders finds: how many, worth what, which decisions would follow and by whose hand."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from heapq import heappush, heappushpop

from domain.access import Role
from domain.governance.policies import ORDER_PREFIX, DecisionForum, NamedPeople, Policy, RoleAtNode, Step
from domain.governance.template import GovernanceTemplate, OrderRule
from domain.orders.past_decisions import PastRequest, Place, chosen, facts_then, looks_at_days
from domain.orders.replay import ZERO, Past, first_moment, was_held

SHOWN = 25
Rank = tuple[bool, Decimal, int]


@dataclass(frozen=True, kw_only=True)
class Sum:
    """So many of them, worth so much."""

    count: int = 0
    amount: Decimal = ZERO

    def plus(self, amount: Decimal) -> "Sum":
        return Sum(count=self.count + 1, amount=self.amount + amount)


@dataclass(frozen=True, kw_only=True)
class Found:
    """An order, by its id, on which the rule would have spoken. `was_held`: it had such an exception all the same.

    For a tier: a request that would come to it, and whether it came to it in fact.
    """

    order: str
    number: str
    at: datetime
    value: Decimal
    was_held: bool


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Requests that would go to the approvers of a policy's step. `before`: as things are; `others` are the forum or
    the addresses that it names where it names no role, `people` who holds the role now."""

    policy: str
    step: str
    role: Role | None
    others: tuple[str, ...]
    people: tuple[str, ...]
    before: Sum
    after: Sum


@dataclass(frozen=True, kw_only=True)
class Replay:
    """`orders` (or requests) were looked at; `before`: as it stands (none while off), `after`: as wanted; `new`: those
    of them that nobody had held. `asked` are the decisions that would follow, `found` the first of the orders;
    `unknown` of them have no promised date, so that nobody can say how far one would be moved."""

    since: datetime
    orders: int
    before: Sum
    after: Sum
    new: Sum
    asked: tuple[Asked, ...]
    found: tuple[Found, ...]
    unknown: int = 0


@dataclass(kw_only=True)
class Count:
    """Counts what a trial finds, one after the other; memory does not grow with it."""

    template: GovernanceTemplate
    orders: int = 0
    before: Sum = Sum()
    after: Sum = Sum()
    new: Sum = Sum()
    unknown: int = 0
    steps: "Steps" = field(init=False)
    top: list[tuple[Rank, Found]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.steps = Steps()

    def take_order(self, past: Past, stands: OrderRule, wanted: OrderRule, since: datetime, now: datetime) -> None:
        """Whether a rule as it stands, and as it is wanted, would have spoken on this order."""
        self.orders += 1
        if stands.is_on and (at := first_moment(stands, past, since, now)):
            self.before = self.before.plus(past.value)
            self._follow(past, stands, at, now, is_after=False)
        if at := first_moment(wanted, past, since, now):
            had = was_held(past, wanted.opens, at)
            self.after, self.new = self.after.plus(past.value), self.new if had else self.new.plus(past.value)
            self._follow(past, wanted, at, now, is_after=True)
            self._show(Found(order=str(past.id), number=past.number, at=at, value=past.value, was_held=had))

    def take_request(
        self, asked: PastRequest, wanted: Policy, policies: Sequence[Policy], changed: Sequence[Policy]
    ) -> None:
        """Which policy a request came under, and which it would come under with the wanted one in its place."""
        self.orders += 1
        old, then = chosen(policies, wanted.governs, asked.facts), chosen(changed, wanted.governs, asked.facts)
        was = old is not None and old.key == wanted.key
        self.before = self.before.plus(asked.amount) if was else self.before
        self.steps.add(old, asked.amount, asked.place, is_after=False)
        self.steps.add(then, asked.amount, asked.place, is_after=True)
        if then is not None and then.key == wanted.key:
            self.after, self.new = self.after.plus(asked.amount), self.new if was else self.new.plus(asked.amount)
            order, number = str(asked.order), asked.number
            self._show(Found(order=order, number=number, at=asked.at, value=asked.amount, was_held=was))

    def shown(self) -> tuple[Found, ...]:
        """Those that nobody had held first, then the dearest."""
        return tuple(found for _rank, found in sorted(self.top, key=lambda each: each[0], reverse=True))

    def _follow(self, past: Past, rule: OrderRule, at: datetime, now: datetime, *, is_after: bool) -> None:
        orders = self.template.orders
        kind = orders.exception_type(rule.opens) if orders else None
        if kind is None or not kind.decision:
            return
        facts, governs = facts_then(past, kind.key, kind.decision, at, now), f"{ORDER_PREFIX}{kind.decision}"
        policy = chosen(self.template.policies, governs, facts)
        amount = Decimal(str(facts["amount"]))
        self.steps.add(policy, amount, (past.channel, past.unit), is_after=is_after)
        if is_after and facts["days"] is None and looks_at_days(self.template.policies, governs):
            self.unknown += 1

    def _show(self, found: Found) -> None:
        entry = ((not found.was_held, found.value, -self.after.count), found)  # no two ranks are the same
        if len(self.top) < SHOWN:
            heappush(self.top, entry)
        else:
            heappushpop(self.top, entry)


@dataclass(kw_only=True)
class Steps:
    """The requests that follow, by policy and step; `places` are where the orders of a step are."""

    before: dict[tuple[str, str], Sum] = field(default_factory=lambda: defaultdict(Sum))
    after: dict[tuple[str, str], Sum] = field(default_factory=lambda: defaultdict(Sum))
    places: dict[tuple[str, str], Counter[Place]] = field(default_factory=lambda: defaultdict(Counter))
    known: dict[tuple[str, str], Step] = field(default_factory=dict)

    def add(self, policy: Policy | None, amount: Decimal, place: Place, *, is_after: bool) -> None:
        for step in policy.steps if policy else ():
            key, sums = (policy.label if policy else "", step.name), self.after if is_after else self.before
            sums[key] = sums[key].plus(amount)
            self.places[key][place] += 1
            self.known[key] = step

    @property
    def roles(self) -> frozenset[Role]:
        return frozenset(step.approvers.role for step in self.known.values() if isinstance(step.approvers, RoleAtNode))

    def lines(self, people: Mapping[tuple[str, str], tuple[str, ...]]) -> Iterator[Asked]:
        """`people` are the names of those who are asked, by policy and step."""
        for key, step in self.known.items():
            who = step.approvers
            yield Asked(
                policy=key[0],
                step=key[1],
                role=who.role if isinstance(who, RoleAtNode) else None,
                others=who.emails if isinstance(who, NamedPeople) else _forum(who),
                people=people.get(key, ()),
                before=self.before[key],
                after=self.after[key],
            )


def _forum(who: object) -> tuple[str, ...]:
    return (who.name,) if isinstance(who, DecisionForum) and who.name else ()
