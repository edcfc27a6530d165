"""Tables of a client's schema; importing this package registers them all."""

from tenants.instance.models import (  # noqa: F401
    audit,
    checks,
    comments,
    conditions,
    delegations,
    exceptions,
    hierarchy,
    imports,
    intake,
    measures,
    meetings,
    notices,
    order_sums,
    orders,
    outbox,
    people,
    reports,
    requests,
    settings,
    values,
)
