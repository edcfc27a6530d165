"""What the browser is told and what a request must prove: headers, cookies, hosts, CSRF. Source: DESIGN.md, 8."""

from urllib.parse import urlsplit

from flask import Flask, abort, current_app, g, request
from flask_login import current_user
from flask_wtf.csrf import CSRFProtect
from werkzeug.wrappers import Response

from domain.evidence import FILE_LIMIT
from tenants.settings import Settings

POLICY = "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
MEBIBYTE = 1024 * 1024
UPLOADS = {"instance.measures.add_evidence": FILE_LIMIT + MEBIBYTE}  # bodies that may be larger than all others
UNSAFE = ("POST", "PUT", "PATCH", "DELETE")
csrf = CSRFProtect()


def configuration(settings: Settings) -> dict[str, object]:
    """Cookies and hosts as the public address asks for them."""
    host = urlsplit(settings.public_url).netloc
    return {
        "SESSION_COOKIE_NAME": "__Host-mandate" if settings.is_secure else "mandate",
        "SESSION_COOKIE_SECURE": settings.is_secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_PATH": "/",
        "TRUSTED_HOSTS": [host],
        "PREFERRED_URL_SCHEME": urlsplit(settings.public_url).scheme,
        "WTF_CSRF_TIME_LIMIT": None,  # as long as the session
        "WTF_CSRF_SSL_STRICT": False,  # Sec-Fetch-Site says it better, see below
        "WTF_CSRF_HEADERS": ["X-CSRFToken"],
    }


def install(app: Flask, settings: Settings) -> None:
    app.before_request(_same_site)
    app.before_request(_let_in)
    csrf.init_app(app)
    app.extensions["is_secure"] = settings.is_secure
    app.after_request(_tell_browser)


def _same_site() -> None:
    """A change comes from our own pages. Browsers without the header are held by the CSRF token alone."""
    if request.method in UNSAFE and request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        abort(403)


def _let_in() -> None:
    """Set before the form is read, which the CSRF check does."""
    if limit := UPLOADS.get(request.endpoint or ""):
        request.max_content_length = limit


def _tell_browser(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if current_app.extensions["is_secure"]:
        response.headers.setdefault("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
    if request.blueprint != "assets":
        response.vary.add("HX-Request")
        if "Cache-Control" not in response.headers or _is_signed_in():
            response.headers["Cache-Control"] = "no-store"
    return response


def _is_signed_in() -> bool:
    return "_login_user" in g and bool(current_user.is_authenticated)
