"""The registry: from a slug in an address to the instance behind it, for those who may enter."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, select

from domain.ids import FirmId, InstanceId, PersonId
from tenants.database import NotFound, PlatformWork
from tenants.places import Instance
from tenants.platform.models.instances import OPEN, InstanceMemberRow, InstanceRow

# Every page and every call asks: built once, and plain columns, as an object of the session costs as much again.
PLACE = tuple(InstanceRow.__table__.c[name] for name in ("id", "firm_id", "slug", "name", "cluster", "schema", "state"))
BY_SLUG = select(*PLACE).where(InstanceRow.slug == bindparam("slug"), InstanceRow.state.in_(OPEN))
FOR_PERSON = (
    BY_SLUG.add_columns(InstanceMemberRow.side)
    .join(InstanceMemberRow, InstanceMemberRow.instance_id == InstanceRow.id)
    .where(InstanceMemberRow.person_id == bindparam("person"))
)


class InstanceMoving(RuntimeError):
    """The instance is being moved to another cluster: nobody reads or writes it for the moment."""


def find_for_person(work: PlatformWork, slug: str, person: PersonId) -> tuple[Instance, str] | None:
    """The instance with this slug and the person's side in it; None where the person is no member."""
    row = work.session.execute(FOR_PERSON, {"slug": slug, "person": person}).one_or_none()
    return (_at_rest(row), row.side) if row else None


def find_instance(work: PlatformWork, slug: str) -> Instance | None:
    """The instance with this slug: for machines, who prove by a signature that they may enter."""
    row = work.alone().execute(BY_SLUG, {"slug": slug}).one_or_none()
    return _at_rest(row) if row else None


def get_instance(work: PlatformWork, instance_id: InstanceId) -> Instance:
    """The instance with this id. Raises NotFound."""
    row = work.session.get(InstanceRow, instance_id)
    if row is None:
        raise NotFound(f"instance {instance_id}")
    return _at_rest(row)


def active_instances(work: PlatformWork) -> Sequence[Instance]:
    """Every instance that is in use now, by schema name."""
    rows = work.session.scalars(select(InstanceRow).where(InstanceRow.state == "active").order_by(InstanceRow.schema))
    return [to_instance(row) for row in rows]


def outdated_instances(work: PlatformWork, head: str) -> Sequence[Instance]:
    """Every schema, spare ones too, whose revision is not `head`: one query for the whole fleet."""
    rows = work.session.scalars(select(InstanceRow).where(InstanceRow.revision != head).order_by(InstanceRow.schema))
    return [to_instance(row) for row in rows]


def _at_rest(row: Any) -> Instance:
    if row.state == "moving":
        raise InstanceMoving(row.slug)
    return to_instance(row)


def to_instance(row: Any) -> Instance:
    """From a row of the model, or one of PLACE."""
    return Instance(
        id=InstanceId(row.id),
        firm_id=FirmId(row.firm_id) if row.firm_id else None,
        slug=row.slug or "",
        name=row.name,
        cluster=row.cluster,
        schema=row.schema,
    )
