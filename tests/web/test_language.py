"""The words of templates: escaped where values stand in them, translated where there is a catalogue."""

from collections.abc import Iterator

import pytest
from babel.support import NullTranslations
from flask import Flask, g, render_template_string


@pytest.fixture
def page(site: Flask) -> Iterator[Flask]:
    with site.test_request_context("/"):
        yield site


class German(NullTranslations):
    def ugettext(self, message: str) -> str:
        return {"Hold %(name)s": "%(name)s anhalten"}.get(message, message)

    def ungettext(self, singular: str, plural: str, num: int) -> str:
        return "%(num)d Maßnahme" if num == 1 else "%(num)d Maßnahmen"


def test_values_are_escaped_and_our_own_markup_is_not(page: Flask) -> None:
    assert render_template_string('{{ _("<b>%(x)s</b>, %%", x="<i>") }}') == "<b>&lt;i&gt;</b>, %"


def test_number_chooses_the_form_and_stands_in_it(page: Flask) -> None:
    words = '{{ ngettext("%(num)d day of %(who)s", "%(num)d days of %(who)s", n, who="A & B") }}'
    assert render_template_string(words, n=1) == "1 day of A &amp; B"
    assert render_template_string(words, n=2) == "2 days of A &amp; B"


def test_number_may_be_given_as_it_is_to_be_read(page: Flask) -> None:
    assert render_template_string('{{ ngettext("%(num)s row", "%(num)s rows", 2000, num="2,000") }}') == "2,000 rows"


def test_words_are_those_of_the_language_of_the_request(page: Flask) -> None:
    g.catalogue = German()
    words = '{{ _("Hold %(name)s", name="A") }}, {{ ngettext("%(num)d measure", "%(num)d measures", 2) }}'
    assert render_template_string(words) == "A anhalten, 2 Maßnahmen"
