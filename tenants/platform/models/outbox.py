"""What must happen after a commit on the platform."""

from sqlalchemy import Index, text

from tenants.outbox import OutboxColumns
from tenants.platform.models.base import PlatformModel


class PlatformOutboxRow(OutboxColumns, PlatformModel):
    __tablename__ = "outbox"
    __table_args__ = (Index("outbox_open", "created_at", postgresql_where=text("done_at IS NULL")),)
