"""What the browser is told on every answer, and what the service tells about itself."""

from tests.web.client import Client


def test_sign_in_page_is_valid_and_guarded(anonymous: Client) -> None:
    page = anonymous.get("/sign-in")
    assert page.headers["Cache-Control"] == "no-store"
    assert "HX-Request" in page.headers["Vary"]
    assert "HttpOnly" in page.headers["Set-Cookie"] and "SameSite=Lax" in page.headers["Set-Cookie"]


def test_health_is_open(anonymous: Client) -> None:
    assert anonymous.get("/healthz").text == "ok\n"
    assert "database ok\nredis unreachable" in anonymous.get("/readyz").text


def test_account_page(manager: Client) -> None:
    assert manager.get("/account").title == "Your account"
