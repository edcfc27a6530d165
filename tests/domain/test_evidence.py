"""Files of evidence: kinds by name, names as they are kept, sizes, names in the store."""

from uuid import UUID

import pytest

from domain.evidence import (
    FILE_LIMIT,
    EvidenceEmpty,
    EvidenceTooLarge,
    FileKind,
    UnknownFileKind,
    file_key,
    kept_name,
    kind_of_name,
    size_refusal,
)
from domain.ids import EvidenceId


@pytest.mark.parametrize("kind", FileKind)
def test_kind_by_the_last_ending(kind: FileKind) -> None:
    assert kind_of_name(f"Contract.v2.{kind.upper()}") is kind
    assert kind.content_type


def test_jpeg_is_jpg() -> None:
    assert kind_of_name("photo.JPEG") is FileKind.JPG


@pytest.mark.parametrize(
    "name", ["", "pdf", "a.", "a.html", "a.svg", "a.exe", "a.pdf.exe", "a.pdf ", "a.xlsm", "a.zip", "a.pdf\x00", "a.js"]
)
def test_nothing_else_is_taken(name: str) -> None:
    assert isinstance(kind_of_name(name), UnknownFileKind)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("Contract 2026.pdf", "Contract 2026.pdf"),
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("..\\..\\windows\\a.pdf", "a.pdf"),
        ("/etc/shadow.pdf", "shadow.pdf"),
        ("C:\\x\\Vertrag ü.PDF", "Vertrag ü.pdf"),
        (".pdf", "file.pdf"),
        ("....pdf", "file.pdf"),
        ('a"; filename="b.exe.pdf', "a; filename=b.exe.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie x.pdf"),
        ("report\u202efdp.exe.pdf", "reportfdp.exe.pdf"),
        ("x" * 500 + ".pdf", "x" * 150 + ".pdf"),
    ],
)
def test_name_is_the_last_part_and_harmless(name: str, kept: str) -> None:
    assert kept_name(name, FileKind.PDF) == kept


@pytest.mark.parametrize(
    ("size", "refusal"),
    [(0, EvidenceEmpty), (1, None), (FILE_LIMIT, None), (FILE_LIMIT + 1, EvidenceTooLarge)],
)
def test_size(size: int, refusal: type | None) -> None:
    found = size_refusal("a.pdf", size)
    assert found is None if refusal is None else isinstance(found, refusal)


def test_another_content_has_another_name_in_the_store() -> None:
    one = EvidenceId(UUID(int=1))
    assert file_key(one, "ab" * 32) != file_key(one, "cd" * 32)
    assert file_key(one, "ab" * 32) != file_key(EvidenceId(UUID(int=2)), "ab" * 32)
