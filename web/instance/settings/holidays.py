"""The working calendar: days off by year, added one a line, removed one by one."""

from datetime import date

from flask import abort, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from domain.access import Capability
from domain.holidays import FIRST_YEAR, LAST_YEAR, read_holidays
from domain.refusals import Refusal
from tenants.instance.actions.holidays import add_holidays, remove_holiday
from tenants.instance.queries.holidays import holidays_of
from web.access import requires
from web.formats import day as day_words
from web.hands import hand
from web.instance.settings import bp
from web.refusals import words_of
from web.responses import see
from web.shell import tell


@bp.get("/holidays")
@requires(Capability.VIEW_SETTINGS)
def holidays() -> str:
    return _page(_year(request.args.get("year", type=int)), "", {})


@bp.post("/holidays")
@requires(Capability.EDIT_REFERENCE_DATA)
def add_days() -> Response | tuple[str, int]:
    """Every line of the field, or none of them."""
    here, typed = hand(), request.form.get("days", "")
    wanted = read_holidays(typed)
    if isinstance(wanted, Refusal):
        return _again(typed, wanted)
    outcome = add_holidays(here.work, wanted, here.actor)
    if isinstance(outcome, Refusal):
        return _again(typed, outcome)
    if outcome is None:
        tell("ok", _("The calendar has these days already"))
        return see(url_for(".holidays", year=wanted[0].day.year))
    many = len(outcome.days)
    tell("ok", ngettext("%(num)d day off is kept", "%(num)d days off are kept", many), _("What is due already stays."))
    return see(url_for(".holidays", year=outcome.days[0].day.year))


@bp.post("/holidays/<day>/removal")
@requires(Capability.EDIT_REFERENCE_DATA)
def remove_day(day: str) -> Response:
    """A working day again. Sent twice, it is one once."""
    here = hand()
    try:
        on = date.fromisoformat(day)
    except ValueError:
        abort(404)
    outcome = remove_holiday(here.work, on, here.actor)
    if isinstance(outcome, Refusal):
        abort(404)
    tell("ok", _("%(day)s is a working day again", day=day_words(on)))
    return see(url_for(".holidays", year=on.year))


def _again(typed: str, refusal: Refusal) -> tuple[str, int]:
    return _page(_year(request.form.get("year", type=int)), typed, {"days": words_of(refusal)}), 422


def _year(asked: int | None) -> int:
    return asked if asked is not None and FIRST_YEAR <= asked <= LAST_YEAR else hand().work.now().year


def _page(year: int, typed: str, errors: dict[str, str]) -> str:
    here = hand()
    return render_template(
        "web/instance/settings/holidays.html",
        calendar=holidays_of(here.work, year),
        may_edit=here.actor.can_anywhere(Capability.EDIT_REFERENCE_DATA),
        typed=typed,
        errors=errors,
        now=here.work.now(),
    )
