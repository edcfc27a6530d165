"""Asks for a decision on an order: what is sealed, and what policies see of it. Source: DOMAIN.md, 3 and 5."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from domain.access import Actor, Capability
from domain.approvals.choosing import NoPolicy, Place, forum_named, select_policy
from domain.approvals.request import ApprovalRequest
from domain.approvals.requesting import About, Ask, Requested, Situation, Subject, open_about
from domain.governance.policies import ORDER_PREFIX, Fact
from domain.governance.template import OrderRules
from domain.ids import ForumId, PersonId, RequestId
from domain.orders.asking import (
    CANCELLATION,
    DISCOUNT,
    PRIORITY_DISPATCH,
    RELEASE,
    TIERED,
    ZERO,
    OrderAsk,
    exception_of,
    proposal_text,
    stake,
    unfit,
)
from domain.orders.order import Order
from domain.orders.rights import not_allowed
from domain.refusals import Refusal
from domain.seal import Canonical, canonical_text, written
from domain.segregation import Duties

MONEY = ("value", "discount", "freight")
PROMISES = ("priority", "promised_on", "commitment")
GOVERNED = (
    "number",
    "channel",
    "business_unit",
    "customer",
    "currency",
    "items",
    "payment",
    "state",
    *MONEY,
    *PROMISES,
)
STAGE_BOUND = (RELEASE, PRIORITY_DISPATCH, CANCELLATION)  # what these do depends on where the order is
HUNDRED, CENT = Decimal(100), Decimal("0.01")


@dataclass(frozen=True, kw_only=True)
class DecidedBefore:
    """What decisions did to the order so far: the sum that those of one kind granted, and the day promised at first.

    `promised_on` is None while no decision has moved it.
    """

    granted: Decimal = ZERO
    promised_on: date | None = None


NOTHING_BEFORE = DecidedBefore()


def decide_request_decision(
    order: Order,
    ask: OrderAsk,
    rules: OrderRules,
    situation: Situation,
    actor: Actor,
    now: datetime,
    request_id: RequestId,
    before: DecidedBefore = NOTHING_BEFORE,
) -> Requested | Refusal:
    """Open a sealed request. `before`: what decisions of this kind did to the order."""
    if refusal := not_allowed(order, Capability.REQUEST_ORDER_DECISION, actor):
        return refusal
    if refusal := unfit(order, ask, rules, before.granted, now.date()):
        return refusal
    wish = Ask(
        kind=f"{ORDER_PREFIX}{ask.kind}",
        reason=ask.reason.strip(),
        comment=ask.words.strip(),
        proposal=proposal_text(order, ask),
    )
    about = about_order(order, ask, wish, situation, actor.person, before)
    outcome = open_about(wish, about, situation, actor, now, request_id)
    return outcome if isinstance(outcome, Refusal) else Requested(request=outcome)


def about_order(
    order: Order, ask: OrderAsk, wish: Ask, situation: Situation, asker: PersonId, before: DecidedBefore
) -> About:
    """The order as the engine sees it; the forum is the one that the policy names."""
    facts = decision_facts(order, ask, before)
    policy = select_policy(situation.template.policies, wish.kind, facts)
    forum = None if isinstance(policy, NoPolicy) else forum_named(policy, situation.directory)
    return About(
        order=order.id,
        exception=ask.exception,
        code=order.number,
        subject=sealed_order(order, wish.kind, wish.proposal, forum, asker),
        place=order_place(order, situation.path, forum),
        facts=facts,
    )


def decision_facts(order: Order, ask: OrderAsk, before: DecidedBefore = NOTHING_BEFORE) -> Mapping[str, Fact]:
    """What the delegation-of-authority matrix looks at: amounts with what was granted, days from the first promise."""
    granted = before.granted if ask.kind in TIERED else ZERO
    exception = exception_of(order, ask)
    first = before.promised_on or order.promised_on
    moved = None if ask.promised_on is None or first is None else ask.promised_on - first
    return {
        "amount": stake(order, ask) + granted,
        "order_value": order.value,
        "discount_percent": percent_given(order, ask, granted),
        "days": None if moved is None else moved.days,
        "stage": order.stage,
        "channel": order.channel,
        "exception_type": exception.type if exception else None,
    }


def percent_given(order: Order, ask: OrderAsk, before: Decimal) -> Decimal:
    """Of the goods: what the order has, or would have; a discount that waits on a hold is in the order already."""
    full = order.value + order.discount
    if ask.kind != DISCOUNT or full <= 0:
        return order.discount_percent
    asked = stake(order, ask) + before
    given = max(order.discount, asked) if ask.exception else order.discount + asked
    return (given / full * HUNDRED).quantize(CENT)


def subject_of_order(order: Order, request: ApprovalRequest) -> Subject:
    """What an open request is about, as it is now."""
    return sealed_order(order, request.kind, request.proposal, request.forum, request.requested_by)


def sealed_order(
    order: Order, kind: str, proposal: str, forum: ForumId | None, asker: PersonId | None = None
) -> Subject:
    """The canonical order with what is proposed, and who has which part in it."""
    fields = canonical_order(order, kind, proposal) | {"proposal": proposal}
    if forum is not None:
        fields["forum"] = str(forum)
    editor = order.last_edited_by or order.created_by  # who entered it by hand wrote what is decided on
    return Subject(text=canonical_text(fields), duties=Duties(requested_by=asker, last_edited_by=editor))


def canonical_order(order: Order, kind: str, proposal: str) -> Canonical:
    """Every governed field, flat, as text; its stage where that matters, and the exception that would be settled."""
    fields = {name: written(getattr(order, name)) for name in GOVERNED}
    if kind.removeprefix(ORDER_PREFIX) in STAGE_BOUND:
        fields["stage"] = order.stage
    about = json.loads(proposal).get("exception")
    for each in order.exceptions:
        if str(each.id) == about:
            fields |= {"exception_type": each.type, "exception_cause": each.cause}
            fields["exception_resolved"] = written(each.resolved_at)
    return {name: value for name, value in sorted(fields.items()) if value}


def order_place(order: Order, path: str, forum: ForumId | None = None) -> Place:
    return Place(path=path, forum=forum, channel=order.channel, unit=order.business_unit)
