"""Entries of lists: who keeps them, what they may be called, and what a retired one refuses."""

from uuid import UUID

import pytest

from domain.access import NotAllowed, Role
from domain.hierarchy import DuplicateName, NameMissing, NameTooLong
from domain.ids import OrderId, ReferenceId
from domain.orders.consequences import IntakeChoices
from domain.orders.delivering import Change, Known, Terms, decide_deliver
from domain.references import (
    Entry,
    EntryRetired,
    ReferenceBroughtBack,
    ReferenceRenamed,
    ReferenceRetired,
    decide_bring_back_entry,
    decide_rename_entry,
    decide_retire_entry,
)
from domain.refusals import Refusal
from tests.domain.making import OWNER, PMO, actor
from tests.domain.orders.making import NOW, RULES, order
from tests.domain.orders.test_journey import incoming

NORDICS = Entry(id=UUID(int=1), kind="business_unit", name="Nordics", is_retired=False)
KEEPER, OTHER = actor(PMO, role=Role.PMO), actor(OWNER, role=Role.OWNER)


@pytest.mark.parametrize(
    ("name", "outcome"),
    [
        (" Northern Europe ", ReferenceRenamed(kind="business_unit", before="Nordics", after="Northern Europe")),
        ("nordics", ReferenceRenamed(kind="business_unit", before="Nordics", after="nordics")),
        (" ", NameMissing()),
        ("x" * 121, NameTooLong(limit=120)),
        ("iberia", DuplicateName(name="iberia")),
    ],
)
def test_an_entry_takes_a_name_that_no_other_has(name: str, outcome: ReferenceRenamed | Refusal) -> None:
    assert decide_rename_entry(NORDICS, name, ["Iberia"], KEEPER) == outcome


def test_only_who_keeps_the_lists_changes_them() -> None:
    assert decide_retire_entry(NORDICS, KEEPER) == ReferenceRetired(kind="business_unit", name="Nordics")
    assert decide_bring_back_entry(NORDICS, KEEPER) == ReferenceBroughtBack(kind="business_unit", name="Nordics")
    for outcome in (
        decide_rename_entry(NORDICS, "Any", [], OTHER),
        decide_retire_entry(NORDICS, OTHER),
        decide_bring_back_entry(NORDICS, OTHER),
    ):
        assert isinstance(outcome, NotAllowed)


# Orders of a unit that is retired


UNIT = ReferenceId(UUID(int=9))
TERMS = Terms(channel="shop", currency="EUR", rules=RULES, choices=IntakeChoices(), now=NOW, retired={UNIT: "Nordics"})


def delivered(known: Known | None) -> object:
    return decide_deliver(incoming(business_unit=UNIT), known, OrderId(UUID(int=5)), TERMS)


def test_no_order_comes_into_a_retired_unit_and_those_in_it_go_on() -> None:
    assert delivered(None) == EntryRetired(name="Nordics")
    assert delivered(Known(order=order(), imported={})) == EntryRetired(name="Nordics")
    assert isinstance(delivered(Known(order=order(business_unit=UNIT), imported={})), Change)
