"""Committing a file of orders: new ones come in, known ones are brought up to date, all or none."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import UUID

from domain.access import Actor
from domain.ids import OrderId
from domain.imports import ColumnMapping, MappingUnusable, NothingToImport, RowsToCorrect, Table
from domain.imports.order_check import OrdersChecked
from domain.imports.order_lines import Difference, KnownOrder, OrderKey, OrderLine, order_lines
from domain.imports.order_rows import OrderReference
from domain.orders.arriving import OrdersImported, arrive
from domain.orders.consequences import ZERO, IntakeChoices
from domain.orders.deciding import GOVERNED
from domain.orders.order import Source
from domain.orders.receiving import OrderReceived
from domain.refusals import Refusal, Stale
from tenants.behind import Behind
from tenants.database import Work, action
from tenants.instance.actions.order_arrivals import Arrivals
from tenants.instance.actions.order_taking import order_subject
from tenants.instance.actions.order_updates import update_order
from tenants.instance.models.imports import ImportRow
from tenants.instance.models.orders import OrderRow
from tenants.instance.queries.governance import Governance, get_governance
from tenants.instance.queries.import_table import get_table
from tenants.instance.queries.imports import CHECKED, COMMITTED, WAITING, to_mapping
from tenants.instance.queries.order_intake import as_known, get_order_reference, rows_of
from tenants.instance.transaction import Subject, Transaction

Progress = Callable[[int], None]  # told how many rows are done


class NotAsChecked(RuntimeError):
    """An order that its row was good for is refused by the rules of orders: a bug, and nothing is kept."""


class TurnedBack(Exception):
    """Inside the transaction: what was written of the file is taken back. Never leaves this module."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal)
        self.refusal = refusal


@action
def ask_orders_commit(
    work: Work, import_id: UUID, found: OrdersChecked, left_out_file: bytes | None, actor: Actor, seen: int
) -> Refusal | None:
    """Have the file committed without the rows left out; asking twice is asking once. The outbox carries it out."""
    with work.transaction() as tx:
        row = tx.lock(ImportRow, import_id)
        if row.state in (WAITING, COMMITTED):
            return None
        if row.version != seen:
            return Stale(seen=seen, current=row.version)
        if standing := [number for number in found.wrong if number not in row.left_out]:
            return RowsToCorrect(rows=tuple(standing))
        if not any(found.created.values()):
            return NothingToImport()
        row.state, row.failure, row.left_out_file = WAITING, "", left_out_file
        row.summary = {"asked_by": str(actor.person)}
        row.version += 1
        tx.later("commit_orders", import_id=str(import_id))
    return None


@action
def commit_orders(
    work: Work, import_id: UUID, actor: Actor, progress: Progress = lambda _done: None
) -> OrdersImported | Refusal | None:
    """Take in all rows but those left out, or none. None when it is in already or was not asked for.

    A refusal (a row is wrong by now: an order is held, somebody else brought it in) leads back to the preview.
    """
    with work.transaction() as tx:
        row = tx.lock(ImportRow, import_id)
        if row.state != WAITING:
            return None
        try:
            with tx.part():
                outcome = _take_in(tx, row, actor, progress)
        except TurnedBack as turned:
            row = tx.lock(ImportRow, import_id)
            row.state, row.failure, row.version = CHECKED, type(turned.refusal).__name__, row.version + 1
            row.summary = {}
            return turned.refusal
        row = tx.lock(ImportRow, import_id)
        row.state, row.committed_at, row.version = COMMITTED, work.now(), row.version + 1
        row.summary = (row.summary or {}) | _summary(outcome, get_governance(work).currency)
        tx.later_once("publish_metrics")
    return outcome


def _take_in(tx: Transaction, row: ImportRow, actor: Actor, progress: Progress) -> OrdersImported:
    mapping, table = to_mapping(row.mapping), get_table(tx.work, row.id)
    if mapping is None:
        raise TurnedBack(MappingUnusable())
    intake = OrderIntake(
        tx=tx,
        actor=actor,
        governance=get_governance(tx.work),
        reference=get_order_reference(tx.work, actor),
        choices=mapping.orders.choices,
        upload=row.id,
        source=Source.IMPORT,
    )
    left_out, name, upload = frozenset(row.left_out), row.filename, row.id
    if refusal := _write(intake, table, mapping, left_out, progress):
        raise TurnedBack(refusal)
    outcome = OrdersImported(
        upload=upload,
        filename=name,
        digest=_digest(table),
        left_out=tuple(sorted(left_out)),
        value=f"{intake.value:f}",
        freight=f"{intake.freight:f}",
        **{str(each): intake.counts[each] for each in Difference},
    )
    tx.record(outcome, actor, Subject(kind="import", id=upload, label=name))
    return outcome


