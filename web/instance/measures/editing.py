"""Change what a measure says. Fields that are locked or not the reader's to change are shown with the reason."""

from collections.abc import Mapping
from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from domain.access import Capability, NotAllowed
from domain.lifecycle import LOCKED_FIELDS, MeasureEdited
from domain.lifecycle.editing import PEOPLE_FIELDS, not_open
from domain.refusals import Stale
from domain.seal import written
from tenants.instance.actions.measures import edit_measure
from tenants.instance.queries.hierarchy import get_crumbs
from tenants.instance.queries.measure import get_choices, get_names
from web.access import requires
from web.conflicts import OPENED, kept_theirs, opened_values
from web.instance.measures import bp
from web.instance.measures.conflicts import conflict_page
from web.instance.measures.creating import packages
from web.instance.measures.fields import FIELDS, Pairs, choices_of, error_of, form_of, read, shown
from web.instance.measures.offering import change_offer
from web.instance.measures.taking import Taken, crumbs, take
from web.posted import seen
from web.refusals import words_of
from web.responses import see
from web.shell import tell
from web.wording import field_name

C = Capability
EDITING = (C.EDIT_MEASURE, C.ASSIGN_PEOPLE)
Offered = Mapping[str, Pairs]


@bp.get("/<code>/edit")
@requires(C.EDIT_MEASURE, or_named=True)
def edit(code: str) -> str:
    taken = take(code, *EDITING)
    return _page(taken, _offered(taken), form_of(taken.measure), {}, taken.measure.version, form_of(taken.measure))


@bp.post("/<code>")
@requires(C.EDIT_MEASURE, or_named=True)
def save(code: str) -> tuple[str, int] | Response:
    taken = take(code, *EDITING)
    offered = _offered(taken)
    found = read(request.form, offered, taken.governance)
    if found.errors:
        return _again(taken, offered, found.errors)
    values = _changed(taken, found.values)
    outcome = edit_measure(taken.hand.work, taken.measure.id, values, taken.hand.actor, seen())
    if isinstance(outcome, Stale):
        return _conflict(take(code), offered, values), 409
    if not isinstance(outcome, MeasureEdited):
        return _again(taken, offered, error_of(outcome))
    _tell(outcome)
    return see(url_for(".show", code=code))


def _changed(taken: Taken, values: Mapping[str, Any]) -> dict[str, Any]:
    """What the reader really changed; what stayed as it was opened must not undo what somebody else saved."""
    opened, theirs = form_of(taken.measure) | opened_values(request.form), kept_theirs(request.form)
    return {name: value for name, value in values.items() if written(value) != opened[name] and name not in theirs}


def _tell(outcome: MeasureEdited) -> None:
    if not outcome.values:
        tell("", _("Nothing was changed"))
        return
    names = ", ".join(field_name(name) for name in sorted(outcome.values))
    lapsed = _("The controller has to confirm size and timing anew.") if outcome.confirmation_lapsed else ""
    tell("ok", _("Saved: %(names)s", names=names), lapsed)


def _again(taken: Taken, offered: Offered, errors: Mapping[str, str]) -> tuple[str, int]:
    """The form as it was sent, with what is wrong."""
    sent = {name: request.form.getlist(name)[-1] for name in FIELDS if name in request.form}
    opened = form_of(taken.measure) | opened_values(request.form)
    return _page(taken, offered, form_of(taken.measure) | sent, errors, seen(), opened), 422


def _page(
    taken: Taken, offered: Offered, form: Mapping[str, str], errors: Mapping[str, str], version: int, opened: Any
) -> str:
    current = form_of(taken.measure)
    return render_template(
        "web/instance/measure/edit.html",
        measure=taken.measure,
        crumbs=crumbs(taken, _("Edit")),
        form=form,
        errors=errors,
        version=version,
        opened={OPENED + name: value for name, value in opened.items()},
        offered=offered,
        refused=_refused(taken),
        shown={name: shown(name, current[name], offered) for name in FIELDS},
        currency=taken.governance.currency,
        focus=request.args.get("focus", ""),
        offer=change_offer(taken, _locked_texts(taken)),
    )


def _locked_texts(taken: Taken) -> list[tuple[str, str]]:
    """What was typed into locked fields, by somebody whose page was opened before the lock."""
    current = form_of(taken.measure)
    return [(name, text) for name, text in request.form.items() if name in LOCKED_FIELDS and text != current[name]]


def _refused(taken: Taken) -> dict[str, str]:
    """Field to the reason why it cannot be changed here and now."""
    refusal = not_open(taken.measure)
    if refusal is not None:
        return dict.fromkeys(FIELDS, words_of(refusal))
    found = {}
    for name in FIELDS:
        if not taken.can(C.ASSIGN_PEOPLE if name in PEOPLE_FIELDS else C.EDIT_MEASURE):
            found[name] = words_of(NotAllowed(capability=C.EDIT_MEASURE))
        elif taken.measure.plan_version and name in LOCKED_FIELDS:
            found[name] = _("Locked with the plan.")
    return found


def _conflict(taken: Taken, offered: Offered, values: Mapping[str, Any]) -> str:
    return conflict_page(
        taken,
        FIELDS,
        form_of(taken.measure),
        {name: written(value) for name, value in values.items()},
        lambda name: field_name(name).capitalize(),
        lambda name, text: shown(name, text, offered),
        action=url_for(".save", code=taken.measure.code),
        drop_href=url_for(".show", code=taken.measure.code),
    )


def _offered(taken: Taken) -> dict[str, Pairs]:
    """What the fields may name; what they name already stays possible."""
    offered = choices_of(get_choices(taken.hand.work), packages(C.EDIT_MEASURE))
    names = {**get_names(taken.hand.work), taken.measure.package: get_crumbs(taken.hand.work, taken.path)[-1].name}
    for name, pairs in offered.items():
        held = getattr(taken.measure, name)
        if held is not None and held not in {key for key, _name in pairs}:
            offered[name] = (*pairs, (held, names.get(held, "–")))
    return offered
