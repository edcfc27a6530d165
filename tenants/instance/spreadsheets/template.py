"""The empty file with the expected columns, its choices filled with the instance's own reference data."""

from collections.abc import Iterable

from domain.imports import Field, ReferenceData
from tenants.instance.spreadsheets.writing import Choices, Sheet, write_xlsx

HEADERS = {
    Field.PORTFOLIO: "Portfolio",
    Field.PROGRAM: "Program",
    Field.PROJECT: "Project",
    Field.PACKAGE: "Measure package",
    Field.TITLE: "Title",
    Field.CODE: "Code",
    Field.DESCRIPTION: "Description",
    Field.EXPECTED_EFFECT: "Expected effect",
    Field.OWNER: "Owner",
    Field.SPONSOR: "Sponsor",
    Field.CONTROLLER: "Controller",
    Field.BUSINESS_UNIT: "Business unit",
    Field.FUNCTION: "Function",
    Field.LEGAL_ENTITY: "Legal entity",
    Field.FORUM: "Decision forum",
    Field.START: "Start",
    Field.END: "End",
    Field.DUE: "Milestone due",
    Field.DUE_FORECAST: "Milestone forecast",
    Field.KIND: "Effect kind",
    Field.RECURRENCE: "Recurrence",
    Field.SIGN: "Benefit or cost",
    Field.FIRST_MONTH: "First month",
    Field.LAST_MONTH: "Last month",
    Field.PLAN_TOTAL: "Plan total",
    Field.PLAN_PER_MONTH: "Plan per month",
    Field.FORECAST_TOTAL: "Forecast total",
    Field.BASELINE_TOTAL: "Baseline total",
}
_LEVELS = (Field.PORTFOLIO, Field.PROGRAM, Field.PROJECT, Field.PACKAGE)


def import_template(reference: ReferenceData, note: Iterable[str] = ()) -> bytes:
    """An XLSX that `guess_mapping` maps without help. Nodes and people may also be new ones; the rest is chosen."""
    chosen = {
        Field.BUSINESS_UNIT: reference.business_units,
        Field.FUNCTION: reference.functions,
        Field.LEGAL_ENTITY: reference.legal_entities,
        Field.FORUM: reference.forums,
        Field.KIND: [kind.label for kind in reference.effect_kinds],
        Field.RECURRENCE: ["Recurring", "One-off"],
        Field.SIGN: ["Benefit", "Cost"],
    }
    people = sorted(f"{person.name} <{person.email}>" for person in reference.people)
    free = {field: _names(reference, depth) for depth, field in enumerate(_LEVELS)}
    free |= dict.fromkeys((Field.OWNER, Field.SPONSOR, Field.CONTROLLER), people)
    choices = [Choices(header=HEADERS[field], values=tuple(values)) for field, values in chosen.items()]
    choices += [Choices(header=HEADERS[field], values=tuple(values), strict=False) for field, values in free.items()]
    headers = tuple(HEADERS.values())
    widths = tuple(40 if h in ("Title", "Description", "Expected effect") else 18 for h in headers)
    return write_xlsx([Sheet(name="Measures", headers=headers, choices=tuple(choices), widths=widths)], tuple(note))


def _names(reference: ReferenceData, depth: int) -> list[str]:
    return sorted({path[depth] for path in reference.nodes if len(path) > depth})
