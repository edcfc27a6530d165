"""The shape of an outbox row: what must happen after a commit. The same in the platform and in every instance."""

from datetime import datetime

from sqlalchemy import DateTime, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from tenants.columns import Json, Key, Moment, Name


class OutboxColumns:
    """`enqueued_at` is when the relay last handed it to the queue, `done_at` when a worker finished it.

    A worker claims the row with a lease; a lease that ran out is a worker that died.
    """

    id: Mapped[Key]
    job: Mapped[Name]
    arguments: Mapped[Json]
    created_at: Mapped[Moment]
    enqueued_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    leased_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    done_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    failure: Mapped[str] = mapped_column(Text, server_default="")
