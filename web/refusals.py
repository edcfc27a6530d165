"""A refusal in words: the one template, asked from Python. For a field's error or a notice on the next page."""

from flask import current_app

from domain.refusals import Refusal


def words_of(refusal: Refusal) -> str:
    """What the reader is told, as plain text: templates escape it like any other."""
    words = current_app.jinja_env.get_template("web/components/refusals.html").module
    return str(getattr(words, type(refusal).__name__)(refusal).unescape()).strip()
