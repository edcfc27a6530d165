"""Valid orders by default: rules as shipped, people of the order desk, an order at any stage."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from domain.access import Role
from domain.governance import GovernanceTemplate, parse_template
from domain.governance.template import OrderRules
from domain.ids import ConstraintId, OrderExceptionId, OrderId
from domain.orders.exceptions import new_exception
from domain.orders.order import Blocking, Happening, Order, OrderException
from domain.refusals import Refusal
from tests.domain.making import OWNER, ROOT_PATH, actor

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
PLACED = NOW - timedelta(hours=4)
SHIPPED = Path(__file__).parents[3] / "templates" / "governance" / "order-governance" / "v2.yaml"


def shipped() -> GovernanceTemplate:
    read = parse_template(SHIPPED.read_text())
    assert not isinstance(read, Refusal), read
    return read


TEMPLATE = shipped()
assert TEMPLATE.orders is not None
RULES: OrderRules = TEMPLATE.orders
STAGES = tuple(stage.key for stage in RULES.stages)
DESK = actor(OWNER, ROOT_PATH, Role.ORDER_DESK)
LEAD = actor(OWNER, ROOT_PATH, Role.FULFILMENT_LEAD)
READER = actor(OWNER, ROOT_PATH, Role.LEADERSHIP)
EVERYTHING = dict.fromkeys((each for each in Happening if each is not Happening.RETURN_REGISTERED), PLACED)


def exception_id(number: int = 1) -> OrderExceptionId:
    return OrderExceptionId(UUID(int=500 + number))


def order(**more: Any) -> Order:
    known: dict[str, Any] = {
        "id": OrderId(UUID(int=400)),
        "number": "A-1",
        "channel": "shop",
        "placed_at": PLACED,
        "currency": "EUR",
        "value": Decimal("100.00"),
        "stage": "intake",
        "stage_since": PLACED,
    }
    return Order(**known | more)


def opened(type: str, number: int = 1, **more: Any) -> OrderException:
    kind = RULES.exception_type(type)
    assert kind is not None
    made = new_exception(kind, "", "A reason", None, DESK, PLACED, exception_id(number), "")
    return OrderException(**vars(made) | more)


def blocking(*stops: str) -> Blocking:
    return Blocking(id=ConstraintId(UUID(int=600)), title="Carrier strike", stops=stops)


def refused(outcome: object) -> Refusal:
    assert isinstance(outcome, Refusal), outcome
    return outcome


def done(outcome: object) -> Any:
    assert not isinstance(outcome, Refusal), outcome
    return outcome
