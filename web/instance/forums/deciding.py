"""Record what a meeting decided on one of its requests: choice, comment, who was there."""

from uuid import UUID

from flask import abort, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from domain.access import Capability
from domain.approvals.recording import NotQuorate
from domain.approvals.request import Choice, RequestState, Vote
from domain.approvals.voting import CommentNeeded, StepUpNeeded, Voted
from domain.ids import RequestId
from domain.refusals import Refusal
from tenants.instance.actions.recording import record
from tenants.instance.queries.delegations import delegations_to
from tenants.instance.queries.governance import get_governance
from tenants.instance.queries.measure import get_names
from tenants.instance.queries.meetings import MeetingSheet
from web.access import requires
from web.conditions import read_conditions
from web.hands import hand
from web.identity.confirming import confirm
from web.instance.forums import bp
from web.instance.forums.reading import Reader, behalf_of, not_counted_words
from web.instance.forums.showing import page
from web.instance.forums.taking import take_meeting
from web.presenting import state_word
from web.refusals import words_of
from web.request_view import read_seen
from web.responses import see
from web.shell import tell

C = Capability
Answer = Response | tuple[str, int]
COMMENT_LIMIT = 2_000
CHOICES = (Choice.APPROVE, Choice.RETURN, Choice.REJECT)


@bp.post("/meetings/<uuid:meeting>/decisions/<uuid:request_id>")
@requires(C.VIEW_FORUMS, or_named=True)
def decide(meeting: UUID, request_id: UUID) -> Answer:
    here, sheet = hand(), take_meeting(meeting)
    if RequestId(request_id) not in sheet.asked:
        abort(404)
    choice = next((each for each in CHOICES if each == request.form.get("choice", "")), None)
    comment = request.form.get("comment", "").strip()
    conditions, errors = read_conditions(request.form, here.work.new_id)
    errors = _wrong(choice, comment) | errors
    if errors or choice is None:
        return page(sheet, errors, str(request_id)), 422
    if "password" in request.form and (fault := confirm(request.form["password"])):
        return page(sheet, {"password": fault.words}, str(request_id)), fault.status
    behalf = behalf_of(sheet.forum, delegations_to(here.work, here.person.id))
    present = [person for person in sheet.forum.members if str(person) in request.form.getlist("present")]
    given = Vote(choice=choice, comment=comment, conditions=conditions, seen=read_seen(request.form))
    outcome = record(here.work, meeting, request_id, present, given, here.actor, behalf)
    if not isinstance(outcome, Voted):
        return _refused(sheet, request_id, outcome)
    _tell(outcome, sheet)
    return see(url_for(".meeting", meeting=meeting, _anchor="agenda"))


def _wrong(choice: Choice | None, comment: str) -> dict[str, str]:
    said = {
        "choice": "" if choice else _("Choose what the meeting decided."),
        "comment": _("There is room for %(limit)s characters.", limit=COMMENT_LIMIT)
        if len(comment) > COMMENT_LIMIT
        else "",
    }
    return {name: words for name, words in said.items() if words}


def _refused(sheet: MeetingSheet, request_id: UUID, refusal: Refusal) -> Answer:
    """At the field that it is about; a quorum that was missed names who counted and who did not."""
    field = {CommentNeeded: "comment", StepUpNeeded: "password", NotQuorate: "present"}.get(type(refusal), "")
    words = words_of(refusal)
    if isinstance(refusal, NotQuorate):
        here = hand()
        reader = Reader(names=get_names(here.work), governance=get_governance(here.work), delegations=())
        counted = _("Counted: %(who)s.", who=reader.listed(refusal.counted)) if refusal.counted else ""
        others = not_counted_words(refusal.not_counted, reader)
        words = " ".join(filter(None, [words, counted, _("Not counted: %(who)s.", who=others) if others else ""]))
    return page(take_meeting(sheet.meeting.id), {field: words}, str(request_id)), 422


def _tell(voted: Voted, sheet: MeetingSheet) -> None:
    what = {Choice.APPROVE: _("Approved"), Choice.REJECT: _("Rejected"), Choice.RETURN: _("Returned")}
    code = sheet.asked[voted.request].request.code
    follows = _("The request is settled: %(state)s.", state=state_word(voted.state).lower())
    if voted.state is RequestState.OPEN:
        follows = _("Next: %(step)s.", step=voted.next_step) if voted.next_step else ""
    tell("ok", _("%(what)s in the meeting: %(code)s", what=what[voted.vote.choice], code=code), follows)
