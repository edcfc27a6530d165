"""The prepared list of statements that builds one instance, made once from the models.

A test proves that it gives the same schema as the migrations.
"""

from functools import cache

from sqlalchemy.dialects.postgresql import psycopg
from sqlalchemy.schema import CreateIndex, CreateTable

import tenants.instance.models  # noqa: F401  (registers the tables)
from tenants.instance import order_sums
from tenants.instance.trail import statements
from tenants.sessions import db

TENANT_HEAD = "0003"

VERSION_TABLE = (
    "CREATE TABLE IF NOT EXISTS alembic_version (version_num VARCHAR(32) NOT NULL, "
    "CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
)
KEPT_FOR_EVER = 'REVOKE UPDATE, DELETE ON plan_versions FROM "{}"'  # a locked plan is read and added, never changed
VERSION_STAMP = "INSERT INTO alembic_version (version_num) VALUES ('{}') ON CONFLICT DO NOTHING"


def prepared(login: str) -> list[str]:
    """Every statement for a new instance whose schema and login are both called `login`, in order."""
    return [
        *_tables(),
        VERSION_TABLE,
        *order_sums.statements(),
        *statements(login),
        KEPT_FOR_EVER.format(login),
        _stamp(),
    ]


@cache
def _tables() -> tuple[str, ...]:
    dialect = psycopg.dialect()
    tables = db.metadatas["instance"].sorted_tables
    creates = [str(CreateTable(table, if_not_exists=True).compile(dialect=dialect)).strip() for table in tables]
    indexes = [
        str(CreateIndex(index, if_not_exists=True).compile(dialect=dialect)).strip()
        for table in tables
        for index in sorted(table.indexes, key=lambda index: str(index.name))
    ]
    return tuple(creates + indexes)


def _stamp() -> str:
    return VERSION_STAMP.format(TENANT_HEAD)