def _write(
    intake: "OrderIntake", table: Table, mapping: ColumnMapping, left_out: frozenset[int], progress: Progress
) -> Refusal | None:
    lots = order_lines(table, mapping, intake.reference, intake.known, intake.tx.work.now())
    if isinstance(lots, MappingUnusable):
        return lots
    wrong: list[int] = []
    done = 0
    with intake.behind:
        for lot in lots:
            chosen = [line for line in lot if line.row.number not in left_out]
            wrong += [line.row.number for line in chosen if line.incoming is None]
            if not wrong:
                intake.take(chosen)
            done += len(lot)
            progress(done)
        intake.write()
    if wrong:
        return RowsToCorrect(rows=tuple(wrong))
    return None if intake.counts else NothingToImport()


@dataclass(kw_only=True)
class OrderIntake:
    """Lines of a source taken in some thousand at a time; while they are written, the next ones are read."""

    tx: Transaction
    actor: Actor | None
    governance: Governance
    reference: OrderReference
    choices: IntakeChoices
    source: Source
    upload: UUID | None = None
    counts: Counter[str] = field(default_factory=Counter)
    value: Any = ZERO
    freight: Any = ZERO
    behind: Behind = field(default_factory=Behind)

    def __post_init__(self) -> None:
        self._editor = self.actor.person if self.actor else None
        self._rows: dict[OrderKey, OrderRow] = {}
        self._begin_lot()

    def known(self, keys: Sequence[OrderKey]) -> Mapping[OrderKey, KnownOrder]:
        """The orders of these numbers, locked until the end. Those taken before begin to be written."""
        self.behind.wait()
        rows = rows_of(self.tx.session, keys, lock=True)
        self._rows = {(row.channel, row.number): row for row in rows}
        found = as_known(self.tx.session, rows)
        self.write()
        return found

    def take(self, lines: Iterable[OrderLine]) -> None:
        """Gather what is new, and change what is here; the session forgets it, so that memory stays small."""
        if self._rows:
            self.behind.wait()  # a session is for one thread
        for line in lines:
            self._take(line)
        if self._rows:
            self.tx.flush()
            self.tx.session.expunge_all()

    def write(self) -> None:
        """Begin to put what is gathered into the tables and the trail."""
        self.behind.do(partial(_write_lot, self.tx, self._arrivals, self._events, self.actor))
        self._begin_lot()

    def _begin_lot(self) -> None:
        self._arrivals = Arrivals(self.tx, self.governance, self.source, self._editor)
        self._events: list[tuple[Any, Subject]] = []

    def _take(self, line: OrderLine) -> None:
        incoming = line.incoming
        assert incoming is not None
        self.counts[line.difference] += 1
        self.value, self.freight = self.value + incoming.value, self.freight + incoming.freight
        if line.known is None:
            self._arrive(line)
            return
        row = self._rows[incoming.channel, incoming.number]
        event = update_order(self.tx, row, line, self.reference.rules, self.choices, self.source, self.upload)
        if event:
            if self._editor and any(update.field in GOVERNED for update in event.updates):
                row.last_edited_by = self._editor
            self._events.append((event, order_subject(row.id, row.number, self.governance)))

    def _arrive(self, line: OrderLine) -> None:
        tx, incoming = self.tx, line.incoming
        assert incoming is not None
        arrival = arrive(
            incoming, self.reference.rules, self.choices, OrderId(tx.work.new_id()), self.source, tx.work.now()
        )
        if isinstance(arrival, Refusal):
            raise NotAsChecked(line.row.number, arrival)
        self._arrivals.add(arrival, incoming)
        lost = arrival.follows.losses
        event = OrderReceived(order=arrival.order, source=self.source, at=tx.work.now(), losses=lost)
        self._events.append((event, order_subject(arrival.order.id, incoming.number, self.governance)))


def _write_lot(tx: Transaction, arrivals: Arrivals, events: Sequence[tuple[Any, Subject]], actor: Actor | None) -> None:
    arrivals.write()
    tx.record_all(events, actor)


def _digest(table: Table) -> str:
    """Of the rows as they were read, whatever kind of file they came in."""
    seen = hashlib.sha256("\t".join(table.headers).encode())
    for row in table.rows:
        seen.update("\t".join(row.cells).encode() + b"\n")
    return seen.hexdigest()


def _summary(outcome: OrdersImported, currency: str) -> dict[str, Any]:
    """What the page shows afterwards, as JSON can hold it."""
    counts = {str(each): getattr(outcome, each) for each in Difference}
    return {"orders": counts, "value": outcome.value, "freight": outcome.freight, "currency": currency}
