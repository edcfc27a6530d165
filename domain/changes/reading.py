"""What a change request was asked on: the measure as it was sealed, so that its effect can be shown whenever."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from domain.approvals.request import ApprovalRequest
from domain.changes.proposal import MILESTONE_READERS, VALUE_READERS
from domain.ids import MilestoneId, NodeId
from domain.measures import Measure, Milestone
from domain.seal import read_lines


def sealed_measure(request: ApprovalRequest) -> Measure:
    """Everything locked of the measure, typed again from the sealed text; the rest of it is left plain."""
    fields: Mapping[str, str] = json.loads(request.subject)
    values: dict[str, Any] = {name: read(fields[name]) for name, read in VALUE_READERS.items() if name in fields}
    return Measure(
        id=request.of_measure,
        code=request.code,
        package=NodeId(UUID(fields["package"])),
        title=fields.get("title", ""),
        milestones=_milestones(fields),
        lines=read_lines(fields),
        **values,
    )


def _milestones(fields: Mapping[str, str]) -> tuple[Milestone, ...]:
    parts: dict[str, dict[str, Any]] = {}
    for name, value in fields.items():
        kind, _, rest = name.partition(".")
        key, _, part = rest.partition(".")
        if kind == "milestone" and part in MILESTONE_READERS:
            parts.setdefault(key, {"owner": None})[part] = MILESTONE_READERS[part](value)
    return tuple(Milestone(id=MilestoneId(UUID(key)), **part) for key, part in parts.items())
