"""What a shop may send: an order, something that happened to one, and up to 500 orders at once."""

from collections.abc import Mapping
from typing import Any

from domain.ids import ReferenceId
from domain.orders.incoming import Incoming, Standing
from domain.orders.order import Happening
from web.api.reading import Amount, Day, Many, Moment, OneOf, Record, Text, Whole
from web.problems import Flaw

MOST_AT_ONCE = 500
NEVER_NEGATIVE = "An amount below zero is refused."
STAGE = Text(most=60, says="The stage it enters, by its key: the next one, or the one before with a reason.")
CURRENCY = Text(
    least=3, most=3, shape="[A-Z]{3}", like='a currency such as "EUR"', says="The client's own currency only."
)
ORDER = Record(
    needed=("number", "placed_at", "currency", "value"),
    says="An order as the shop knows it. What is left out is left as it is; null is refused.",
    fields={
        "number": Text(most=80, says="The shop's number of the order, unique in its channel."),
        "channel": Text(most=60, says="The channel of the key, and may be left out. Another channel is refused."),
        "placed_at": Moment(says="When the customer ordered."),
        "currency": CURRENCY,
        "value": Amount(says=f"Of the goods, after the discount. {NEVER_NEGATIVE}"),
        "discount": Amount(says=NEVER_NEGATIVE),
        "freight": Amount(says=f"Charged to the customer. {NEVER_NEGATIVE}"),
        "items": Whole(least=0, most=1_000_000),
        "payment": Text(most=80, says="How it is paid, such as card or invoice."),
        "customer": Text(most=120, says="The shop's reference of the customer. No name, no address."),
        "business_unit": Text(most=120, says="By its name, as the set-up of the client has it."),
        "promised_on": Day(says="The day the customer was promised."),
        "commitment": Text(most=300, says="What else the customer was promised."),
        "status": OneOf(words=[each.value for each in Standing], says="What the shop says of it as a whole."),
        "cancelled_at": Moment(),
        "happened": Record(
            fields={each.value: Moment() for each in Happening},
            says="What happened to it and when. The order goes on as far as this takes it.",
        ),
        "paid": Amount(says=f"By the customer, freight included. {NEVER_NEGATIVE}"),
        "refunded": Amount(says=f"All that was given back so far. {NEVER_NEGATIVE}"),
        "score": Whole(least=1, most=5, says="The customer's; 1 is the worst."),
    },
)
BATCH = Record(needed=("orders",), fields={"orders": Many(item=ORDER, most=MOST_AT_ONCE)})
HAPPENED = Record(
    needed=("happening", "at"),
    fields={"happening": OneOf(words=[each.value for each in Happening]), "at": Moment(says="When it happened.")},
)
MOVED = Record(needed=("stage",), fields={"stage": STAGE, "reason": Text(most=2_000, says="Needed for a move back.")})


def incoming(fields: Mapping[str, Any], channel: str, units: Mapping[str, ReferenceId]) -> Incoming:
    """The order that was read, in the words of the rules."""
    known = {name: value for name, value in fields.items() if name not in ("channel", "happened", "status")}
    if unit := known.pop("business_unit", None):
        known["business_unit"] = units[unit]
    happened = {Happening(name): at for name, at in fields.get("happened", {}).items()}
    status = Standing(fields["status"]) if "status" in fields else None
    silent = frozenset(name for name in ORDER.fields if name not in fields)
    return Incoming(channel=channel, happened=happened, status=status, silent=silent, **known)


def repeated(orders: list[dict[str, Any]]) -> list[Flaw]:
    """Numbers that stand in one call twice: which of both was meant last, nobody knows."""
    first: dict[str, int] = {}
    flaws = []
    for place, order in enumerate(orders):
        if (number := order["number"]) in first:
            flaws.append(Flaw(pointer=f"/orders/{place}/number", reason=f"stands in entry {first[number]} already"))
        first.setdefault(number, place)
    return flaws
