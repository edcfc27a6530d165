"""Say something on a measure; take back what one said."""

from uuid import UUID

from flask import abort, request, url_for
from werkzeug.wrappers import Response

from domain.access import Capability
from domain.comments import CommentAdded, CommentRetracted
from domain.ids import CommentId
from tenants.instance.actions.comments import add_comment, retract_comment
from web.access import requires
from web.instance.measures import bp
from web.instance.measures.showing import page_of
from web.instance.measures.taking import take
from web.refusals import words_of
from web.responses import see

C = Capability


@bp.post("/<code>/comments")
@requires(C.COMMENT, or_named=True)
def add_comment_to(code: str) -> tuple[str, int] | Response:
    """`tell` is a name that was chosen beside the words: it goes before them, as if it had been typed."""
    taken, form = take(code), request.form
    name = form.get("tell", "").strip().lstrip("@")
    words = " ".join(filter(None, [f"@{name}" if name else "", form.get("comment", "").strip()]))
    outcome = add_comment(taken.hand.work, taken.measure.id, _id(form.get("comment_id", "")), words, taken.hand.actor)
    if isinstance(outcome, CommentAdded):
        return see(url_for(".show", code=code) + "#comments")
    return _again(code, words_of(outcome), form.to_dict() | {"comment": words})


@bp.post("/<code>/comments/<uuid:comment>/retraction")
@requires(C.COMMENT, or_named=True)
def retract(code: str, comment: UUID) -> tuple[str, int] | Response:
    taken = take(code)
    outcome = retract_comment(taken.hand.work, taken.measure.id, CommentId(comment), taken.hand.actor)
    if isinstance(outcome, CommentRetracted):
        return see(url_for(".show", code=code) + "#comments")
    return _again(code, words_of(outcome), {})


def _again(code: str, said: str, kept: dict[str, str]) -> tuple[str, int]:
    return page_of(code, said={"comment": said}, kept=kept), 422


def _id(text: str) -> CommentId:
    try:
        return CommentId(UUID(text))
    except ValueError:
        abort(400)
