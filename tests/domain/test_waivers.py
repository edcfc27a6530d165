"""Waivers: which criteria, with which reason, by whom, when; and what they do to the checklist and to who may ask."""

from dataclasses import replace
from typing import Any

import pytest

from domain.access import Capability, NotAllowed, Role
from domain.approvals import OpenRequest, RequestAlreadyOpen
from domain.checklist import GateFacts
from domain.gates import GateNotReady, GateRequested, MeasureNotActive, OwnWaiver, WrongStage, decide_request_gate
from domain.governance import ReasonList
from domain.ids import PersonId
from domain.lifecycle import UnknownReason
from domain.refusals import FieldMissing, FieldTooLong, Refusal
from domain.segregation import SegregationConflict
from domain.stages import MeasureState, Stage
from domain.waivers import (
    WORDS_LIMIT,
    CriterionWaived,
    NotWaivable,
    NotWaived,
    WaiverTakenBack,
    decide_take_back_waiver,
    decide_waive_criterion,
)
from tests.domain.making import (
    CONTROLLER,
    ELSEWHERE_PATH,
    LEADER,
    NOW,
    OWNER,
    PMO,
    SPONSOR,
    actor,
    at_stage,
    request_id,
    situation,
)

AT = at_stage(Stage.IDENTIFIED)


def waive(of: Any = AT, by: PersonId = PMO, **more: Any) -> CriterionWaived | Refusal:
    said = {"target": Stage.DETAILED, "key": "legal-entity", "reason": "not-applicable", "words": "One entity only."}
    said |= {"situation": situation(), "actor": actor(by)} | more
    return decide_waive_criterion(of, **said, now=NOW)


def test_programme_office_waives_a_waivable_criterion_of_the_next_gate() -> None:
    outcome = waive()
    assert isinstance(outcome, CriterionWaived)
    assert (outcome.label, outcome.reason) == ("Legal entity set", "Does not apply to this measure")
    assert (outcome.waiver.person, outcome.waiver.words) == (PMO, "One entity only.")


REFUSED: list[tuple[dict[str, Any], Refusal]] = [
    ({"key": "target"}, NotWaivable(criterion="target", label="Target set")),
    ({"key": "no-such"}, NotWaivable(criterion="no-such", label="no-such")),
    ({"reason": "boredom"}, UnknownReason(list=ReasonList.WAIVE, code="boredom")),
    ({"words": " "}, FieldMissing(field="comment")),
    ({"words": "x" * (WORDS_LIMIT + 1)}, FieldTooLong(field="comment", limit=WORDS_LIMIT)),
    ({"target": Stage.DECIDED, "key": "target"}, WrongStage(stage=Stage.IDENTIFIED, target=Stage.DECIDED)),
    ({"by": OWNER}, NotAllowed(capability=Capability.WAIVE_CRITERION)),
    ({"by": SPONSOR}, NotAllowed(capability=Capability.WAIVE_CRITERION)),
    ({"by": CONTROLLER}, NotAllowed(capability=Capability.WAIVE_CRITERION)),
    ({"by": LEADER}, NotAllowed(capability=Capability.WAIVE_CRITERION)),
    ({"actor": actor(PMO, ELSEWHERE_PATH)}, NotAllowed(capability=Capability.WAIVE_CRITERION)),
    (
        {"actor": actor(OWNER, role=Role.PMO)},
        SegregationConflict(duty="waiver", conflicts_with="owner", person=OWNER),
    ),
    (
        {"of": replace(AT, state=MeasureState.ON_HOLD)},
        MeasureNotActive(state=MeasureState.ON_HOLD),
    ),
    (
        {"situation": situation(open_requests=(OpenRequest(id=request_id(7), kind="gate:detailed"),))},
        RequestAlreadyOpen(request=request_id(7), kind="gate:detailed"),
    ),
]


@pytest.mark.parametrize(("more", "expected"), REFUSED)
def test_waiver_that_is_refused(more: dict[str, Any], expected: Refusal) -> None:
    assert waive(**more) == expected


def test_waiver_is_taken_back_by_whoever_could_give_it() -> None:
    given = waive()
    assert isinstance(given, CriterionWaived)
    back = decide_take_back_waiver(AT, given.waiver, "legal-entity", situation(), actor(PMO), NOW)
    assert isinstance(back, WaiverTakenBack)
    assert back.label == "Legal entity set"
    refused = decide_take_back_waiver(AT, given.waiver, "legal-entity", situation(), actor(OWNER), NOW)
    assert refused == NotAllowed(capability=Capability.WAIVE_CRITERION)
    nothing = decide_take_back_waiver(AT, None, "legal-entity", situation(), actor(PMO), NOW)
    assert nothing == NotWaived(criterion="legal-entity")


def test_waived_criterion_lets_the_gate_be_asked_for_and_is_sealed_with_its_reason() -> None:
    of = replace(AT, legal_entity=None)
    facts = GateFacts(waivers={"legal-entity": "Does not apply: one entity"}, waived_by=frozenset({PMO}))
    assert isinstance(
        decide_request_gate(of, Stage.DETAILED, situation(), GateFacts(), actor(OWNER), NOW, request_id()),
        GateNotReady,
    )
    asked = decide_request_gate(of, Stage.DETAILED, situation(), facts, actor(OWNER), NOW, request_id())
    assert isinstance(asked, GateRequested)
    sealed = next(result for result in asked.request.checklist if result.key == "legal-entity")
    assert (sealed.outcome, sealed.reason) == ("waived", "Does not apply: one entity")


def test_who_waived_does_not_ask_for_the_gate() -> None:
    facts = GateFacts(waived_by=frozenset({PMO}))
    refused = decide_request_gate(AT, Stage.DETAILED, situation(), facts, actor(PMO), NOW, request_id())
    assert refused == OwnWaiver(person=PMO)
