"""Roles at nodes, what they allow, what a person sees, and which duties exclude each other."""

from uuid import UUID

import pytest

from domain.access import (
    FIRM_ROLE_CAPABILITIES,
    ROLE_CAPABILITIES,
    Actor,
    Assignment,
    Capability,
    FirmRole,
    Role,
    Scope,
)
from domain.ids import ReferenceId
from domain.refusals import Refusal
from domain.segregation import Duties, EditedBySelf, OwnRequest, SegregationConflict, segregation_conflict
from tests.domain.making import (
    CONTROLLER,
    ELSEWHERE,
    ELSEWHERE_PATH,
    OWNER,
    PATH,
    PMO,
    PROGRAM,
    PROGRAM_PATH,
    ROOT_PATH,
    SPONSOR,
    STRANGER,
    THIRD,
    actor,
    measure,
)

WRITING = frozenset(Capability) - {
    capability for capability in Capability if capability.startswith(("view_", "compare_", "verify_"))
}


def test_every_role_has_capabilities() -> None:
    assert set(ROLE_CAPABILITIES) == set(Role)
    assert set(FIRM_ROLE_CAPABILITIES) == set(FirmRole)
    assert all(ROLE_CAPABILITIES.values())


def test_every_capability_is_given_by_some_role() -> None:
    given = frozenset().union(*ROLE_CAPABILITIES.values(), *FIRM_ROLE_CAPABILITIES.values())
    assert given == frozenset(Capability)


def test_leadership_and_auditor_only_read() -> None:
    reading = {Capability.EXPORT, Capability.CREATE_REPORT}
    assert ROLE_CAPABILITIES[Role.LEADERSHIP] & WRITING <= reading
    assert ROLE_CAPABILITIES[Role.AUDITOR] & WRITING <= reading


def test_no_firm_role_opens_a_clients_records() -> None:
    inside = frozenset().union(*ROLE_CAPABILITIES.values())
    assert not frozenset().union(*FIRM_ROLE_CAPABILITIES.values()) & inside


def test_administrator_decides_nothing() -> None:
    assert Capability.DECIDE not in ROLE_CAPABILITIES[Role.INSTANCE_ADMINISTRATOR]


@pytest.mark.parametrize(
    ("path", "expected"),
    [(PROGRAM_PATH, True), (PATH, True), (ROOT_PATH, False), (ELSEWHERE_PATH, False), ("/", False)],
)
def test_role_holds_at_its_node_and_below(path: str, expected: bool) -> None:
    assert actor(PMO, PROGRAM_PATH).can(Capability.EDIT_HIERARCHY, path) is expected


def test_role_in_the_whole_instance_covers_everything() -> None:
    whole = Actor(person=PMO, name="P", assignments=(Assignment(Role.PMO, None, "/"),))
    assert whole.can(Capability.EDIT_HIERARCHY, "/")
    assert whole.can(Capability.EDIT_HIERARCHY, ELSEWHERE_PATH)


def test_path_of_a_longer_id_is_not_covered() -> None:
    assert not Scope(("/ab/",), PMO).covers("/abc/")


def test_scope_is_the_union_of_subtrees_none_inside_another() -> None:
    both = Actor(
        person=PMO,
        name="P",
        assignments=(
            Assignment(Role.PMO, PROGRAM, PROGRAM_PATH),
            Assignment(Role.OWNER, PROGRAM, PATH),
            Assignment(Role.CONTRIBUTOR, ELSEWHERE, ELSEWHERE_PATH),
        ),
    )
    assert both.scope_for(Capability.VIEW_MEASURES).paths == (PROGRAM_PATH, ELSEWHERE_PATH)
    assert both.scope_for(Capability.EDIT_MEASURE).paths == (PROGRAM_PATH,)


def test_nobody_without_a_role_sees_anything() -> None:
    scope = actor(STRANGER).scope_for(Capability.VIEW_MEASURES)
    assert scope.paths == ()
    assert not scope.covers(PATH)
    assert not scope.sees(measure(), PATH)


@pytest.mark.parametrize("person", [OWNER, SPONSOR, CONTROLLER])
def test_named_person_sees_the_measure_and_not_its_neighbours(person: object) -> None:
    scope = Scope((), person)  # type: ignore[arg-type]
    assert scope.sees(measure(), PATH)
    assert not scope.sees(measure(owner=THIRD, sponsor=THIRD, controller=None), PATH)


def test_named_owner_may_edit_the_measure_without_a_role() -> None:
    bare = Actor(person=STRANGER, name="S")
    assert bare.can_on(Capability.EDIT_MEASURE, measure(owner=STRANGER), PATH)
    assert not bare.can_on(Capability.ENTER_ACTUALS, measure(owner=STRANGER), PATH)
    assert bare.can_on(Capability.ENTER_ACTUALS, measure(controller=STRANGER), PATH)
    assert not bare.can_on(Capability.EDIT_MEASURE, measure(), PATH)


