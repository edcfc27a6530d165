"""What keeps a house tidy: statuses that age by the day, and rows whose time is over."""

from datetime import timedelta

from sqlalchemy import delete, select

from tenants.database import PlatformWork, Work, action
from tenants.instance.actions.kill_criteria import look_at_kill_criteria
from tenants.instance.actions.upkeep import refresh_statuses
from tenants.instance.models.intake import ChannelCallRow, OrderTrialRow, RuleSwitchRow
from tenants.instance.models.outbox import OutboxRow
from tenants.instance.models.requests import FormKeyRow
from tenants.instance.queries.kill_criteria import watched_by_night
from tenants.platform.models.outbox import PlatformOutboxRow
from tenants.platform.models.people import SessionRow, SignInAttemptRow, TokenRow
from workers.task import Task

KEEP_DONE = timedelta(days=30)
KEEP_FORM_KEYS = timedelta(days=7)
KEEP_CALLS = timedelta(days=2)
KEEP_TRIALS = timedelta(days=90)
KEEP_ATTEMPTS = timedelta(days=2)
KEEP_TOKENS = timedelta(days=30)


def renew_statuses(task: Task) -> None:
    """Compute statuses anew: a milestone becomes late without anybody touching it."""
    refresh_statuses(task.instance, task.instance.now().date())


def look_at_criteria(task: Task) -> None:
    """Every kill criterion that stands: each measure in a transaction of its own, so that a second run goes on."""
    for measure in watched_by_night(task.instance.session):
        look_at_kill_criteria(task.instance, measure)


def purge_instance(task: Task) -> None:
    """Forget finished outbox rows, keys of forms and calls that nobody sends again, trials that no rule rests on."""
    _purge_instance(task.instance)


def purge_platform(task: Task) -> None:
    """Forget sessions and tokens that ran out, failed sign-ins past every rate limit, finished outbox rows."""
    _purge_platform(task.platform)


@action
def _purge_instance(work: Work) -> None:
    now = work.now()
    with work.transaction() as tx:
        tx.session.execute(delete(OutboxRow).where(OutboxRow.done_at < now - KEEP_DONE))
        tx.session.execute(delete(FormKeyRow).where(FormKeyRow.at < now - KEEP_FORM_KEYS))
        tx.session.execute(delete(ChannelCallRow).where(ChannelCallRow.at < now - KEEP_CALLS))
        rested_on = select(RuleSwitchRow.trial_id).where(RuleSwitchRow.trial_id == OrderTrialRow.id)
        old = (OrderTrialRow.asked_at < now - KEEP_TRIALS, ~rested_on.exists())
        tx.session.execute(delete(OrderTrialRow).where(*old))


@action
def _purge_platform(work: PlatformWork) -> None:
    now = work.now()
    with work.transaction() as tx:
        tx.session.execute(delete(SessionRow).where(SessionRow.expires_at < now))
        tx.session.execute(delete(TokenRow).where(TokenRow.expires_at < now - KEEP_TOKENS))
        tx.session.execute(delete(SignInAttemptRow).where(SignInAttemptRow.at < now - KEEP_ATTEMPTS))
        tx.session.execute(delete(PlatformOutboxRow).where(PlatformOutboxRow.done_at < now - KEEP_DONE))
