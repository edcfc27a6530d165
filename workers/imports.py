"""Check and commit imports that are too large to be waited for: all of it, once; who comes second changes nothing."""

from collections.abc import Mapping, Sequence
from functools import partial
from uuid import UUID

from domain.access import Actor
from domain.ids import PersonId
from domain.imports import NewPerson
from tenants.database import Work
from tenants.instance.actions.import_commit import commit_given_up, commit_import
from tenants.instance.actions.import_people import Newcomer
from tenants.instance.actions.order_import import commit_orders
from tenants.instance.actions.order_looking import check_given_up, check_orders
from tenants.instance.models.imports import ImportRow
from tenants.instance.queries.imports import CHECKING, WAITING
from tenants.instance.queries.readers import find_reader
from tenants.newcomers import enrol
from tenants.progress import tell_progress
from workers.task import Task


class MayNotImport(PermissionError):
    """Whoever asked for the import is no longer in the instance."""


def commit(task: Task, import_id: str) -> None:
    """As the person who asked, with what they may do now."""
    work, upload = task.instance, UUID(import_id)
    row = work.get(ImportRow, upload)
    if row.state != WAITING:
        return
    actor = _asker(work, row)

    def enrolled(people: Sequence[NewPerson]) -> Mapping[str, Newcomer]:
        return enrol(task.platform, work.instance, people)

    commit_import(work, upload, actor, enrolled)


def commit_order_file(task: Task, import_id: str) -> None:
    """A file of orders, as the person who asked, with what they may do now; how far it is can be heard meanwhile."""
    work, upload = task.instance, UUID(import_id)
    row = work.get(ImportRow, upload)
    if row.state == WAITING:
        actor = _asker(work, row)
        commit_orders(work, upload, actor, partial(tell_progress, task.settings.redis_url, upload))


def check_order_file(task: Task, import_id: str) -> None:
    """Hold a long file of orders against the orders that are here, and keep what was found."""
    work, upload = task.instance, UUID(import_id)
    row = work.get(ImportRow, upload)
    if row.state == CHECKING:
        check_orders(work, upload, _asker(work, row))


def check_failed(task: Task, words: str, import_id: str) -> None:
    check_given_up(task.instance, UUID(import_id), words.partition(":")[0])


def commit_failed(task: Task, words: str, import_id: str) -> None:
    """`words` begin with the error's name; the page has the sentence for it, the log and the outbox the rest."""
    commit_given_up(task.instance, UUID(import_id), words.partition(":")[0])


def _asker(work: Work, row: ImportRow) -> Actor:
    reader = find_reader(work, PersonId(UUID((row.summary or {})["asked_by"])))
    if reader is None:
        raise MayNotImport(str(row.id))
    return reader.actor
