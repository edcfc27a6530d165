"""Commit an import that is too large to be waited for: all of it, once, whoever comes second changes nothing."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from domain.ids import PersonId
from domain.imports import NewPerson
from tenants.instance.actions.import_commit import commit_given_up, commit_import
from tenants.instance.actions.import_people import Newcomer
from tenants.instance.models.imports import ImportRow
from tenants.instance.queries.imports import WAITING
from tenants.instance.queries.readers import find_reader
from tenants.newcomers import enrol
from workers.task import Task


class MayNotImport(PermissionError):
    """Whoever asked for the import is no longer in the instance."""


def commit(task: Task, import_id: str) -> None:
    """As the person who asked, with what they may do now."""
    work, upload = task.instance, UUID(import_id)
    row = work.get(ImportRow, upload)
    if row.state != WAITING:
        return
    reader = find_reader(work, PersonId(UUID((row.summary or {})["asked_by"])))
    if reader is None:
        raise MayNotImport(import_id)

    def enrolled(people: Sequence[NewPerson]) -> Mapping[str, Newcomer]:
        return enrol(task.platform, work.instance, people)

    commit_import(work, upload, reader.actor, enrolled)


def commit_failed(task: Task, words: str, import_id: str) -> None:
    """`words` begin with the error's name; the page has the sentence for it, the log and the outbox the rest."""
    commit_given_up(task.instance, UUID(import_id), words.partition(":")[0])
