"""Answers that routes share: go on after success, sign in first, a form that must be looked at again."""

from urllib.parse import urlencode

from flask import redirect, request
from werkzeug.wrappers import Response


def to_sign_in() -> Response:
    """To the sign-in page and back afterwards; a fragment asked for by htmx moves the whole page there."""
    wish = {"next": request.full_path.rstrip("?")} if request.method == "GET" and request.path != "/" else {}
    if request.headers.get("HX-Request"):
        return Response(status=401, headers={"HX-Redirect": "/sign-in"})
    return see(f"/sign-in?{urlencode(wish)}" if wish else "/sign-in")


def see(address: str) -> Response:
    """303: the act is done, look here."""
    return redirect(address, 303)


def local(address: str, otherwise: str = "/") -> str:
    """The address when it is a path of ours, else the other one: nobody is sent away by a crafted link."""
    is_ours = address.startswith("/") and not address.startswith(("//", "/\\")) and address.isprintable()
    return address if is_ours and "\\" not in address else otherwise
