"""The fields that an import can fill, from the names of nodes down to the months of the effect line."""

from enum import StrEnum


class Field(StrEnum):
    PORTFOLIO = "portfolio"
    PROGRAM = "program"
    PROJECT = "project"
    PACKAGE = "measure_package"
    TITLE = "title"
    CODE = "code"  # the client's own reference, unique within its measure package; not Mandate's M-0001
    DESCRIPTION = "description"
    EXPECTED_EFFECT = "expected_effect"
    STAGE = "stage"
    OWNER = "owner"
    SPONSOR = "sponsor"
    CONTROLLER = "controller"
    BUSINESS_UNIT = "business_unit"
    FUNCTION = "function"
    LEGAL_ENTITY = "legal_entity"
    FORUM = "forum"
    START = "start"
    END = "end"
    DUE = "milestone_due"  # of the one milestone; the end when it is not mapped but a forecast is
    DUE_FORECAST = "milestone_forecast"
    KIND = "effect_kind"
    RECURRENCE = "recurrence"
    SIGN = "sign"
    CURRENCY = "currency"
    FIRST_MONTH = "first_month"  # of the effect; the start's month when it is empty
    LAST_MONTH = "last_month"  # of the effect; the end's month when it is empty
    PLAN_TOTAL = "plan_total"
    PLAN_PER_MONTH = "plan_per_month"
    FORECAST_TOTAL = "forecast_total"
    ACTUAL_TOTAL = "actual_total"
    BASELINE_TOTAL = "baseline_total"


HIERARCHY = (Field.PORTFOLIO, Field.PROGRAM, Field.PROJECT, Field.PACKAGE)
ALWAYS_NEEDED = (*HIERARCHY, Field.TITLE)
PEOPLE = (Field.OWNER, Field.SPONSOR, Field.CONTROLLER)
REFERENCES = (Field.BUSINESS_UNIT, Field.FUNCTION, Field.LEGAL_ENTITY, Field.FORUM)
DATES = (Field.START, Field.END, Field.DUE, Field.DUE_FORECAST)
MONTHS = (Field.FIRST_MONTH, Field.LAST_MONTH)
AMOUNTS = (
    Field.PLAN_TOTAL,
    Field.PLAN_PER_MONTH,
    Field.FORECAST_TOTAL,
    Field.ACTUAL_TOTAL,
    Field.BASELINE_TOTAL,
)
TEXTS = (Field.DESCRIPTION, Field.EXPECTED_EFFECT)
