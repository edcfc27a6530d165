"""Value: effect lines, their four monthly series, and every sum made of them. Source: DOMAIN.md, 4.

Words used here. *Effect*: recurring net effect plus one-off benefits, before one-off costs. *One-off cost*: a positive
size, never part of an effect. *Full year*: recurring only. Every figure is a sum of line months, each converted and
rounded to the cent first; so parts add up to the whole at every level, by kind as well as by measure, node or year.
"""

from domain.value.curves import MonthFigures, by_month, roll_up_months
from domain.value.figures import Figures, figures, roll_up
from domain.value.lines import (
    CONVERTED,
    ZERO,
    EffectLine,
    Recurrence,
    Scenario,
    Series,
    Sign,
    in_instance_currency,
    outlook,
)
from domain.value.sums import (
    NetParts,
    carry_over,
    exit_run_rate,
    full_year_effect,
    in_year,
    leakage,
    net_in_year,
    price_of_waiting,
    realisation,
    risk_adjusted,
    to_date,
    total,
)

__all__ = [
    "CONVERTED",
    "ZERO",
    "EffectLine",
    "Figures",
    "MonthFigures",
    "NetParts",
    "Recurrence",
    "Scenario",
    "Series",
    "Sign",
    "by_month",
    "carry_over",
    "exit_run_rate",
    "figures",
    "full_year_effect",
    "in_instance_currency",
    "in_year",
    "leakage",
    "net_in_year",
    "outlook",
    "price_of_waiting",
    "realisation",
    "risk_adjusted",
    "roll_up",
    "roll_up_months",
    "to_date",
    "total",
]
