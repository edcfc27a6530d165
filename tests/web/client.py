"""A browser for tests: every page it gets is checked for valid HTML, one h1, unique ids, labels and headers."""

from __future__ import annotations

import re
from collections import Counter
from contextlib import contextmanager
from functools import cached_property
from secrets import token_hex
from typing import Any
from xml.etree import ElementTree

import html5lib
from flask import Flask, session
from flask.testing import FlaskClient
from flask_wtf.csrf import generate_csrf
from sqlalchemy import event
from werkzeug.test import TestResponse

from domain.ids import PersonId
from tenants.database import platform_work
from tenants.platform.actions.sessions import open_session
from tenants.sessions import db

HTML = "{http://www.w3.org/1999/xhtml}"
HEADERS = {
    "Content-Security-Policy": "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Request-ID": "-",
}
UNLABELLED = ("hidden", "submit", "button", "image", "reset")


class Page:
    """One answer with its parsed document."""

    def __init__(self, response: TestResponse) -> None:
        self.response = response
        self.status = response.status_code
        self.text = response.get_data(as_text=True) if response.mimetype.startswith("text/") else ""
        self.location = response.headers.get("Location", "")

    @cached_property
    def document(self) -> ElementTree.Element | None:
        """Parsed when first looked at: the parser takes longer than many a page."""
        return _parse(self.text) if self.response.mimetype == "text/html" and self.text.strip() else None

    @property
    def headers(self) -> Any:
        return self.response.headers

    @property
    def words(self) -> str:
        """All the text a reader sees, spaces collapsed."""
        return " ".join("".join(self.main.itertext()).split()) if self.document is not None else self.text

    @property
    def main(self) -> ElementTree.Element:
        assert self.document is not None
        return next(self.document.iter(f"{HTML}main"), self.document)

    @property
    def title(self) -> str:
        """The words of the h1."""
        return " ".join("".join(next(self.main.iter(f"{HTML}h1")).itertext()).split())

    def all(self, tag: str, **attributes: str) -> list[ElementTree.Element]:
        """Every element with this tag and these attributes (`class_` for class: one of the classes)."""
        assert self.document is not None
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
        return [element for element in self.document.iter(HTML + tag) if _has(element, wanted)]

    def links(self) -> list[str]:
        return [element.get("href", "") for element in self.all("a")]

    def field(self, name: str) -> str | None:
        """The value of a form field; None when the page has no such field."""
        fields = [*self.all("input", name=name), *self.all("textarea", name=name)]
        return (fields[0].get("value") or fields[0].text or "") if fields else None

    def errors(self) -> list[str]:
        """What the fields say is wrong."""
        return [" ".join("".join(element.itertext()).split()) for element in self.all("p", class_="m-error")]


class Client:
    """Gets and posts as one person. `post` takes the CSRF token along, as the page's form would."""

    def __init__(self, app: Flask, person: PersonId | None = None) -> None:
        self.app = app
        self.http: FlaskClient = app.test_client()
        if person is not None:
            self.enter(person)

    def enter(self, person: PersonId) -> None:
        """Have an open session without the sign-in form, which takes its time on purpose."""
        with self.app.app_context():
            work = platform_work(clock=self.app.extensions["clock"])
            token = open_session(work, person, agent="Test browser", address="192.0.2.1")
            work.close()
        with self.http.session_transaction() as cookie:
            cookie["_user_id"] = token
            cookie["_fresh"] = True

    def get(self, path: str, status: int = 200, **options: Any) -> Page:
        """A page, checked. A fragment is asked for with `htmx=True`."""
        headers = {"HX-Request": "true"} if options.pop("htmx", False) else {}
        response = self.http.get(path, headers=headers | options.pop("headers", {}), **options)
        page = Page(response)
        assert page.status == status, f"{path}: {page.status} -> {page.location}\n{page.text[-2000:]}"
        check_headers(page)
        if page.document is not None and not headers:
            check_page(page, path)
        return page

    def post(self, path: str, data: dict[str, Any] | None = None, status: int = 303, **options: Any) -> Page:
        """Send a form. 303 is success; 422 and 409 answer with a page, which is checked."""
        htmx = {"HX-Request": "true"} if options.pop("htmx", False) else {}
        headers = {"Sec-Fetch-Site": "same-origin"} | htmx | options.pop("headers", {})
        fields = {"csrf_token": self.csrf_token()} | (data or {})
        response = self.http.post(path, data=fields, headers=headers, **options)
        page = Page(response)
        assert page.status == status, f"{path}: {page.status} -> {page.location}\n{page.text[-2000:]}"
        check_headers(page)
        if page.status != 303 and page.document is not None and not htmx:
            check_page(page, path)
        return page

    def vote(self, address: str, data: dict[str, Any], status: int = 303, **options: Any) -> Page:
        """Decide a request from its page as it is now: the form carries the seal and the step that it shows."""
        page = Page(self.http.get(address))
        shown = {name: page.field(name) or "" for name in ("seal", "step")} if page.document is not None else {}
        return self.post(f"{address}/votes", shown | data, status, **options)

    def csrf_token(self) -> str:
        """A token of this browser's session, as a form on any page would carry it."""
        with self.http.session_transaction() as cookie:
            secret = cookie.setdefault("csrf_token", token_hex(20))
        with self.app.test_request_context():
            session["csrf_token"] = secret
            return str(generate_csrf())


