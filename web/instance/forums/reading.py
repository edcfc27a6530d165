"""A meeting in words: its items with what is sealed, who may decide, what was decided; what is to be done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from flask import url_for
from flask_babel import gettext as _

from domain.approvals.recording import NotCounted, Sitting, may_not_record, who_counts
from domain.approvals.request import ApprovalRequest, CastVote, Choice
from domain.approvals.voting import step_up_missing
from domain.delegation import Delegation
from domain.forums import AgendaItem, Forum, may_manage
from domain.ids import ForumId, PersonId
from tenants.instance.queries.governance import Governance
from tenants.instance.queries.measure import Names
from tenants.instance.queries.meetings import ActionLine, AskedLine, MeetingSheet
from web.formats import amount, day, moment
from web.hands import hand
from web.presenting import about_words, checklist_of, counts_of, due_words, reason_of, state_word, title_of
from web.refusals import words_of
from web.request_view import sealed_of
from web.sealing import Sealed, seal_words
from web.wording import not_counted


@dataclass(frozen=True, kw_only=True)
class DecisionView:
    """A decision that was recorded in this meeting."""

    choice: Choice
    words: str
    by: str
    when: str
    comment: str
    counted: str
    conditions: tuple[str, ...]
    follows: str


@dataclass(frozen=True, kw_only=True)
class AskedView:
    """A request on the agenda. `refused`: why the reader cannot record its decision; empty: they can.

    `people` are the members with what they count for here, as (id, words).
    """

    request: ApprovalRequest
    heading: str
    href: str
    state: str
    state_word: str
    price: str
    per: str
    note: str
    reason: str
    seal: str
    sealed: Sealed
    change: object  # what a change request would change, as web/weighing.py weighs it; None for others
    proposed: object  # what is decided on an order, as web/order_reading.py reads it; None for measures
    checklist: str
    rule: str
    refused: str
    people: tuple[tuple[str, str], ...]
    asks_password: bool
    decision: DecisionView | None

    @property
    def may_record(self) -> bool:
        return not self.refused and self.decision is None


@dataclass(frozen=True, kw_only=True)
class ItemView:
    """One item of the agenda, numbered from 1."""

    id: UUID
    number: int
    title: str
    note: str
    asked: AskedView | None


@dataclass(frozen=True, kw_only=True)
class ActionItem:
    """One line of _actions.html; `may_finish`: the reader says that it is done."""

    id: UUID
    title: str
    owner: str
    when: str
    is_late: bool
    is_done: bool
    note: str
    code: str
    forum: str
    met: str
    href: str
    may_finish: bool


@dataclass(frozen=True, kw_only=True)
class Reader:
    """What a meeting is read with. `delegations` are those to the reader."""

    names: Names
    governance: Governance
    delegations: Sequence[Delegation]

    def name(self, person: UUID) -> str:
        return self.names.get(person, "–")

    def listed(self, people: Sequence[UUID]) -> str:
        return ", ".join(sorted(map(self.name, people), key=str.lower))


def items_of(sheet: MeetingSheet, reader: Reader) -> list[ItemView]:
    return [_item(sheet, item, number, reader) for number, item in enumerate(sheet.meeting.agenda, start=1)]


def behalf_of(forum: Forum, delegations: Sequence[Delegation]) -> PersonId | None:
    """The chair, where the reader stands in for them; None where they act for themselves."""
    here = hand()
    if forum.chair is None or here.actor.person == forum.chair:
        return None
    today = here.work.now().date()
    return next((each.giver for each in delegations if each.giver == forum.chair and each.is_on(today)), None)


def actions_of(lines: Sequence[ActionLine], forums: Mapping[ForumId, Forum]) -> list[ActionItem]:
    return [_action(line, forums[line.forum]) for line in lines]


def not_counted_words(people: Sequence[NotCounted], reader: Reader) -> str:
    """Petra Holm (asked for it), Jonas Kvist (edited the measure last)."""
    return ", ".join(f"{reader.name(each.person)} ({not_counted(each.because)})" for each in people)


def _item(sheet: MeetingSheet, item: AgendaItem, number: int, reader: Reader) -> ItemView:
    line = sheet.asked.get(item.request) if item.request else None
    asked = _asked(sheet, line, reader) if line else None
    return ItemView(
        id=item.id, number=number, title=asked.heading if asked else item.title, note=item.note, asked=asked
    )


def _asked(sheet: MeetingSheet, line: AskedLine, reader: Reader) -> AskedView:
    request, governance = line.request, reader.governance
    step = request.steps[request.current] if request.current is not None else None
    title = title_of(request.kind, request.target, governance.template)
    read = sealed_of(request, reader.names, governance)
    return AskedView(
        request=request,
        heading=f"{title}: {about_words(request.code, line.title, line.amount, governance.currency)}",
        href=url_for("instance.requests.show", request_id=request.id) if line.opens else "",
        state=str(request.state),
        state_word=state_word(request.state),
        price=amount(line.price or line.per_day, governance.currency) if line.price or line.per_day else "",
        per=_("a day") if line.per_day else _("a week"),
        note=_("Asked by %(who)s on %(day)s", who=reader.name(request.requested_by), day=day(request.requested_at)),
        reason=" ".join(filter(None, [reason_of(request, governance.template), request.comment])),
        seal=seal_words(request.seal),
        **read,
        checklist=counts_of(checklist_of(request.checklist)),
        rule=_("Quorum %(n)s, counted from those who may decide this.", n=step.needed) if step else "",
        refused=_refused(sheet, request, reader),
        people=_people(sheet, request, reader),
        asks_password=bool(step and step_up_missing(step, hand().actor, hand().work.now())),
        decision=_decision(sheet, request, reader),
    )


def _refused(sheet: MeetingSheet, request: ApprovalRequest, reader: Reader) -> str:
    here = hand()
    actor = replace(here.actor, on_behalf_of=behalf_of(sheet.forum, reader.delegations))
    refusal = may_not_record(request, _sitting(sheet), actor, here.work.now(), request.duties, reader.delegations)
    return words_of(refusal) if refusal else ""


def _people(sheet: MeetingSheet, request: ApprovalRequest, reader: Reader) -> tuple[tuple[str, str], ...]:
    """Every member to tick; who would not count for this decision says so."""
    if request.current is None:
        return ()
    others = who_counts(request, request.steps[request.current], _sitting(sheet), request.duties)[1]
    because = {each.person: not_counted(each.because) for each in others}
    return tuple(
        (str(person), f"{reader.name(person)} ({because[person]})" if person in because else reader.name(person))
        for person in sheet.forum.members
    )


def _sitting(sheet: MeetingSheet) -> Sitting:
    return Sitting(forum=sheet.forum, meeting=sheet.meeting, present=sheet.forum.members)


def _decision(sheet: MeetingSheet, request: ApprovalRequest, reader: Reader) -> DecisionView | None:
    cast = next((vote for vote in request.votes if vote.meeting == sheet.meeting.id), None)
    if cast is None:
        return None
    words = {Choice.APPROVE: _("Approved"), Choice.REJECT: _("Rejected"), Choice.RETURN: _("Returned for changes")}
    current = request.steps[request.current].name if request.current is not None else ""
    return DecisionView(
        choice=cast.choice,
        words=words[cast.choice],
        by=reader.name(cast.person),
        when=moment(cast.at),
        comment=cast.comment,
        counted=reader.listed(cast.present),
        conditions=_conditions(cast, reader),
        follows=_("then: %(step)s", step=current) if current else "",
    )


def _conditions(cast: CastVote, reader: Reader) -> tuple[str, ...]:
    return tuple(f"{each.words} ({reader.name(each.owner)}, {day(each.due)})" for each in cast.conditions)


def _action(line: ActionLine, forum: Forum) -> ActionItem:
    here, action = hand(), line.action
    when, is_late = due_words(action.due, here.work.now().date())
    is_mine = action.owner == here.actor.person or may_manage(forum, here.actor)
    return ActionItem(
        id=action.id,
        title=action.title,
        owner=line.owner,
        when=_("done %(day)s", day=day(action.done_on)) if action.done_on else when,
        is_late=is_late and action.done_on is None,
        is_done=action.done_on is not None,
        note=line.note,
        code=line.code,
        forum=line.forum_name,
        met=day(line.met_at.date()),
        href=url_for("instance.forums.meeting", meeting=action.meeting),
        may_finish=is_mine and action.done_on is None,
    )
