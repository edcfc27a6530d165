"""The instance's reference data arranged for looking up what a cell names."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any

from domain.governance.template import EffectKind
from domain.imports.fields import Field
from domain.imports.preview import NewPerson
from domain.imports.problems import NotAPerson, Reason, RetiredName, UnknownName
from domain.imports.reference import NodePath, ReferenceData, folded
from domain.stages import Stage

_EMAIL = re.compile(r"[^@\s<>,;\"]{1,64}@[^@\s<>,;\"]+\.[^@\s<>,;\".]{2,}")
_NAMED = re.compile(rf"(?P<name>[^<>]*?)\s*<\s*(?P<email>{_EMAIL.pattern})\s*>")
_LONGEST_EMAIL = 254


class Index:
    """Look-ups over one `ReferenceData`, and what the file adds to it while it is read: nodes and people."""

    def __init__(self, reference: ReferenceData) -> None:
        self.reference = reference
        self.new_nodes: list[NodePath] = []
        self.new_people: dict[str, NewPerson] = {}
        self._emails = {person.email.casefold(): person.email for person in reference.people}
        self._names: dict[str, list[str]] = defaultdict(list)
        for person in reference.people:
            self._names[folded(person.name)].append(person.email)
        self._nodes = {tuple(map(folded, path)): path for path in reference.nodes}
        self._choices: Mapping[Field, Mapping[str, tuple[str, Any]]] = {
            Field.BUSINESS_UNIT: _by_name(reference.business_units),
            Field.FUNCTION: _by_name(reference.functions),
            Field.LEGAL_ENTITY: _by_name(reference.legal_entities),
            Field.FORUM: _by_name(reference.forums),
            Field.KIND: _kinds(reference.effect_kinds),
        }
        self._retired = {(kind, folded(name)) for kind, name in reference.retired}
        first = reference.stage_labels.get(Stage.DEFINED, "Defined")
        self.first_stage = first
        self.first_stage_words = {folded(first), "defined", "1", "1 defined", folded(f"1 {first}")}

    def choice(self, field: Field, text: str) -> Any | Reason:
        """The id (or effect kind) that the text names."""
        known = self._choices[field]
        if found := known.get(folded(text)):
            return found[1]
        if (field.value, folded(text)) in self._retired:
            return RetiredName()
        near = get_close_matches(folded(text), known, n=1, cutoff=0.6)
        return UnknownName(nearest=known[near[0]][0] if near else "")

    def person(self, text: str) -> str | Reason:
        """The e-mail address of somebody known, or of somebody to invite."""
        written = text.strip()
        if found := _NAMED.fullmatch(written):
            return self._by_email(found["email"], found["name"].strip(" \"'"))
        if _EMAIL.fullmatch(written):
            return self._by_email(written, "")
        bearers = self._names.get(folded(written), [])
        return bearers[0] if len(bearers) == 1 else NotAPerson(known=len(bearers))

    def _by_email(self, email: str, name: str) -> str | Reason:
        if len(email) > _LONGEST_EMAIL:
            return NotAPerson(known=0)
        key = email.casefold()
        if key in self._emails:
            return self._emails[key]
        known = self.new_people.get(key)
        self.new_people[key] = NewPerson(email=key, name=(known.name if known else "") or name)
        return key

    def place(self, path: NodePath) -> NodePath:
        """The path in the spelling of the instance, else of the file's first mention; new nodes are noted once."""
        placed: NodePath = ()
        for depth in range(1, len(path) + 1):
            key = tuple(map(folded, path[:depth]))
            if key not in self._nodes:
                self._nodes[key] = (*placed, " ".join(path[depth - 1].split()))
                self.new_nodes.append(self._nodes[key])
            placed = self._nodes[key]
        return placed


def _by_name(known: Mapping[str, Any]) -> dict[str, tuple[str, Any]]:
    return {folded(name): (name, value) for name, value in known.items()}


def _kinds(kinds: Iterable[EffectKind]) -> dict[str, tuple[str, EffectKind]]:
    kinds = tuple(kinds)
    by_key = {folded(kind.key): (kind.label, kind) for kind in kinds}
    return by_key | {folded(kind.label): (kind.label, kind) for kind in kinds}
