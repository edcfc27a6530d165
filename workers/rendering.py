"""A frozen report to PDF/UA-1: nothing is fetched from outside, and the same data gives the same bytes."""

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import segno
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from weasyprint import CSS, HTML, Attachment
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from domain.reporting import OrderPack, Pack, canonical
from domain.reporting.alternatives import alternatives
from domain.reporting.order_view import OrderView, order_view_of
from domain.reporting.pack import SteeringPack
from domain.reporting.view import View, view_of
from domain.reporting.words import moment
from workers.drawing import FILTERS, colours, drawing_of, picture

HOME = Path(__file__).parent.parent / "templates" / "reports"
STEERING_PACK, ORDER_PACK = "Steering committee pack", "Order governance report"
SECTIONS = {
    "summary": ("Summary", "What needs a decision, the leading figures, value and work side by side"),
    "pipeline": ("Pipeline and status", "Degree of implementation by count and value, both statuses, late milestones"),
    "value": ("Value", "Plan, forecast and actual; where the gap comes from; the roll-up"),
    "decisions": ("Decisions", "Every open request with its policy and price of waiting; what was decided lately"),
    "contradictions": ("Contradictions and top measures", "Where a measure says two things at once; the largest ones"),
    "provenance": ("Provenance", "Where the figures come from and how to check them"),
}
_BASE = (HOME / "fonts").as_uri() + "/"

# Fonts cut from a variable file carry a date: with a fixed one the same data gives the same bytes.
os.environ.setdefault("SOURCE_DATE_EPOCH", "1767225600")


class RefusedAddress(FatalURLFetchingError):
    """A report asked for something that is not its own: no report is made."""


class OwnFiles(URLFetcher):
    """Lets through data addresses and the report's own fonts, named one by one, and refuses everything else."""

    def __init__(self) -> None:
        super().__init__(allowed_protocols=("data", "file"), allow_redirects=False)
        self.own = frozenset(path.as_uri() for path in (HOME / "fonts").glob("*.woff2"))

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        if not url.startswith("data:") and url not in self.own:
            raise RefusedAddress(f"a report may not read {url[:200]}")
        return super().fetch(url, headers)


@dataclass(frozen=True, kw_only=True)
class LaidOut:
    """A PDF and how many pages it has."""

    content: bytes
    pages: int


def render(pack: SteeringPack, *, created: datetime) -> LaidOut:
    """The pack as PDF/UA-1 with its data attached. `created` is aware; same pack and moment, same bytes."""
    html = _templates().get_template("steering-pack.html").render(**_context(view_of(pack), created))
    return layout(html, attachments=[_data_of(pack, created)])


def render_orders(pack: OrderPack, *, created: datetime) -> LaidOut:
    """The same of an order governance report."""
    html = _templates().get_template("order-pack.html").render(**_order_context(order_view_of(pack), created))
    return layout(html, attachments=[_data_of(pack, created)])


def _data_of(pack: Pack, created: datetime) -> Attachment:
    return Attachment(
        string=canonical(pack).encode(),
        name="data.json",
        description="The data of this report",
        relationship="Source",
        created=created,
        modified=created,
    )


def layout(html: str, attachments: list[Attachment] | None = None) -> LaidOut:
    """One document from its HTML: our style sheets, our fetcher, no garbage collection meanwhile."""
    fonts, sheets = _styles()
    with _no_collection():
        source = HTML(string=html, base_url=_BASE, url_fetcher=OwnFiles())
        document = source.render(stylesheets=sheets, font_config=fonts, attachments=attachments, pdf_variant="pdf/ua-1")
        pdf = document.write_pdf(attachments=attachments, pdf_variant="pdf/ua-1")
    assert isinstance(pdf, bytes)
    return LaidOut(content=pdf, pages=len(document.pages))


def warm() -> None:
    """Loads fonts, templates and libraries once, before a worker forks; opens no connection."""
    words = ("cover", "contents", *SECTIONS)
    for name in ("order-pack.html", "steering-pack.html", *(f"steering-pack/{word}.html" for word in words)):
        _templates().get_template(name)
    layout('<html lang="en"><title>Warm</title><h1>Warm</h1><p><b>1,234</b> first page</p></html>')


def _context(view: View, created: datetime) -> dict[str, Any]:
    return {
        **_frame(view.pack, STEERING_PACK, created),
        "view": view,
        "drawing": drawing_of(view),
        "alt": alternatives(view),
        "sections": list(SECTIONS),
        "contents": SECTIONS,
        "first": 5,
    }


def _order_context(view: OrderView, created: datetime) -> dict[str, Any]:
    return {**_frame(view.pack, ORDER_PACK, created), "view": view}


def _frame(pack: Pack, document: str, created: datetime) -> dict[str, Any]:
    """What the pages of every report say of themselves."""
    return {
        "document": document,
        "meta": pack.meta,
        "qr": [list(row) for row in segno.make(pack.meta.verification_url, error="m", micro=False).matrix],
        "created": created.isoformat(timespec="seconds"),
        "created_words": moment(created),
    }


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HOME), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters.update(FILTERS)
    environment.globals.update(c=colours(_sheets()[0]), pic=picture)
    return environment


@cache
def _styles() -> tuple[FontConfiguration, list[CSS]]:
    """The style sheets read and the fonts loaded, once in a process (and before it forks)."""
    fonts, fetcher = FontConfiguration(), OwnFiles()
    return fonts, [CSS(string=text, base_url=_BASE, font_config=fonts, url_fetcher=fetcher) for text in _sheets()]


@cache
def _sheets() -> tuple[str, ...]:
    return tuple((HOME / "css" / f"{name}.css").read_text() for name in ("tokens", "base", "a4"))


@contextmanager
def _no_collection() -> Iterator[None]:
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
