"""What every table of the platform schema has in common."""

from tenants.sessions import db


class PlatformModel(db.Model):  # type: ignore[name-defined, misc]
    """A table of the schema `platform`."""

    __abstract__ = True
    __bind_key__ = "platform"
