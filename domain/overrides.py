"""What a person says over a computed status: worse is free, better takes the guardian of it. Source: DOMAIN.md, 4."""

from dataclasses import dataclass
from datetime import date

from domain.ids import PersonId
from domain.refusals import Refusal
from domain.status import JUDGED, Dimension, Status


@dataclass(frozen=True, kw_only=True)
class StatusOverride:
    """What a person says instead of the computed status, through the day it expires on."""

    dimension: Dimension
    status: Status
    reason: str
    by: PersonId
    expires: date


@dataclass(frozen=True, kw_only=True)
class OverrideSet:
    """It happened: from now on the override counts."""

    override: StatusOverride
    computed: Status


@dataclass(frozen=True, kw_only=True)
class OverrideReasonMissing(Refusal):
    dimension: Dimension


@dataclass(frozen=True, kw_only=True)
class OverrideExpiryNotAhead(Refusal):
    dimension: Dimension
    expires: date
    today: date


@dataclass(frozen=True, kw_only=True)
class OverrideChangesNothing(Refusal):
    dimension: Dimension
    status: Status


@dataclass(frozen=True, kw_only=True)
class OverrideToGrey(Refusal):
    """Grey is no judgement, so nobody can pass it."""

    dimension: Dimension


@dataclass(frozen=True, kw_only=True)
class OverrideNotYours(Refusal):
    """`better`: whether the wanted status is the better one; then only the controller (potential) or PMO may set it."""

    dimension: Dimension
    current: Status
    wanted: Status
    better: bool


def decide_override(
    current: Status,
    wanted: StatusOverride,
    *,
    is_owner: bool,
    is_controller: bool,
    is_pmo: bool,
    today: date,
) -> OverrideSet | Refusal:
    """Worse is free for the owner; better needs the controller (potential) or the PMO (implementation).

    `current` is the computed status; who may make it better may also make it worse. To claim green where nothing is
    known yet (grey) counts as better, to warn there does not.
    """
    dimension = wanted.dimension
    if wanted.status is Status.GREY:
        return OverrideToGrey(dimension=dimension)
    if wanted.status is current:
        return OverrideChangesNothing(dimension=dimension, status=current)
    better = _is_better(wanted.status, current)
    guards = guardian(dimension, is_owner=is_owner, is_controller=is_controller, is_pmo=is_pmo)
    if not (guards or (is_owner and not better)):
        return OverrideNotYours(dimension=dimension, current=current, wanted=wanted.status, better=better)
    if not wanted.reason.strip():
        return OverrideReasonMissing(dimension=dimension)
    if wanted.expires <= today:
        return OverrideExpiryNotAhead(dimension=dimension, expires=wanted.expires, today=today)
    return OverrideSet(override=wanted, computed=current)


def guardian(dimension: Dimension, *, is_owner: bool, is_controller: bool, is_pmo: bool) -> bool:
    """Who may say better than computed. A member of the programme office does not for a measure they own."""
    return is_controller if dimension is Dimension.POTENTIAL else is_pmo and not is_owner


def effective(computed: Status, override: StatusOverride | None, today: date) -> Status:
    """The status that shows: the override's through the day it expires on, else the computed one."""
    return override.status if override is not None and today <= override.expires else computed


def _is_better(wanted: Status, current: Status) -> bool:
    if current is Status.GREY:
        return wanted is Status.GREEN
    return JUDGED.index(wanted) < JUDGED.index(current)
