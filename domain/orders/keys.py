"""Channel keys: by which a shop delivers the orders of one channel, and which are ended for good. DOMAIN.md, 5."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from domain.access import Actor, Capability, NotAllowed
from domain.ids import ChannelKeyId, PersonId
from domain.refusals import Refusal

MOST_KEYS = 20  # in use at once, so that the list can be looked through


@dataclass(frozen=True, kw_only=True)
class ChannelKey:
    """A key of one channel. Its secret is derived from its id and is no part of it."""

    id: ChannelKeyId
    channel: str
    label: str
    created_by: PersonId
    created_at: datetime
    revoked_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class ChannelKeyCreated:
    key: ChannelKey


@dataclass(frozen=True, kw_only=True)
class ChannelKeyRevoked:
    key_id: ChannelKeyId
    channel: str
    label: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class UnknownChannel(Refusal):
    """The template has no such channel."""

    channel: str


@dataclass(frozen=True, kw_only=True)
class TooManyKeys(Refusal):
    """As many keys as may be in use are in use."""

    most: int


@dataclass(frozen=True, kw_only=True)
class KeyRevokedAlready(Refusal):
    label: str


def decide_create_key(
    wish: ChannelKey, channels: Collection[str], in_use: int, actor: Actor
) -> ChannelKeyCreated | Refusal:
    """A key for one of the template's channels, by whoever may give keys for that channel."""
    if not _may(actor, wish.channel):
        return NotAllowed(capability=Capability.MANAGE_CHANNEL_KEYS)
    if wish.channel not in channels:
        return UnknownChannel(channel=wish.channel)
    if in_use >= MOST_KEYS:
        return TooManyKeys(most=MOST_KEYS)
    return ChannelKeyCreated(key=wish)


def decide_revoke_key(key: ChannelKey, actor: Actor, now: datetime) -> ChannelKeyRevoked | Refusal:
    """The end of a key: it opens nothing from now on, and there is no way back."""
    if not _may(actor, key.channel):
        return NotAllowed(capability=Capability.MANAGE_CHANNEL_KEYS)
    if key.revoked_at is not None:
        return KeyRevokedAlready(label=key.label)
    return ChannelKeyRevoked(key_id=key.id, channel=key.channel, label=key.label, at=now)


def _may(actor: Actor, channel: str) -> bool:
    return actor.orders(Capability.MANAGE_CHANNEL_KEYS).covers(channel, None)
