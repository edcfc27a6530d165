"""What Mandate told me: unread ones first, each with the page it is about; what was seen is marked as read."""

from uuid import UUID

from flask import Blueprint, abort, render_template, request, url_for
from werkzeug.wrappers import Response

from tenants.instance.actions.notices import mark_read
from tenants.instance.queries.told import ToldPage, list_told
from web.access import signed_in
from web.hands import hand
from web.responses import see

bp = Blueprint("notices", __name__, url_prefix="/notices")
LARGEST_PAGE = 6  # digits


@bp.get("")
@signed_in
def index() -> str:
    here = hand()
    told = list_told(here.work, here.person.id, _page())
    return render_template(
        "web/instance/notices/index.html",
        told=told,
        new=[each.id for each in told.lines if each.is_unread],
        me=here.person.id,
        pages=_pages(told),
        now=here.work.now(),
    )


@bp.post("/reading")
@signed_in
def read() -> str | Response:
    """The notices that a page showed, marked as read by that page once it was there, or by its button."""
    here = hand()
    seen = mark_read(here.work, _seen(), here.actor)
    if request.headers.get("HX-Request"):
        return render_template("web/instance/notices/_read.html", seen=seen)
    return see(url_for(".index"))


def _seen() -> list[UUID]:
    try:
        return [UUID(each) for each in request.form.getlist("notice")]
    except ValueError:
        abort(400)


def _page() -> int:
    text = request.args.get("page", "")
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) <= LARGEST_PAGE else 1


def _pages(told: ToldPage) -> list[tuple[int, str, bool]]:
    return [(n, url_for(".index", page=n), n == told.page) for n in range(1, told.pages + 1)]
