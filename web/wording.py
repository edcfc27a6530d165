"""The names of governed fields and of those whom a step asks, for routes: one template holds them, this reads it."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import current_app

REFUSALS = "web/components/refusals.html"


def field_name(name: str) -> str:
    """A governed field as people call it: "expected_effect" -> "expected effect"."""
    return str(_macros().field_name(name).unescape()).strip()


def approvers(selector: str) -> str:
    """Whom a step asks: "measure:sponsor" -> "the sponsor"."""
    return str(_macros().approvers(selector).unescape()).strip()


def not_counted(because: str) -> str:
    """Why somebody present does not count for a decision: "requested" -> "asked for it"."""
    return str(_macros().not_counted(because).unescape()).strip()


def mended_by(people: Sequence[UUID], names: Mapping[UUID, str]) -> str:
    """Who can mend what nobody can decide: "Clara Vogt or Ada Admin can mend it." """
    return str(_macros().mended_by([names.get(person, "–") for person in people]).unescape()).strip()


def _macros() -> Any:
    return current_app.jinja_env.get_template(REFUSALS).module
