"""Engines: one small pool for each instance's own login, the least recently used ones disposed of."""

from collections import OrderedDict
from threading import Lock
from urllib.parse import quote, urlsplit, urlunsplit

from sqlalchemy import Engine, create_engine
from sqlalchemy.pool import NullPool

from tenants.places import Instance
from tenants.secrets import login_password
from tenants.settings import Settings

CONNECT_SECONDS = 5
PREPARED_AFTER = 5  # uses of a statement on one connection; it is parsed and planned once from then on


class Engines:
    """Hands out the engine of an instance. Thread-safe; a process that forks makes its own."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._kept: OrderedDict[tuple[str, str], Engine] = OrderedDict()  # by cluster and schema: instances move
        self._lock = Lock()

    def of(self, instance: Instance) -> Engine:
        """The engine that logs in as the instance's own role."""
        key = (instance.cluster, instance.schema)
        with self._lock:
            engine = self._kept.pop(key, None)
            if engine is None:
                engine = create_engine(self.dsn(instance), **pool_options(), connect_args=self._arguments(instance))
            self._kept[key] = engine
            evicted = self._evict()
        for stale in evicted:
            stale.dispose()
        return engine

    def as_owner(self, instance: Instance) -> Engine:
        """An engine for DDL, used once: logs in as the role that owns the schema."""
        url = self._address(instance, instance.owner_role)
        return create_engine(url, poolclass=NullPool, connect_args=self._arguments(instance))

    def dsn(self, instance: Instance) -> str:
        return self._address(instance, instance.role)

    def forget(self, instance: Instance) -> None:
        """Close what is open to an instance."""
        with self._lock:
            engine = self._kept.pop((instance.cluster, instance.schema), None)
        if engine is not None:
            engine.dispose()

    def dispose(self) -> None:
        with self._lock:
            engines = list(self._kept.values())
            self._kept.clear()
        for engine in engines:
            engine.dispose()

    def __len__(self) -> int:
        return len(self._kept)

    def _evict(self) -> list[Engine]:
        surplus = max(0, len(self._kept) - self._settings.engines_kept)
        return [self._kept.popitem(last=False)[1] for _ in range(surplus)]

    def _address(self, instance: Instance, role: str) -> str:
        password = login_password(self._settings.secret, instance.cluster, role)
        return with_login(self._settings.clusters[instance.cluster], role, password)

    def _arguments(self, instance: Instance) -> dict[str, object]:
        return connect_arguments(self._settings, instance.schema)


def pool_options() -> dict[str, object]:
    return {"pool_size": 4, "max_overflow": 4, "pool_recycle": 900, "pool_timeout": 10}


def with_login(url: str, user: str, password: str) -> str:
    """A SQLAlchemy address of the same database with another login."""
    parts = urlsplit(url)
    netloc = f"{quote(user)}:{quote(password)}@{parts.netloc.rpartition('@')[2]}"
    return urlunsplit(("postgresql+psycopg", netloc, parts.path, parts.query, ""))


def connect_arguments(settings: Settings, schema: str) -> dict[str, object]:
    """How every connection is opened: its search path is that schema alone."""
    return {
        "connect_timeout": CONNECT_SECONDS,
        "prepare_threshold": PREPARED_AFTER if settings.prepares else None,
        # By the connection, so that a setting which a role gives itself cannot redirect it.
        "options": f"-c search_path={schema}",
    }
