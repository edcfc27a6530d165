"""People of an instance, copied in from the platform, and the roles they hold at nodes."""

from uuid import UUID

from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from tenants.columns import Key, Moment, Name, Words
from tenants.instance.models.base import InstanceModel


class MemberRow(InstanceModel):
    """A person in this instance; `id` is the person's id on the platform. `side`: client or firm.

    `notify` is how notices reach them by mail: at_once, daily or escalations.
    """

    __tablename__ = "members"

    id: Mapped[Key]
    email: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[Name]
    side: Mapped[Name]
    is_active: Mapped[bool] = mapped_column(server_default=text("true"))
    notify: Mapped[str] = mapped_column(Text, server_default="at_once")
    created_at: Mapped[Moment]


class AssignmentRow(InstanceModel):
    """A role at a node and below. `node_path` is the path of the node, as in `nodes.path`.

    With a `channel` or a business unit it is a role for those orders alone, and for no measure.
    """

    __tablename__ = "assignments"
    __table_args__ = (
        UniqueConstraint(
            "member_id", "role", "node_id", "channel", "business_unit_id", postgresql_nulls_not_distinct=True
        ),
        Index("assignments_of_role", "role", "node_path"),
    )

    id: Mapped[Key]
    member_id: Mapped[UUID] = mapped_column(ForeignKey("members.id"), index=True)
    role: Mapped[Name]
    node_id: Mapped[UUID] = mapped_column(ForeignKey("nodes.id"), index=True)
    node_path: Mapped[Words]
    channel: Mapped[Words]  # a code of the template, empty for all
    business_unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("reference_items.id"), index=True)
    created_at: Mapped[Moment]


class ReferenceRow(InstanceModel):
    """Reference data: `kind` is business_unit, function or legal_entity. A retired one is shown and not offered."""

    __tablename__ = "reference_items"
    __table_args__ = (UniqueConstraint("kind", "name"),)

    id: Mapped[Key]
    kind: Mapped[Name]
    name: Mapped[Name]
    is_retired: Mapped[bool] = mapped_column(server_default=text("false"))
    version: Mapped[int] = mapped_column(server_default=text("1"))


class ForumRow(InstanceModel):
    """A decision forum; `quorum` is how many of its members must have voted. No measure chooses a retired one anew."""

    __tablename__ = "forums"

    id: Mapped[Key]
    name: Mapped[str] = mapped_column(Text, unique=True)
    chair_id: Mapped[UUID | None] = mapped_column(ForeignKey("members.id"), index=True)
    quorum: Mapped[int]
    is_retired: Mapped[bool] = mapped_column(server_default=text("false"))
    version: Mapped[int] = mapped_column(server_default=text("1"))


class ForumMemberRow(InstanceModel):
    __tablename__ = "forum_members"

    forum_id: Mapped[Key] = mapped_column(ForeignKey("forums.id"))
    member_id: Mapped[Key] = mapped_column(ForeignKey("members.id"), index=True)
