"""What the address of the inbox asks for: the tab, the kind, the order, the page, and the request that lies open."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from flask import url_for

from domain.governance.policies import MEASURE_KINDS, ORDER_PREFIX
from tenants.instance.queries.inbox import Inbox, Sort, Tab, Wanted

LARGEST_PAGE = 6  # digits


@dataclass(frozen=True, kw_only=True)
class Asked:
    wanted: Wanted
    opened: UUID | None

    def address(self, **changes: str | int) -> str:
        """The inbox with some keys changed, empty ones dropped; what is open closes and it starts again at page 1."""
        return _address({**self.query, **{key: str(value) for key, value in changes.items()}})

    @property
    def back(self) -> str:
        """Where one comes back to: the same page of it, with nothing open."""
        return _address(self.place)

    @property
    def query(self) -> Mapping[str, str]:
        """What differs from the plain inbox, without the page and what is open."""
        plain, wanted = Wanted(), self.wanted
        said = {"show": (wanted.tab, plain.tab), "sort": (wanted.sort, plain.sort), "kind": (wanted.kind, plain.kind)}
        return {key: str(value) for key, (value, usual) in said.items() if value != usual}

    @property
    def place(self) -> Mapping[str, str]:
        """The same with the page."""
        return {**self.query, "page": str(self.wanted.page)} if self.wanted.page > 1 else self.query


def read_asked(arguments: Mapping[str, str]) -> Asked:
    """What means nothing counts as not said."""
    tab = next((each for each in Tab if each == arguments.get("show")), Tab.MINE)
    sort = next((each for each in Sort if each == arguments.get("sort")), Sort.EARLIEST)
    kind, page = arguments.get("kind", ""), arguments.get("page", "")
    is_page = page.isascii() and page.isdigit() and len(page) <= LARGEST_PAGE
    wanted = Wanted(
        tab=tab,
        sort=sort,
        kind=kind if kind in MEASURE_KINDS or kind.startswith(ORDER_PREFIX) else "",
        page=max(1, int(page)) if is_page else 1,
    )
    return Asked(wanted=wanted, opened=_uuid(arguments.get("open", "")))


def _address(query: Mapping[str, str]) -> str:
    said = urlencode({key: value for key, value in query.items() if value})
    here = url_for("instance.waiting.index")
    return f"{here}?{said}" if said else here


def around(inbox: Inbox) -> list[int | str]:
    """The first page, the last and those around this one; "…" for a gap."""
    shown = sorted({1, inbox.pages, *range(max(1, inbox.page - 2), min(inbox.pages, inbox.page + 2) + 1)})
    found: list[int | str] = []
    for before, number in zip([0, *shown], shown, strict=False):
        found += ["…", number] if number > before + 1 else [number]
    return found


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
