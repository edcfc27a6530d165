"""Keep the working calendar: add and remove days off. What is due already keeps its day."""

from collections.abc import Sequence
from datetime import date

from domain.access import Actor
from domain.holidays import Holiday, HolidayRemoved, HolidaysAdded, decide_add_holidays, decide_remove_holiday
from domain.refusals import Refusal
from tenants.database import Work, action
from tenants.instance.models.settings import HolidayRow, SettingsRow
from tenants.instance.transaction import INSTANCE, Transaction


@action
def add_holidays(work: Work, wanted: Sequence[Holiday], actor: Actor) -> HolidaysAdded | Refusal | None:
    """Add days off, or give them another name. None where all of them are there already."""
    with work.transaction() as tx:
        there = _lock(tx)
        outcome = decide_add_holidays(wanted, {day: row.name for day, row in there.items()}, actor)
        if isinstance(outcome, Refusal):
            return tx.refuse(outcome, actor, INSTANCE)
        if outcome is None:
            return None
        for each in outcome.days:
            if each.day in there:
                there[each.day].name = each.name
            else:
                tx.add(HolidayRow(day=each.day, name=each.name))
        tx.record(outcome, actor, INSTANCE)
    return outcome


@action
def remove_holiday(work: Work, day: date, actor: Actor) -> HolidayRemoved | Refusal | None:
    """Make a day off a working day again. None where it was none."""
    with work.transaction() as tx:
        there = _lock(tx)
        outcome = decide_remove_holiday(day, {each: row.name for each, row in there.items()}, actor)
        if isinstance(outcome, Refusal):
            return tx.refuse(outcome, actor, INSTANCE)
        if outcome is not None:
            tx.delete(there[day])
            tx.record(outcome, actor, INSTANCE)
    return outcome


def _lock(tx: Transaction) -> dict[date, HolidayRow]:
    """The calendar as it is; the settings' row is its lock, so that two people add a day once."""
    tx.lock_all(SettingsRow)
    return {row.day: row for row in tx.lock_all(HolidayRow)}
