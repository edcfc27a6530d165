"""Effect lines: what kind of effect, again and again or once, help or cost. Their months are entered under values."""

from collections.abc import Mapping
from uuid import UUID, uuid4

from flask import abort, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from domain.access import Capability
from domain.ids import LineId
from domain.lifecycle import LineRemoved, LineSaved, PlanLocked, UnknownEffectKind
from domain.lifecycle.entries import plan_is_closed
from domain.refusals import FieldMissing, Refusal, Stale
from domain.seal import LINE_FIELDS, written
from domain.value import EffectLine, Recurrence, Sign
from tenants.instance.actions.values import remove_line as take_out
from tenants.instance.actions.values import save_line as keep
from web.access import requires
from web.conflicts import OPENED, typed
from web.instance.measures import bp
from web.instance.measures.conflicts import conflict_page, look_again
from web.instance.measures.offering import change_offer
from web.instance.measures.taking import Taken, crumbs, take
from web.instance.measures.valuing import kind_label, line_of
from web.posted import posted_id, seen
from web.refusals import words_of
from web.responses import see
from web.shell import tell

C = Capability
NAME_LIMIT, CODE_LIMIT = 200, 60
Outcome = tuple[str, int] | Response


@bp.get("/<code>/lines/new")
@requires(C.ENTER_PLAN, or_named=True)
def new_line(code: str) -> str:
    taken = take(code, C.ENTER_PLAN)
    return _page(taken, None, _blank(taken), {}, str(uuid4()))


@bp.post("/<code>/lines")
@requires(C.ENTER_PLAN, or_named=True)
def add_line(code: str) -> Outcome:
    """A new one cannot overwrite anything, so it asks for no version; its id makes it one, however often it is sent."""
    return _save(take(code, C.ENTER_PLAN), None, posted_id(), None)


@bp.get("/<code>/lines/<uuid:line>")
@requires(C.ENTER_PLAN, or_named=True)
def edit_line(code: str, line: UUID) -> str:
    taken, found = _take(code, line)
    return _page(taken, found, _form_of(found), {})


@bp.post("/<code>/lines/<uuid:line>")
@requires(C.ENTER_PLAN, or_named=True)
def save_line(code: str, line: UUID) -> Outcome:
    taken, found = _take(code, line)
    return _save(taken, found, line, seen())


@bp.post("/<code>/lines/<uuid:line>/removal")
@requires(C.ENTER_PLAN, or_named=True)
def remove_line(code: str, line: UUID) -> Outcome:
    taken, found = _take(code, line)
    outcome = take_out(taken.hand.work, taken.measure.id, found.id, taken.hand.actor, seen())
    if isinstance(outcome, Stale):
        return look_again(code)
    if not isinstance(outcome, LineRemoved):
        return _page(taken, found, _form_of(found), {"": words_of(outcome)}), 422
    tell("ok", _("The effect line “%(name)s” is removed", name=found.name))
    return see(url_for(".show", code=code) + "#value")


def _take(code: str, line: UUID) -> tuple[Taken, EffectLine]:
    taken = take(code, C.ENTER_PLAN)
    return taken, line_of(taken.measure, line) or abort(404)


def _save(taken: Taken, found: EffectLine | None, identity: UUID, version: int | None) -> Outcome:
    before = _form_of(found) if found else None
    changed = typed(request.form, LINE_FIELDS, before)
    form = (before or _blank(taken)) | changed
    errors = _wrong(taken, form)
    if errors:
        return _page(taken, found, form, errors, str(identity)), 422
    outcome = keep(taken.hand.work, taken.measure.id, _line(form, identity), taken.hand.actor, version)
    if isinstance(outcome, Stale) and found:
        return _conflict(taken.measure.code, found, changed), 409
    if not isinstance(outcome, LineSaved):
        return _page(taken, found, form, {_field(outcome): words_of(outcome)}, str(identity)), 422
    tell("ok", _("The effect line “%(name)s” is saved", name=outcome.line.name))
    if found is None:
        return see(url_for(".values", code=taken.measure.code, scenario="plan"))
    return see(url_for(".show", code=taken.measure.code) + "#value")


