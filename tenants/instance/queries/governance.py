"""What governs an instance: its settings, its days off, and its own copy of the pinned template, parsed once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from uuid import UUID

from sqlalchemy import func, select

from domain.governance.parsing import parse_template
from domain.governance.template import GovernanceTemplate
from domain.ids import NodeId
from domain.months import FiscalYear, Month
from domain.stages import Stage
from tenants.database import NotFound, Work
from tenants.instance.models.settings import HolidayRow, SettingsRow

PERCENT = Decimal(100)
COLUMNS = ("name", "firm_name", "currency", "fiscal_year_start", "decimal_mark", "closed_through", "rates",
           "organization_id", "template_text", "version")  # fmt: skip
# Plain columns: every page and every call asks, and an object of the session would cost as much again.
SETTINGS = select(
    *(SettingsRow.__table__.c[name] for name in COLUMNS),
    select(func.array_agg(HolidayRow.day)).scalar_subquery().label("days_off"),
)


@dataclass(frozen=True, kw_only=True)
class Governance:
    """The settings of an instance. `rates`: units of its currency for one of the other; its own is there with 1."""

    name: str
    firm_name: str
    currency: str
    fiscal_year_start: int
    decimal_mark: str
    closed_through: Month | None
    rates: Mapping[str, Decimal]
    organization: NodeId
    holidays: frozenset[date]
    template: GovernanceTemplate
    version: int

    def year_of(self, day: date) -> FiscalYear:
        return FiscalYear.containing(Month.of(day), self.fiscal_year_start)

    @property
    def weights(self) -> Mapping[Stage, Decimal]:
        return {stage: Decimal(rule.weight) / PERCENT for stage, rule in self.template.stages.items()}


def get_governance(work: Work) -> Governance:
    """The settings with the parsed template. One statement. Raises NotFound for an instance that was never founded."""
    row = work.session.execute(SETTINGS).one_or_none()
    if row is None:
        raise NotFound(f"settings of {work.instance.schema}")
    return Governance(
        name=row.name,
        firm_name=row.firm_name,
        currency=row.currency,
        fiscal_year_start=row.fiscal_year_start,
        decimal_mark=row.decimal_mark,
        closed_through=Month.parse(row.closed_through) if row.closed_through else None,
        rates={currency: Decimal(rate) for currency, rate in row.rates.items()},
        organization=NodeId(UUID(str(row.organization_id))),
        holidays=frozenset(row.days_off or ()),
        template=_parsed(row.template_text),
        version=row.version,
    )


@lru_cache(maxsize=64)
def _parsed(text: str) -> GovernanceTemplate:
    template = parse_template(text)
    if not isinstance(template, GovernanceTemplate):
        raise ValueError(template)
    return template
