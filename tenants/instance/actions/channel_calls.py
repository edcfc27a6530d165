"""A call of a machine, answered once: the same idempotency key again gets the answer that was given."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert

from domain.access import Actor
from domain.ids import PersonId
from domain.orders.keys import ChannelKey
from domain.refusals import Refusal
from tenants.instance.models.intake import ChannelCallRow
from tenants.instance.transaction import Transaction


@dataclass(frozen=True, kw_only=True)
class Call:
    """A call that changes something. `digest` is of its method, its address and its body."""

    key: ChannelKey
    idempotency_key: str
    digest: str

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


def find_answer(tx: Transaction, call: Call) -> Answer | OtherCall | None:
    """What was answered to this call before; None for a new one."""
    row = tx.session.get(ChannelCallRow, (call.key.id, call.idempotency_key))
    if row is None:
        return None
    if row.digest != call.digest:
        return OtherCall(idempotency_key=call.idempotency_key)
    return Answer(status=row.status, body=row.answer)


def keep_answer(tx: Transaction, call: Call, answer: Answer) -> Answer:
    """In the transaction of what it tells of. Of two of the same, one meets the other's row and is done again."""
    values = {
        "key_id": call.key.id,
        "idempotency_key": call.idempotency_key,
        "digest": call.digest,
        "status": answer.status,
        "answer": dict(answer.body),
        "at": tx.work.now(),
    }
    tx.session.flush()
    tx.session.execute(insert(ChannelCallRow.__table__), values)  # type: ignore[arg-type]
    return answer
