"""The order governance report: its figures are those of the desk, its data comes back whole, its pages are laid out."""

from __future__ import annotations

from decimal import Decimal
from uuid import uuid4

from sqlalchemy import func, select

from domain.access import NotAllowed, OrderScope, Role
from domain.audit import Head
from domain.reporting import digest, orders_from_plain, to_plain
from tenants.instance.actions.reports import ORDER_PACK, ask_report
from tenants.instance.models.orders import OrderRow
from tenants.instance.models.reports import ReportRow
from tenants.instance.queries.order_filters import OrderFilters, conditions
from tenants.instance.queries.order_pack import order_pack
from tenants.instance.queries.steering import Asked
from tests.house import NOW, House
from tests.ledger import write_ledger
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

        def listed(**filters: str) -> Decimal:
            where = conditions(OrderFilters(**filters), work.now())
            return Decimal(work.session.scalar(select(func.count()).select_from(OrderRow).where(*where)) or 0)

        wanted = [listed(), listed(due="late"), listed(delayed="1"), listed(held="1")]
        assert [figure.value for figure in pack.figures] == wanted
        backlog = pack.tables[0]
        assert backlog.lines[-1].values[4] == listed() == sum(line.values[4] or 0 for line in backlog.lines[:-1])
        again = orders_from_plain(to_plain(pack))
        assert again == pack and digest(again) == digest(pack)
        laid_out = render_orders(pack, created=NOW)
        assert laid_out.content.startswith(b"%PDF") and laid_out.pages >= 3
        assert laid_out.content == render_orders(pack, created=NOW).content
        work.close()