def _wrong(taken: Taken, form: Mapping[str, str]) -> dict[str, str]:
    errors = {}
    if len(form["name"]) > NAME_LIMIT:
        errors["name"] = _("There is room for %(limit)s characters.", limit=NAME_LIMIT)
    for name in ("account", "cost_centre"):
        if len(form[name]) > CODE_LIMIT:
            errors[name] = _("There is room for %(limit)s characters.", limit=CODE_LIMIT)
    lists: dict[str, set[str]] = {"recurrence": set(Recurrence), "sign": set(Sign)}
    lists["currency"] = set(taken.governance.rates)
    for name, known in lists.items():
        if form[name] not in known:
            errors[name] = _("Choose from the list.")
    return errors


def _line(form: Mapping[str, str], identity: UUID) -> EffectLine:
    return EffectLine(
        id=LineId(identity),
        name=form["name"],
        kind=form["kind"],
        recurrence=Recurrence(form["recurrence"]),
        sign=Sign(form["sign"]),
        is_pnl=form["is_pnl"] == "yes",
        is_cash=form["is_cash"] == "yes",
        currency=form["currency"],
        account=form["account"],
        cost_centre=form["cost_centre"],
    )


def _form_of(line: EffectLine) -> dict[str, str]:
    values = {name: written(getattr(line, name)) for name in LINE_FIELDS}
    return values | {"recurrence": str(line.recurrence), "sign": str(line.sign)}


def _blank(taken: Taken) -> dict[str, str]:
    """A new line starts as the first kind of the template does."""
    kind = taken.governance.template.effect_kinds[0]
    ticks = {"is_pnl": "yes" if kind.is_pnl else "", "is_cash": "yes" if kind.is_cash else ""}
    chosen = {"kind": kind.key, "recurrence": str(kind.recurrence), "sign": str(kind.sign)}
    return dict.fromkeys(LINE_FIELDS, "") | ticks | chosen | {"currency": taken.governance.currency}


def _field(refusal: Refusal) -> str:
    match refusal:
        case FieldMissing(field=field):
            return field
        case UnknownEffectKind():
            return "kind"
        case _:
            return ""


def _labels() -> dict[str, str]:
    return {
        "name": _("Name"),
        "kind": _("Kind of effect"),
        "recurrence": _("Recurrence"),
        "sign": _("Sign"),
        "is_pnl": _("In the P&L"),
        "is_cash": _("In cash"),
        "currency": _("Currency"),
        "account": _("Account"),
        "cost_centre": _("Cost centre"),
    }


def _lists(taken: Taken) -> dict[str, list[tuple[str, str]]]:
    return {
        "kind": [(kind.key, kind.label) for kind in taken.governance.template.effect_kinds],
        "recurrence": [("recurring", _("Comes again every month")), ("one_off", _("Comes once"))],
        "sign": [("benefit", _("Helps: more revenue or less cost")), ("cost", _("Costs"))],
        "currency": [(each, each) for each in sorted(taken.governance.rates)],
    }


def _conflict(code: str, found: EffectLine, changed: Mapping[str, str]) -> str:
    taken, now_is = _take(code, found.id)
    lists = {name: dict(pairs) for name, pairs in _lists(taken).items()}
    return conflict_page(
        taken,
        LINE_FIELDS,
        _form_of(now_is),
        changed,
        lambda name: f"{now_is.name}: {_labels()[name]}",
        lambda name, text: lists.get(name, {}).get(text, text) or "–",
        action=url_for(".save_line", code=code, line=found.id),
        drop_href=url_for(".show", code=code) + "#value",
    )


def _page(
    taken: Taken, found: EffectLine | None, form: Mapping[str, str], errors: Mapping[str, str], identity: str = ""
) -> str:
    refusal = plan_is_closed(taken.measure, taken.hand.actor, taken.path)
    return render_template(
        "web/instance/values/line.html",
        measure=taken.measure,
        crumbs=crumbs(taken, found.name if found else _("New effect line")),
        found=found,
        form=form,
        opened={OPENED + name: text for name, text in _form_of(found).items()} if found else {},
        errors=errors,
        identity=identity,
        version=seen() or taken.measure.version,
        refused=words_of(refusal) if refusal else "",
        offer=change_offer(taken) if isinstance(refusal, PlanLocked) else None,
        labels=_labels(),
        lists=_lists(taken),
        kind=kind_label(taken.governance.template, form["kind"]),
    )
