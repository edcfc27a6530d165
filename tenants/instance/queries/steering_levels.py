"""The two levels of the hierarchy that a steering pack rolls up to, and what they are called."""

from dataclasses import dataclass

from domain.hierarchy import Level
from tenants.instance.queries.governance import Governance


@dataclass(frozen=True, kw_only=True)
class Levels:
    """The two levels a pack rolls up to, and their labels inside a sentence."""

    upper: Level
    lower: Level | None
    label: str
    plural: str
    lower_label: str
    lower_plural: str


def levels_of(level: Level, governance: Governance) -> Levels:
    """Programs and projects; below a program its projects, and so on down."""
    upper = level if level in (Level.PROGRAM, Level.PROJECT, Level.MEASURE_PACKAGE) else Level.PROGRAM
    lower = upper.below
    labels = governance.template.levels
    lower_label = _inside(labels[lower] if lower else labels["measure"])
    label = _inside(labels[upper])
    return Levels(
        upper=upper,
        lower=lower,
        label=label,
        plural=plural(label),
        lower_label=lower_label,
        lower_plural=plural(lower_label),
    )


def _inside(label: str) -> str:
    return label[:1].lower() + label[1:]


def plural(noun: str) -> str:
    """English: "project" to "projects", "company" to "companies", "process" to "processes"."""
    if noun.endswith("y") and noun[-2:-1] not in "aeiou":
        return f"{noun[:-1]}ies"
    return f"{noun}es" if noun.endswith(("s", "x", "ch", "sh")) else f"{noun}s"
