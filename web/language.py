"""The words of templates in the reader's language: the catalogue is looked up once a request, not once a word."""

from functools import lru_cache
from typing import Any

from flask import Flask, g
from flask_babel import get_translations
from markupsafe import Markup

TEXTS = 10_000  # kept as they were found: a long table says the same few hundreds of times


def install(app: Flask) -> None:
    """Plain functions: Jinja's own take the context, which it copies for every call from inside a loop."""
    app.jinja_env.globals.update(_=translated, gettext=translated, ngettext=translated_number)


def translated(text: str, /, **values: object) -> Markup:
    """A text with its values in place, escaped; "%%" is a per cent sign."""
    found = _found(_catalogue(), text)
    return found % values if values else _bare(found)


def translated_number(singular: str, plural: str, num: int, /, **values: object) -> Markup:
    """The form of a text that goes with a number, which stands in it as %(num)d or %(num)s."""
    text = _catalogue().ungettext(singular, plural, num)
    return Markup(text) % ({"num": num} | values)  # noqa: S704 (a text of ours)


def _catalogue() -> Any:
    if (kept := g.get("catalogue")) is None:
        kept = g.catalogue = get_translations()
    return kept


@lru_cache(maxsize=TEXTS)
def _found(catalogue: Any, text: str) -> Markup:
    return Markup(catalogue.ugettext(text))  # noqa: S704 (a text of ours)


@lru_cache(maxsize=TEXTS)
def _bare(text: Markup) -> Markup:
    return text % {}
