"""The hierarchy above the measures: organization, portfolio, program, project, measure package."""

from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tenants.columns import Key, Moment, Name
from tenants.instance.models.base import InstanceModel


class NodeRow(InstanceModel):
    """A node; `path` is the ids from the organization down to itself: "/<hex>/<hex>/". `level` is a Level."""

    __tablename__ = "nodes"
    __table_args__ = (
        UniqueConstraint("parent_id", "name"),
        Index("nodes_below", "path", postgresql_ops={"path": "text_pattern_ops"}),
    )

    id: Mapped[Key]
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("nodes.id"))
    level: Mapped[Name]
    name: Mapped[Name]
    path: Mapped[Name]
    position: Mapped[int]
    created_at: Mapped[Moment]
    version: Mapped[int]
