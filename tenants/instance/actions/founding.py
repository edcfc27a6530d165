"""Found an instance: its settings, its organization, its forums and reference data, and its first people."""

from collections.abc import Iterable
from dataclasses import dataclass

from domain.access import Role
from domain.governance.template import GovernanceTemplate
from domain.ids import FirmId, InstanceId, PersonId
from tenants.database import Work, action
from tenants.instance.models.hierarchy import NodeRow
from tenants.instance.models.people import AssignmentRow, ForumRow, MemberRow, ReferenceRow
from tenants.instance.models.settings import SettingsRow
from tenants.instance.transaction import INSTANCE, Transaction


@dataclass(frozen=True, kw_only=True)
class Founder:
    """A person the instance starts with. `side` is client or firm."""

    person: PersonId
    name: str
    email: str
    side: str
    role: Role


@dataclass(frozen=True, kw_only=True)
class InstanceFounded:
    """An instance was opened from a version of a governance template."""

    instance: InstanceId
    firm: FirmId
    name: str
    template: str
    currency: str
    fiscal_year_start: int
    people: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Foundation:
    """What an instance is founded on."""

    name: str
    firm_name: str
    currency: str
    fiscal_year_start: int
    template: GovernanceTemplate
    template_text: str
    founders: tuple[Founder, ...]


@action
def found(work: Work, foundation: Foundation) -> None:
    """Fill an empty schema. Repeatable: an instance that is founded already stays as it is."""
    with work.transaction() as tx:
        if tx.lock_all(SettingsRow):
            return
        organization = _organization(tx, foundation.name)
        tx.add(_settings(tx, foundation, organization))
        _reference_data(tx, foundation.template)
        _people(tx, foundation.founders, organization)
        tx.record(_founded(work, foundation), None, INSTANCE)
        tx.later_once("publish_metrics")
        tx.later_once("publish_head")


def _organization(tx: Transaction, name: str) -> NodeRow:
    identity = tx.work.new_id()
    node = NodeRow(
        id=identity,
        parent_id=None,
        level="organization",
        name=name,
        path=f"/{identity}/",
        position=1,
        created_at=tx.work.now(),
        version=1,
    )
    tx.add(node)
    tx.flush()
    return node


def _settings(tx: Transaction, foundation: Foundation, organization: NodeRow) -> SettingsRow:
    return SettingsRow(
        id=tx.work.new_id(),
        name=foundation.name,
        firm_name=foundation.firm_name,
        currency=foundation.currency,
        fiscal_year_start=foundation.fiscal_year_start,
        template_key=foundation.template.key,
        template_version=foundation.template.version,
        template_text=foundation.template_text,
        rates={foundation.currency: "1"},
        organization_id=organization.id,
        last_code=0,
        created_at=tx.work.now(),
        version=1,
    )


def _reference_data(tx: Transaction, template: GovernanceTemplate) -> None:
    for name in template.functions:
        tx.add(ReferenceRow(id=tx.work.new_id(), kind="function", name=name))
    for forum in template.forums:
        tx.add(ForumRow(id=tx.work.new_id(), name=forum.name, chair_id=None, quorum=forum.quorum))


def _people(tx: Transaction, founders: Iterable[Founder], organization: NodeRow) -> None:
    now = tx.work.now()
    for founder in founders:
        tx.add(MemberRow(id=founder.person, email=founder.email, name=founder.name, side=founder.side, created_at=now))
        tx.flush()
        tx.add(
            AssignmentRow(
                id=tx.work.new_id(),
                member_id=founder.person,
                role=founder.role,
                node_id=organization.id,
                node_path=organization.path,
                created_at=now,
            )
        )


def _founded(work: Work, foundation: Foundation) -> InstanceFounded:
    assert work.instance.firm_id is not None
    return InstanceFounded(
        instance=work.instance.id,
        firm=work.instance.firm_id,
        name=foundation.name,
        template=f"{foundation.template.key}/v{foundation.template.version}",
        currency=foundation.currency,
        fiscal_year_start=foundation.fiscal_year_start,
        people=tuple(founder.name for founder in foundation.founders),
    )
