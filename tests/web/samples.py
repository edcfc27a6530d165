"""Sample values for addresses with ids, so that the role x route matrix can visit them. Page authors add theirs.

Under the route's rule: a function of the world that returns the values of the rule's arguments (without the slug).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from uuid import UUID

from flask import Flask
from sqlalchemy import select

from domain.audit import Head
from domain.evidence import FileFacts
from domain.forums import When
from domain.ids import EvidenceId, MeasureId, PersonId
from domain.imports import ImportKind, Table, TableRow, table_to_json
from domain.months import Month
from domain.orders.causes import Cause, MeasuredCause
from domain.refusals import Refusal
from domain.reporting import digest, to_plain
from domain.stages import Stage
from tenants.files import files_of
from tenants.instance.actions import meetings, reports
from tenants.instance.actions.imports import keep_upload
from tenants.instance.actions.measured_causes import measured_row
from tenants.instance.models.checks import SustainCheckRow
from tenants.instance.models.hierarchy import NodeRow
from tenants.instance.models.imports import ImportRow
from tenants.instance.models.measures import EvidenceRow, MilestoneRow
from tenants.instance.models.people import ForumRow, ReferenceRow
from tenants.instance.models.reports import ReportRow
from tenants.instance.queries.evidence import has_evidence
from tenants.instance.queries.readers import find_reader
from tenants.instance.uploads import keep, look_at
from tenants.places import Instance
from tenants.platform.models.instances import OnboardingRow
from tenants.platform.queries.templates import list_templates
from tests.filemaking import PDF
from tests.house import NOW, House
from tests.orderfiles import sample as sample_file
from tests.packs import ordinary
from tests.team import Team


@dataclass(frozen=True, kw_only=True)
class World:
    """What a sample may be taken from. `instance` is the first client, `shop` the first one with orders."""

    house: House
    site: Flask
    instance: Instance
    people: Mapping[str, PersonId]
    shop: Instance
    shop_people: Mapping[str, PersonId]


Sample = Callable[[World], Mapping[str, object]]
SAMPLES: dict[str, Sample] = {
    "/static/<path:path>": lambda world: {"path": "icon.svg"},
    "/static/v-<digest>/<path:path>": lambda world: {"digest": "0", "path": "icon.svg"},
}


def sample(rule: str) -> Callable[[Sample], Sample]:
    """Register: @sample("/clients/<slug>/measures/<uuid:measure>")."""

    def keep(function: Sample) -> Sample:
        SAMPLES[rule] = function
        return function

    return keep


@sample("/invitations/<token>")
@sample("/password-resets/<token>")
def _no_link(_world: World) -> dict[str, object]:
    return {"token": "unknown"}


@sample("/templates/<uuid:version>")
def _template(world: World) -> dict[str, object]:
    work = world.house.platform()
    return {"version": list_templates(work, world.house.firm)[0].id}


@sample("/onboardings/<uuid:onboarding>")
def _onboarding(world: World) -> dict[str, object]:
    work = world.house.platform()
    statement = select(OnboardingRow.id).where(OnboardingRow.instance_id == world.instance.id)
    return {"onboarding": work.session.scalar(statement)}


GOVERNED: dict[object, Mapping[str, object]] = {}


def _governed(world: World) -> Mapping[str, object]:
    """One measure of the client with a line, a milestone and an open request; made once a test process."""
    if world.instance.id not in GOVERNED:
        work = world.house.work(world.instance)
        team = Team(work, world.house)
        measure = team.define()
        line = team.plan(measure)
        request = team.ask(measure, Stage.IDENTIFIED)
        milestone = work.session.scalar(select(MilestoneRow.id).where(MilestoneRow.measure_id == measure))
        known = {"measure": measure, "line": line, "milestone": milestone, "request_id": request.id}
        GOVERNED[world.instance.id] = {"code": team.row(measure).code} | known
        work.close()
    return GOVERNED[world.instance.id]


def _of_measure(*names: str) -> Sample:
    return lambda world: {name: _governed(world)[name] for name in names}


MEASURE = "/clients/<slug>/measures/<code>"
SAMPLES |= {
    "/clients/<slug>/measures/<uuid:measure>": _of_measure("measure"),
    "/clients/<slug>/requests/<uuid:request_id>": _of_measure("request_id"),
    f"{MEASURE}/lines/<uuid:line>": _of_measure("code", "line"),
    f"{MEASURE}/waivers/<criterion>": lambda world: {"code": _governed(world)["code"], "criterion": "description"},
    f"{MEASURE}/milestones/<uuid:milestone>": _of_measure("code", "milestone"),
    **{
        f"{MEASURE}{page}": _of_measure("code")
        for page in (
            "",
            "/edit",
            "/values",
            "/lines/new",
            "/milestones/new",
            "/evidence/new",
            "/kill-criteria/new",
            "/holds/new",
            "/changes/new",
            "/resumptions/new",
            "/cancellations/new",
            "/reopenings/new",
            "/status-overrides/new",
        )
    },
}


@sample("/clients/<slug>/imports/<uuid:upload>")
@sample("/clients/<slug>/imports/<uuid:upload>/columns")
@sample("/clients/<slug>/imports/<uuid:upload>/left-out.xlsx")
def _committed_import(world: World) -> dict[str, object]:
    """One that is in, with a file of rows that were left out."""
    return {"upload": _import(world, UUID(int=11), "committed")}


@sample("/clients/<slug>/imports/<uuid:upload>/rows-to-correct.xlsx")
def _import_in_preview(world: World) -> dict[str, object]:
    return {"upload": _import(world, UUID(int=12), "checked")}


@sample("/clients/<slug>/orders/imports/<uuid:upload>")
@sample("/clients/<slug>/orders/imports/<uuid:upload>/columns")
@sample("/clients/<slug>/orders/imports/<uuid:upload>/left-out.xlsx")
@sample("/clients/<slug>/orders/imports/<uuid:upload>/rows-to-correct.xlsx")
def _order_import(world: World) -> dict[str, object]:
    work = world.house.work(world.shop)
    actor = find_reader(work, world.house.manager)
    assert actor is not None
    upload = keep_upload(work, UUID(int=21), "orders.csv", sample_file("marketplace"), actor.actor, ImportKind.ORDERS)
    with work.transaction() as tx:
        row = tx.lock(ImportRow, upload)
        row.left_out_file, row.uploaded_by = b"PK", world.shop_people["pmo"]
    work.close()
    return {"upload": upload}


def _import(world: World, identity: UUID, state: str) -> UUID:
    work = world.house.work(world.instance)
    table = Table(headers=("Title",), rows=(TableRow(number=2, cells=("A",)),))
    summary = {"measures": 1, "milestones": 0, "lines": 0, "nodes": {}, "people": [], "sums": [], "currency": "EUR"}
    with work.transaction() as tx:
        tx.session.merge(
            ImportRow(
                id=identity,
                filename="measures.csv",
                state=state,
                table=table_to_json(table),
                mapping={},
                summary=summary,
                rows=1,
                left_out=[2],
                left_out_file=b"PK",
                uploaded_by=world.people["pmo"],
                uploaded_at=NOW,
                committed_at=NOW,
                version=1,
            )
        )
    work.close()
    return identity


@sample("/clients/<slug>/reports/<uuid:report>")
@sample("/clients/<slug>/reports/<uuid:report>/file")
@sample("/clients/<slug>/reports/<uuid:report>/lists.xlsx")
def _finished_report(world: World) -> dict[str, object]:
    work = world.house.work(world.instance)
    found = work.session.query(ReportRow.id).filter_by(state="done").first()
    if found is None:
        organization = work.session.query(NodeRow).filter_by(parent_id=None).one()
        reader = find_reader(work, world.people["pmo"])
        assert reader is not None
        report = reports.ask_report(work, reader.actor, organization.id, UUID(int=21))
        assert isinstance(report, UUID)
        pack = ordinary()
        head = Head(sequence=1, hash="ab" * 32)
        kept = reports.Frozen(data=to_plain(pack), digest=digest(pack), as_of=NOW, head=head)
        reports.keep_frozen(work, report, kept)
        reports.store_report(work, report, b"%PDF-1.7 of a test", 9)
        found = (report,)
    work.close()
    return {"report": found[0]}


@sample("/clients/<slug>/measures/<code>/evidence/<uuid:evidence>/file")
def _evidence_file(world: World) -> Mapping[str, object]:
    work, known, identity = world.house.work(world.instance), _governed(world), EvidenceId(UUID(int=32))
    if not has_evidence(work, identity):
        facts = look_at("Contract.pdf", BytesIO(PDF))
        assert isinstance(facts, FileFacts)
        keep(work, files_of(world.house.settings), identity, facts, BytesIO(PDF))
        team = Team(work, world.house)
        with work.transaction() as tx:
            tx.add(_evidence_row(identity, known, facts, team.owner))
    work.close()
    return {"code": known["code"], "evidence": identity}


def _evidence_row(identity: UUID, known: Mapping[str, object], facts: FileFacts, person: PersonId) -> EvidenceRow:
    return EvidenceRow(
        id=identity,
        measure_id=known["measure"],
        title="Contract",
        url="",
        note="",
        file_name=facts.name,
        content_type=facts.kind.content_type,
        size=facts.size,
        sha256=facts.sha256,
        added_by=person,
        added_at=NOW,
    )


@sample("/clients/<slug>/measures/<code>/checks/<uuid:check>")
def _check(world: World) -> Mapping[str, object]:
    """A check of the governed measure; what came of it does not matter for who sees it."""
    work, known = world.house.work(world.instance), _governed(world)
    identity = UUID(int=31)
    with work.transaction() as tx:
        closed = {"request_id": known["request_id"], "due_on": NOW.date(), "outcome": "", "words": ""}
        tx.session.merge(SustainCheckRow(id=identity, measure_id=known["measure"], **closed))
    work.close()
    return {"code": known["code"], "check": identity}


@sample("/clients/<slug>/settings/forums/<uuid:forum>")
def _forum(world: World) -> dict[str, object]:
    work = world.house.work(world.instance)
    forum = work.session.query(ForumRow.id).first()
    work.close()
    assert forum is not None
    return {"forum": forum[0]}


@sample("/clients/<slug>/settings/references/<kind>/<uuid:reference>")
def _reference(world: World) -> dict[str, object]:
    work = world.house.work(world.instance)
    kind, reference = work.session.query(ReferenceRow.kind, ReferenceRow.id).first() or ("", None)
    work.close()
    return {"kind": kind, "reference": reference}


FORUM = "/clients/<slug>/forums"


@sample(f"{FORUM}/<uuid:forum>")
@sample(f"{FORUM}/<uuid:forum>/meetings/new")
def _decision_forum(world: World) -> Mapping[str, object]:
    return {"forum": _meeting(world)["forum"]}


@sample(f"{FORUM}/meetings/<uuid:meeting>")
@sample(f"{FORUM}/meetings/<uuid:meeting>/edit")
@sample(f"{FORUM}/meetings/<uuid:meeting>/minutes")
@sample(f"{FORUM}/meetings/<uuid:meeting>/meeting.ics")
def _forum_meeting(world: World) -> Mapping[str, object]:
    return {"meeting": _meeting(world)["meeting"]}


def _meeting(world: World) -> Mapping[str, object]:
    """A meeting of the first client's forum; called once a test process."""
    _governed(world)
    work = world.house.work(world.instance)
    meeting, forum = UUID(int=31), work.session.query(ForumRow.id).order_by(ForumRow.name).first()
    reader = find_reader(work, world.people["pmo"])
    assert reader is not None and forum is not None
    when = When(starts_at=NOW + timedelta(days=7), minutes_long=60, place="Room 4")
    outcome = meetings.call_meeting(work, meeting, forum[0], when, reader.actor)
    assert not isinstance(outcome, Refusal), outcome
    work.close()
    return {"meeting": meeting, "forum": forum[0]}


@sample("/clients/<slug>/people/<uuid:person>")
def _person(world: World) -> dict[str, object]:
    return {"person": world.people["pmo"]}


@sample("/api/v1/<slug>/orders/<path:number>")
def _order_of_a_shop(_world: World) -> dict[str, object]:
    """Asked for without a signature: nobody is told whether it is there."""
    return {"number": "A-1"}


@sample("/clients/<slug>/orders/ledger/<code>")
def _measured(world: World) -> Mapping[str, object]:
    """A measure of the client with orders whose actuals come from the ledger."""
    key = (world.shop.id, "measured")
    if key not in GOVERNED:
        work = world.house.work(world.shop)
        team = Team(work, world.house)
        measure = team.define()
        cause = MeasuredCause(
            measure=MeasureId(measure),
            line=team.plan(measure),
            cause=Cause(type="return"),
            first=Month(2026, 7),
            last=Month(2026, 9),
            baseline=Decimal("900.00"),
            baseline_rate=Decimal("2.0000"),
            target_percent=Decimal(30),
        )
        with work.transaction() as tx:
            tx.add(measured_row(cause))
        GOVERNED[key] = {"code": team.row(measure).code}
        work.close()
    return GOVERNED[key]
