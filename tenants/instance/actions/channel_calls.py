"""A call of a machine, answered once: the same idempotency key again gets the answer that was given."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.exc import IntegrityError

from domain.access import Actor
from domain.ids import PersonId
from domain.orders.keys import ChannelKey
from domain.refusals import Refusal
from tenants.database import Work
from tenants.instance.models.intake import ChannelCallRow
from tenants.instance.queries.channel_keys import KeptCall, find_key_in_use
from tenants.instance.transaction import Transaction


@dataclass(frozen=True, kw_only=True)
class Call:
    """A call that changes something. `digest` is of method, address and body, `kept` what it was answered before."""

    key: ChannelKey
    idempotency_key: str
    digest: str
    kept: KeptCall | None = None

    @property
    def actor(self) -> Actor:
        """How the trail calls the machine: the key's id, and where the key is used. It holds no role."""
        return Actor(person=PersonId(self.key.id), name=self.key.label)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the machine is told: a status of HTTP and plain data."""

    status: int
    body: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class OtherCall(Refusal):
    """The idempotency key was used for a call that said something else."""

    idempotency_key: str


def once(work: Work, call: Call, act: Callable[[], Answer]) -> Answer | OtherCall:
    """What was answered before, else what `act` answers and keeps.

    Of two of the same at once, the one that commits second undoes what it did and says what the first one said.
    """
    kept = call.kept
    if kept is None:
        try:
            return act()
        except IntegrityError:
            found = find_key_in_use(work, call.key.id, call.idempotency_key)
            if found is None or found.kept is None:
                raise
            kept = found.kept
    if kept.digest != call.digest:
        return OtherCall(idempotency_key=call.idempotency_key)
    return Answer(status=kept.status, body=kept.answer)


def keep_answer(tx: Transaction, call: Call, answer: Answer) -> Answer:
    """In the transaction of what it tells of."""
    values = {
        "key_id": call.key.id,
        "idempotency_key": call.idempotency_key,
        "digest": call.digest,
        "status": answer.status,
        "answer": dict(answer.body),
        "at": tx.work.now(),
    }
    tx.insert_many(ChannelCallRow, [values])
    return answer
