"""Approve several requests at once: each decided by itself, through the same action, and each told by name."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from flask import abort, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from domain.access import Capability
from domain.approvals.request import Choice, Seen, Vote
from domain.approvals.voting import Voted
from domain.ids import RequestId
from tenants.instance.actions.requests import vote
from tenants.instance.queries.governance import get_governance
from tenants.instance.queries.inbox import PAGE
from tenants.instance.queries.requests import RequestLine, lines_among
from tenants.instance.queries.sight import sight_of
from web.access import requires
from web.asked import read_asked
from web.hands import hand
from web.instance.waiting import bp
from web.instance.waiting.listing import page_of
from web.instance.waiting.words import read_tick
from web.refusals import words_of
from web.request_view import voted_words
from web.waits import request_title

C = Capability


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of one request that was ticked."""

    title: str
    href: str
    is_done: bool
    words: str


@bp.post("/approvals")
@requires(C.VIEW_OVERVIEW, or_named=True)
def approve() -> tuple[str, int] | str:
    """The answer is the page that names each outcome; sent twice, the second says that each is decided already."""
    here, asked = hand(), read_asked(request.args)
    picked = _picked()
    if not picked:
        return page_of(asked, said=_("Tick at least one request.")), 422
    lines = lines_among(here.work, sight_of(here.actor), picked)
    if len(lines) < len(picked):
        abort(404)
    governance = get_governance(here.work)
    titles = {line.id: request_title(line, governance) for line in lines}
    outcomes = [_approve(line, titles[line.id], picked[line.id]) for line in lines]
    return render_template(
        "web/instance/waiting/approved.html",
        outcomes=sorted(outcomes, key=lambda each: each.is_done),
        finding=_finding(outcomes),
        href=asked.back,
    )


def _picked() -> Mapping[UUID, Seen]:
    """What was ticked, each once; a form that no page of ours had is not read."""
    texts = request.form.getlist("pick")
    try:
        return dict(read_tick(text) for text in texts) if len(texts) <= PAGE else abort(400)
    except ValueError:
        abort(400)


def _approve(line: RequestLine, title: str, seen: Seen) -> Outcome:
    here, given = hand(), Vote(choice=Choice.APPROVE, seen=seen, in_bulk=True)
    outcome = vote(here.work, RequestId(line.id), given, here.actor)
    href = url_for("instance.requests.show", request_id=line.id)
    if not isinstance(outcome, Voted):
        return Outcome(title=title, href=href, is_done=False, words=words_of(outcome))
    return Outcome(title=title, href=href, is_done=True, words=voted_words(outcome)[1])


def _finding(outcomes: list[Outcome]) -> str:
    done = sum(each.is_done for each in outcomes)
    approved = ngettext("%(num)d request approved", "%(num)d requests approved", done)
    if done == len(outcomes):
        return approved
    return _("%(approved)s, %(n)s not", approved=approved, n=len(outcomes) - done)