@pytest.mark.parametrize(
    ("duties", "expected"),
    [
        (Duties(owner=OWNER, sponsor=SPONSOR, controller=CONTROLLER), None),
        (Duties(owner=OWNER, sponsor=OWNER, controller=CONTROLLER), None),
        (Duties(), None),
        (
            Duties(owner=OWNER, controller=OWNER),
            SegregationConflict(duty="controller", conflicts_with="owner", person=OWNER),
        ),
        (
            Duties(sponsor=SPONSOR, controller=SPONSOR),
            SegregationConflict(duty="controller", conflicts_with="sponsor", person=SPONSOR),
        ),
    ],
)
def test_controller_is_neither_owner_nor_sponsor(duties: Duties, expected: Refusal | None) -> None:
    assert segregation_conflict(duties) == expected


PARTS = {"owner": OWNER, "sponsor": SPONSOR, "controller": CONTROLLER, "requested_by": PMO, "last_edited_by": THIRD}
EVER = frozenset({THIRD, STRANGER})


@pytest.mark.parametrize(
    ("is_closure", "decider", "expected"),
    [
        (False, OWNER, None),
        (False, SPONSOR, None),
        (False, CONTROLLER, None),
        (False, STRANGER, None),
        (False, PMO, OwnRequest(person=PMO)),
        (False, THIRD, EditedBySelf(person=THIRD, is_closure=False)),
        (True, CONTROLLER, None),
        (True, OWNER, SegregationConflict(duty="closure", conflicts_with="owner", person=OWNER)),
        (True, SPONSOR, SegregationConflict(duty="closure", conflicts_with="sponsor", person=SPONSOR)),
        (True, STRANGER, EditedBySelf(person=STRANGER, is_closure=True)),
        (True, PMO, OwnRequest(person=PMO)),
    ],
)
def test_who_may_decide(is_closure: bool, decider: object, expected: Refusal | None) -> None:
    duties = Duties(**PARTS, editors=EVER, is_closure=is_closure)  # type: ignore[arg-type]
    assert segregation_conflict(duties, decider) == expected  # type: ignore[arg-type]


def test_delegate_inherits_the_conflicts_of_both() -> None:
    duties = Duties(requested_by=PMO)
    assert segregation_conflict(duties, CONTROLLER, PMO) == OwnRequest(person=PMO)
    assert segregation_conflict(duties, PMO, CONTROLLER) == OwnRequest(person=PMO)


UNIT = ReferenceId(UUID(int=70))
OTHER_UNIT = ReferenceId(UUID(int=71))


def desk(*assignments: Assignment) -> Actor:
    return Actor(person=OWNER, name="Desk", assignments=assignments)


@pytest.mark.parametrize(
    ("assignment", "channel", "unit", "expected"),
    [
        (Assignment(Role.ORDER_DESK, None, ROOT_PATH), "shop", None, True),
        (Assignment(Role.ORDER_DESK, None, ROOT_PATH, channel="shop"), "shop", OTHER_UNIT, True),
        (Assignment(Role.ORDER_DESK, None, ROOT_PATH, channel="shop"), "b2b", None, False),
        (Assignment(Role.ORDER_DESK, None, ROOT_PATH, business_unit=UNIT), "shop", UNIT, True),
        (Assignment(Role.ORDER_DESK, None, ROOT_PATH, business_unit=UNIT), "shop", OTHER_UNIT, False),
        (Assignment(Role.ORDER_DESK, None, ROOT_PATH, business_unit=UNIT), "shop", None, False),
        (Assignment(Role.ORDER_DESK, None, ROOT_PATH, channel="shop", business_unit=UNIT), "shop", UNIT, False),
        (Assignment(Role.ORDER_DESK, None, PROGRAM_PATH), "shop", None, False),
        (Assignment(Role.CONTRIBUTOR, None, ROOT_PATH), "shop", None, False),
    ],
)
def test_orders_that_an_assignment_opens(
    assignment: Assignment, channel: str, unit: ReferenceId | None, expected: bool
) -> None:
    scope = desk(assignment).orders(Capability.VIEW_ORDERS)
    assert scope.covers(channel, unit) is expected
    assert desk(assignment).can_anywhere(Capability.VIEW_ORDERS) is bool(scope)


def test_a_role_for_some_orders_opens_no_measure() -> None:
    limited = desk(Assignment(Role.FULFILMENT_LEAD, None, ROOT_PATH, channel="shop"))
    assert limited.scope_for(Capability.VIEW_MEASURES).paths == ()
    assert not limited.can(Capability.DECIDE, PATH)
    assert not limited.can_anywhere(Capability.VIEW_MEASURES)
    assert limited.can_anywhere(Capability.DECIDE)
    assert limited.can_anywhere(Capability.WORK_ORDERS)


def test_roles_for_several_channels_add_up() -> None:
    held = [Assignment(Role.ORDER_DESK, None, ROOT_PATH, channel=channel) for channel in ("shop", "b2b")]
    assert desk(*held).orders(Capability.WORK_ORDERS).channels == {"shop", "b2b"}


def test_a_role_for_some_orders_leads_nothing() -> None:
    assert desk(Assignment(Role.PMO, None, ROOT_PATH, channel="shop")).led.paths == ()
