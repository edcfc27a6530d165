"""Conditions that an approval comes with, as the form of a vote asks for them: rows of words, owner and day."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

from flask_babel import gettext as _

from domain.approvals.conditions import WORDS_LIMIT
from domain.approvals.request import ApprovalRequest, GateCondition
from domain.governance.policies import GATE_KINDS
from domain.ids import ConditionId, PersonId
from domain.money import DateRefused, parse_date
from web.refusals import words_of

ROWS = 3
FIELDS = ("condition", "condition_owner", "condition_due")


@dataclass(frozen=True, kw_only=True)
class ConditionForm:
    """The rows of the form as typed, and who can be named; `is_open` where something was typed."""

    rows: tuple[dict[str, str], ...]
    people: tuple[tuple[UUID, str], ...]
    limit: int = WORDS_LIMIT

    @property
    def is_open(self) -> bool:
        return any(any(row[name] for name in FIELDS) for row in self.rows)


def condition_form(
    asked: ApprovalRequest, kept: Mapping[str, str], people: Callable[[], tuple[tuple[UUID, str], ...]]
) -> ConditionForm | None:
    """None for what cannot be approved with conditions."""
    if asked.kind not in GATE_KINDS:
        return None
    rows = tuple(
        {"number": str(n)} | {name: kept.get(f"{name}.{n}", "").strip() for name in FIELDS} for n in range(1, ROWS + 1)
    )
    return ConditionForm(rows=rows, people=people())


def read_conditions(
    form: Mapping[str, str], new_id: Callable[[], UUID]
) -> tuple[tuple[GateCondition, ...], dict[str, str]]:
    """The conditions of the rows that are filled, and what is wrong with the others, by field."""
    found: list[GateCondition] = []
    errors: dict[str, str] = {}
    for n in range(1, ROWS + 1):
        words, owner, due = (form.get(f"{name}.{n}", "").strip() for name in FIELDS)
        if not (words or owner or due):
            continue
        day = parse_date(due, day_first=None)
        wrong = {
            f"condition.{n}": "" if words else _("Say what has to be met."),
            f"condition_owner.{n}": "" if _person(owner) else _("Choose who meets it."),
            f"condition_due.{n}": words_of(day) if isinstance(day, DateRefused) else "",
        }
        errors |= {name: said for name, said in wrong.items() if said}
        person = _person(owner)
        if person and not isinstance(day, DateRefused):
            found.append(GateCondition(id=ConditionId(new_id()), words=words, owner=person, due=day))
    return tuple(found), errors


def _person(text: str) -> PersonId | None:
    try:
        return PersonId(UUID(text))
    except ValueError:
        return None
