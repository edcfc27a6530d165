"""Committing an import beneath the pages: once, whole, within reach, with people let in once; and by the worker too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from domain.access import Actor, Assignment, Capability, NotAllowed, Role
from domain.ids import NodeId
from domain.imports import (
    ColumnMapping,
    Field,
    ImportPlan,
    NewPerson,
    ReferenceData,
    RowState,
    Table,
    TableRow,
    check,
    plan_import,
)
from domain.imports.problems import OutOfReach
from domain.refusals import Refusal
from tenants.database import Work
from tenants.instance.actions import import_commit
from tenants.instance.actions.import_commit import ImportCommitted, SumsDisagree, ask_commit, commit_import
from tenants.instance.actions.import_people import Newcomer
from tenants.instance.actions.imports import keep_upload, map_columns
from tenants.instance.models.audit import AuditEventRow
from tenants.instance.models.hierarchy import NodeRow
from tenants.instance.models.imports import ImportRow
from tenants.instance.models.measures import MeasureRow
from tenants.instance.models.outbox import OutboxRow
from tenants.instance.models.values import AmountRow, EffectLineRow, FiguresRow
from tenants.instance.queries.import_reference import get_reference
from tenants.instance.queries.readers import find_reader
from tenants.newcomers import enrol
from tenants.places import Instance
from tests.house import House
from workers.imports import commit
from workers.task import Task

F = Field
FIELDS = (*(F.PORTFOLIO, F.PROGRAM, F.PROJECT, F.PACKAGE, F.TITLE, F.OWNER, F.START, F.END, F.PLAN_TOTAL),)
MAPPING = ColumnMapping(columns={field: str(field) for field in FIELDS}, constants={F.KIND: "material_cost"})


def table(*rows: Mapping[Field, str]) -> Table:
    cells = [tuple(row.get(field, "") for field in FIELDS) for row in rows]
    numbered = tuple(TableRow(number=n, cells=c) for n, c in enumerate(cells, start=2))
    return Table(headers=tuple(map(str, FIELDS)), rows=numbered)


def row(**more: str) -> dict[Field, str]:
    good = {
        F.PORTFOLIO: "Operations",
        F.PROGRAM: f"Program {uuid4().hex[:8]}",
        F.PROJECT: "Losses",
        F.PACKAGE: "Metering",
        F.TITLE: "Grid loss metering",
        F.START: "2026-01-01",
        F.END: "2026-03-31",
        F.PLAN_TOTAL: "100.01",
    }
    return good | {F[name.upper()]: value for name, value in more.items()}


@pytest.fixture
def pmo(work: Work, house: House) -> Actor:
    reader = find_reader(work, house.manager)
    assert reader is not None
    return reader.actor


def asked(work: Work, actor: Actor, *rows: Mapping[Field, str]) -> UUID:
    """An import that is mapped and asked for."""
    upload = keep_upload(work, uuid4(), "measures.csv", table(*rows), actor)
    assert map_columns(work, upload, MAPPING, actor, 1) is None
    plan = plan_import(preview(work, actor, *rows))
    assert isinstance(plan, ImportPlan), plan
    assert ask_commit(work, upload, plan, None, actor, 2) is None
    return upload


def preview(work: Work, actor: Actor, *rows: Mapping[Field, str]):  # type: ignore[no-untyped-def]
    return check(table(*rows), MAPPING, get_reference(work, actor.scope_for(Capability.IMPORT)))


def nobody(_people: Sequence[NewPerson]) -> Mapping[str, Newcomer]:
    raise AssertionError("the file names nobody new")


def counted(work: Work) -> list[int]:
    work.session.rollback()
    tables = (NodeRow, MeasureRow, EffectLineRow, AmountRow, FiguresRow, AuditEventRow)
    return [work.session.scalar(select(func.count()).select_from(each)) or 0 for each in tables]


def test_months_add_up_to_the_total_to_the_cent(work: Work, pmo: Actor) -> None:
    outcome = commit_import(work, asked(work, pmo, row()), pmo, nobody)
    assert isinstance(outcome, ImportCommitted) and str(outcome.plan) == "100.01"
    newest = work.session.scalars(select(MeasureRow).order_by(MeasureRow.code.desc()).limit(1)).one()
    line = select(EffectLineRow.id).where(EffectLineRow.measure_id == newest.id)
    amounts = work.session.scalars(
        select(AmountRow.amount).where(AmountRow.line_id.in_(line)).order_by(AmountRow.month)
    )
    assert list(map(str, amounts)) == ["33.33", "33.33", "33.35"]
    assert work.session.get(FiguresRow, newest.id).has_plan  # type: ignore[union-attr]


def test_many_rows_are_copied_as_they_are(work: Work, pmo: Actor) -> None:
    strange = 'Tab\there, back\\slash, "quote", line\nbreak, é, \\N'
    program = row()[F.PROGRAM]
    rows = [row(program=program, title=f"{number} {strange}") for number in range(120)]
    outcome = commit_import(work, asked(work, pmo, *rows), pmo, nobody)
    assert isinstance(outcome, ImportCommitted) and outcome.measures == 120
    node = work.session.scalars(select(NodeRow).where(NodeRow.name == program)).one()
    below = work.session.scalars(select(MeasureRow).where(MeasureRow.path.startswith(node.path))).all()
    assert len({measure.code for measure in below}) == 120
    sums = select(func.sum(FiguresRow.plan_year)).where(FiguresRow.measure_id.in_([m.id for m in below]))
    assert str(work.session.scalar(sums)) == "12001.20"


def test_committing_twice_is_committing_once(work: Work, pmo: Actor) -> None:
    upload = asked(work, pmo, row())
    assert isinstance(commit_import(work, upload, pmo, nobody), ImportCommitted)
    after = counted(work)
    assert commit_import(work, upload, pmo, nobody) is None
    assert counted(work) == after


@pytest.mark.parametrize("where", ["refresh", "give_roles", "stored_sums"])
def test_a_failure_anywhere_leaves_nothing(where: str, work: Work, pmo: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    upload = asked(work, pmo, row(), row())
    before = counted(work)
    broken = (lambda *_: {}) if where == "stored_sums" else (lambda *_: 1 / 0)
    monkeypatch.setattr(import_commit, where, broken)
    with pytest.raises((ZeroDivisionError, SumsDisagree)):
        commit_import(work, upload, pmo, nobody)
    assert counted(work) == before
    monkeypatch.undo()
    assert isinstance(commit_import(work, upload, pmo, nobody), ImportCommitted)


def test_the_worker_takes_it_in_once_and_invites_once(work: Work, pmo: Actor, house: House) -> None:
    person = f"{uuid4().hex}@client.example"
    upload = asked(work, pmo, row(owner=f"Mona Li <{person}>"))
    platform = house.platform()
    task = Task(id=uuid4(), settings=house.settings, platform=platform, found=work)
    for _run in range(2):
        commit(task, str(upload))
    work.session.rollback()
    assert work.get(ImportRow, upload).state == "committed"
    assert list(enrol(platform, work.instance, [NewPerson(email=person, name="")])) == [person]
    invited = select(func.count()).select_from(OutboxRow).where(OutboxRow.job == "invite_member")
    member = find_by_mail(work, person)
    assert work.session.scalar(invited.where(OutboxRow.arguments["member_id"].astext == str(member))) == 1
    platform.close()


def find_by_mail(work: Work, email: str) -> UUID | None:
    from tenants.instance.models.people import MemberRow

    return work.session.scalar(select(MemberRow.id).where(MemberRow.email == email))


def test_what_changed_meanwhile_leads_back_to_the_preview(work: Work, pmo: Actor) -> None:
    same = row()
    first, second = asked(work, pmo, same), asked(work, pmo, same)
    assert isinstance(commit_import(work, first, pmo, nobody), ImportCommitted)
    assert isinstance(commit_import(work, second, pmo, nobody), Refusal)  # the measure is there by now
    work.session.rollback()
    assert work.get(ImportRow, second).state == "checked"


def test_an_importer_reaches_only_their_part_and_learns_nothing_of_others(work: Work, pmo: Actor) -> None:
    theirs, others = row(portfolio="Theirs"), row(portfolio="Others")
    commit_import(work, asked(work, pmo, theirs, others), pmo, nobody)
    node = work.session.scalars(select(NodeRow).where(NodeRow.name == theirs[F.PROGRAM])).one()
    limited = replace(pmo, assignments=(Assignment(Role.PMO, NodeId(node.id), node.path),))
    reference = get_reference(work, limited.scope_for(Capability.IMPORT))
    assert {name for path in reference.nodes for name in path}.isdisjoint({"Others", others[F.PROGRAM]})
    assert reference.reach == (("Theirs", theirs[F.PROGRAM]),)
    there, not_there = others | {F.TITLE: "New"}, row(portfolio="Nowhere")
    looked = preview(work, limited, theirs | {F.TITLE: "New"}, there, not_there)
    assert [each.state for each in looked.rows] == [RowState.GOOD, RowState.CORRECT, RowState.CORRECT]
    for each in looked.rows[1:]:  # a node that exists and one that does not are refused alike
        assert [(p.field, type(p.reason)) for p in each.problems] == [(F.PORTFOLIO, OutOfReach)]


def test_who_manages_no_people_cannot_let_somebody_in(work: Work, pmo: Actor) -> None:
    controller = replace(pmo, assignments=tuple(replace(a, role=Role.CONTROLLER) for a in pmo.assignments))
    stranger = row(owner="stranger@client.example")
    upload = keep_upload(work, uuid4(), "measures.csv", table(stranger), controller)
    map_columns(work, upload, MAPPING, controller, 1)
    plan = plan_import(preview(work, controller, stranger))
    assert isinstance(plan, ImportPlan)
    assert ask_commit(work, upload, plan, None, controller, 2) == NotAllowed(capability=Capability.MANAGE_PEOPLE)
    assert find_by_mail(work, "stranger@client.example") is None


def test_the_other_client_stays_as_it_is(
    work: Work, other_work: Work, pmo: Actor, two_clients: tuple[Instance, Instance]
) -> None:
    before = counted(other_work)
    commit_import(work, asked(work, pmo, row()), pmo, nobody)
    assert counted(other_work) == before


def test_reach_of_the_whole_organization_lets_everything_be_new() -> None:
    reference = ReferenceData(currency="EUR", fiscal_year_start=date(2026, 1, 1), effect_kinds=())
    looked = check(table(row(plan_total="")), replace(MAPPING, constants={}), reference)
    assert [each.state for each in looked.rows] == [RowState.GOOD]  # type: ignore[union-attr]
