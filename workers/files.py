"""Files that nothing refers to any more, out of the store."""

from datetime import timedelta
from uuid import UUID

from tenants.files import files_of
from tenants.instance.queries.evidence import has_evidence, stored_keys
from workers.task import Task

STRAY_AFTER = timedelta(days=1)  # by then the form that brought it in was kept or refused


def delete_file(task: Task, evidence_id: str, name: str) -> None:
    """After its evidence was taken away; not where the same form brought it again meanwhile."""
    if not has_evidence(task.instance, UUID(evidence_id)):
        files_of(task.settings).delete(task.instance.instance.schema, name)


def purge_files(task: Task) -> None:
    """What was put and never referred to: the form was refused, or the process died between."""
    store, place, kept = files_of(task.settings), task.instance.instance.schema, stored_keys(task.instance)
    since = task.instance.now() - STRAY_AFTER
    stray = [name for name, at in store.names(place) if name not in kept and at < since]
    for name in stray:
        store.delete(place, name)
