"""Degree of Implementation: the six stages and the three states beside them. Source: DOMAIN.md, 2."""

from enum import IntEnum, StrEnum


class Stage(IntEnum):
    """How far a measure has come. It moves one stage at a time, through the gate in between."""

    DEFINED = 1
    IDENTIFIED = 2
    DETAILED = 3
    DECIDED = 4
    IMPLEMENTED = 5
    CLOSED = 6

    @property
    def next(self) -> "Stage | None":
        return None if self is Stage.CLOSED else Stage(self + 1)


class MeasureState(StrEnum):
    """Whether a measure is worked on. Independent of its stage."""

    ACTIVE = "active"
    ON_HOLD = "on_hold"
    CANCELLED = "cancelled"
