"""Close the next month: actuals up to it become read-only."""

from flask import render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from domain.access import Capability
from domain.months import Month
from domain.refusals import Refusal
from tenants.instance.actions.values import close_month
from tenants.instance.queries.governance import get_governance
from web.access import requires
from web.formats import month as month_words
from web.hands import hand
from web.instance.settings import bp
from web.instance.settings.overview import next_month
from web.refusals import words_of
from web.responses import see
from web.shell import tell


@bp.get("/months")
@requires(Capability.CLOSE_MONTH)
def months() -> str:
    """What closing means, for those who close months and do not see set-up."""
    return _page("")


@bp.post("/months")
@requires(Capability.CLOSE_MONTH)
def close() -> Response | tuple[str, int]:
    """Close the month the page named. Sent twice, it is closed once."""
    here = hand()
    try:
        month = Month.parse(request.form.get("month", ""))
    except ValueError:
        return _page(_("Choose the month to close.")), 422
    if month == get_governance(here.work).closed_through:
        return _back()
    outcome = close_month(here.work, month, here.actor)
    if isinstance(outcome, Refusal):
        return _page(words_of(outcome)), 422
    tell("ok", _("%(month)s is closed", month=month_words(str(month))), _("Every sum has been computed anew."))
    return _back()


def _page(trouble: str) -> str:
    here = hand()
    governance = get_governance(here.work)
    return render_template(
        "web/instance/settings/months.html",
        governance=governance,
        next_month=next_month(governance, here.work.now().date()),
        may_close=here.actor.can(Capability.CLOSE_MONTH, f"/{governance.organization}/"),
        trouble=trouble,
        now=here.work.now(),
    )


def _back() -> Response:
    return see(url_for("instance.overview.index"))
