"""Evidence: what proves something; and its files: which kinds, how large one may be, what a name may look like."""

import re
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from domain.ids import EvidenceId, MeasureId, MilestoneId, PersonId
from domain.refusals import Refusal

FILE_LIMIT = 25 * 1024 * 1024
NAME_LIMIT = 150
UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"|?*\u200e\u200f\u202a-\u202e\u2066-\u2069]')


class FileKind(StrEnum):
    """What is taken, by the ending of its name."""

    PDF = "pdf"
    PNG = "png"
    JPG = "jpg"
    XLSX = "xlsx"
    DOCX = "docx"
    PPTX = "pptx"
    CSV = "csv"
    TXT = "txt"
    MSG = "msg"
    EML = "eml"

    @property
    def content_type(self) -> str:
        return CONTENT_TYPES[self]


OFFICE = "application/vnd.openxmlformats-officedocument"
CONTENT_TYPES = {
    FileKind.PDF: "application/pdf",
    FileKind.PNG: "image/png",
    FileKind.JPG: "image/jpeg",
    FileKind.XLSX: f"{OFFICE}.spreadsheetml.sheet",
    FileKind.DOCX: f"{OFFICE}.wordprocessingml.document",
    FileKind.PPTX: f"{OFFICE}.presentationml.presentation",
    FileKind.CSV: "text/csv",
    FileKind.TXT: "text/plain",
    FileKind.MSG: "application/vnd.ms-outlook",
    FileKind.EML: "message/rfc822",
}


@dataclass(frozen=True, kw_only=True)
class FileFacts:
    """What was looked at of a file: its name as it is kept, its kind, size and digest."""

    name: str
    kind: FileKind
    size: int
    sha256: str


@dataclass(frozen=True, kw_only=True)
class Proof:
    """What is attached. `milestone` None: to the measure; `is_closure`: it shows the achieved value."""

    id: EvidenceId
    title: str
    url: str = ""
    note: str = ""
    milestone: MilestoneId | None = None
    is_closure: bool = False
    file: FileFacts | None = None


@dataclass(frozen=True, kw_only=True)
class EvidenceAdded:
    measure: MeasureId
    proof: Proof
    person: PersonId


@dataclass(frozen=True, kw_only=True)
class EvidenceRemoved:
    measure: MeasureId
    evidence: EvidenceId
    title: str
    person: PersonId
    sha256: str = ""  # of the file that was removed with it


@dataclass(frozen=True, kw_only=True)
class UnknownFileKind(Refusal):
    """The name ends in nothing that is taken."""

    ending: str
    known: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class NotWhatItsNameSays(Refusal):
    """The content is not that of the kind the name claims."""

    kind: FileKind


@dataclass(frozen=True, kw_only=True)
class EvidenceTooLarge(Refusal):
    size: int
    limit: int


@dataclass(frozen=True, kw_only=True)
class EvidenceEmpty(Refusal):
    name: str


@dataclass(frozen=True, kw_only=True)
class NotALink(Refusal):
    """Only http and https addresses are links."""

    url: str


def link_refusal(url: str) -> NotALink | None:
    """None also where there is none: a file or a note proves as well."""
    parts = urlsplit(url)
    is_link = parts.scheme in ("http", "https") and bool(parts.netloc)
    return NotALink(url=url) if url and not is_link else None


def kind_of_name(name: str) -> FileKind | UnknownFileKind:
    """By the last ending alone; "jpeg" is "jpg"."""
    _stem, dot, ending = name.rpartition(".")
    wanted = ending.lower() if dot else ""
    wanted = "jpg" if wanted == "jpeg" else wanted
    if wanted not in set(FileKind):
        return UnknownFileKind(ending=wanted[:20], known=tuple(FileKind))
    return FileKind(wanted)


def kept_name(name: str, kind: FileKind) -> str:
    """The last part of any path, without what a file system or a header takes amiss, ending in its kind."""
    last = re.split(r"[/\\]", name)[-1]
    stem = UNSAFE.sub("", last).rpartition(".")[0].strip(" .")
    return f"{stem[:NAME_LIMIT] or 'file'}.{kind}"


def size_refusal(name: str, size: int) -> Refusal | None:
    if size <= 0:
        return EvidenceEmpty(name=name)
    return EvidenceTooLarge(size=size, limit=FILE_LIMIT) if size > FILE_LIMIT else None


def file_key(evidence: EvidenceId, sha256: str) -> str:
    """Under which name it is stored: says nothing of its content, and another content never takes its place."""
    return f"{evidence.hex}-{sha256[:16]}"
