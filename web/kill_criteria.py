"""Kill criteria in words: on the page of a measure, and as the decision sealed them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from flask_babel import gettext as _

from domain.governance.policies import CANCEL, HOLD, Condition, Operator
from domain.governance.template import GovernanceTemplate, ReasonList
from domain.kill_criteria import KillCriterion
from web.formats import number

SEALED = re.compile(
    r"(?P<fact>\w+) (?P<operator>\w+) (?P<value>-?[\d.]+): (?P<proposes>\w+), (?P<reason>[^;]*); (?P<words>.*)",
    re.DOTALL,
)


@dataclass(frozen=True, kw_only=True)
class CriterionItem:
    """One line of the panel."""

    id: UUID
    words: str
    condition: str
    then: str
    by: str
    met_on: date | None


def criteria_shown(
    criteria: Sequence[KillCriterion], names: Mapping[UUID, str], template: GovernanceTemplate, currency: str
) -> tuple[CriterionItem, ...]:
    """Every criterion in words; what is met first."""
    items = [
        CriterionItem(
            id=each.id,
            words=each.words,
            condition=condition_words(each.condition, currency),
            then=then_words(each, template),
            by=names.get(each.set_by, "–"),
            met_on=each.met_on,
        )
        for each in criteria
    ]
    return tuple(sorted(items, key=lambda item: item.met_on is None))


def sealed_words(text: str, template: GovernanceTemplate, currency: str) -> str:
    """The text of a sealed criterion (domain.kill_criteria.KillCriterion.text) in words; as it is where it is other."""
    found = SEALED.fullmatch(text)
    if found is None:
        return text
    compared = Condition(field=found["fact"], operator=Operator(found["operator"]), value=Decimal(found["value"]))
    then = _then(found["proposes"], found["reason"], template)
    return " – ".join(filter(None, [condition_words(compared, currency), then, found["words"]]))


def condition_words(condition: Condition, currency: str) -> str:
    """ "Days late at least 30"."""
    what = fact_words(currency)[condition.field]
    value = condition.value if isinstance(condition.value, Decimal) else Decimal(0)
    digits = 0 if value == value.to_integral_value() else 2
    return f"{what}: {operator_words()[condition.operator].lower()} {number(value, digits)}"


def then_words(criterion: KillCriterion, template: GovernanceTemplate) -> str:
    return _then(criterion.proposes, criterion.reason, template)


def _then(proposes: str, reason: str, template: GovernanceTemplate) -> str:
    known = template.reason(ReasonList(proposes), reason)
    return f"{proposal_words()[proposes]}: {known.label if known else reason}"


def fact_words(currency: str) -> dict[str, str]:
    return {
        "forecast_full_year": _("Forecast, full year, %(currency)s", currency=currency),
        "potential_percent": _("Forecast of the full-year plan, %%"),
        "realised_percent": _("Actual of the plan to date, %%"),
        "one_off_forecast": _("One-off cost forecast, %(currency)s", currency=currency),
        "days_late": _("Latest milestone, days late"),
        "days_past_end": _("Days past the planned end, not implemented"),
    }


def operator_words() -> dict[Operator, str]:
    return {Operator.BELOW: _("Below"), Operator.AT_LEAST: _("At least")}


def proposal_words() -> dict[str, str]:
    return {HOLD: _("Put on hold"), CANCEL: _("Cancel")}
