"""Identities: one NewType per thing that has one, so that they cannot be mixed up."""

from typing import NewType
from uuid import UUID

FirmId = NewType("FirmId", UUID)
InstanceId = NewType("InstanceId", UUID)
PersonId = NewType("PersonId", UUID)
NodeId = NewType("NodeId", UUID)
MeasureId = NewType("MeasureId", UUID)
MilestoneId = NewType("MilestoneId", UUID)
LineId = NewType("LineId", UUID)
EvidenceId = NewType("EvidenceId", UUID)
RequestId = NewType("RequestId", UUID)
ForumId = NewType("ForumId", UUID)
ReferenceId = NewType("ReferenceId", UUID)
ConditionId = NewType("ConditionId", UUID)
DelegationId = NewType("DelegationId", UUID)
AbsenceId = NewType("AbsenceId", UUID)
MeetingId = NewType("MeetingId", UUID)
AgendaItemId = NewType("AgendaItemId", UUID)
MeetingActionId = NewType("MeetingActionId", UUID)
KillCriterionId = NewType("KillCriterionId", UUID)
SustainCheckId = NewType("SustainCheckId", UUID)
CommentId = NewType("CommentId", UUID)
OrderId = NewType("OrderId", UUID)
OrderExceptionId = NewType("OrderExceptionId", UUID)
OrderTicketId = NewType("OrderTicketId", UUID)
ConstraintId = NewType("ConstraintId", UUID)