def check_headers(page: Page) -> None:
    for name, wanted in HEADERS.items():
        assert wanted in page.headers.get(name, ""), f"{name}: {page.headers.get(name)}"


def check_page(page: Page, where: str = "") -> None:
    """One h1, unique ids, a label on every field, references that lead somewhere, a title."""
    document = page.document
    assert document is not None
    assert len(list(document.iter(f"{HTML}h1"))) == 1, f"{where}: not one h1"
    assert (next(document.iter(f"{HTML}title")).text or "").strip(), f"{where}: no title"
    ids = Counter(element.get("id") for element in document.iter() if element.get("id"))
    assert not [name for name, count in ids.items() if count > 1], f"{where}: {[n for n, c in ids.items() if c > 1]}"
    for attribute in ("aria-describedby", "aria-labelledby", "for", "form"):
        for element in document.iter():
            missing = set((element.get(attribute) or "").split()) - set(ids)
            assert not missing, f"{where}: {attribute} refers to {missing}"
    _check_labels(document, where)
    assert not re.search(r"\s(style|on\w+)=", _tags_only(page.text)), f"{where}: inline style or script"


def _check_labels(document: ElementTree.Element, where: str) -> None:
    labelled = {element.get("for") for element in document.iter(f"{HTML}label")}
    wrapped = {id(inner) for label in document.iter(f"{HTML}label") for inner in label.iter()}
    for tag in ("input", "select", "textarea"):
        for field in document.iter(HTML + tag):
            if field.get("type") in UNLABELLED:
                continue
            has = field.get("id") in labelled or id(field) in wrapped or field.get("aria-label")
            assert has or field.get("aria-labelledby"), f"{where}: {field.get('name')} has no label"


def _parse(text: str) -> ElementTree.Element:
    """Strict: the first parse error is a failed test. A fragment is parsed as one."""
    parser = html5lib.HTMLParser(strict=True, tree=html5lib.getTreeBuilder("etree"))
    if text.lstrip()[:9].lower() == "<!doctype":
        parsed: ElementTree.Element = parser.parse(text)
        return parsed
    container = "tbody" if text.lstrip().startswith(("<tr", "<!-- tr")) else "div"
    fragment: ElementTree.Element = parser.parseFragment(text, container=container)
    return fragment


def _has(element: ElementTree.Element, wanted: dict[str, str]) -> bool:
    return all(
        value in (element.get(name) or "").split() if name == "class" else element.get(name) == value
        for name, value in wanted.items()
    )


def _tags_only(text: str) -> str:
    return "".join(re.findall(r"<[^>]*>", text))


@contextmanager
def statements(app: Flask):  # type: ignore[no-untyped-def]
    """Every SQL statement the application sends meanwhile, platform and instances alike."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    with app.app_context():
        engines = [db.engines["platform"], *app.extensions["engines_of_instances"]._kept.values()]
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", note)
