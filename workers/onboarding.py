"""Onboard a client and keep spare schemas ready: the jobs that need the administrative login."""

from uuid import UUID

from tenants.database import PlatformWork, action
from tenants.platform.actions.onboarding import onboard
from tenants.platform.models.instances import OnboardingRow
from tenants.provisioning import fill_spares
from workers.task import Task


def onboard_client(task: Task, onboarding_id: str) -> None:
    """Carry out an onboarding from wherever it stands; one that is done stays done."""
    if task.platform.get(OnboardingRow, UUID(onboarding_id)).state != "done":
        onboard(task.settings, task.platform, UUID(onboarding_id))


def onboarding_failed(task: Task, words: str, onboarding_id: str) -> None:
    """Show on the progress page that it failed, and with what."""
    _note_failure(task.platform, UUID(onboarding_id), words)


def keep_spares(task: Task) -> None:
    """Have as many empty schemas stand ready as the settings say."""
    fill_spares(task.settings, task.platform)


@action
def _note_failure(work: PlatformWork, onboarding_id: UUID, words: str) -> None:
    with work.transaction() as tx:
        row = tx.lock(OnboardingRow, onboarding_id)
        if row.state != "done":
            row.state, row.failure, row.finished_at = "failed", words, work.now()
