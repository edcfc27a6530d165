"""Tables of the platform schema; importing this package registers them all."""

from tenants.platform.models import (  # noqa: F401
    engagements,
    firms,
    instances,
    library,
    outbox,
    people,
)
