"""Channel keys: the list that people look through, and one key for the call that it signed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import false, or_, select, true

from domain.access import OrderScope
from domain.ids import ChannelKeyId, PersonId
from domain.orders.keys import ChannelKey
from tenants.database import Work
from tenants.instance.models.intake import ChannelKeyRow
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
class KeyInUse:
    """A key that a call was signed with, and when it was used before."""

    key: ChannelKey
    last_used_at: datetime | None


def find_key_in_use(work: Work, key: ChannelKeyId) -> KeyInUse | None:
    """None for a key that was never made or is revoked."""
    row = work.session.scalar(select(ChannelKeyRow).where(ChannelKeyRow.id == key, ChannelKeyRow.revoked_at.is_(None)))
    return KeyInUse(key=to_channel_key(row), last_used_at=row.last_used_at) if row else None


def to_channel_key(row: ChannelKeyRow) -> ChannelKey:
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
