"""Says how two templates differ: one line per differing value, addressed by path."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum

from domain.governance.template import GovernanceTemplate


@dataclass(frozen=True, kw_only=True)
class Difference:
    """`before` is None for what was added, `after` for what was removed."""

    path: str
    before: str | None
    after: str | None


def compare(before: GovernanceTemplate, after: GovernanceTemplate) -> list[Difference]:
    """Every value that differs, in the order of the paths of `before`, then what is new."""
    old, new = dict(leaves("", before)), dict(leaves("", after))
    return [
        Difference(path=path, before=old.get(path), after=new.get(path))
        for path in [*old, *(path for path in new if path not in old)]
        if old.get(path) != new.get(path)
    ]


def leaves(path: str, value: object) -> Iterator[tuple[str, str]]:
    if is_dataclass(value) and not isinstance(value, type):
        for each in fields(value):
            yield from leaves(f"{path}.{each.name}".lstrip("."), getattr(value, each.name))
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from leaves(f"{path}.{key.name.lower() if isinstance(key, Enum) else key}", inner)
    elif isinstance(value, tuple):
        for number, inner in enumerate(value, 1):
            yield from leaves(f"{path}[{name_of(inner) or number}]", inner)
    elif value is not None:
        yield path, str(value)


def name_of(value: object) -> str:
    """What a list entry is known by, so that an inserted one does not make all later ones differ."""
    for attribute in ("key", "code", "role", "name"):
        if found := getattr(value, attribute, None):
            return str(found)
    return ""
