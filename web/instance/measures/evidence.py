"""Attach what proves something, download it, and take it away again."""

from collections.abc import Mapping
from uuid import UUID, uuid4

from flask import render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from domain.access import Capability
from domain.evidence import FILE_LIMIT, EvidenceAdded, EvidenceRemoved, FileKind, NotALink, Proof
from domain.ids import EvidenceId, MilestoneId
from domain.refusals import FieldMissing, FieldTooLong, Refusal
from tenants.instance.actions.evidence import add_evidence as attach
from tenants.instance.actions.evidence import remove_evidence as take_away
from tenants.instance.queries.evidence import get_file
from web.access import requires
from web.evidence import keep_with, said_at_once, sent_file, uploaded
from web.hands import hand
from web.instance.measures import bp
from web.instance.measures.taking import Taken, crumbs, take
from web.posted import posted_id
from web.refusals import words_of
from web.responses import see
from web.shell import tell

C = Capability
FIELDS = ("title", "url", "note", "milestone", "is_closure")


@bp.get("/<code>/evidence/new")
@requires(C.UPDATE_MILESTONES, or_named=True)
def new_evidence(code: str) -> str:
    taken = take(code, C.UPDATE_MILESTONES)
    wished = {"is_closure": "1" if request.args.get("closure") else "", "milestone": request.args.get("milestone", "")}
    return _page(taken, wished, {}, str(uuid4()))


@bp.post("/<code>/evidence")
@requires(C.UPDATE_MILESTONES, or_named=True)
def add_evidence(code: str) -> tuple[str, int] | Response:
    taken = take(code, C.UPDATE_MILESTONES)
    form = {name: request.form.get(name, "").strip() for name in FIELDS}
    milestone = next((each.id for each in taken.measure.milestones if str(each.id) == form["milestone"]), None)
    if form["milestone"] and milestone is None:
        return _page(taken, form, {"milestone": _("Choose from the list.")}, request.form.get("id", "")), 422
    upload = uploaded()
    if isinstance(upload, Refusal):
        return _page(taken, form, {"file": words_of(upload)}, request.form.get("id", "")), 422
    proof = Proof(
        id=EvidenceId(posted_id()),
        title=form["title"] or (upload.name if upload else ""),
        url=form["url"],
        note=form["note"],
        milestone=MilestoneId(milestone) if milestone else None,
        is_closure=form["is_closure"] == "1",
        file=upload,
    )
    work, measure, actor = taken.hand.work, taken.measure.id, taken.hand.actor
    outcome = keep_with(proof.id, upload, lambda: attach(work, measure, proof, actor))
    if not isinstance(outcome, EvidenceAdded):
        return _page(taken, form, {_field(outcome): words_of(outcome)}, str(proof.id)), 422
    tell("ok", _("“%(title)s” is attached", title=proof.title))
    return see(url_for(".show", code=code) + "#evidence")


@bp.get("/<code>/evidence/<uuid:evidence>/file")
@requires(C.VIEW_MEASURES, or_named=True)
def evidence_file(code: str, evidence: UUID) -> Response:
    return sent_file(get_file(hand().work, hand().actor.scope_for(C.VIEW_MEASURES), code, evidence))


@bp.post("/<code>/evidence/<uuid:evidence>/removal")
@requires(C.UPDATE_MILESTONES, or_named=True)
def remove_evidence(code: str, evidence: UUID) -> Response:
    taken = take(code, C.UPDATE_MILESTONES)
    outcome = take_away(taken.hand.work, taken.measure.id, EvidenceId(evidence), taken.hand.actor)
    if isinstance(outcome, EvidenceRemoved):
        tell("ok", _("“%(title)s” is taken away", title=outcome.title))
    else:
        tell("bad", _("Not done"), words_of(outcome))
    return see(url_for(".show", code=code) + "#evidence")


def _field(refusal: Refusal) -> str:
    match refusal:
        case FieldMissing(field=field) | FieldTooLong(field=field):
            return field
        case NotALink():
            return "url"
        case _:
            return ""


def _page(taken: Taken, form: Mapping[str, str], errors: Mapping[str, str], identity: str) -> str:
    return render_template(
        "web/instance/evidence/new.html",
        measure=taken.measure,
        crumbs=crumbs(taken, _("Attach evidence")),
        endings=[str(kind) for kind in FileKind],
        limit=FILE_LIMIT,
        milestones=[(each.id, each.title) for each in taken.measure.milestones],
        form={name: form.get(name, "") for name in FIELDS},
        errors=said_at_once(form, errors),
        identity=identity,
    )
