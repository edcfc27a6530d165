"""The sealed subject of a decision on an order as people read it: what is proposed, the order as sealed, what broke."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask_babel import gettext as _

from domain.approvals.request import ApprovalRequest
from domain.governance.policies import ORDER_PREFIX
from domain.governance.template import OrderRules
from domain.orders.asking import PRICED
from tenants.instance.queries.governance import Governance
from web.formats import DASH, cents, day, moment
from web.sealing import Change, Sealed
from web.wording import field_name

MONEY = ("value", "discount", "freight", "amount", "cost", "daily_cost")
FIRST = ("number", "channel", "customer", "business_unit", "value", "discount", "freight", "items", "payment")
HIDDEN = ("proposal", "currency")


@dataclass(frozen=True, kw_only=True)
class Proposed:
    """What is decided, in rows of (label, words), and which exception of the order it settles, if any."""

    rows: tuple[tuple[str, str], ...]
    settles: str


class OrderReading:
    """Reads one canonical text with the names of today."""

    def __init__(self, asked: ApprovalRequest, names: Mapping[UUID, str], governance: Governance) -> None:
        self.kind = asked.kind.removeprefix(ORDER_PREFIX)
        self.values: dict[str, str] = json.loads(asked.subject)
        self.proposal: dict[str, str] = json.loads(asked.proposal)
        self.names = {str(key): name for key, name in names.items()}
        self.rules = governance.template.orders
        self.currency = self.values.get("currency", governance.currency)

    def sealed(self) -> Sealed:
        known = sorted(self.values, key=lambda name: (FIRST.index(name) if name in FIRST else len(FIRST), name))
        fields = [(self.label(name), self.shown(name, self.values[name])) for name in known if name not in HIDDEN]
        return Sealed(figures=None, fields=tuple(fields))

    def proposed(self) -> Proposed:
        """Before and after where something of the order changes; the amount where money is decided on."""
        rows = []
        names = ("amount", "cost", "daily_cost") if self.kind in PRICED else ("daily_cost",)
        for name in names:
            if name in self.proposal:
                rows.append((self.label(name), self.shown(name, self.proposal[name])))
        rows.insert(1 if self.kind in PRICED else 0, (self.label("value"), self.shown("value", self.values["value"])))
        for name in ("priority", "promised_on", "commitment"):
            if name in self.proposal:
                before, after = self.values.get(name, ""), self.proposal[name]
                words = {"before": self.shown(name, before), "after": self.shown(name, after)}
                rows.append((self.label(name), _("%(before)s → %(after)s", **words)))
        if self.kind == "priority_dispatch" and "priority" not in self.proposal:
            before = self.shown("priority", self.values.get("priority", ""))
            rows.append((self.label("priority"), _("%(before)s → %(after)s", before=before, after=_("High"))))
        return Proposed(rows=tuple(rows), settles=self._settles())

    def changes(self, changes: Iterable[Mapping[str, Any]]) -> tuple[Change, ...]:
        return tuple(
            Change(
                field=self.label(each["field"]),
                before=self.shown(each["field"], each.get("before") or ""),
                after=self.shown(each["field"], each.get("after") or ""),
            )
            for each in changes
        )

    def label(self, name: str) -> str:
        words = {
            "number": _("Order"),
            "amount": _("Amount"),
            "cost": _("Cost of delivering again"),
            "daily_cost": _("A day of waiting costs"),
            "value": _("Value of the goods"),
            "discount": _("Discount"),
            "freight": _("Freight"),
            "items": _("Items"),
            "payment": _("Payment"),
            "customer": _("Customer"),
            "channel": _("Channel"),
            "promised_on": _("Promised date"),
            "commitment": _("Commitment"),
            "priority": _("Priority"),
            "exception_type": _("Exception"),
            "exception_cause": _("Its cause"),
            "exception_resolved": _("Exception resolved"),
        }
        return words.get(name) or field_name(name).capitalize()

    def shown(self, name: str, text: str) -> str:
        if not text:
            return DASH
        if name in MONEY:
            return f"{cents(Decimal(text))} {self.currency}"
        if name == "promised_on":
            return day(date.fromisoformat(text))
        if name == "exception_resolved":
            return moment(datetime.fromisoformat(text))
        if text in self.names:
            return self.names[text]
        return label_of(self.rules, name, text)

    def _settles(self) -> str:
        found = self.values.get("exception_type", "")
        return self.shown("exception_type", found) if found else ""


def label_of(rules: OrderRules | None, name: str, text: str) -> str:
    """A code of the template in its words; fixed words in ours."""
    fixed = {
        "high": _("High"),
        "normal": _("Normal"),
        "low": _("Low"),
        "open": _("Open"),
        "closed": _("Closed"),
        "cancelled": _("Cancelled"),
    }
    if name in ("priority", "state"):
        return fixed.get(text, text)
    if rules is None:
        return text
    labels = {
        "stage": {each.key: each.label for each in rules.stages},
        "channel": {each.code: each.label for each in rules.channels},
        "exception_type": {each.key: each.label for each in rules.exception_types},
    }
    return labels.get(name, {}).get(text, text)
