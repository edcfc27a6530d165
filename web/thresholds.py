"""Which policy applies to a request and why: every threshold that was looked at, with what there is, in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from flask_babel import gettext as _
from flask_babel import ngettext

from domain.governance.policies import Condition, Fact, Operator
from tenants.instance.queries.governance import Governance
from tenants.instance.queries.policies import Considered
from web.formats import DASH, amount, percent
from web.weighing import signed, signed_money, signed_percent
from web.wording import field_name


@dataclass(frozen=True, kw_only=True)
class PolicyRow:
    """A policy that was looked at: its name, whether it applies, and each condition with what there is."""

    label: str
    applies: bool
    why: tuple[str, ...]


def policies_words(looked_at: Sequence[Considered], governance: Governance) -> tuple[PolicyRow, ...]:
    """Which policy applies and why: every one before it with the condition that does not hold."""
    return tuple(
        PolicyRow(
            label=each.policy.label,
            applies=each.applies,
            why=tuple(_condition(condition, have, governance) for condition, have, _holds in each.conditions),
        )
        for each in looked_at
    )


def _condition(condition: Condition, have: Fact, governance: Governance) -> str:
    field, limit = condition.field, condition.value
    there = _fact(field, have, governance) if have is not None else DASH
    wanted = ", ".join(limit) if isinstance(limit, tuple) else _fact(field, limit, governance)
    asked = _limit(condition.operator, wanted)
    return _("%(fact)s: %(have)s (limit: %(limit)s)", fact=fact_word(field), have=there, limit=asked)


def _limit(operator: Operator, limit: str) -> str:
    return {
        Operator.IS: limit,
        Operator.IS_NOT: _("anything but %(limit)s", limit=limit),
        Operator.ONE_OF: _("one of %(limit)s", limit=limit),
        Operator.ABOVE: _("more than %(limit)s", limit=limit),
        Operator.AT_LEAST: _("%(limit)s or more", limit=limit),
        Operator.BELOW: _("less than %(limit)s", limit=limit),
        Operator.AT_MOST: _("%(limit)s or less", limit=limit),
    }[operator]


def fact_word(field: str) -> str:
    """What a condition of a policy looks at."""
    known = {
        "value_change": _("change of value"),
        "value_change_percent": _("change of value in percent"),
        "end_shift_days": _("shift of the end"),
        "changes_people": _("people change"),
        "value": _("value"),
        "asked_by": _("asked for by"),
        "amount": _("amount"),
        "order_value": _("value of the goods"),
        "discount_percent": _("discount"),
        "days": _("days that the promise moves"),
        "exception_type": _("exception"),
    }
    return known.get(field) or field_name(field)


def _fact(field: str, value: Fact, governance: Governance) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if not isinstance(value, Decimal | int):
        return str(value)
    if field == "days":
        return ngettext("%(num)d day", "%(num)d days", int(value))
    if field == "discount_percent":
        return percent(Decimal(value), 0 if value == int(value) else 2)
    if field == "value_change_percent":
        digits = 0 if value == int(value) else 2
        return signed_percent(Decimal(value), digits)
    if field == "end_shift_days":
        return signed(ngettext("%(num)d day", "%(num)d days", abs(int(value))), int(value))
    if field == "value_change":
        return f"{signed_money(Decimal(value))} {governance.currency}"
    return amount(Decimal(value), governance.currency)
