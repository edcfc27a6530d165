"""The overview of a node: what waits, what waiting costs, where the year will end, and who has to act."""

from flask import Blueprint, render_template

from domain.access import Capability
from web.access import requires

bp = Blueprint("overview", __name__)


@bp.get("/")
@requires(Capability.VIEW_OVERVIEW)
def index() -> str:
    return render_template("web/instance/overview/index.html")
