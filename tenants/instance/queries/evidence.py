"""Files of evidence, of measures and of orders: one to download, those that are there."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, union_all

from domain.access import OrderScope, Scope
from domain.evidence import file_key
from domain.ids import EvidenceId
from tenants.database import NotFound, Work
from tenants.instance.models.measures import EvidenceRow, MeasureRow
from tenants.instance.models.orders import OrderEvidenceRow, OrderRow
from tenants.instance.queries.order_scope import in_scope
from tenants.instance.queries.scoping import seen


@dataclass(frozen=True, kw_only=True)
class StoredFile:
    """How a file is called outside, and under which name it is stored."""

    name: str
    content_type: str
    size: int
    key: str


def get_file(work: Work, scope: Scope, code: str, evidence: UUID) -> StoredFile:
    """The file of a measure that the reader sees. Raises NotFound."""
    statement = (
        select(EvidenceRow)
        .join(MeasureRow, MeasureRow.id == EvidenceRow.measure_id)
        .where(MeasureRow.code == code, seen(scope), EvidenceRow.id == evidence, EvidenceRow.file_name != "")
    )
    return _stored(work.session.scalars(statement).one_or_none(), evidence)


def get_order_file(work: Work, scope: OrderScope, order_id: UUID, evidence: UUID) -> StoredFile:
    """The file of an order that the reader sees. Raises NotFound."""
    statement = (
        select(OrderEvidenceRow)
        .join(OrderRow, OrderRow.id == OrderEvidenceRow.order_id)
        .where(OrderRow.id == order_id, in_scope(scope))
        .where(OrderEvidenceRow.id == evidence, OrderEvidenceRow.file_name != "")
    )
    return _stored(work.session.scalars(statement).one_or_none(), evidence)


def has_evidence(work: Work, evidence: UUID) -> bool:
    return any(work.session.get(row, evidence) is not None for row in (EvidenceRow, OrderEvidenceRow))


def stored_keys(work: Work) -> frozenset[str]:
    """The name of every file that some evidence refers to."""
    parts = [select(row.id, row.sha256).where(row.sha256 != "") for row in (EvidenceRow, OrderEvidenceRow)]
    return frozenset(file_key(EvidenceId(key), sha256) for key, sha256 in work.session.execute(union_all(*parts)))


def _stored(row: EvidenceRow | OrderEvidenceRow | None, evidence: UUID) -> StoredFile:
    if row is None:
        raise NotFound(f"file of evidence {evidence}")
    key = file_key(EvidenceId(row.id), row.sha256)
    return StoredFile(name=row.file_name, content_type=row.content_type, size=row.size or 0, key=key)
