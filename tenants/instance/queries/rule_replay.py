"""What a changed rule or amount tier would have done to the orders of the last days. Reads, and changes nothing."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select

from domain.access import OrderScope
from domain.governance.policies import DecisionForum, NamedPeople, Policy, RoleAtNode, Step
from domain.governance.template import GovernanceTemplate, OrderRule
from domain.orders.past_decisions import Place
from domain.orders.rules import Switch, standing, with_limits
from domain.orders.trials import TrialAsked, find_tried
from domain.orders.trying import Count, Replay
from tenants.database import Work
from tenants.instance.models.people import ForumMemberRow, ForumRow, MemberRow
from tenants.instance.queries.order_pasts import count_pasts, count_requests, past_requests, pasts
from tenants.instance.queries.order_rules import order_holders

TOLD_EVERY = 500
Progress = Callable[[int], None]  # told how many were looked at


def count_tried(work: Work, scope: OrderScope, tried: OrderRule | Policy, days: int, now: datetime) -> int:
    """How many orders, or requests, a trial will look at."""
    since = now - timedelta(days=days)
    if isinstance(tried, OrderRule):
        return count_pasts(work, scope, since)
    return count_requests(work, scope, tried.governs, since)


def replay(
    work: Work,
    scope: OrderScope,
    template: GovernanceTemplate,
    asked: TrialAsked,
    switches: Mapping[str, Switch],
    now: datetime,
    progress: Progress = lambda _done: None,
) -> Replay:
    """Run what was asked for over the last days. Time is linear in orders, memory is not."""
    tried, since = find_tried(asked.kind, asked.key, template), now - timedelta(days=asked.days)
    count = Count(template=template)
    if isinstance(tried, OrderRule):
        stands = standing(tried, switches.get(tried.key))
        wanted = standing(tried, Switch(is_on=True, limits=asked.limits))
        for past in pasts(work, scope, since):
            count.take_order(past, stands, wanted, since, now)
            _tell(progress, count)
    elif tried is not None:
        changed = replace(tried, when=with_limits(tried.when, asked.limits))
        policies = tuple(changed if each.key == tried.key else each for each in template.policies)
        for request in past_requests(work, scope, tried.governs, since):
            count.take_request(request, changed, template.policies, policies)
            _tell(progress, count)
    return _found(work, count, since)


def _tell(progress: Progress, count: Count) -> None:
    if count.orders % TOLD_EVERY == 0:
        progress(count.orders)


def _found(work: Work, count: Count, since: datetime) -> Replay:
    return Replay(
        since=since,
        orders=count.orders,
        before=count.before,
        after=count.after,
        new=count.new,
        asked=tuple(count.steps.lines(_people(work, count))),
        found=count.shown(),
        unknown=count.unknown,
    )


def _people(work: Work, count: Count) -> dict[tuple[str, str], tuple[str, ...]]:
    """Who would be asked by each step: those who hold its role for these orders, sit in its forum, or are named."""
    steps = count.steps
    holders = order_holders(work, steps.roles)

    def names(step: Step, places: Sequence[Place]) -> tuple[str, ...]:
        who = step.approvers
        if isinstance(who, RoleAtNode):
            held = holders.get(who.role, ())
            return tuple(name for _person, name, scope in held if any(scope.covers(*place) for place in places))
        if isinstance(who, DecisionForum):
            return _members(work, ForumRow.name == who.name)
        return _members(work, MemberRow.email.in_(who.emails)) if isinstance(who, NamedPeople) else ()

    return {key: names(step, tuple(steps.places[key])) for key, step in steps.known.items()}


def _members(work: Work, condition: object) -> tuple[str, ...]:
    statement = (
        select(MemberRow.name)
        .distinct()
        .outerjoin(ForumMemberRow, ForumMemberRow.member_id == MemberRow.id)
        .outerjoin(ForumRow, ForumRow.id == ForumMemberRow.forum_id)
        .where(condition, MemberRow.is_active)  # type: ignore[arg-type]
    )
    return tuple(work.session.scalars(statement.order_by(MemberRow.name)))
