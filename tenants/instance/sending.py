"""Rows that go to the driver past the session: a few as statements, many by COPY, which is ten times as fast."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID

from psycopg import sql
from psycopg.types.json import Jsonb

COPY_FROM, COPY_CHUNK = 100, 1_000  # rows
Sending = tuple[bytes, Sequence[Mapping[str, Any]]]  # a statement, and its parameters for each time it is sent
SPECIAL = re.compile(r"[\\\t\n\r]")
ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def send(driver: Any, statements: Sequence[Sending]) -> list[Any]:
    """Returns the cursors, which know how many rows each wrote."""
    cursors = [driver.cursor() for _ in statements]
    for cursor, (statement, rows) in zip(cursors, statements, strict=True):
        for row in rows:
            cursor.execute(statement, row)
    return cursors


def insertion(row_type: Any, values: Sequence[Mapping[str, Any]]) -> Sending:
    return _inserting(row_type.__tablename__, tuple(values[0])), [_sent(row) for row in values]


@lru_cache(maxsize=256)
def _inserting(table: str, columns: tuple[str, ...]) -> bytes:
    places = sql.SQL(", ").join(map(sql.Placeholder, columns))
    insertion = sql.SQL("INSERT INTO {} ({}) VALUES ({})")
    return insertion.format(sql.Identifier(table), _names(columns), places).as_bytes()


def copy_in(driver: Any, table: str, values: Sequence[Mapping[str, Any]]) -> None:
    columns = tuple(values[0])
    with driver.cursor() as cursor, cursor.copy(_copying(table, columns)) as copy:
        for start in range(0, len(values), COPY_CHUNK):
            copy.write("".join([_line(row, columns) for row in values[start : start + COPY_CHUNK]]))


@lru_cache(maxsize=64)
def _copying(table: str, columns: tuple[str, ...]) -> bytes:
    return sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), _names(columns)).as_bytes()


def _names(columns: Sequence[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, columns))


def _sent(row: Mapping[str, Any]) -> dict[str, Any]:
    """The row as the driver takes it."""
    return {name: Jsonb(value) if isinstance(value, dict) else value for name, value in row.items()}


def _line(row: Mapping[str, Any], columns: Sequence[str]) -> str:
    """A row in PostgreSQL's text format for COPY."""
    return "\t".join([_copies.get(type(value := row[name]), _escaped)(value) for name in columns]) + "\n"


def _escaped(value: Any) -> str:
    text = str(value)
    return text.translate(ESCAPES) if SPECIAL.search(text) else text


def _array(texts: list[str]) -> str:
    return _escaped("{" + ",".join(map(json.dumps, texts)) + "}")


_copies: dict[type, Callable[[Any], str]] = {
    **dict.fromkeys((bool, int, Decimal, date, datetime, UUID), str),  # nothing in them is special
    type(None): lambda _value: "\\N",
    dict: lambda value: _escaped(json.dumps(value)),
    list: _array,
}
