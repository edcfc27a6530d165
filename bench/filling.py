"""Many measures at once, written past the actions: only to measure reads on."""

import random
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import chain
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import insert

from bench.detail import ask, detail
from domain.months import Month
from domain.stages import Stage
from tenants.database import Work
from tenants.instance.actions.packages import add_up_packages
from tenants.instance.models.hierarchy import NodeRow
from tenants.instance.models.measures import MeasureRow, MilestoneRow
from tenants.instance.models.values import FiguresRow, MeasureMonthRow
from tenants.instance.queries.governance import get_governance

LEVELS = ("portfolio", "program", "project", "measure_package")
FIGURES = [column.name for column in FiguresRow.__table__.columns if column.type.__class__.__name__ == "Numeric"]
PER_PACKAGE = 25
OPEN = 500


def fill(work: Work, count: int, seed: int = 7) -> None:
    """`count` measures with figures, curves and milestones, in packages of 25; requests are open on at most 500."""
    chance, year = random.Random(seed), work.now().year
    with work.transaction() as tx:
        packages = _packages(work, tx, -(-count // PER_PACKAGE))
        rows = [_measure(work, number, packages[number // PER_PACKAGE], chance) for number in range(count)]
        tx.session.execute(insert(MeasureRow), rows)
        tx.session.execute(insert(FiguresRow), [_figures(row["id"], year, chance) for row in rows])
        _copy(tx, MeasureMonthRow, (_month(row["id"], year, n, chance) for row in rows for n in range(24)))
        _copy(tx, MilestoneRow, (_milestone(row["id"], year, n, chance) for row in rows for n in range(4)))
        add_up_packages(tx, (package for package, _path in packages))
        detail(tx, rows[0]["id"], work.now().date(), chance)
        ask(tx, rows[:: max(1, count // OPEN)], work.now())


def _copy(tx: Any, kind: Any, rows: Iterator[dict[str, object]]) -> None:
    """A quarter of a million rows are for COPY; all name the same columns, the others keep their defaults."""
    first = next(rows)
    cursor = tx.session.connection().connection.cursor()
    with cursor.copy(f"COPY {kind.__tablename__} ({', '.join(first)}) FROM STDIN") as copy:
        for row in chain([first], rows):
            copy.write_row([row[name] for name in first])


def _packages(work: Work, tx: Any, count: int) -> list[tuple[UUID, str]]:
    parent = get_governance(work).organization
    path = f"/{parent}/"
    for level in LEVELS[:-1]:
        parent, path = _node(work, tx, parent, path, level, 0)
    return [_node(work, tx, parent, path, LEVELS[-1], number) for number in range(count)]


def _node(work: Work, tx: Any, parent: UUID, path: str, level: str, number: int) -> tuple[UUID, str]:
    identity = uuid4()
    values = {"id": identity, "parent_id": parent, "level": level, "name": f"{level} {number}", "version": 1}
    below = f"{path}{identity}/"
    tx.add(NodeRow(**values, path=below, position=number, created_at=work.now()))
    tx.flush()
    return identity, below


def _measure(work: Work, number: int, package: tuple[UUID, str], chance: random.Random) -> dict[str, object]:
    statuses = ("green", "amber", "red", "grey")
    return {
        "id": uuid4(),
        "code": f"B-{number:05d}",
        "package_id": package[0],
        "path": package[1],
        "title": f"Measure {number} of the benchmark",
        "stage": chance.randint(1, 6),
        "state": "active",
        "implementation": chance.choice(statuses),
        "potential": chance.choice(statuses),
        "stage_since": work.now(),
        "created_at": work.now(),
        "updated_at": work.now(),
        "version": 1,
    }


def _figures(measure: object, year: int, chance: random.Random) -> dict[str, object]:
    amounts = {name: Decimal(chance.randint(0, 90_000_000)) / 100 for name in FIGURES}
    flags = {"has_plan": True, "has_forecast": True, "is_locked": chance.randint(1, 6) >= Stage.DECIDED}
    return {"measure_id": measure, "year_start": date(year, 1, 1), **amounts, **flags}


def _month(measure: object, year: int, number: int, chance: random.Random) -> dict[str, object]:
    month = Month(year, 1).plus(number)
    names = ("plan", "forecast", "outlook", "actual", "one_off_plan", "one_off_forecast", "one_off_outlook")
    amounts = {name: Decimal(chance.randint(0, 5_000_000)) / 100 for name in names}
    return {"measure_id": measure, "month": month.first, **amounts, "one_off_actual": Decimal("0.00")}


def _milestone(measure: object, year: int, number: int, chance: random.Random) -> dict[str, object]:
    values = {"id": uuid4(), "measure_id": measure, "title": f"Milestone {number}", "position": number}
    due, slips = date(year, 3 * number + 3, 28), chance.choice((0,) * 30 + (1, 2, 3))
    return values | {"due_on": due, "waived_because": "", "slips": slips}
