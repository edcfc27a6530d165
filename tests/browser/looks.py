"""What a browser finds wrong with a page, light and dark, wide and narrow: axe-core, its console, its width."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

CONTRAST_SCRIPT = Path(__file__).with_name("contrast.js").read_text()
STRUCTURE: dict[str, Any] = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "rules": {"color-contrast": {"enabled": False}},
    "resultTypes": ["violations"],
    "preload": False,
}
WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
SIZES = {"1440": WIDE, "390": NARROW}
LOOKS = (("light", "1440"), ("dark", "1440"), ("dark", "390"), ("light", "390"))
# A theme changes colours and nothing else, so each look is asked what can differ in it.
STRUCTURE_IN = {("light", "1440")}
STRUCTURE_IN_IF_RICH = {("light", "1440"), ("light", "390")}  # the pages that hold every component
CONTRAST_IN = {("light", "1440"), ("dark", "390")}
SHOTS = os.environ.get("MANDATE_SHOTS", "")  # a folder that gets a picture of every look

Answered = defaultdict[str, list[str]]  # by look: kinds of text whose contrast is known


def findings(page: Page, name: str, *, is_rich: bool = False, answered: Answered | None = None) -> list[str]:
    """The page as it is loaded, in all four looks. Pages with one `answered` are asked for each kind of text once."""
    page.evaluate(AXE_SCRIPT)
    answered = defaultdict(list) if answered is None else answered
    found = []
    for theme, width in LOOKS:
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        page.set_viewport_size(SIZES[width])  # type: ignore[arg-type]
        wrong = [*_overflow(page)]
        if (theme, width) in (STRUCTURE_IN_IF_RICH if is_rich else STRUCTURE_IN):
            wrong += _structure(page)
        if (theme, width) in CONTRAST_IN:
            wrong += _contrast(page, answered[theme])
        found += [f"{theme}-{width}: {each}" for each in wrong]
        if SHOTS:
            page.screenshot(path=Path(SHOTS) / f"{name}-{theme}-{width}.png", full_page=True)
    return found


def _structure(page: Page) -> Iterator[str]:
    yield from _serious(page.evaluate("rules => axe.run(document, rules)", STRUCTURE)["violations"])


def _contrast(page: Page, answered: list[str]) -> Iterator[str]:
    said = page.evaluate(CONTRAST_SCRIPT, answered)
    answered += said["answered"]
    yield from _serious(said["violations"])


def _serious(violations: list[dict[str, Any]]) -> Iterator[str]:
    for each in violations:
        if each["impact"] in ("serious", "critical"):
            for node in each["nodes"][:3]:
                yield f"{each['id']} at {node['target'][0]}: {node['html'][:160]} {_why(node)}"


def _why(node: dict[str, Any]) -> str:
    return " ".join(check["message"] for check in (*node["any"], *node["all"]))[:200]


def _overflow(page: Page) -> list[str]:
    """Only parts that scroll by themselves may be wider than the window."""
    wide, window = page.evaluate("[document.scrollingElement.scrollWidth, innerWidth]")
    return [f"{wide} pixels wide in a window of {window}"] if wide > window else []
