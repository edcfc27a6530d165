"""Which rows of the hierarchy show: down to a level, opened branches, or what a word finds with all above it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from flask import request

from domain.hierarchy import LEVELS, Level
from tenants.instance.queries.hierarchy import NodeLine, paths_above

COMFORTABLE = 60  # rows that show without being asked for
MOST = 500


@dataclass(frozen=True, kw_only=True)
class View:
    """What the address asks for: `depth` 0 is for the page to choose; `edit` is the node whose forms are open."""

    words: str
    depth: int
    opened: frozenset[UUID]
    edit: UUID | None
    node: UUID | None

    def query(self, **changes: Any) -> dict[str, Any]:
        """The address of this view with some parts changed; None leaves one out."""
        now: dict[str, Any] = {
            "q": self.words or None,
            "depth": self.depth or None,
            "open": sorted(str(each) for each in self.opened) or None,
            "edit": self.edit,
        }
        return {name: value for name, value in (now | changes).items() if value}

    def link(self, row: UUID, /, **changes: Any) -> str:
        """The address of this view with some parts changed, from the question mark on, at a row."""
        query = urlencode(self.query(**changes), doseq=True)
        return f"?{query}#n{row}" if query else f"#n{row}"

    def turned(self, node: UUID, is_open: bool) -> list[str]:
        """The opened branches with this one turned."""
        opened = self.opened - {node} if is_open else self.opened | {node}
        return sorted(str(each) for each in opened)


@dataclass(frozen=True, kw_only=True)
class TreeRow:
    """One row. `can_turn`: its branch may be opened or closed by hand."""

    line: NodeLine
    is_open: bool
    can_turn: bool


@dataclass(frozen=True, kw_only=True)
class Tree:
    rows: tuple[TreeRow, ...]
    depth: int  # down to which everything shows
    total: int
    found: int | None  # how many the words found
    is_cut: bool


def read_view() -> View:
    return View(
        words=request.args.get("q", "").strip()[:120],
        depth=min(max(request.args.get("depth", 0, type=int), 0), len(LEVELS)),
        opened=frozenset(filter(None, map(_id, request.args.getlist("open")[:200]))),
        edit=_id(request.args.get("edit", "")),
        node=_id(request.args.get("node", "")),
    )


def tree_of(lines: Sequence[NodeLine], view: View) -> Tree:
    """The rows that show, parents before children."""
    depth = view.depth or comfortable_depth(lines)
    if view.words:
        matches = [line for line in lines if _matches(line, view.words)]
        wanted = {path for line in matches for path in paths_above(line.path)}
        rows = [TreeRow(line=line, is_open=True, can_turn=False) for line in lines if line.path in wanted]
        return _cut(rows, depth, len(lines), len(matches))
    open_paths = _opened(lines, view, depth)
    above = {line.id: line.path for line in lines}
    shown = [line for line in lines if line.parent is None or above.get(line.parent) in open_paths]
    rows = [
        TreeRow(line=line, is_open=line.path in open_paths, can_turn=bool(line.children) and line.depth >= depth)
        for line in shown
    ]
    return _cut(rows, depth, len(lines), None)


def comfortable_depth(lines: Iterable[NodeLine]) -> int:
    """The deepest level down to which everything fits on a page that one can still read; at least two levels."""
    counts, total = Counter(line.depth for line in lines), 0
    for depth in range(1, len(LEVELS) + 1):
        total += counts[depth]
        if total > COMFORTABLE and depth > 2:
            return depth - 1
    return len(LEVELS)


def parents_for(line: NodeLine, lines: Iterable[NodeLine]) -> list[NodeLine]:
    """Where a node may hang: at every node of the level above, but where it hangs already."""
    if line.level is Level.ORGANIZATION:
        return []
    wanted = LEVELS[LEVELS.index(line.level) - 1]
    return [each for each in lines if each.level is wanted and each.id != line.parent]


def labels(lines: Iterable[NodeLine]) -> Mapping[UUID, str]:
    """Each node with its parent's name before it, so that two of the same name can be told apart."""
    names = {line.id: line.name for line in lines}
    return {line.id: " / ".join(filter(None, (names.get(line.parent or line.id, ""), line.name))) for line in lines}


def _opened(lines: Sequence[NodeLine], view: View, depth: int) -> set[str]:
    """Paths whose children show: above the depth, opened by hand and all above those, and the way to a node."""
    aims = {view.edit, view.node} - {None}
    ways = {path for line in lines if line.id in aims for path in paths_above(line.path)[:-1]}
    ways |= {line.path for line in lines if line.id == view.node}
    by_hand = {path for line in lines if line.id in view.opened for path in paths_above(line.path)}
    return {line.path for line in lines if line.depth < depth or line.path in by_hand or line.path in ways}


def _cut(rows: list[TreeRow], depth: int, total: int, found: int | None) -> Tree:
    return Tree(rows=tuple(rows[:MOST]), depth=depth, total=total, found=found, is_cut=len(rows) > MOST)


def _matches(line: NodeLine, words: str) -> bool:
    return all(word in line.name.casefold() for word in words.casefold().split())


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
