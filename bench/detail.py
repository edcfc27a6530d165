"""What only some measures have: one with lines and series, and requests that wait for the manager."""

import random
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import insert, select

from domain.months import Month
from domain.value import Scenario
from tenants.instance.models.people import AssignmentRow, MemberRow
from tenants.instance.models.requests import RequestRow, StepRow
from tenants.instance.models.values import AmountRow, EffectLineRow

LINES, MONTHS = 8, 24
KINDS = ("revenue", "material_cost", "personnel_cost", "other_operating_cost")


def detail(tx: Any, measure: UUID, today: date, chance: random.Random) -> None:
    """Give one measure effect lines with every series."""
    lines = [_line(measure, number) for number in range(LINES)]
    tx.session.execute(insert(EffectLineRow), lines)
    tx.session.execute(insert(AmountRow), [each for line in lines for each in _amounts(line["id"], today, chance)])


def ask(tx: Any, measures: Sequence[dict[str, Any]], now: Any) -> None:
    """An open gate request on each of these measures, waiting for everybody who may decide as programme office."""
    pmo = select(MemberRow.id).join(AssignmentRow, AssignmentRow.member_id == MemberRow.id)
    approvers = sorted(set(tx.session.scalars(pmo.where(AssignmentRow.role == "pmo"))))
    rows = [_request(measure, number, approvers, now) for number, measure in enumerate(measures)]
    tx.session.execute(insert(RequestRow), rows)
    tx.session.execute(insert(StepRow), [_step(row) for row in rows])


def _line(measure: UUID, number: int) -> dict[str, Any]:
    return {
        "id": uuid4(),
        "measure_id": measure,
        "name": f"Line {number}",
        "kind": KINDS[number % len(KINDS)],
        "recurrence": "recurring",
        "sign": "benefit",
        "currency": "EUR",
        "account": "",
        "cost_centre": "",
        "position": number,
    }


def _amounts(line: UUID, today: date, chance: random.Random) -> Iterator[dict[str, Any]]:
    first = Month(today.year, 1)
    for scenario in Scenario:
        for number in range(MONTHS):
            amount = Decimal(chance.randint(1, 5_000_000)) / 100
            yield {"line_id": line, "scenario": scenario, "month": first.plus(number).first, "amount": amount}


def _request(measure: dict[str, Any], number: int, approvers: list[UUID], now: Any) -> dict[str, Any]:
    return {
        "id": uuid4(),
        "measure_id": measure["id"],
        "path": measure["path"],
        "kind": "gate:detailed",
        "family": "gate",
        "target_stage": 3,
        "template": "cost-programme/v2",
        "policy": "gate",
        "state": "open",
        "reason": "",
        "comment": "",
        "seal": "sealed " * 300,
        "subject": "0" * 64,
        "checklist": [],
        "void_changes": [],
        "duties": {"editors": [], "is_closure": False},
        "requested_by": approvers[0],
        "requested_at": now - timedelta(days=number % 40),
        "waiting": approvers,
        "due_on": now.date() + timedelta(days=number % 20 - 10),
        "version": 1,
    }


def _step(request: dict[str, Any]) -> dict[str, Any]:
    return {
        "request_id": request["id"],
        "position": 0,
        "name": "Programme office",
        "selector": "role:pmo",
        "approvers": request["waiting"],
        "rule": "any",
        "needed": 1,
        "due_working_days": 5,
        "due_on": request["due_on"],
        "step_up": False,
    }
