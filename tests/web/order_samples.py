"""Samples for addresses of orders: made in the client whose template governs them."""

from collections.abc import Mapping
from io import BytesIO
from uuid import UUID

from werkzeug.routing import Rule

from domain.evidence import FileFacts
from domain.ids import ConstraintId, EvidenceId
from domain.orders.constraints import Constraint
from domain.orders.trials import TrialKind
from tenants.files import files_of
from tenants.instance.actions import orders
from tenants.instance.actions.constraints import open_constraint
from tenants.instance.actions.order_evidence import OrderProof, add_order_evidence
from tenants.instance.actions.order_trials import ask_trial
from tenants.instance.queries.readers import find_reader
from tenants.instance.uploads import keep, look_at
from tests.filemaking import PDF
from tests.house import NOW
from tests.ordering import incoming
from tests.web.samples import World, sample

ORDERS = "/clients/<slug>/orders"


@sample(f"{ORDERS}/<uuid:order>")
@sample(f"{ORDERS}/<uuid:order>/exceptions/new")
@sample(f"{ORDERS}/<uuid:order>/costs/new")
@sample(f"{ORDERS}/<uuid:order>/decisions/new")
@sample(f"{ORDERS}/<uuid:order>/effects/new")
@sample(f"{ORDERS}/<uuid:order>/tickets/new")
@sample(f"{ORDERS}/<uuid:order>/evidence/new")
def _order(world: World) -> Mapping[str, object]:
    """One order of the shop; made once a test process."""
    work, identity = world.house.work(world.shop), UUID(int=41)
    reader = find_reader(work, world.shop_people["pmo"])
    assert reader is not None
    orders.enter_order(work, identity, incoming("SAMPLE-1"), reader.actor)
    work.close()
    return {"order": identity}


@sample(f"{ORDERS}/<uuid:order>/evidence/<uuid:evidence>/file")
def _order_file(world: World) -> Mapping[str, object]:
    known = _order(world)
    work, identity, facts = world.house.work(world.shop), EvidenceId(UUID(int=42)), look_at("proof.pdf", BytesIO(PDF))
    reader = find_reader(work, world.shop_people["pmo"])
    assert isinstance(facts, FileFacts) and reader is not None
    keep(work, files_of(world.house.settings), identity, facts, BytesIO(PDF))
    proof = OrderProof(id=identity, title="Proof", file=facts)
    add_order_evidence(work, UUID(str(known["order"])), proof, reader.actor)
    work.close()
    return {**known, "evidence": identity}


@sample(f"{ORDERS}/constraints/<uuid:constraint>")
@sample(f"{ORDERS}/constraints/<uuid:constraint>/edit")
def _constraint(world: World) -> Mapping[str, object]:
    work, identity = world.house.work(world.shop), ConstraintId(UUID(int=43))
    reader = find_reader(work, world.shop_people["pmo"])
    assert reader is not None
    wanted = Constraint(id=identity, kind="stock", title="No paint", stops=("picking",), opened_at=NOW)
    open_constraint(work, wanted, reader.actor)
    work.close()
    return {"constraint": identity}


@sample(f"{ORDERS}/trials/<uuid:trial>")
def _trial(world: World) -> Mapping[str, object]:
    work, identity = world.house.work(world.shop), UUID(int=44)
    reader = find_reader(work, world.shop_people["pmo"])
    assert reader is not None
    ask_trial(work, identity, TrialKind.RULE, "high-value", ("1000", ""), 30, reader.actor)
    work.close()
    return {"trial": identity}


def is_about_orders(rule: Rule) -> bool:
    """Pages that only a client whose template governs orders has."""
    return rule.endpoint.startswith(("instance.orders.", "instance.orders_import."))
