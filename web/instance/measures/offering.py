"""From a page where the lock stands in the way to a change request, with what was typed there."""

from collections.abc import Iterable

from flask import request

from domain.access import Capability
from domain.changes.proposal import MILESTONE_READERS
from domain.lifecycle.editing import not_open
from domain.measures import Milestone
from web.instance.measures.taking import Taken

Pairs = list[tuple[str, str]]


def change_offer(taken: Taken, typed: Iterable[tuple[str, str]] = ()) -> Pairs | None:
    """What the form of a change starts with; None where no change can be asked for, by this reader or now."""
    locked = taken.measure.plan_version > 0 and not_open(taken.measure) is None
    return list(typed) if locked and taken.can(Capability.REQUEST_CHANGE) else None


def typed_promise(found: Milestone | None) -> Pairs:
    """A milestone promised on a page that was opened before the lock, as the form of a change names it."""
    prefix = f"m.{found.id}" if found else "new_milestone"
    return [(f"{prefix}.{name}", request.form[name]) for name in MILESTONE_READERS if name in request.form]
