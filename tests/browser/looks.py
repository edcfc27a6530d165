"""What a browser finds wrong with a page, light and dark, wide and narrow: axe-core, its console, its width."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
EVERYTHING: dict[str, Any] = {
    "runOnly": {"type": "tag", "values": WCAG},
    "resultTypes": ["violations"],
    "preload": False,
}
COLOURS = EVERYTHING | {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
STRUCTURE = EVERYTHING | {"rules": {"color-contrast": {"enabled": False}}}
WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
LOOKS = (  # a theme changes colours and nothing else, so each look is asked what can differ in it
    ("light-1440", "light", WIDE, EVERYTHING),
    ("dark-1440", "dark", WIDE, None),
    ("dark-390", "dark", NARROW, COLOURS),
    ("light-390", "light", NARROW, None),
)
RICH = {"light-390": STRUCTURE}  # instead, on the pages that hold every component
SHOTS = os.environ.get("MANDATE_SHOTS", "")  # a folder that gets a picture of every look


def findings(page: Page, name: str, *, is_rich: bool = False) -> list[str]:
    """The page as it is loaded, in all four looks."""
    page.evaluate(AXE_SCRIPT)
    found = []
    for look, theme, size, rules in LOOKS:
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        page.set_viewport_size(size)  # type: ignore[arg-type]
        asked = RICH.get(look, rules) if is_rich else rules
        found += [f"{look}: {each}" for each in (*_violations(page, asked), *_overflow(page))]
        if SHOTS:
            page.screenshot(path=Path(SHOTS) / f"{name}-{look}.png", full_page=True)
    return found


def _violations(page: Page, rules: dict[str, Any] | None) -> list[str]:
    if rules is None:
        return []
    result = page.evaluate("rules => axe.run(document, rules)", rules)
    return [
        f"{each['id']} at {node['target'][0]}: {node['html'][:160]} {_why(node)}"
        for each in result["violations"]
        if each["impact"] in ("serious", "critical")
        for node in each["nodes"][:3]
    ]


def _why(node: dict[str, Any]) -> str:
    return " ".join(check["message"] for check in (*node["any"], *node["all"]))[:200]


def _overflow(page: Page) -> list[str]:
    """Only parts that scroll by themselves may be wider than the window."""
    wide, window = page.evaluate("[document.scrollingElement.scrollWidth, innerWidth]")
    return [f"{wide} pixels wide in a window of {window}"] if wide > window else []
