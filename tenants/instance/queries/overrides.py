"""Status overrides as the domain sees them."""

from datetime import date
from uuid import UUID

from domain.ids import PersonId
from domain.overrides import StatusOverride
from domain.status import Dimension, Status
from tenants.instance.models.measures import MeasureRow


def implementation_override(row: MeasureRow) -> StatusOverride | None:
    status, by = row.implementation_override, row.implementation_override_by
    reason, until = row.implementation_override_reason, row.implementation_override_until
    return _override(Dimension.IMPLEMENTATION, status, reason, until, by)


def potential_override(row: MeasureRow) -> StatusOverride | None:
    status, by = row.potential_override, row.potential_override_by
    reason, until = row.potential_override_reason, row.potential_override_until
    return _override(Dimension.POTENTIAL, status, reason, until, by)


def _override(
    dimension: Dimension, status: str | None, reason: str, until: date | None, by: UUID | None
) -> StatusOverride | None:
    if status is None or until is None or by is None:
        return None
    return StatusOverride(dimension=dimension, status=Status(status), reason=reason, by=PersonId(by), expires=until)
