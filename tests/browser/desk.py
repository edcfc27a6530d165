"""One person's browser window: pages opened, complaints of the browser kept, what is clicked often in one word."""

from __future__ import annotations

from re import compile as pattern
from re import escape

from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, expect

EXPECTED = pattern(r"Failed to load resource: the server responded with a status of 4(04|09|10|22)\b")


class Desk:
    """A context with one page. `complaints` is what the browser's console says is wrong."""

    def __init__(self, context: BrowserContext) -> None:
        self.context = context
        self.complaints: list[str] = []
        context.on("console", self._note)
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        self.page: Page = context.new_page()

    def open(self, path: str, status: int = 200) -> Page:
        """A page by its address."""
        response = self.page.goto(path)
        assert response is not None and response.status == status, f"{path}: {response and response.status}"
        return self.page

    def fill(self, **fields: str) -> None:
        """Fields by name: text typed, choices chosen by value or words."""
        for name, value in fields.items():
            field = self.field(name)
            if field.evaluate("element => element.tagName") == "SELECT":
                field.select_option(value)
            else:
                field.fill(value)

    def field(self, name: str) -> Locator:
        return self.page.locator(f'main [name="{name}"]:not([type="hidden"])')

    def press(self, label: str, **more: bool) -> None:
        self.page.get_by_role("main").get_by_role("button", name=label, **({"exact": True} | more)).click()

    def follow(self, label: str, **more: bool) -> None:
        self.page.get_by_role("main").get_by_role("link", name=label, **({"exact": True} | more)).first.click()

    def go(self, label: str) -> None:
        """By the main navigation."""
        self.page.get_by_role("navigation", name="Main").get_by_role("link", name=pattern(f"^{escape(label)}")).click()

    def sees(self, *words: str) -> None:
        for each in words:
            expect(self.page.get_by_role("main")).to_contain_text(each)

    def titled(self, words: str) -> None:
        expect(self.page.get_by_role("heading", level=1)).to_contain_text(words)

    def check(self) -> None:
        """Nothing was refused by the policy, no script failed, nothing of ours was missing."""
        assert not self.complaints, "\n".join(self.complaints)

    def _note(self, message: ConsoleMessage) -> None:
        where = message.location.get("url", "")
        by_test = not where and message.text.startswith("Applying inline style")  # axe-core, a screenshot
        if message.type == "error" and not EXPECTED.match(message.text) and not by_test:
            self.complaints.append(f"{message.text} ({where})")
