"""What a vote may bring along: conditions on the approval of a gate, each with words and a day to come."""

from dataclasses import dataclass
from datetime import date

from domain.approvals.request import Choice, GateCondition, Vote
from domain.governance.policies import GATE_KINDS
from domain.refusals import Refusal

WORDS_LIMIT = 500


@dataclass(frozen=True, kw_only=True)
class ConditionsNotPossible(Refusal):
    """Only who approves a gate sets conditions."""

    kind: str
    choice: Choice


@dataclass(frozen=True, kw_only=True)
class ConditionNotAhead(Refusal):
    """A condition is due on a day to come."""

    words: str
    due: date
    today: date


@dataclass(frozen=True, kw_only=True)
class ConditionWords(Refusal):
    """A condition says what is asked for, in few words."""

    limit: int


@dataclass(frozen=True, kw_only=True)
class UnknownConditionOwner(Refusal):
    """A condition is for somebody who can sign in."""


def unfit_conditions(kind: str, vote: Vote, today: date) -> Refusal | None:
    """What is wrong with the conditions that a vote comes with."""
    if not vote.conditions:
        return None
    if kind not in GATE_KINDS or vote.choice is not Choice.APPROVE:
        return ConditionsNotPossible(kind=kind, choice=vote.choice)
    return next((refusal for each in vote.conditions if (refusal := unfit(each, today))), None)


def unfit(condition: GateCondition, today: date) -> Refusal | None:
    if not 0 < len(condition.words.strip()) <= WORDS_LIMIT:
        return ConditionWords(limit=WORDS_LIMIT)
    if condition.due <= today:
        return ConditionNotAhead(words=condition.words, due=condition.due, today=today)
    return None
