"""Order governance reports as data: an ordinary one with more of everything than a page shows, and an empty one."""

from datetime import timedelta
from decimal import Decimal

from domain.reporting import OrderPack
from domain.reporting.order_pack import (
    ConstraintRow,
    CostRow,
    ExceptionRow,
    OrderDecision,
    OrderMonth,
    ReasonRow,
    StageRow,
    TicketRow,
)
from tests.packs import META, TODAY

NAMES = ("Intake", "Payment check", "Allocation", "Picking", "Dispatch", "Delivery", "Return", "Closure")
LONG = "Vertragsänderungsgenehmigungsverfahren of the second warehouse"
MONTHS = tuple(f"2026-{number:02}" for number in range(6, 12))


def empty_orders() -> OrderPack:
    return OrderPack(
        meta=META,
        first_month=MONTHS[0],
        last_month=MONTHS[-1],
        ages=(0, 2, 7, 14),
        stays_days=90,
        stages=tuple(StageRow(label=name, target_hours=24, counts=(0, 0, 0, 0)) for name in NAMES),
        months=tuple(
            OrderMonth(month=each, orders=0, cancelled=0, value=Decimal(0), cost=Decimal(0), effects=Decimal(0))
            for each in MONTHS
        ),
    )


def ordinary_orders(name: str = "") -> OrderPack:
    """Twelve of everything; `name` makes each of their names longer."""
    bare, some = empty_orders(), range(1, 13)
    return OrderPack(
        meta=bare.meta,
        first_month=bare.first_month,
        last_month=bare.last_month,
        ages=bare.ages,
        stays_days=bare.stays_days,
        stages=tuple(_stage(f"{each}{name}", number) for number, each in enumerate(NAMES)),
        cancellations=_reasons(name),
        returns=_reasons(name),
        effects=_reasons(name),
        tickets=tuple(TicketRow(label=f"Channel {n}{name}", open=9 * n, escalated=n, old=2 * n) for n in some),
        exceptions=tuple(
            ExceptionRow(
                label=f"Type {n}{name}",
                cause=name,
                orders=40 - n,
                cost=Decimal("4133.37") / n // Decimal("0.01") / 100,
                effects=Decimal(f"{900 - n * 60}.55"),
            )
            for n in some
        ),
        costs=tuple(
            CostRow(
                label=f"Kind {n}{name}",
                forecast=Decimal(n * 12_345),
                known_forecast=Decimal(n * 9_876),
                actual=Decimal(n * 10_431),
            )
            for n in (4, 3, 2, 1)
        ),
        months=tuple(
            OrderMonth(
                month=each,
                orders=300 + n,
                cancelled=n,
                value=Decimal(n * 31_415) + Decimal("0.45"),
                cost=Decimal(n * 2_718),
                effects=Decimal(n * 111),
            )
            for n, each in enumerate(MONTHS, 1)
        ),
        constraints=tuple(
            ConstraintRow(
                title=f"Constraint {n}{name}",
                kind="Carrier capacity",
                owner=name or "Karin Öberg",
                needs_attention=n < 3,
                orders=20 - n,
                value=Decimal(n * 777),
                forecast_end=TODAY + timedelta(days=n) if n % 2 else None,
            )
            for n in some
        ),
        decisions=tuple(
            OrderDecision(
                code=f"R-{n:06}",
                order=f"S-{n}",
                kind="Replacement",
                waits_for=name or "Peter Norberg",
                days_open=n - 1,
                days_overdue=max(0, n - 9),
                amount=Decimal(n * 12) + Decimal("0.50") if n % 3 else None,
                daily_cost=Decimal(100 - n),
            )
            for n in range(1, 20)
        ),
        blocked=61,
        blocked_value=Decimal("18123.40"),
    )


def _stage(label: str, number: int) -> StageRow:
    return StageRow(
        label=label,
        target_hours=24,
        counts=(40 - number, 20, number, number * number),
        value=Decimal(number * 1_234) + Decimal("0.56"),
        late=number,
        delayed=number,
        delayed_value=Decimal(number * 99),
        held=2,
        held_value=Decimal("61.49"),
        stays=900,
        median=6 * number,
        p90=20 * number,
    )


def _reasons(name: str) -> tuple[ReasonRow, ...]:
    return tuple(
        ReasonRow(label=f"Reason {n}{name}", orders=100 // n, amount=Decimal("999.99") * n) for n in range(1, 13)
    )
