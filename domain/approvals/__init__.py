"""The one approval engine: choose the policy, open a sealed request, count votes, settle it. Source: DOMAIN.md, 3."""

from domain.approvals.request import ApprovalRequest, CastVote, Choice, RequestState, RequestStep, Vote

__all__ = [
    "ApprovalRequest",
    "CastVote",
    "Choice",
    "RequestState",
    "RequestStep",
    "Vote",
]
