"""Channel keys: made and shown once, listed with their last call, revoked for good; all of it in the trail."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest

from tenants.database import Work
from tenants.instance.models.audit import AuditEventRow
from tenants.instance.models.intake import ChannelKeyRow
from tenants.places import Instance
from tenants.secrets import channel_secret
from tests.house import House
from tests.web.client import Client


@pytest.fixture
def address(two_clients: tuple[Instance, Instance]) -> str:
    """The second client's template governs orders."""
    return f"/clients/{two_clients[1].slug}/orders/keys"


def _make(client: Client, address: str, status: int = 200, **typed: str) -> uuid.UUID:
    key = uuid.uuid4()
    client.post(f"{address}/{key}", {"channel": "shop", "label": "Storefront"} | typed, status)
    return key


def test_secret_is_on_the_answer_and_on_no_other_page(
    manager: Client, address: str, house: House, two_clients: tuple[Instance, Instance]
) -> None:
    key = uuid.uuid4()
    secret = channel_secret(house.settings.secret, two_clients[1].id, key)
    made = manager.post(f"{address}/{key}", {"channel": "shop", "label": "Storefront"}, 200)
    assert made.field("shown-secret") == secret
    assert made.headers["Cache-Control"] == "no-store"
    later = manager.get(address)
    assert "Storefront" in later.words
    assert secret not in later.text


def test_secret_is_stored_nowhere(
    manager: Client, address: str, other_work: Work, house: House, two_clients: tuple[Instance, Instance]
) -> None:
    key = _make(manager, address)
    secret = channel_secret(house.settings.secret, two_clients[1].id, key)
    row = other_work.session.get(ChannelKeyRow, key)
    assert row is not None
    assert secret not in repr(vars(row))
    assert not other_work.session.query(AuditEventRow).filter(AuditEventRow.body.contains(secret)).count()


def test_sent_twice_there_is_one_key_and_its_secret_is_not_lost(
    manager: Client, address: str, other_work: Work
) -> None:
    key = _make(manager, address)
    again = manager.post(f"{address}/{key}", {"channel": "shop", "label": "Storefront"}, 200)
    assert again.field("shown-secret")
    events = other_work.session.query(AuditEventRow).filter_by(subject_id=key, kind="ChannelKeyCreated")
    assert events.count() == 1


def test_the_form_of_an_older_key_shows_no_secret(manager: Client, address: str, other_work: Work) -> None:
    key = _make(manager, address)
    with other_work.transaction() as tx:
        row = tx.lock(ChannelKeyRow, key)
        row.created_at -= timedelta(minutes=11)
    manager.post(f"{address}/{key}", {"channel": "shop", "label": "Storefront"}, 303)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"channel": "moon"}, "Choose the channel"),
        ({"label": "  "}, "Say where"),
        ({"label": "x" * 81}, "There is room for 80"),
    ],
)
def test_a_key_needs_a_channel_of_the_template_and_a_label(
    manager: Client, address: str, typed: dict[str, str], words: str
) -> None:
    page = manager.post(f"{address}/{uuid.uuid4()}", {"channel": "shop", "label": "Storefront"} | typed, 422)
    assert any(words in error for error in page.errors())


def test_revoking_is_recorded_and_happens_once(manager: Client, address: str, other_work: Work) -> None:
    key = _make(manager, address, label="To be revoked")
    manager.post(f"{address}/{key}/revocation")
    manager.post(f"{address}/{key}/revocation")
    other_work.session.expire_all()
    row = other_work.session.get(ChannelKeyRow, key)
    assert row is not None
    assert row.revoked_at is not None
    events = other_work.session.query(AuditEventRow).filter_by(subject_id=key, kind="ChannelKeyRevoked")
    assert events.count() == 1
    assert "revoked 20 Nov 2026" in manager.get(address).words


def test_a_key_of_another_client_is_not_there(manager: Client, address: str, home: str, other_work: Work) -> None:
    key = _make(manager, address)
    manager.post(f"{home}/orders/keys/{key}/revocation", status=404)
    row = other_work.session.get(ChannelKeyRow, key)
    assert row is not None
    assert row.revoked_at is None


def test_the_trail_says_who_made_which_key(manager: Client, address: str) -> None:
    _make(manager, address, label="Told in the trail")
    words = manager.get(address.replace("/orders/keys", "/audit")).words
    assert "made a key for the channel “shop”" in words
