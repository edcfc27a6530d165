"""Evidence of an order, and where its source and somebody here disagree."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from flask import request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from domain.access import Capability
from domain.evidence import FileKind
from domain.ids import EvidenceId
from domain.refusals import Refusal
from tenants.instance.actions.order_conflicts import decide_conflict
from tenants.instance.actions.order_evidence import OrderEvidenceAdded, OrderProof, add_order_evidence
from tenants.instance.actions.order_evidence import remove_order_evidence as take_away
from tenants.instance.queries.evidence import get_order_file
from web.access import requires
from web.evidence import keep_with, said_at_once, sent_file, uploaded
from web.hands import hand
from web.instance.orders import bp
from web.instance.orders.forming import Asked, Field, form_page
from web.instance.orders.reading import refused_field
from web.instance.orders.showing import answer
from web.instance.orders.taking import Taken, scope, take
from web.posted import posted_id
from web.refusals import words_of
from web.responses import see
from web.shell import tell

C = Capability
FIELDS = ("title", "file", "url", "note")


@bp.get("/<uuid:order>/evidence/new")
@requires(C.WORK_ORDERS)
def new_evidence(order: UUID) -> str:
    return _page(take(order, C.WORK_ORDERS), {}, {}, str(uuid4()))


@bp.post("/<uuid:order>/evidence")
@requires(C.WORK_ORDERS)
def add_evidence(order: UUID) -> Any:
    taken = take(order)
    form = {name: request.form.get(name, "").strip() for name in FIELDS}
    identity = EvidenceId(posted_id())
    upload = uploaded()
    if isinstance(upload, Refusal):
        return _page(taken, form, {"file": words_of(upload)}, str(identity)), 422
    title = form["title"] or (upload.name if upload else "")
    proof = OrderProof(id=identity, title=title, url=form["url"], note=form["note"], file=upload)
    work, actor = taken.hand.work, taken.hand.actor
    outcome = keep_with(identity, upload, lambda: add_order_evidence(work, order, proof, actor))
    if not isinstance(outcome, OrderEvidenceAdded):
        return _page(taken, form, refused_field(outcome, FIELDS), str(identity)), 422
    tell("ok", _("“%(title)s” is attached", title=proof.title))
    return see(url_for(".show", order=order) + "#evidence")


@bp.get("/<uuid:order>/evidence/<uuid:evidence>/file")
@requires(C.VIEW_ORDERS)
def evidence_file(order: UUID, evidence: UUID) -> Response:
    return sent_file(get_order_file(hand().work, scope(), order, evidence))


@bp.post("/<uuid:order>/evidence/<uuid:evidence>/removal")
@requires(C.WORK_ORDERS)
def remove_evidence(order: UUID, evidence: UUID) -> Any:
    taken = take(order)
    return answer(order, take_away(taken.hand.work, order, EvidenceId(evidence), taken.hand.actor), "evidence")


@bp.post("/<uuid:order>/conflicts/<uuid:conflict>")
@requires(C.WORK_ORDERS)
def choose(order: UUID, conflict: UUID) -> Any:
    """`choice` is ours or theirs."""
    taken = take(order)
    choice = request.form.get("choice", "")
    return answer(order, decide_conflict(taken.hand.work, order, conflict, choice, taken.hand.actor), "conflict")


def _page(taken: Taken, form: Mapping[str, str], errors: Mapping[str, str], identity: str) -> str:
    endings = [str(kind) for kind in FileKind]
    asked = Asked(
        title=_("Attach evidence"),
        note=_("The document itself, a link to where it lies, or a note that says what was seen"),
        act=_("Attach evidence"),
        icon="paperclip",
        action=url_for(".add_evidence", order=taken.order.id),
        fields=(
            Field(kind="text", name="title", label=_("Title"), hint=_("Empty: the name of the file."), limit=200),
            Field(
                kind="file",
                name="file",
                label=_("File"),
                hint=_("%(kinds)s. It can only be downloaded, never opened here.", kinds=", ".join(endings)),
                accept="." + ",.".join(endings),
            ),
            Field(kind="link", name="url", label=_("Link"), hint=_("Starts with https:// or http://."), limit=2_000),
            Field(kind="words", name="note", label=_("Note")),
        ),
    )
    return form_page(taken, asked, form, said_at_once(form, errors), identity)
