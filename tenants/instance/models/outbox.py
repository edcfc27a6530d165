"""What must happen after a commit in this instance."""

from sqlalchemy import Index, text

from tenants.instance.models.base import InstanceModel
from tenants.outbox import OutboxColumns


class OutboxRow(OutboxColumns, InstanceModel):
    __tablename__ = "outbox"
    __table_args__ = (Index("outbox_open", "created_at", postgresql_where=text("done_at IS NULL")),)
