"""What a job works with: the settings, the platform and, where it concerns one, the client instance."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from domain.ids import InstanceId
from tenants.database import PlatformWork, Work, instance_work, platform_work
from tenants.registry import get_instance
from tenants.settings import Settings

PLATFORM = "platform"


@dataclass(frozen=True, kw_only=True)
class Task:
    """`id` is the outbox row, or the letter it sends: the same in every attempt, so that what leaves can carry it."""

    id: UUID
    settings: Settings
    platform: PlatformWork
    found: Work | None

    @property
    def instance(self) -> Work:
        """The instance in hand. A job that asks for it on the platform is a bug."""
        if self.found is None:
            raise LookupError("This job has no instance.")
        return self.found


@contextmanager
def opened_platform() -> Iterator[PlatformWork]:
    work = platform_work()
    try:
        yield work
    finally:
        work.close()


@contextmanager
def opened_instance(platform: PlatformWork, instance_id: str, request_id: str = "") -> Iterator[Work]:
    """The instance with this id. Raises NotFound."""
    found = get_instance(platform, InstanceId(UUID(instance_id)))
    platform.session.rollback()  # nothing stays open on the platform while the instance is worked on
    work = instance_work(found, request_id=request_id)
    try:
        yield work
    finally:
        work.close()
