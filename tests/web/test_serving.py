"""What gunicorn serves is warm: no page's first reader waits for its template."""

from pathlib import Path

import pytest
from flask import Flask
from jinja2 import TemplateSyntaxError

from web.serving import compile_templates


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    for folder in ("web/firm", "mail"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "web" / "firm" / "people.html").write_text("{{ people }}")
    (tmp_path / "mail" / "asked.txt").write_text("{{ asked }}")
    return Flask("warm", template_folder=str(tmp_path), static_folder=None)


def test_templates_of_pages_are_compiled_before_the_first_request(app: Flask) -> None:
    compile_templates(app)
    assert app.jinja_env.cache is not None
    assert [name for _loader, name in app.jinja_env.cache] == ["web/firm/people.html"]


def test_a_template_that_cannot_be_read_ends_the_start(app: Flask) -> None:
    Path(str(app.template_folder), "web", "broken.html").write_text("{% if %}")
    with pytest.raises(TemplateSyntaxError):
        compile_templates(app)
