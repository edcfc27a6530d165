"""What a form of ours carries beside what was typed: the version it was made from, and the id that counts once."""

from uuid import UUID

from flask import abort, request

DIGITS = 9  # of a version, at most


def seen() -> int:
    """The version that the posted form was made from; a form without one saw none, and versions begin at 1."""
    text = request.form.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= DIGITS else 0


def posted_id(name: str = "id") -> UUID:
    """An id made when the page was: the same form twice has one effect. A form without one was not made by us."""
    try:
        return UUID(request.form.get(name, ""))
    except ValueError:
        abort(400)
