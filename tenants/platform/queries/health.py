"""Whether the platform answers, and which errors say that a database is out of reach."""

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from tenants.database import PlatformWork

UNREACHABLE: tuple[type[Exception], ...] = (OperationalError, InterfaceError, PoolTimeout)


def is_reachable(work: PlatformWork) -> bool:
    """Ask the platform's database for nothing."""
    try:
        work.session.execute(text("SELECT 1"))
    except (DBAPIError, PoolTimeout):
        return False
    return True
