"""Tables of a client's schema; importing this package registers them all."""

from tenants.instance.models import (  # noqa: F401
    audit,
    hierarchy,
    imports,
    measures,
    outbox,
    people,
    reports,
    requests,
    settings,
    values,
)
