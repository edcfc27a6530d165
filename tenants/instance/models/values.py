"""Effect lines, their monthly amounts, the locked plans, and the sums that pages read."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Date, ForeignKey, Index, Numeric, text
from sqlalchemy.orm import Mapped, mapped_column

from tenants.columns import Json, Key, Moment, Money, Name, Words
from tenants.instance.models.base import InstanceModel


class EffectLineRow(InstanceModel):
    __tablename__ = "effect_lines"

    id: Mapped[Key]
    measure_id: Mapped[UUID] = mapped_column(ForeignKey("measures.id"), index=True)
    name: Mapped[Name]
    kind: Mapped[Name]
    recurrence: Mapped[Name]
    sign: Mapped[Name]
    is_pnl: Mapped[bool] = mapped_column(server_default=text("true"))
    is_cash: Mapped[bool] = mapped_column(server_default=text("true"))
    currency: Mapped[Name]
    account: Mapped[Words]
    cost_centre: Mapped[Words]
    position: Mapped[int]


class AmountRow(InstanceModel):
    """One month of one series of one line. `month` is its first day; an absent row is "not entered", not 0."""

    __tablename__ = "amounts"

    line_id: Mapped[Key] = mapped_column(ForeignKey("effect_lines.id"))
    scenario: Mapped[str] = mapped_column(primary_key=True)
    month: Mapped[date] = mapped_column(Date, primary_key=True)
    amount: Mapped[Money]


class PlanVersionRow(InstanceModel):
    """A locked plan: the series of every line as they stood, with the digest of that text. Never changes."""

    __tablename__ = "plan_versions"

    measure_id: Mapped[Key] = mapped_column(ForeignKey("measures.id"))
    number: Mapped[int] = mapped_column(primary_key=True)
    locked_at: Mapped[Moment]
    request_id: Mapped[UUID | None] = mapped_column(ForeignKey("requests.id"), index=True)
    body: Mapped[Json]
    digest: Mapped[Name]


class FiguresRow(InstanceModel):
    """The sums of one measure as of its last change, in the instance's currency: what lists and roll-ups read.

    Written by the same transaction as the change, by `domain.value.figures`; the fiscal year they speak of is
    `year_start`, and they are computed anew when a month is closed or a year begins.
    """

    __tablename__ = "figures"

    measure_id: Mapped[Key] = mapped_column(ForeignKey("measures.id"))
    year_start: Mapped[date] = mapped_column(Date)
    plan_year: Mapped[Money]
    forecast_year: Mapped[Money]
    actual_year: Mapped[Money]
    plan_to_date: Mapped[Money]
    actual_to_date: Mapped[Money]
    plan_full_year: Mapped[Money]
    forecast_full_year: Mapped[Money]
    actual_full_year: Mapped[Money]
    one_off_plan: Mapped[Money]
    one_off_forecast: Mapped[Money]
    one_off_actual: Mapped[Money]
    one_off_plan_year: Mapped[Money]
    one_off_forecast_year: Mapped[Money]
    one_off_actual_year: Mapped[Money]
    one_off_benefit_plan: Mapped[Money]
    one_off_benefit_forecast: Mapped[Money]
    gross_benefit_forecast: Mapped[Money]
    risk_adjusted: Mapped[Money]
    run_rate: Mapped[Money]
    carry_over: Mapped[Money]
    leakage: Mapped[Money]
    has_plan: Mapped[bool]
    has_forecast: Mapped[bool]
    is_locked: Mapped[bool]
    price_of_waiting: Mapped[Money]


class MeasureMonthRow(InstanceModel):
    """One month of one measure, summed over its lines in the instance's currency: what curves are made of."""

    __tablename__ = "measure_months"
    __table_args__ = (Index("measure_months_of_month", "month"),)

    measure_id: Mapped[Key] = mapped_column(ForeignKey("measures.id"))
    month: Mapped[date] = mapped_column(Date, primary_key=True)
    plan: Mapped[Money]
    forecast: Mapped[Money]
    outlook: Mapped[Money]  # actual of a closed month where there is one, else the forecast
    actual: Mapped[Decimal | None] = mapped_column(Numeric(18, 2))
    one_off_plan: Mapped[Money]
    one_off_forecast: Mapped[Money]
    one_off_outlook: Mapped[Money]
    one_off_actual: Mapped[Decimal | None] = mapped_column(Numeric(18, 2))


class PackageMonthRow(InstanceModel):
    """One month of one measure package, summed over its measures: what curves of many measures are made of.

    Kept by the same transaction that changes a measure; 10,000 measures are 400 packages.
    """

    __tablename__ = "package_months"
    __table_args__ = (Index("package_months_of_month", "month"),)

    package_id: Mapped[Key] = mapped_column(ForeignKey("nodes.id"))
    month: Mapped[date] = mapped_column(Date, primary_key=True)
    plan: Mapped[Money]
    forecast: Mapped[Money]
    outlook: Mapped[Money]
    actual: Mapped[Decimal | None] = mapped_column(Numeric(18, 2))
    one_off_plan: Mapped[Money]
    one_off_forecast: Mapped[Money]
    one_off_outlook: Mapped[Money]
    one_off_actual: Mapped[Decimal | None] = mapped_column(Numeric(18, 2))
