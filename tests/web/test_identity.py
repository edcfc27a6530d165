"""Sign-in, sessions, invitations and passwords."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import select

from domain.ids import PersonId
from tenants.database import PlatformWork
from tenants.platform.actions.invitations import issue_token
from tenants.platform.actions.passwords import PasswordFault, password_fault
from tenants.platform.actions.people import ensure_people
from tenants.platform.actions.signin import hasher
from tenants.platform.models.outbox import PlatformOutboxRow
from tenants.platform.models.people import PersonRow, SessionRow, SignInAttemptRow, TokenRow
from tests.house import NOW, House
from tests.web.client import Client

GOOD = "violet harbour seven kites"
QUICK = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
HASH = QUICK.hash(GOOD)


@pytest.fixture(autouse=True)
def passwords_are_quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hash takes long on purpose; only what is said about its strength needs the real one."""
    monkeypatch.setattr("tenants.platform.actions.signin.hasher", QUICK)
    monkeypatch.setattr("tenants.platform.actions.passwords.hasher", QUICK)


@pytest.fixture
def platform(house: House) -> Iterator[PlatformWork]:
    with house.app.app_context():
        work = house.platform()
        yield work
        work.close()


@pytest.fixture
def person(platform: PlatformWork) -> PersonRow:
    """Somebody with a password and no place to go."""
    return make_person(platform, password_hash=HASH)


def make_person(platform: PlatformWork, **values: Any) -> PersonRow:
    email = f"p{uuid.uuid4().hex[:8]}@people.example"
    identity = ensure_people(platform, {email: "Johan Ekberg"})[email]
    with platform.transaction() as tx:
        row = tx.lock(PersonRow, identity)
        for name, value in values.items():
            setattr(row, name, value)
    return row


def sign_in(client: Client, email: str, password: str = GOOD, status: int = 303, **options: Any) -> Any:
    return client.post("/sign-in", {"email": email, "password": password}, status, **options)


def later(site: Flask, **duration: float) -> None:
    site.extensions["clock"] = lambda: NOW + timedelta(**duration)


def jobs(platform: PlatformWork, person: PersonId) -> list[str]:
    platform.session.rollback()
    rows = platform.session.scalars(select(PlatformOutboxRow).order_by(PlatformOutboxRow.created_at))
    return [row.job for row in rows if row.arguments.get("person_id") == str(person)]


# Signing in and out


def test_sign_in_leads_to_the_page_that_was_wanted(anonymous: Client, person: PersonRow) -> None:
    assert anonymous.get("/account", 303).location == "/sign-in?next=%2Faccount"
    data = {"email": f" {person.email.upper()} ", "password": GOOD, "next": "/account"}
    assert anonymous.post("/sign-in", data).location == "/account"
    assert "Johan Ekberg" in anonymous.get("/account").words
    assert anonymous.get("/sign-in", 303).location == "/"


@pytest.mark.parametrize("address", ["https://evil.example/", "//evil.example", "/\\evil.example", "evil"])
def test_sign_in_never_leads_elsewhere(anonymous: Client, person: PersonRow, address: str) -> None:
    page = anonymous.post("/sign-in", {"email": person.email, "password": GOOD, "next": address})
    assert page.location == "/"


