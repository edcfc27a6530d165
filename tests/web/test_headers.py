"""What the browser is told on every answer, what the service tells about itself, and how errors look."""

from __future__ import annotations

import uuid
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask, request

from tests.house import House
from tests.web.client import Client, statements
from web.app import create_app


def test_sign_in_page_is_valid_and_guarded(anonymous: Client) -> None:
    page = anonymous.get("/sign-in")
    assert page.headers["Cache-Control"] == "no-store"
    assert "HX-Request" in page.headers["Vary"]
    assert "HttpOnly" in page.headers["Set-Cookie"] and "SameSite=Lax" in page.headers["Set-Cookie"]
    assert "Strict-Transport-Security" not in page.headers


def test_policy_allows_nothing_from_elsewhere(anonymous: Client) -> None:
    policy = anonymous.get("/sign-in").headers["Content-Security-Policy"]
    assert "unsafe" not in policy and "data:" not in policy and "*" not in policy
    for rule in ("default-src 'self'", "object-src 'none'", "base-uri 'none'", "form-action 'self'"):
        assert rule in policy


def test_https_makes_the_cookie_a_host_cookie_and_pins_https(house: House) -> None:
    site = create_app(replace(house.settings, public_url="https://mandate.example"))
    response = site.test_client().get("/sign-in", base_url="https://mandate.example")
    cookie = response.headers["Set-Cookie"]
    assert cookie.startswith("__Host-mandate=") and "Secure" in cookie and "Path=/" in cookie
    assert "Domain" not in cookie
    assert response.headers["Strict-Transport-Security"].startswith("max-age=63072000")


def test_foreign_host_is_refused(site: Flask) -> None:
    assert site.test_client().get("/sign-in", headers={"Host": "evil.example"}).status_code == 400


def test_request_id_is_taken_only_as_a_uuid(anonymous: Client) -> None:
    mine = str(uuid.uuid4())
    assert anonymous.get("/sign-in", headers={"X-Request-ID": mine}).headers["X-Request-ID"] == mine
    made = anonymous.get("/sign-in", headers={"X-Request-ID": "<script>"}).headers["X-Request-ID"]
    assert uuid.UUID(made)


def test_static_files_with_todays_version_are_kept_for_ever(anonymous: Client) -> None:
    page = anonymous.get("/sign-in")
    [sheet] = [link.get("href", "") for link in page.all("link", rel="stylesheet")]
    assert sheet.startswith("/static/v-")
    assert "immutable" in anonymous.get(sheet).headers["Cache-Control"]
    assert anonymous.get("/static/css/mandate.css").headers["Cache-Control"].startswith("no-cache")
    anonymous.get("/static/../app.py", 404)


def test_a_browser_asks_for_one_style_sheet_that_holds_all_others(anonymous: Client) -> None:
    answer = anonymous.get("/static/css/mandate.css")
    folder = Path(__file__).resolve().parents[2] / "web" / "static" / "css"
    assert "@import" not in answer.text and "@charset" not in answer.text
    assert "@layer vendor {" in answer.text
    assert all(path.read_text() in answer.text for path in folder.glob("*.css") if path.name != "mandate.css")
    kept = {"If-None-Match": answer.headers["ETag"]}
    assert anonymous.http.get("/static/css/mandate.css", headers=kept).status_code == 304


def test_health_is_open(anonymous: Client) -> None:
    assert anonymous.get("/healthz").text == "ok\n"
    assert anonymous.get("/readyz").text == "database ok\nredis unreachable\n"


def test_metrics_count_by_route_and_name_no_tenant(manager: Client, home: str) -> None:
    manager.http.get(f"{home}/nowhere")
    text = manager.get("/metrics").text
    assert 'mandate_requests_total{method="GET",route="/metrics",status="200"}' in text or "mandate_requests" in text
    assert home.rsplit("/", 1)[1] not in text


def test_absent_page_says_so(manager: Client, anonymous: Client) -> None:
    assert manager.get("/nowhere", 404).title == "There is nothing here for you"
    assert anonymous.get("/nowhere", 404)


def test_file_over_12_megabytes_is_refused(manager: Client) -> None:
    page = manager.http.post("/account/theme", data={"file": (BytesIO(bytes(13 * 1024 * 1024)), "large.xlsx")})
    assert page.status_code == 413
    assert "This is too large" in page.get_data(as_text=True)


def test_unreachable_database_is_a_plain_page_and_not_ready(house: House) -> None:
    gone = replace(house.settings, platform_url="postgresql://mandate_platform:x@127.0.0.1:1/none")
    client = Client(create_app(gone))
    with client.http.session_transaction() as cookie:
        cookie["_user_id"] = "a session from before"
    page = client.get("/account", 503)
    assert page.headers["Retry-After"] == "10"
    assert client.get("/healthz")
    assert "database unreachable" in client.get("/readyz", 503).text


def test_bug_is_a_calm_page_with_the_request_id(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    site = create_app(house.settings)

    def broken() -> str:
        raise ValueError("a secret detail")

    site.view_functions["identity.signin.show"] = broken
    broken.need = site.view_functions["identity.passwords.new"].need  # type: ignore[attr-defined]
    page = Client(site).get("/sign-in", 500)
    assert "a secret detail" not in page.text
    assert page.headers["X-Request-ID"] in page.text


def test_mailbox_exists_only_where_it_is_set_and_shows_letters(house: House, anonymous: Client, tmp_path: Path) -> None:
    anonymous.get("/mailbox", 404)
    letter = (
        "From: Mandate <no-reply@mandate.invalid>\nTo: Ö <o@people.example>\nSubject: Your access to Nordfrakt\n"
        "Content-Type: text/plain; charset=utf-8\n\nHello <b>,\n\nhttp://localhost/invitations/abc-1\n\nEnd.\n"
    )
    (tmp_path / "1.eml").write_text(letter, encoding="utf-8")
    local = Client(create_app(replace(house.settings, mailbox=str(tmp_path))))
    assert "/mailbox/1.eml" in local.get("/mailbox").links()
    page = local.get("/mailbox/1.eml")
    assert "http://localhost/invitations/abc-1" in page.links() and "Hello <b>," in page.words
    local.get("/mailbox/2.eml", 404)
    local.get("/mailbox/..%2Fsecret.eml", 404)


def test_page_of_the_account_needs_few_statements(site: Flask, manager: Client) -> None:
    manager.get("/account")
    with statements(site) as seen:
        manager.get("/account")
    assert len(seen) <= 5, "\n".join(seen)


def test_address_behind_a_proxy_is_the_callers(house: House) -> None:
    seen = []
    site = create_app(replace(house.settings, proxies=1))
    site.before_request(lambda: seen.append(request.remote_addr))
    site.test_client().get("/healthz", headers={"X-Forwarded-For": "198.51.100.7, 203.0.113.5"})
    plain = create_app(house.settings)
    plain.before_request(lambda: seen.append(request.remote_addr))
    plain.test_client().get("/healthz", headers={"X-Forwarded-For": "203.0.113.5"})
    assert seen == ["203.0.113.5", "127.0.0.1"]
