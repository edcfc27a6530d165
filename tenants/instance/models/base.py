"""What every table of a client's schema has in common."""

from tenants.sessions import db


class InstanceModel(db.Model):  # type: ignore[name-defined, misc]
    """A table of an instance's schema. It refers to nothing outside that schema."""

    __abstract__ = True
    __bind_key__ = "instance"
