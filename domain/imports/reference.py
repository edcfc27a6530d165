"""What the instance already knows, which the rows of an import are held against."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from domain.governance.template import EffectKind
from domain.ids import ForumId, NodeId, PersonId, ReferenceId
from domain.stages import Stage

NodePath = tuple[str, ...]  # names below the organisation: (portfolio, program, project, measure package), or its start
MeasureKey = tuple[NodePath, str]


@dataclass(frozen=True, kw_only=True)
class KnownPerson:
    id: PersonId
    name: str
    email: str


@dataclass(frozen=True, kw_only=True)
class ReferenceData:
    """The instance as an import sees it. Names are matched without regard to case and surrounding or double space."""

    currency: str
    fiscal_year_start: date  # first day of the current fiscal year
    effect_kinds: tuple[EffectKind, ...]  # of the pinned governance template; a row names key or label
    people: tuple[KnownPerson, ...] = ()
    business_units: Mapping[str, ReferenceId] = field(default_factory=dict)
    functions: Mapping[str, ReferenceId] = field(default_factory=dict)
    legal_entities: Mapping[str, ReferenceId] = field(default_factory=dict)
    forums: Mapping[str, ForumId] = field(default_factory=dict)
    retired: frozenset[tuple[str, str]] = frozenset()  # (business_unit, function, legal_entity or forum; name)
    nodes: Mapping[NodePath, NodeId] = field(default_factory=dict)  # names as stored
    measures: frozenset[MeasureKey] = frozenset()  # of `measure_key`
    stage_labels: Mapping[Stage, str] = field(default_factory=dict)  # (T); "Defined" when empty
    reach: tuple[NodePath, ...] = ((),)  # the nodes below which the importer may create; () is the organisation


def measure_key(path: NodePath, code: str, title: str) -> MeasureKey:
    """What makes a measure the same one again: its package and its external code, or its title without one."""
    return tuple(folded(name) for name in path), folded(code or title)


def folded(text: str) -> str:
    """A name as it is compared: one space between words, no case."""
    return " ".join(text.split()).casefold()
