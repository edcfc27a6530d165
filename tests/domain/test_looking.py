"""A vote counts for what the page showed: its seal and its step; and a tick among others for no step of weight."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from domain.approvals import (
    ApprovalRequest,
    Choice,
    NotInBulk,
    PageOutdated,
    RequestNotOpen,
    RequestState,
    Seen,
    StepPassed,
    StepUpNeeded,
    Vote,
    Voted,
    apply_vote,
    decide_vote,
    subject_of,
)
from domain.seal import FieldChange
from tests.domain.making import NOW, OWNER, PMO, SPONSOR, actor, measure
from tests.domain.test_approvals import opened


def say(request: ApprovalRequest, person: Any = PMO, seen: Seen | None = None, **more: Any) -> Any:
    vote = Vote(choice=Choice.APPROVE, seen=seen, in_bulk=more.pop("in_bulk", False))
    return decide_vote(request, vote, actor(person, **more), NOW, subject_of(measure(), request.kind))


def weighty(request: ApprovalRequest) -> ApprovalRequest:
    return replace(request, steps=tuple(replace(step, step_up=True) for step in request.steps))


def test_vote_on_the_page_as_it_is_counts() -> None:
    request = opened()
    assert isinstance(say(request, seen=Seen(seal=request.seal, step=0)), Voted)


@pytest.mark.parametrize(("seal", "step"), [("", 0), ("0" * 64, 0), (None, -1), (None, 1), (None, 9)])
def test_vote_on_a_page_that_never_was_is_refused(seal: str | None, step: int) -> None:
    request = opened()
    refused = say(request, seen=Seen(seal=request.seal if seal is None else seal, step=step))
    assert refused == PageOutdated(request=request.id)


def test_second_click_of_who_decides_two_steps_does_not_count_for_the_second() -> None:
    request = opened()
    request = replace(request, steps=(request.steps[0], replace(request.steps[1], approvers=(PMO, SPONSOR))))
    page = Seen(seal=request.seal, step=0)
    request = apply_vote(request, say(request, seen=page))
    assert request.state is RequestState.OPEN
    refused = say(request, seen=page)
    assert refused == StepPassed(request=request.id, step="Programme office", waits="Sponsor")
    assert isinstance(say(request, seen=Seen(seal=request.seal, step=1)), Voted)


def test_who_may_not_decide_hears_that_and_not_that_the_page_is_old() -> None:
    request = opened()
    assert type(say(request, OWNER, Seen(seal="", step=0))).__name__ == "OwnRequest"


def test_vote_on_a_voided_request_names_what_broke_the_seal() -> None:
    change = FieldChange(field="target", before="600000.00", after="400000.00")
    voided = replace(opened(), state=RequestState.VOIDED, void_changes=(change,))
    refused = say(voided, seen=Seen(seal=voided.seal, step=0))
    assert refused == RequestNotOpen(request=voided.id, state=RequestState.VOIDED, changes=(change,))


def test_step_of_weight_is_not_decided_among_others_however_fresh_the_password() -> None:
    request = weighty(opened())
    assert say(request, in_bulk=True, confirmed_at=NOW) == NotInBulk(step="Programme office")
    assert isinstance(say(request, confirmed_at=NOW), Voted)
    assert isinstance(say(request, confirmed_at=None), StepUpNeeded)
    assert isinstance(say(opened(), in_bulk=True), Voted)
