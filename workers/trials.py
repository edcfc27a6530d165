"""Run a rule or a tier over past orders: all from one moment, kept once; how far it is can be heard meanwhile."""

from functools import partial
from uuid import UUID

from sqlalchemy import text

from domain.access import Capability
from domain.ids import PersonId
from domain.orders.trials import find_tried
from tenants.instance.actions.order_trials import begin_trial, keep_trial, trial_given_up
from tenants.instance.models.intake import OrderTrialRow
from tenants.instance.queries.governance import get_governance
from tenants.instance.queries.order_rules import rule_switches
from tenants.instance.queries.order_trials import DONE, to_asked
from tenants.instance.queries.readers import find_reader
from tenants.instance.queries.rule_replay import count_tried, replay
from tenants.progress import tell_progress
from workers.task import Task


def try_on_orders(task: Task, trial_id: str) -> None:
    """As the person who asked, with what they may do now. It changes nothing, so a second run finds what is then."""
    work, trial = task.instance, UUID(trial_id)
    row = work.get(OrderTrialRow, trial)
    if row.state == DONE:
        return
    asked, reader = to_asked(row), find_reader(work, PersonId(row.asked_by))
    scope = reader.actor.orders(Capability.MANAGE_ORDER_RULES) if reader else None
    tried = find_tried(asked.kind, asked.key, get_governance(work).template)
    if not scope or not scope.everything or tried is None:
        trial_given_up(work, trial, "NotAllowed" if tried else "UnknownRule")
        return
    begin_trial(work, trial, count_tried(work, scope, tried, asked.days, work.now()))
    work.session.rollback()
    work.session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
    template, switches, as_of = get_governance(work).template, rule_switches(work), work.now()
    tell = partial(tell_progress, task.settings.redis_url, trial)
    found = replay(work, scope, template, asked, switches, as_of, tell)
    work.session.rollback()
    keep_trial(work, trial, found, as_of)


def trial_failed(task: Task, words: str, trial_id: str) -> None:
    """`words` begin with the error's name; the page has the sentence for it, the log and the outbox the rest."""
    trial_given_up(task.instance, UUID(trial_id), words.partition(":")[0])
