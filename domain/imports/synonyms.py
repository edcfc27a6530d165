"""What columns are called, in English and German, likeliest first; brackets, marks and case are gone already."""

from collections.abc import Mapping

from domain.imports.fields import Field

COLUMN_NAMES: Mapping[Field, tuple[str, ...]] = {
    Field.PORTFOLIO: ("portfolio", "portfolio name", "workstream", "segment"),
    Field.PROGRAM: (
        "program", "program name", "programm", "agency name", "agency", "department", "division", "bereich",
    ),
    Field.PROJECT: ("project", "projekt", "investment title", "investment", "initiative", "vorhaben"),
    Field.PACKAGE: ("measure package", "maßnahmenpaket", "massnahmenpaket", "package", "work package", "paket"),
    Field.TITLE: (
        "title", "measure", "measure title", "measure name", "titel", "maßnahme", "massnahme", "bezeichnung", "name",
        "project name", "task",
    ),
    Field.CODE: (
        "code", "external code", "external reference", "reference", "id", "nr", "nummer", "unique project id",
        "measure id", "project id",
    ),
    Field.DESCRIPTION: ("description", "beschreibung", "project description", "details"),
    Field.EXPECTED_EFFECT: ("expected effect", "effect", "erwartete wirkung", "wirkung", "benefit description"),
    Field.STAGE: ("stage", "doi", "degree of implementation", "härtegrad", "haertegrad", "stufe"),
    Field.OWNER: ("owner", "measure owner", "responsible", "verantwortlich", "verantwortlicher", "project manager"),
    Field.SPONSOR: ("sponsor", "executive sponsor", "auftraggeber"),
    Field.CONTROLLER: ("controller", "controlling", "finance partner"),
    Field.BUSINESS_UNIT: ("business unit", "unit", "bu", "geschäftsbereich", "geschäftseinheit", "geschaeftsbereich"),
    Field.FUNCTION: ("function", "funktion", "funktionsbereich"),
    Field.LEGAL_ENTITY: ("legal entity", "entity", "company", "gesellschaft", "rechtseinheit"),
    Field.FORUM: ("forum", "decision forum", "committee", "steering committee", "gremium", "entscheidungsgremium"),
    Field.START: ("start", "start date", "begin", "beginn", "startdatum", "von"),
    Field.END: ("end", "end date", "completion date", "finish", "finish date", "ende", "enddatum", "bis"),
    Field.DUE: (
        "milestone due", "due", "due date", "planned completion date", "planned project completion date",
        "planned completion", "fällig", "termin", "meilenstein",
    ),
    Field.DUE_FORECAST: (
        "milestone forecast", "forecast date", "projected completion date", "projected actual project completion date",
        "projected actual completion date", "expected completion", "termin forecast", "prognosetermin",
    ),
    Field.KIND: ("effect kind", "kind", "effect type", "wirkungsart", "effektart", "art"),
    Field.RECURRENCE: ("recurrence", "recurring or one off", "wiederkehr", "einmalig oder laufend"),
    Field.SIGN: ("sign", "benefit or cost", "cost or benefit", "nutzen oder kosten", "vorzeichen"),
    Field.CURRENCY: ("currency", "währung", "waehrung"),
    Field.FIRST_MONTH: ("first month", "effect from", "erster monat", "wirkung ab"),
    Field.LAST_MONTH: ("last month", "effect to", "letzter monat", "wirkung bis"),
    Field.PLAN_TOTAL: (
        "plan total", "plan", "planned", "planned cost", "plan value", "target", "planwert", "plan gesamt", "budget",
    ),
    Field.PLAN_PER_MONTH: ("plan per month", "monthly plan", "plan pro monat", "plan je monat"),
    Field.FORECAST_TOTAL: (
        "forecast total", "forecast", "projected actual cost", "projected cost", "forecast value", "prognose",
        "forecast gesamt", "hochrechnung",
    ),
    Field.ACTUAL_TOTAL: ("actual total", "actual", "actual value", "ist", "ist gesamt", "actual cost"),
    Field.BASELINE_TOTAL: ("baseline total", "baseline", "basis", "ausgangswert"),
}  # fmt: skip
