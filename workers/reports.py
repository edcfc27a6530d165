"""Make a report: freeze its data, sign the head it stands on, draw and lay it out, store it. Exactly one, once."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from domain.access import Capability, OrderScope, Scope
from domain.audit import Head
from domain.ids import PersonId
from domain.reporting import OrderPack, Pack, digest, from_plain, orders_from_plain, to_plain
from tenants.database import Work
from tenants.instance.actions.reports import (
    DONE,
    ORDER_PACK,
    Frozen,
    enter_step,
    keep_frozen,
    report_given_up,
    store_report,
)
from tenants.instance.models.reports import ReportRow
from tenants.instance.queries.order_pack import order_pack
from tenants.instance.queries.readers import find_reader
from tenants.instance.queries.sight import Sight
from tenants.instance.queries.steering import Asked, steering_pack
from workers.heads import newest_head, publish
from workers.task import Task


def make_report(task: Task, report_id: str) -> None:
    """From wherever it stands: what was frozen stays frozen, so a second run makes the same file or none."""
    work, report = task.instance, UUID(report_id)
    if work.get(ReportRow, report).state == DONE:
        return
    enter_step(work, report, "freeze")
    pack, as_of = _frozen(task, report)
    enter_step(work, report, "draw")
    content, pages = draw(pack, as_of)
    enter_step(work, report, "store")
    store_report(work, report, content, pages)


def report_failed(task: Task, words: str, report_id: str) -> None:
    report_given_up(task.instance, UUID(report_id), words)


def draw(pack: Pack, created: datetime) -> tuple[bytes, int]:
    """The PDF and how many pages it has."""
    from workers.rendering import render, render_orders  # loads a layout engine: workers have it before they fork

    document = render_orders(pack, created=created) if isinstance(pack, OrderPack) else render(pack, created=created)
    return document.content, document.pages


def _frozen(task: Task, report: UUID) -> tuple[Pack, datetime]:
    """The data as an earlier run kept it, or as it is now, with the signature of the head it stands on."""
    row = task.instance.get(ReportRow, report)
    if row.data is None:
        pack, head = _freeze(task, row)
        enter_step(task.instance, report, "sign")
        pack = replace(pack, meta=replace(pack.meta, head_signature=publish(task, head)))
        frozen = Frozen(data=to_plain(pack), digest=digest(pack), as_of=pack.meta.as_of, head=head)
        keep_frozen(task.instance, report, frozen)
        row = task.instance.get(ReportRow, report)
    read = orders_from_plain if row.kind == ORDER_PACK else from_plain
    return read(row.data or {}), row.as_of or task.instance.now()


def _freeze(task: Task, row: ReportRow) -> tuple[Pack, Head]:
    """Every figure and the head of the trail from one moment, however much is written meanwhile."""
    work = task.instance
    asked = Asked(
        report=row.id,
        node=row.node_id,
        path=row.node_path,
        asked_by=row.asked_by,
        address=f"{task.settings.public_url}/clients/{work.instance.slug}",
    )
    work.session.rollback()
    work.session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
    head = newest_head(work)
    sight = Sight(measures=Scope((row.node_path,), PersonId(row.asked_by)), orders=_orders_of(work, asked.asked_by))
    pack: Pack = (
        order_pack(work, sight.orders, asked, head)
        if row.kind == ORDER_PACK
        else steering_pack(work, sight, asked, head)
    )
    work.session.rollback()
    return pack, head


def _orders_of(work: Work, person: UUID) -> OrderScope:
    """The orders that the person who asked may see now."""
    reader = find_reader(work, PersonId(person))
    return reader.actor.orders(Capability.VIEW_ORDERS) if reader else OrderScope()
