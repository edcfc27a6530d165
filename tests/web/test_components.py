"""Layouts and components: every macro renders, the HTML is valid, ids are unique, fields are labelled, icons exist."""

import logging
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import html5lib
import pytest
from axe_playwright_python.base import AXE_SCRIPT
from flask import Flask, Response, render_template, render_template_string
from jinja2 import StrictUndefined
from playwright.sync_api import Browser
from werkzeug.serving import make_server

from tests.browser.looks import CONTRAST_SCRIPT
from tests.web.gallery import ERRORS, Shell, show

ROOT = Path(__file__).resolve().parents[2]
WEB = ROOT / "templates" / "web"
ALL_BUT_COLOURS = {"preload": False, "rules": {"color-contrast": {"enabled": False}}}
XHTML = "{http://www.w3.org/1999/xhtml}"


def gallery_app() -> Flask:
    app = Flask("gallery", root_path=str(ROOT), template_folder="templates", static_folder="web/static")
    app.static_url_path = "/static"
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_null_translations(newstyle=True)  # type: ignore[attr-defined]

    @app.get("/<theme>")
    def gallery(theme: str) -> str:
        chosen = "" if theme == "system" else theme
        return render_template("web/components/gallery.html", shell=Shell(theme=chosen), show=show())

    @app.get("/sign-in")
    def sign_in() -> str:
        return render_template_string(SIGN_IN, shell=Shell())

    @app.get("/errors/<int:code>")
    def error(code: int) -> str:
        return render_template(f"web/errors/{code}.html")

    @app.after_request
    def strict(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = "default-src 'self'; frame-ancestors 'none'; base-uri 'none'"
        return response

    return app


SIGN_IN = """{% extends "web/layouts/identity.html" %}{% from "web/components/form.html" import text, csrf %}
{% block title %}Sign in{% endblock %}
{% block main %}<h1>Sign in</h1><form method="post" action="/">{{ csrf(shell) }}{{ text("email", "E-mail", type="email",
autocomplete="username") }}<button class="btn btn-primary" type="submit">Sign in</button></form>{% endblock %}"""

PAGES = ["/light", "/sign-in", *(f"/errors/{code}" for code in (400, 403, 404, 409, 413, 422, 429, 500, 503))]


@pytest.fixture(scope="module")
def app() -> Flask:
    return gallery_app()


def render(app: Flask, source: str, **values: Any) -> str:
    with app.test_request_context():
        return render_template_string(source, **values)


def tree_of(html: str) -> Any:
    return html5lib.HTMLParser(strict=True).parse(html)


@pytest.mark.parametrize("path", PAGES)
def test_page_is_valid_html_with_one_h1_and_unique_ids(app: Flask, path: str) -> None:
    tree = tree_of(app.test_client().get(path).get_data(as_text=True))
    elements = list(tree.iter())
    assert len([e for e in elements if e.tag == f"{XHTML}h1"]) == 1
    assert [i for i, n in Counter(e.get("id") for e in elements if e.get("id")).items() if n > 1] == []


@pytest.mark.parametrize("path", PAGES)
def test_every_field_has_a_name_and_every_reference_an_end(app: Flask, path: str) -> None:
    tree = tree_of(app.test_client().get(path).get_data(as_text=True))
    ids = {e.get("id") for e in tree.iter()}
    labelled = {e.get("for") for e in tree.iter(f"{XHTML}label")}
    inside = {field for label in tree.iter(f"{XHTML}label") for field in label.iter()}
    for tag in ("input", "select", "textarea"):
        for field in tree.iter(XHTML + tag):
            named = field in inside or field.get("id") in labelled or field.get("aria-label")
            assert field.get("type") == "hidden" or named, dict(field.attrib)
    for element in tree.iter():
        for name in ("aria-describedby", "aria-labelledby", "for"):
            assert set((element.get(name) or "").split()) <= ids, (name, element.get(name))


@pytest.mark.parametrize("path", PAGES)
def test_no_inline_style_script_or_data_image(app: Flask, path: str) -> None:
    html = app.test_client().get(path).get_data(as_text=True)
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|data:|<script(?![^>]* src=)", html)


def test_every_icon_named_in_a_template_is_in_the_sprite() -> None:
    sprite = set(re.findall(r'<symbol id="([^"]+)"', (ROOT / "web/static/vendor/icons/sprite.svg").read_text()))
    named = re.compile(r'icon\("([a-z0-9-]+)"|icon_name="([a-z0-9-]+)"|"icon": "([a-z0-9-]+)"')
    missing = {
        (str(path.relative_to(WEB)), name)
        for path in WEB.rglob("*.html")
        for found in named.findall(path.read_text())
        for name in found
        if name and name not in sprite
    }
    assert missing == set()


def test_colours_are_named_in_one_place() -> None:
    css = ROOT / "web" / "static" / "css"
    loud = {
        p.name for p in css.glob("*.css") if p.name != "tokens.css" and re.search(r"#[0-9a-fA-F]{3,8}\b", p.read_text())
    }
    assert loud <= {"base.css"}  # paper is white in print


def test_every_style_sheet_is_imported_and_every_import_exists() -> None:
    css = ROOT / "web" / "static" / "css"
    imported = set(re.findall(r'@import url\("([^"]+)"\)', (css / "mandate.css").read_text()))
    assert imported == {p.name for p in css.glob("*.css")} - {"mandate.css"} | {"../vendor/tabler/tabler.min.css"}
    assert all((css / name).exists() for name in imported)


FIELD = '{% from "web/components/form.html" import text %}{{ text(name, "Label", value, errors=errors, hint="Hint") }}'


def test_only_the_first_error_takes_the_focus(app: Flask) -> None:
    first = render(app, FIELD, name="title", value="", errors=ERRORS)
    second = render(app, FIELD, name="rough", value="", errors=ERRORS)
    assert 'aria-describedby="title-hint title-error" aria-invalid="true" autofocus' in first
    assert 'aria-invalid="true"' in second and "autofocus" not in second


def test_values_of_people_are_escaped(app: Flask) -> None:
    html = render(app, FIELD, name="title", value='"><script>x</script>', errors={"title": "<b>no</b>"})
    assert "<script>" not in html and "<b>" not in html


def test_a_missing_value_is_a_dash_and_zero_is_zero(app: Flask) -> None:
    source = '{% from "web/components/table.html" import td %}{{ td(none) }}{{ td("") }}{{ td("0") }}'
    assert render(app, source) == "<td>–</td><td>–</td><td>0</td>"


def test_refused_act_stays_in_sight_with_its_reason(app: Flask) -> None:
    source = '{% from "web/components/button.html" import refused %}{{ refused("Close", "Not yet.", "why") }}'
    html = render(app, source)
    assert 'aria-disabled="true" aria-describedby="why"' in html and 'id="why">Not yet.' in html


def test_firm_layout_names_no_client(app: Flask) -> None:
    source = (
        '{% extends "web/layouts/firm.html" %}{% block title %}F{% endblock %}{% block main %}<h1>F</h1>{% endblock %}'
    )
    html = render(app, source, shell=Shell(client_name="", switcher=()))
    tree_of(html)
    assert "All engagements" in html and '<details class="m-pop">' not in html


@pytest.fixture(scope="module")
def address(app: Flask) -> Iterator[str]:
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def structure(page: Any) -> Any:
    return page.evaluate("rules => axe.run(document, rules)", ALL_BUT_COLOURS)["violations"]


def contrast(page: Any) -> Any:
    return page.evaluate(CONTRAST_SCRIPT, [])["violations"]


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize(
    ("path", "width", "questions"),
    [
        ("/light", 1440, (structure, contrast)),
        ("/dark", 1440, (contrast,)),  # a theme changes colours and nothing else, a width all but them
        ("/light", 390, (structure,)),
        ("/sign-in", 1440, (structure, contrast)),
    ],
)
def test_page_has_no_axe_violation_no_csp_violation_and_no_overflow(
    chromium: Browser, address: str, path: str, width: int, questions: tuple[Callable[[Any], Any], ...]
) -> None:
    page = chromium.new_page(viewport={"width": width, "height": 900})
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
    page.goto(address + path)
    page.wait_for_load_state("networkidle")
    page.evaluate(AXE_SCRIPT)
    found = [violation for question in questions for violation in question(page)]
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    page.close()
    assert [(v["id"], [n["target"] for n in v["nodes"]][:3]) for v in found] == []
    assert said == []
    assert overflow == 0


@pytest.mark.browser
def test_script_ticks_all_counts_and_closes_menus(chromium: Browser, address: str) -> None:
    page = chromium.new_page(viewport={"width": 1440, "height": 900})
    page.goto(address + "/light")
    page.get_by_label("Tick all").check()
    assert page.locator('tbody input[name="m"]:checked').count() == 3
    assert page.locator("[data-tick-words]").inner_text() == "3 of 3 ticked"
    menu = page.locator(".m-mast-end details")
    menu.locator("summary").click()
    assert menu.evaluate("e => e.open")
    page.keyboard.press("Escape")
    assert not menu.evaluate("e => e.open")
    page.close()


@pytest.mark.browser
def test_unsaved_changes_ask_before_they_are_lost(chromium: Browser, address: str) -> None:
    page = chromium.new_page()
    page.goto(address + "/light")
    assert page.evaluate("document.activeElement.id") == "f-2026-12"  # the first error of the page
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.get_by_role("textbox", name="Title (needed)").fill("Another title")
    page.goto(address + "/sign-in")
    page.close()
    assert asked == ["beforeunload"]
