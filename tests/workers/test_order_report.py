"""The order governance report: its figures are those of the desk, its pages are laid out, its template offers it."""

from __future__ import annotations

from uuid import uuid4

import pytest
from sqlalchemy import func, select

from domain.access import NotAllowed, OrderScope, Role
from domain.audit import Head
from domain.reporting import OrderPack
from tenants.database import NotFound
from tenants.instance.actions.reports import ORDER_PACK, ask_report
from tenants.instance.models.orders import OrderRow
from tenants.instance.models.reports import ReportRow
from tenants.instance.queries.order_filters import OrderFilters, conditions
from tenants.instance.queries.order_pack import order_pack
from tenants.instance.queries.steering import Asked
from tests.house import NOW, House
from tests.ledger import write_ledger
from tests.orderpacks import LONG, empty_orders, ordinary_orders
from tests.team import Team
from workers.rendering import render_orders


def test_the_report_says_what_the_desk_counts(house: House) -> None:
    with house.app.app_context():
        work = house.work(house.onboard("Report Orders AG", "order-governance"))
        team = Team(work, house)
        write_ledger(work, 300)
        refused = ask_report(
            work, team.actor(team.join("Lea", Role.CONTRIBUTOR)), team.organization, uuid4(), ORDER_PACK
        )
        assert isinstance(refused, NotAllowed)
        report = ask_report(work, team.actor(team.pmo), team.organization, uuid4(), ORDER_PACK)
        row = work.get(ReportRow, report)
        assert row.kind == ORDER_PACK
        asked = Asked(
            report=row.id, node=row.node_id, path=row.node_path, asked_by=row.asked_by, address="https://x.example"
        )
        pack = order_pack(work, OrderScope(everything=True), asked, Head(sequence=1, hash="ab"))

        def listed(**filters: str) -> int:
            where = conditions(OrderFilters(**filters), work.now())
            return work.session.scalar(select(func.count()).select_from(OrderRow).where(*where)) or 0

        stages = pack.stages
        found = [pack.open, *(sum(getattr(row, name) for row in stages) for name in ("late", "delayed", "held"))]
        assert found == [listed(), listed(due="late"), listed(delayed="1"), listed(held="1")]
        assert pack.blocked == listed(constraint="any")
        assert pack.placed == listed(state="all", month=f"{pack.first_month}..{pack.last_month}")
        work.close()


@pytest.mark.parametrize(
    ("pack", "pages"),
    [(empty_orders(), 2), (ordinary_orders(), 6), (ordinary_orders(f" {LONG}"), 11)],
    ids=["empty", "ordinary", "long names"],
)
def test_pages_are_laid_out_the_same_each_time(pack: OrderPack, pages: int) -> None:
    laid_out = render_orders(pack, created=NOW)
    assert laid_out.content.startswith(b"%PDF") and laid_out.pages <= pages
    assert laid_out.content == render_orders(pack, created=NOW).content


def test_a_report_that_the_template_does_not_offer_is_not_there(house: House) -> None:
    with house.app.app_context():
        work = house.work(house.onboard("Report Less AG"))
        team = Team(work, house)
        with pytest.raises(NotFound):
            ask_report(work, team.actor(team.pmo), team.organization, uuid4(), ORDER_PACK)
        work.close()
