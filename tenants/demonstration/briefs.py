"""What the demonstration is made of, as data: the people, places and measures of each client. Files: *.yaml here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from domain.access import Role
from domain.stages import Stage

FOLDER = Path(__file__).parent
CLIENTS = ("lindqvist", "nordfrakt", "brandvold")


@dataclass(frozen=True, kw_only=True)
class Wait:
    """A request that is open now: asked so many days ago, and how many of its steps are behind it.

    `cast` counts the votes of the step that waits; `kind` is "gate" or "hold", "resume", "cancel".
    """

    days: int
    steps: int = 0
    cast: int = 0
    kind: str = "gate"


@dataclass(frozen=True, kw_only=True)
class MeasureBrief:
    """One measure: what it says, and what became of it. Amounts in thousands; what is left out, chance decides."""

    title: str
    about: str
    effect: str
    function: str
    kind: str
    line: str
    value: int
    cost: int = 0
    stage: int = 1
    months: int = 0  # since it was decided
    reach: float | None = None  # share of the planned effect that is forecast and reached
    shift: int = 0  # months the effect comes later than planned
    late: int | None = None  # days the next milestone is late; negative: none
    slips: int = 0
    silent: int = 0  # days without any update
    planned: bool = False  # plan and forecast are there, though the stage does not ask for it yet
    state: str = "active"
    wait: Wait | None = None
    detour: str = ""  # what went wrong at the last gate before it was passed
    override: str = ""  # "potential amber", "implementation green", ...
    package: str = ""
    programme: str = ""


@dataclass(frozen=True, kw_only=True)
class PersonBrief:
    """Somebody: `roles` by the name of the node they are held at ("" is the organization)."""

    name: str
    email: str
    side: str
    roles: tuple[tuple[Role, str], ...]
    look: str = ""  # what a login of theirs is good to look at; empty: not listed


@dataclass(frozen=True, kw_only=True)
class ForumBrief:
    name: str
    quorum: int
    members: tuple[str, ...]  # the first is the chair


@dataclass(frozen=True, kw_only=True)
class ClientBrief:
    """One engagement."""

    key: str
    name: str
    template: str
    manager: str
    staffed: tuple[str, ...]
    administrator: str
    programme_office: str
    seed: int
    business_units: tuple[str, ...]
    legal_entities: tuple[str, ...]
    functions: tuple[str, ...]
    forums: tuple[ForumBrief, ...]
    people: tuple[PersonBrief, ...]
    programmes: Mapping[str, Mapping[str, str]]  # programme -> sponsor, controller, unit, entity
    owners: Mapping[str, tuple[str, ...]]  # function -> people
    milestones: Mapping[str, tuple[str, ...]]  # function -> titles
    hierarchy: Mapping[str, Any]
    measures: tuple[MeasureBrief, ...] = field(default=())

    @property
    def is_young(self) -> bool:
        """Whether nothing is decided yet."""
        return all(measure.stage < Stage.DECIDED for measure in self.measures)


def _words(raw: Mapping[str, Any]) -> dict[str, Any]:
    singles = ("name", "template", "manager", "administrator", "programme_office", "seed")
    lists = ("staffed", "business_units", "legal_entities", "functions")
    return {name: raw[name] for name in singles} | {name: tuple(raw.get(name, ())) for name in lists}


def read_firm() -> dict[str, Any]:
    return _read("firm")


def read_client(key: str) -> ClientBrief:
    raw = _read(key)
    domain = raw["domain"]
    programmes = {name: each["led"] for tree in raw["hierarchy"].values() for name, each in tree.items()}
    return ClientBrief(
        key=key,
        **_words(raw),
        forums=tuple(ForumBrief(name=each["name"], quorum=2, members=tuple(each["members"])) for each in raw["forums"]),
        people=tuple(_person(each, domain) for each in raw["people"]),
        programmes=programmes,
        owners={function: tuple(names) for function, names in raw["owners"].items()},
        milestones={function: tuple(titles) for function, titles in raw["milestones"].items()},
        hierarchy=raw["hierarchy"],
        measures=tuple(_measures(raw["hierarchy"])),
    )


def address(name: str, domain: str) -> str:
    """`Elsa Wikström` is elsa.wikstrom@<domain>."""
    plain = name.lower().translate(str.maketrans("åäöøæé", "aaooae"))
    return f"{plain.replace(' ', '.')}@{domain}"


def _read(key: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((FOLDER / f"{key}.yaml").read_text(encoding="utf-8"))
    return found


def _person(raw: Mapping[str, Any], domain: str) -> PersonBrief:
    roles = tuple((Role(role), node or "") for role, node in raw["roles"].items())
    return PersonBrief(
        name=raw["name"], email=address(raw["name"], domain), side="client", roles=roles, look=raw.get("look", "")
    )


def _measures(hierarchy: Mapping[str, Any]) -> Iterator[MeasureBrief]:
    for programmes in hierarchy.values():
        for programme, inside in programmes.items():
            for packages in inside["projects"].values():
                for package, lines in packages.items():
                    yield from (_measure(line, package, programme) for line in lines.splitlines())


def _measure(line: str, package: str, programme: str) -> MeasureBrief:
    """One line of the file: words, amounts and, in braces, what became of it."""
    *words, value, cost, more = line.split(" | ")
    fate = yaml.safe_load(more)
    wait = Wait(**fate.pop("wait")) if "wait" in fate else None
    said: dict[str, Any] = dict(zip(("title", "about", "effect", "function", "kind", "line"), words, strict=True))
    return MeasureBrief(
        **said, value=int(value), cost=int(cost), package=package, programme=programme, wait=wait, **fate
    )
