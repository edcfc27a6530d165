"""A file somebody hands in: looked at, digested and put into the store, chunk by chunk and never whole in memory."""

import os
from hashlib import sha256
from typing import IO

from domain.evidence import FileFacts, NotWhatItsNameSays, file_key, kept_name, kind_of_name, size_refusal
from domain.ids import EvidenceId
from domain.refusals import Refusal
from tenants.database import Work
from tenants.files import FileStore
from tenants.instance.filetypes import is_kind

CHUNK = 1024 * 1024


def look_at(name: str, stream: IO[bytes]) -> FileFacts | Refusal:
    """What it is. Nothing is stored. Size first, then the name, then whether the content is what the name says."""
    size = stream.seek(0, os.SEEK_END)
    if refusal := size_refusal(name, size):
        return refusal
    kind = kind_of_name(name)
    if isinstance(kind, Refusal):
        return kind
    if not is_kind(stream, kind):
        return NotWhatItsNameSays(kind=kind)
    digest = sha256()
    while chunk := stream.read(CHUNK):
        digest.update(chunk)
    stream.seek(0)
    return FileFacts(name=kept_name(name, kind), kind=kind, size=size, sha256=digest.hexdigest())


def keep(work: Work, store: FileStore, evidence: EvidenceId, facts: FileFacts, stream: IO[bytes]) -> None:
    """Into the store, before the row that names it: what no row names in the end, the night takes away."""
    stream.seek(0)
    store.put(work.instance.schema, file_key(evidence, facts.sha256), stream, facts.size)
