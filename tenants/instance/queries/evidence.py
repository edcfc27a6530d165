"""Files of evidence: one to download, those that are there."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from domain.access import Scope
from domain.evidence import file_key
from domain.ids import EvidenceId
from tenants.database import NotFound, Work
from tenants.instance.models.measures import EvidenceRow, MeasureRow
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
    row = work.session.scalars(statement).one_or_none()
    if row is None:
        raise NotFound(f"file of evidence {evidence}")
    key = file_key(EvidenceId(row.id), row.sha256)
    return StoredFile(name=row.file_name, content_type=row.content_type, size=row.size or 0, key=key)


def has_evidence(work: Work, evidence: UUID) -> bool:
    return work.session.get(EvidenceRow, evidence) is not None


def stored_keys(work: Work) -> frozenset[str]:
    """The name of every file that some evidence refers to."""
    statement = select(EvidenceRow.id, EvidenceRow.sha256).where(EvidenceRow.sha256 != "")
    return frozenset(file_key(EvidenceId(row.id), row.sha256) for row in work.session.execute(statement))
