"""The allow-list: every job there is, by the name that outbox rows carry. What is not here is not executed."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from workers import (
    figures,
    files,
    heads,
    imports,
    invitations,
    ledger,
    meetings,
    notices,
    onboarding,
    ordering,
    reports,
    trials,
    upkeep,
)

MARGIN = timedelta(seconds=75)  # by then the worker has killed a job that outran its limit

Run = Callable[..., None]


@dataclass(frozen=True, kw_only=True)
class Job:
    """One kind of job. `run(task, **arguments)` may run twice and has one effect; `seconds` is its time limit.

    `queue`: "mail", "asked" for what somebody asked for and waits for, "default" for what the clock asks for and what
    follows by itself, "maintenance" for what needs the administrative login.

    `of_instance`: it works in one instance, which a row of the platform names as `instance_id`. `coalesced`: one run
    speaks for all rows that waited. `give_up(task, words, **arguments)` shows the person who waits that it failed.
    """

    run: Run
    queue: str = "default"
    seconds: int = 60
    of_instance: bool = False
    coalesced: bool = False
    give_up: Run | None = field(default=None)
    margin: timedelta = MARGIN

    @property
    def lease(self) -> timedelta:
        return timedelta(seconds=self.seconds) + self.margin


JOBS: dict[str, Job] = {
    "onboard": Job(run=onboarding.onboard_client, queue="maintenance", give_up=onboarding.onboarding_failed),
    "fill_spares": Job(run=onboarding.keep_spares, queue="maintenance", coalesced=True),
    "send_invitation": Job(run=invitations.send_invitation, queue="mail"),
    "send_password_reset": Job(run=invitations.send_password_reset, queue="mail"),
    "invite_member": Job(run=invitations.invite_member, queue="mail", of_instance=True),
    "announce_request": Job(run=notices.announce_request, queue="mail", of_instance=True),
    "announce_decision": Job(run=notices.announce_decision, queue="mail", of_instance=True),
    "send_notice": Job(run=notices.send_notice, queue="mail", of_instance=True),
    "send_digest": Job(run=notices.send_digest, queue="mail", of_instance=True),
    "send_digests": Job(run=notices.send_digests, of_instance=True, coalesced=True),
    "remind": Job(run=notices.remind, seconds=300, of_instance=True, coalesced=True),
    "announce_meeting": Job(run=meetings.announce_meeting, queue="mail", of_instance=True),
    "make_report": Job(
        run=reports.make_report, queue="asked", seconds=120, of_instance=True, give_up=reports.report_failed
    ),
    "commit_import": Job(
        run=imports.commit, queue="asked", seconds=300, of_instance=True, give_up=imports.commit_failed
    ),
    "commit_orders": Job(
        run=imports.commit_order_file, queue="asked", seconds=600, of_instance=True, give_up=imports.commit_failed
    ),
    "check_orders": Job(
        run=imports.check_order_file, queue="asked", seconds=300, of_instance=True, give_up=imports.check_failed
    ),
    "publish_metrics": Job(run=figures.publish_metrics, of_instance=True, coalesced=True),
    "publish_head": Job(run=heads.publish_head, of_instance=True, coalesced=True),
    "refresh_statuses": Job(run=upkeep.renew_statuses, seconds=300, of_instance=True, coalesced=True),
    "record_ledger": Job(run=ledger.record_ledger, seconds=300, of_instance=True, coalesced=True),
    "look_at_criteria": Job(run=upkeep.look_at_criteria, seconds=300, of_instance=True, coalesced=True),
    "watch_orders": Job(run=ordering.watch_orders, seconds=600, of_instance=True, coalesced=True),
    "try_on_orders": Job(
        run=trials.try_on_orders, queue="asked", seconds=600, of_instance=True, give_up=trials.trial_failed
    ),
    "delete_file": Job(run=files.delete_file, of_instance=True),
    "purge_files": Job(run=files.purge_files, seconds=300, of_instance=True, coalesced=True),
    "purge_instance": Job(run=upkeep.purge_instance, of_instance=True, coalesced=True),
    "purge_platform": Job(run=upkeep.purge_platform, coalesced=True),
}
