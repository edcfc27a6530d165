"""What the reading child and its parent tell each other: JSON for the table or the refusal."""

import json
from dataclasses import asdict
from typing import Any

from domain.table import Table, table_from_json, table_to_json
from tenants.instance.spreadsheets import refused
from tenants.instance.spreadsheets.refused import FileRefused

_REFUSALS = {
    name: kind for name, kind in vars(refused).items() if isinstance(kind, type) and issubclass(kind, FileRefused)
}


def to_message(outcome: Table | FileRefused) -> bytes:
    if isinstance(outcome, FileRefused):
        message: dict[str, Any] = {"refused": type(outcome).__name__, "data": asdict(outcome)}
    else:
        message = {"table": table_to_json(outcome)}
    return json.dumps(message, ensure_ascii=False).encode("utf-8", "surrogatepass")


def from_message(message: bytes) -> Table | FileRefused:
    """The outcome again; ValueError or KeyError when it is no message of ours."""
    data: dict[str, Any] = json.loads(message.decode("utf-8", "surrogatepass"))
    if kind := data.get("refused"):
        refusal: FileRefused = _REFUSALS[kind](**data["data"])
        return refusal
    return table_from_json(data["table"])
