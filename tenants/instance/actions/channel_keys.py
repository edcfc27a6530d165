"""Channel keys: give one, and end one for good. Both are in the trail; the secret is nowhere."""

from datetime import timedelta

from sqlalchemy import func, select, update

from domain.access import Actor
from domain.ids import ChannelKeyId
from domain.orders.keys import (
    ChannelKey,
    ChannelKeyCreated,
    ChannelKeyRevoked,
    decide_create_key,
    decide_revoke_key,
)
from domain.refusals import Refusal
from tenants.database import Work, action
from tenants.instance.actions.order_taking import rules_of
from tenants.instance.models.intake import ChannelKeyRow
from tenants.instance.queries.channel_keys import KeyInUse, to_channel_key
from tenants.instance.queries.governance import get_governance
from tenants.instance.transaction import Subject

NOTED_EVERY = timedelta(minutes=1)


@action
def create_channel_key(
    work: Work, key_id: ChannelKeyId, channel: str, label: str, actor: Actor
) -> ChannelKeyCreated | Refusal:
    """A key for one channel. The id comes from the form: sent twice, it is there once."""
    with work.transaction() as tx:
        if existing := tx.session.get(ChannelKeyRow, key_id):
            return ChannelKeyCreated(key=to_channel_key(existing))
        rules = rules_of(get_governance(work))
        in_use = select(func.count()).select_from(ChannelKeyRow).where(ChannelKeyRow.revoked_at.is_(None))
        wish = ChannelKey(id=key_id, channel=channel, label=label, created_by=actor.person, created_at=work.now())
        outcome = decide_create_key(wish, [each.code for each in rules.channels], tx.session.scalar(in_use), actor)
        if isinstance(outcome, Refusal):
            return tx.refuse(outcome, actor, _subject(wish))
        tx.add(_row(outcome.key))
        tx.record(outcome, actor, _subject(outcome.key))
    return outcome


@action
def revoke_channel_key(work: Work, key_id: ChannelKeyId, actor: Actor) -> ChannelKeyRevoked | Refusal:
    """End a key; it opens nothing from the commit on. Raises NotFound."""
    with work.transaction() as tx:
        row = tx.lock(ChannelKeyRow, key_id)
        outcome = decide_revoke_key(to_channel_key(row), actor, work.now())
        if isinstance(outcome, Refusal):
            return tx.refuse(outcome, actor, _subject(to_channel_key(row)))
        row.revoked_at = outcome.at
        tx.record(outcome, actor, _subject(to_channel_key(row)))
    return outcome


def note_used(work: Work, found: KeyInUse) -> None:
    """Keep when a key was used last; written at most once a minute, however often it calls."""
    if found.last_used_at is None or work.now() - found.last_used_at >= NOTED_EVERY:
        _note_used(work, found.key.id)


@action
def _note_used(work: Work, key_id: ChannelKeyId) -> None:
    with work.transaction() as tx:
        tx.session.execute(update(ChannelKeyRow).where(ChannelKeyRow.id == key_id).values(last_used_at=work.now()))


def _row(key: ChannelKey) -> ChannelKeyRow:
    names = ("id", "channel", "label", "created_by", "created_at")
    return ChannelKeyRow(**{name: getattr(key, name) for name in names})


def _subject(key: ChannelKey) -> Subject:
    return Subject(kind="channel_key", id=key.id, label=key.label)
