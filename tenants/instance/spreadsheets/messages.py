"""What the reading child and its parent tell each other: JSON for the table or the refusal."""

import json
from dataclasses import asdict
from typing import Any

from domain.imports.table import DecimalMark, Table, TableRow
from tenants.instance.spreadsheets import refused
from tenants.instance.spreadsheets.refused import FileRefused

_REFUSALS = {
    name: kind for name, kind in vars(refused).items() if isinstance(kind, type) and issubclass(kind, FileRefused)
}


def to_message(outcome: Table | FileRefused) -> bytes:
    if isinstance(outcome, FileRefused):
        return json.dumps({"refused": type(outcome).__name__, "data": asdict(outcome)}).encode()
    rows = [(row.number, row.cells, sorted(row.typed)) for row in outcome.rows]
    about = {name: value for name, value in vars(outcome).items() if name != "rows"}
    return json.dumps({"table": about, "rows": rows}, ensure_ascii=False).encode("utf-8", "surrogatepass")


def from_message(message: bytes) -> Table | FileRefused:
    """The outcome again; ValueError or KeyError when it is no message of ours."""
    data: dict[str, Any] = json.loads(message.decode("utf-8", "surrogatepass"))
    if kind := data.get("refused"):
        refusal: FileRefused = _REFUSALS[kind](**data["data"])
        return refusal
    about = data["table"]
    mark = about["decimal_mark"]
    return Table(
        headers=tuple(about["headers"]),
        rows=tuple(TableRow(number=n, cells=tuple(c), typed=frozenset(t)) for n, c, t in data["rows"]),
        sheet=about["sheet"],
        delimiter=about["delimiter"],
        encoding=about["encoding"],
        decimal_mark=DecimalMark(mark) if mark else None,
        other_sheets=tuple(about["other_sheets"]),
    )