def test_unknown_account_and_wrong_password_get_the_same_words(
    anonymous: Client, person: PersonRow, platform: PlatformWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    verified: list[str] = []
    monkeypatch.setattr("tenants.platform.actions.signin.matches", lambda kept, _: bool(verified.append(kept)))
    invited = make_person(platform)
    gone = make_person(platform, password_hash=HASH, is_active=False)
    answers = {
        sign_in(anonymous, email, "wrong password", 422).text.replace(email, "")
        for email in (person.email, invited.email, gone.email, f"{uuid.uuid4()}@nowhere.example")
    }
    without_token = {re.sub(r'name="csrf_token" value="[^"]*"', "", answer) for answer in answers}
    assert len(without_token) == 1
    assert len(verified) == 4 and all(kept.startswith("$argon2id$") for kept in verified)


def test_session_is_new_at_sign_in_and_dead_after_sign_out(site: Flask, person: PersonRow) -> None:
    client, thief = Client(site), Client(site)
    before = client.get("/sign-in").headers["Set-Cookie"]
    sign_in(client, person.email)
    cookie = client.http.get_cookie("mandate")
    assert cookie is not None and cookie.value not in before
    thief.http.set_cookie("mandate", cookie.value)
    assert thief.get("/account")
    assert client.post("/sign-out").location == "/sign-in"
    assert thief.get("/account", 303).location.startswith("/sign-in")
    assert client.get("/account", 303)


def test_only_the_hash_of_a_session_is_stored(anonymous: Client, person: PersonRow, platform: PlatformWork) -> None:
    sign_in(anonymous, person.email)
    with anonymous.http.session_transaction() as cookie:
        token = cookie["_user_id"]
    rows = platform.session.scalars(select(SessionRow).where(SessionRow.person_id == person.id)).all()
    assert len(rows) == 1 and token not in rows[0].id_hash and len(token) >= 43


def test_session_idles_out_after_an_hour(site: Flask, anonymous: Client, person: PersonRow) -> None:
    sign_in(anonymous, person.email)
    later(site, minutes=59)
    assert anonymous.get("/account")
    later(site, minutes=59 + 59)
    assert anonymous.get("/account")
    later(site, minutes=59 + 59 + 60)
    assert anonymous.get("/account", 303)


def test_session_ends_after_twelve_hours_however_busy(site: Flask, anonymous: Client, person: PersonRow) -> None:
    sign_in(anonymous, person.email)
    for half_hours in range(1, 24):
        later(site, minutes=30 * half_hours)
        anonymous.get("/account")
    later(site, hours=12)
    assert anonymous.get("/account", 303)


def test_last_seen_is_written_once_a_minute(
    site: Flask, anonymous: Client, person: PersonRow, platform: PlatformWork
) -> None:
    sign_in(anonymous, person.email)

    def seen_after(seconds: int) -> timedelta:
        later(site, seconds=seconds)
        anonymous.get("/account")
        platform.session.rollback()
        row = platform.session.scalar(select(SessionRow).where(SessionRow.person_id == person.id))
        assert row is not None
        platform.session.refresh(row)
        return row.seen_at - NOW

    assert [seen_after(s).seconds for s in (30, 59, 61, 90)] == [0, 0, 61, 61]


def test_other_session_is_listed_and_can_be_ended(site: Flask, person: PersonRow) -> None:
    here, there = Client(site), Client(site)
    for client in (here, there):
        sign_in(client, person.email)
    page = here.get("/account")
    assert page.words.count("this device") == 1
    action = next(form.get("action", "") for form in page.all("form") if "/account/sessions/" in form.get("action", ""))
    here.post(action)
    assert there.get("/account", 303)
    assert here.get("/account")


def test_nobody_ends_the_session_of_another(
    site: Flask, person: PersonRow, manager: Client, platform: PlatformWork
) -> None:
    victim = Client(site)
    sign_in(victim, person.email)
    row = platform.session.scalar(select(SessionRow).where(SessionRow.person_id == person.id))
    assert row is not None
    manager.post(f"/account/sessions/{row.id_hash}/end", status=404)
    assert victim.get("/account")


def test_person_who_is_no_longer_active_is_out_at_once(
    anonymous: Client, person: PersonRow, platform: PlatformWork
) -> None:
    sign_in(anonymous, person.email)
    with platform.transaction() as tx:
        tx.lock(PersonRow, person.id).is_active = False
    assert anonymous.get("/account", 303)


def test_weak_hash_is_made_anew_at_sign_in(
    anonymous: Client, platform: PlatformWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tenants.platform.actions.signin.hasher", hasher)
    person = make_person(platform, password_hash=HASH)
    sign_in(anonymous, person.email)
    platform.session.rollback()
    platform.session.refresh(person)
    assert "m=65536" in person.password_hash


# The rate limit


def test_sixth_failure_is_not_looked_at(site: Flask, anonymous: Client, person: PersonRow) -> None:
    for _ in range(5):
        sign_in(anonymous, person.email, "wrong password", 422)
    page = sign_in(anonymous, person.email, GOOD, 429)
    assert page.headers["Retry-After"] == "900"
    assert "15 minutes" in page.words
    later(site, minutes=15, seconds=1)
    sign_in(anonymous, person.email)


def test_right_password_clears_the_count(anonymous: Client, person: PersonRow) -> None:
    for _ in range(2):
        for _ in range(4):
            sign_in(anonymous, person.email, "wrong password", 422)
        sign_in(anonymous, person.email)
        anonymous.post("/sign-out")


def test_unknown_account_is_limited_too(anonymous: Client) -> None:
    email = f"{uuid.uuid4()}@nowhere.example"
    for _ in range(5):
        sign_in(anonymous, email, "wrong password", 422)
    sign_in(anonymous, email, "wrong password", 429)


def test_address_is_limited_over_all_accounts(
    site: Flask, anonymous: Client, person: PersonRow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tenants.platform.actions.signin.matches", lambda kept, given: given == GOOD)
    origin = {"environ_overrides": {"REMOTE_ADDR": "203.0.113.9"}}
    for number in range(30):
        sign_in(anonymous, f"a{number}-{uuid.uuid4()}@nowhere.example", "wrong", 422, **origin)
    sign_in(anonymous, person.email, GOOD, 429, **origin)
    sign_in(anonymous, person.email, GOOD, 303, environ_overrides={"REMOTE_ADDR": "203.0.113.10"})


def test_guesses_sent_at_once_are_counted_too(site: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at: list[str] = []

    def slowly(_kept: str, given: str) -> bool:
        looked_at.append(given)
        time.sleep(0.05)
        return False

    monkeypatch.setattr("tenants.platform.actions.signin.matches", slowly)
    email = f"{uuid.uuid4()}@nowhere.example"

    def guess(number: int) -> int:
        client = Client(site)
        data = {"email": email, "password": f"guess {number}", "csrf_token": client.csrf_token()}
        return client.http.post("/sign-in", data=data).status_code

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(guess, range(16)))
    assert len(looked_at) <= 5 and answers.count(429) >= 11


def test_no_address_and_no_password_are_stored_with_an_attempt(anonymous: Client, platform: PlatformWork) -> None:
    email = f"{uuid.uuid4()}@nowhere.example"
    sign_in(anonymous, email, "a secret guess", 422)
    rows = platform.session.scalars(select(SignInAttemptRow))
    assert all(len(row.subject) == 64 for row in rows)


# Invitations


def test_invitation_sets_name_and_password_once(site: Flask, platform: PlatformWork) -> None:
    person = make_person(platform)
    token = issue_token(platform, person.id, "invitation")
    client = Client(site)
    page = client.get(f"/invitations/{token}")
    assert page.field("name") == "Johan Ekberg" and person.email in page.words
    data = {"name": "Johan A. Ekberg", "password": GOOD, "again": GOOD}
    assert client.post(f"/invitations/{token}", data).location == "/"
    assert "Johan A. Ekberg" in client.get("/account").words
    dead = Client(site).get(f"/invitations/{token}", 410)
    assert dead.title == "This link has been used" and "/password-resets/new" in dead.links()
    Client(site).post(f"/invitations/{token}", data, 410)
    sign_in(Client(site), person.email)


@pytest.mark.parametrize(
    ("data", "error"),
    [
        ({"name": "", "password": GOOD, "again": GOOD}, "Say your name"),
        ({"name": "Johan", "password": "short", "again": "short"}, "Too short"),
        ({"name": "Johan", "password": GOOD, "again": GOOD + "x"}, "The two passwords differ"),
        ({"name": "Johan", "password": "password1234", "again": "password1234"}, "guessed first"),
        ({"name": "Johan Ekberg", "password": "Johan-2026!!", "again": "Johan-2026!!"}, "your own name"),
    ],
)
def test_invitation_says_what_is_wrong_at_the_field(
    anonymous: Client, platform: PlatformWork, data: dict[str, str], error: str
) -> None:
    token = issue_token(platform, make_person(platform).id, "invitation")
    page = anonymous.post(f"/invitations/{token}", data, 422)
    assert len(page.errors()) == 1 and error in page.errors()[0]
    assert GOOD not in page.text
    assert anonymous.get(f"/invitations/{token}")


def test_invitation_expires_after_seven_days(site: Flask, anonymous: Client, platform: PlatformWork) -> None:
    token = issue_token(platform, make_person(platform).id, "invitation")
    later(site, days=7)
    assert anonymous.get(f"/invitations/{token}", 410).title == "This link has expired"
    assert anonymous.get("/invitations/made-up", 410).title == "This link does not work"


def test_only_the_hash_of_a_link_is_stored(platform: PlatformWork) -> None:
    token = issue_token(platform, make_person(platform).id, "invitation")
    assert token not in {row.id_hash for row in platform.session.scalars(select(TokenRow))}


def test_reset_link_is_no_invitation(anonymous: Client, platform: PlatformWork, person: PersonRow) -> None:
    token = issue_token(platform, person.id, "password_reset")
    anonymous.get(f"/invitations/{token}", 410)


# Passwords


def test_reset_gives_the_same_answer_to_all_and_mails_only_those_who_exist(
    anonymous: Client, platform: PlatformWork, person: PersonRow
) -> None:
    invited = make_person(platform)
    answers = [
        anonymous.post("/password-resets", {"email": email}).location
        for email in (person.email, invited.email, "nobody@nowhere.example")
    ]
    assert set(answers) == {"/password-resets/sent"}
    assert anonymous.get("/password-resets/sent").title == "Look into your mail"
    assert jobs(platform, PersonId(person.id)) == ["send_password_reset"]
    assert jobs(platform, PersonId(invited.id)) == ["send_invitation"]


def test_mailbox_of_somebody_cannot_be_flooded(anonymous: Client, platform: PlatformWork, person: PersonRow) -> None:
    for _ in range(6):
        anonymous.post("/password-resets", {"email": person.email})
    assert len(jobs(platform, PersonId(person.id))) == 3


def test_reset_ends_every_session_and_works_once(site: Flask, platform: PlatformWork, person: PersonRow) -> None:
    old, new = Client(site), Client(site)
    sign_in(old, person.email)
    token = issue_token(platform, person.id, "password_reset")
    data = {"password": "amber tram below snow", "again": "amber tram below snow"}
    assert new.get(f"/password-resets/{token}").title == "New password"
    assert new.post(f"/password-resets/{token}", data).location == "/sign-in"
    assert "The new password is set" in new.get("/sign-in").words
    assert old.get("/account", 303)
    new.get(f"/password-resets/{token}", 410)
    sign_in(new, person.email, GOOD, 422)
    sign_in(new, person.email, data["password"])


def test_reset_link_expires_after_an_hour(
    site: Flask, anonymous: Client, platform: PlatformWork, person: PersonRow
) -> None:
    token = issue_token(platform, person.id, "password_reset")
    later(site, hours=1)
    anonymous.get(f"/password-resets/{token}", 410)


def test_change_of_password_needs_the_current_one_and_ends_other_sessions(site: Flask, person: PersonRow) -> None:
    here, there = Client(site), Client(site)
    for client in (here, there):
        sign_in(client, person.email)
    data = {"current": "not this one", "password": "amber tram below snow", "again": "amber tram below snow"}
    assert "not the password" in here.post("/account/password", data, 422).errors()[0]
    here.post("/account/password", data | {"current": GOOD})
    assert there.get("/account", 303)
    assert here.get("/account")


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("eleven char", PasswordFault.TOO_SHORT),
        ("a" * 129, PasswordFault.TOO_LONG),
        ("aaaaaaaaaaaa", PasswordFault.TOO_COMMON),
        ("Administrator1", PasswordFault.TOO_COMMON),
        ("ekberg202611", PasswordFault.TOO_PERSONAL),
        (GOOD, None),
    ],
)
def test_password_rules(password: str, fault: PasswordFault | None) -> None:
    assert password_fault(password, "johan.ekberg@lindqvist.example", "Johan Ekberg") is fault


# The rest of the account


def test_theme_is_kept_and_leads_back(manager: Client) -> None:
    page = manager.post("/account/theme", {"theme": "dark", "next": "/account?x=1"})
    assert page.location == "/account?x=1"
    assert 'data-bs-theme="dark"' in manager.get("/account").text
    manager.post("/account/theme", {"theme": "system", "next": "https://evil.example"})
    assert "data-bs-theme" not in manager.get("/account").text
    manager.post("/account/theme", {"theme": "purple"}, 422)


def test_form_without_token_is_refused(anonymous: Client, person: PersonRow) -> None:
    anonymous.post("/sign-in", {"email": person.email, "password": GOOD, "csrf_token": "made-up"}, 400)
    anonymous.post("/sign-in", {"email": person.email, "password": GOOD, "csrf_token": ""}, 400)


def test_form_from_another_site_is_refused(manager: Client) -> None:
    manager.post("/account/theme", {"theme": "dark"}, 403, headers={"Sec-Fetch-Site": "cross-site"})
    manager.post("/account/theme", {"theme": "dark"}, 403, headers={"Sec-Fetch-Site": "same-site"})
