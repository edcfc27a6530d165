"""Every refusal has words, and they can be said."""

import importlib
import pkgutil
from dataclasses import fields
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from pathlib import Path
from types import ModuleType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined

import domain
from domain.access import Capability, NotAllowed
from domain.approvals import CommentNeeded, NoApprover, RequestNotOpen, SealBroken
from domain.approvals.request import Choice, RequestState
from domain.changes.requesting import LineHasActuals, PlanNotLocked
from domain.gates import GateNotReady, MeasureNotActive, WrongStage
from domain.governance.criteria import CriterionResult, Met
from domain.lifecycle import PlanLocked
from domain.refusals import Refusal
from domain.seal import FieldChange
from domain.segregation import SegregationConflict
from domain.stages import MeasureState, Stage
from tests.domain.making import OWNER, request_id

TEMPLATES = Path(__file__).parents[2] / "templates"


@cache
def words() -> Any:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), extensions=["jinja2.ext.i18n"], undefined=StrictUndefined, autoescape=True
    )
    environment.filters["day"] = str  # the application writes days as its reader does
    environment.globals["priced"] = str  # and amounts with the currency of the client
    environment.install_null_translations(newstyle=True)  # type: ignore[attr-defined]
    return environment.get_template("web/components/refusals.html").module


def said(refusal: Refusal) -> str:
    return str(getattr(words(), type(refusal).__name__)(refusal)).strip()


def import_below(package: ModuleType) -> None:
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        importlib.import_module(found.name)


def kinds_of(base: type[Refusal]) -> list[type[Refusal]]:
    found = [kind for kind in base.__subclasses__() if kind.__module__.startswith("domain.")]
    return [*found, *(deeper for kind in found for deeper in kinds_of(kind))]


import_below(domain)
KINDS = sorted(kinds_of(Refusal), key=lambda kind: kind.__name__)
SAMPLES: dict[Any, Any] = {
    str: "sample",
    int: 2,
    bool: True,
    date: date(2026, 1, 2),
    datetime: datetime(2026, 1, 2, 9, 30, tzinfo=UTC),
    Decimal: Decimal("1.50"),
    UUID: UUID(int=7),
}


def sample(hint: Any) -> Any:
    """Some value of a type."""
    origin = get_origin(hint)
    if origin in (Union, UnionType):
        return sample(get_args(hint)[0])
    if origin is tuple:
        args = get_args(hint)
        return (sample(args[0]),) * 2 if args[-1] is Ellipsis else tuple(sample(arg) for arg in args)
    hint = getattr(hint, "__supertype__", hint)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return list(hint)[-1]
    return SAMPLES[hint] if hint in SAMPLES else made(hint)


def made(kind: type[Any]) -> Any:
    hints = get_type_hints(kind)
    return kind(**{each.name: sample(hints[each.name]) for each in fields(kind)})


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_refusal_has_words(kind: type[Refusal]) -> None:
    text = said(made(kind))
    assert text.endswith(".")
    assert "None" not in text


def test_no_two_refusals_share_a_name() -> None:
    names = [kind.__name__ for kind in KINDS]
    assert len(names) == len(set(names))


RESULT = CriterionResult(key="k", label="L", kind="FieldPresent", outcome=Met.NOT_MET)


@pytest.mark.parametrize(
    ("refusal", "expected"),
    [
        (NotAllowed(capability=Capability.DECIDE), "Your role here does not include this."),
        (
            SegregationConflict(duty="controller", conflicts_with="owner", person=OWNER),
            "The controller cannot also be the owner. Name different people.",
        ),
        (
            SegregationConflict(duty="closure", conflicts_with="sponsor", person=OWNER),
            "Whoever is the sponsor of a measure does not close it.",
        ),
        (
            NoApprover(step="Sponsor", selector="measure:sponsor", excluded=(), have=0, need=1),
            "Nobody can decide step “Sponsor”. Missing here: the sponsor.",
        ),
        (
            NoApprover(step="Office", selector="role:pmo", excluded=(OWNER,), have=0, need=1),
            "Nobody can decide step “Office”. Those who could (the role “pmo”) asked for it, edited it last, or hold a "
            "duty that excludes it.",
        ),
        (
            NoApprover(step="Board", selector="forum", excluded=(), have=1, need=2),
            "Step “Board” needs 2 approvals from the decision forum, and only 1 can give one.",
        ),
        (RequestNotOpen(request=request_id(), state=RequestState.VOIDED), "This request is voided already."),
        (CommentNeeded(choice=Choice.REJECT), "Say why you reject it."),
        (
            GateNotReady(target=Stage.DETAILED, results=(RESULT,)),
            "Not ready for Detailed: 1 criterion is not met.",
        ),
        (
            GateNotReady(target=Stage.DETAILED, results=(RESULT, RESULT)),
            "Not ready for Detailed: 2 criteria are not met.",
        ),
        (
            WrongStage(stage=Stage.DEFINED, target=Stage.CLOSED),
            "The measure is at Defined. It cannot go to Closed from there.",
        ),
        (MeasureNotActive(state=MeasureState.ON_HOLD), "The measure is on hold."),
        (
            PlanLocked(fields=("start", "target")),
            "The plan is locked since the decision: start, target can change only by change request.",
        ),
        (PlanNotLocked(code="M-0001"), "The plan of M-0001 is not locked yet. Change it directly."),
        (LineHasActuals(name="Freight"), "“Freight” has actuals. It cannot be taken out; lower its plan instead."),
        (
            SealBroken(
                request=request_id(),
                changes=tuple(
                    FieldChange(field=name, before="1", after="2")
                    for name in ("line.a.plan.2026-01", "line.a.plan.2026-02", "target")
                ),
            ),
            "The measure has changed since this was asked for: effect lines, target. The request no longer counts; "
            "ask anew.",
        ),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Refusal) else "",
)
def test_words(refusal: Refusal, expected: str) -> None:
    assert said(refusal) == expected
