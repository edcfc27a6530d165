"""Channel keys: the list that people look through, and one key for the call that it signed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, false, or_, select, true

from domain.access import OrderScope
from domain.ids import ChannelKeyId, PersonId
from domain.orders.keys import ChannelKey
from tenants.database import Work
from tenants.instance.models.intake import ChannelCallRow, ChannelKeyRow
from tenants.instance.models.people import MemberRow


@dataclass(frozen=True, kw_only=True)
class KeyLine:
    """A key in the list; `created_by` is a name."""

    id: ChannelKeyId
    channel: str
    label: str
    created_by: str
    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


def list_channel_keys(work: Work, scope: OrderScope) -> Sequence[KeyLine]:
    """The keys of the reader's channels: those in use first, then by name."""
    mine = true() if scope.everything else or_(false(), ChannelKeyRow.channel.in_(sorted(scope.channels)))
    statement = (
        select(ChannelKeyRow, MemberRow.name)
        .join(MemberRow, MemberRow.id == ChannelKeyRow.created_by)
        .where(mine)
        .order_by(ChannelKeyRow.revoked_at.is_not(None), ChannelKeyRow.channel, ChannelKeyRow.label, ChannelKeyRow.id)
    )
    return [_line(row, name) for row, name in work.session.execute(statement)]


def find_channel_key(work: Work, key: ChannelKeyId) -> ChannelKey | None:
    row = work.session.get(ChannelKeyRow, key)
    return to_channel_key(row) if row else None


@dataclass(frozen=True, kw_only=True)
class KeptCall:
    """A call that was answered. `digest` is of what it said."""

    digest: str
    status: int
    answer: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class KeyInUse:
    """A key that a call was signed with, when it was used before, and what this call was answered if it was here."""

    key: ChannelKey
    last_used_at: datetime | None
    kept: KeptCall | None


KEY, CALL = ChannelKeyRow.__table__.c, ChannelCallRow.__table__.c
SIGNED = (
    select(*KEY, CALL.digest, CALL.status, CALL.answer)
    .select_from(ChannelKeyRow)
    .outerjoin(
        ChannelCallRow,
        and_(
            ChannelCallRow.key_id == ChannelKeyRow.id,
            ChannelCallRow.idempotency_key == bindparam("idempotency_key"),
        ),
    )
    .where(ChannelKeyRow.id == bindparam("key"), ChannelKeyRow.revoked_at.is_(None))
)


def find_key_in_use(work: Work, key: ChannelKeyId, idempotency_key: str) -> KeyInUse | None:
    """None for a key that was never made or is revoked. One statement, which stands by itself."""
    signed = {"key": key, "idempotency_key": idempotency_key}
    row = work.alone().execute(SIGNED, signed).one_or_none()
    if row is None:
        return None
    kept = KeptCall(digest=row.digest, status=row.status, answer=row.answer) if row.digest else None
    return KeyInUse(key=to_channel_key(row), last_used_at=row.last_used_at, kept=kept)


def to_channel_key(row: Any) -> ChannelKey:
    return ChannelKey(
        id=ChannelKeyId(row.id),
        channel=row.channel,
        label=row.label,
        created_by=PersonId(row.created_by),
        created_at=row.created_at,
        revoked_at=row.revoked_at,
    )


def _line(row: ChannelKeyRow, name: str) -> KeyLine:
    return KeyLine(
        id=ChannelKeyId(row.id),
        channel=row.channel,
        label=row.label,
        created_by=name,
        created_at=row.created_at,
        last_used_at=row.last_used_at,
        revoked_at=row.revoked_at,
    )
