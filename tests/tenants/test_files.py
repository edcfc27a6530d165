"""Files in both stores, what is taken in by its content, and that no instance reaches another's."""

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from uuid import uuid4

import pytest

from domain.access import Capability
from domain.evidence import (
    FILE_LIMIT,
    EvidenceAdded,
    EvidenceTooLarge,
    FileFacts,
    FileKind,
    NotWhatItsNameSays,
    Proof,
    file_key,
)
from domain.ids import EvidenceId
from domain.refusals import Refusal
from tenants.database import NotFound, Work
from tenants.files import FileGone, FileStore, LocalFiles, _store, files_of
from tenants.instance.actions.evidence import add_evidence, remove_evidence
from tenants.instance.models.outbox import OutboxRow
from tenants.instance.queries.evidence import get_file
from tenants.instance.uploads import keep, look_at
from tests.filemaking import EXE, GOOD, HTML, OLE, PDF, SVG, package
from tests.house import House
from tests.s3 import s3_store
from tests.team import Team
from workers import files
from workers.task import Task


@pytest.fixture(params=["folder", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[FileStore]:
    if request.param == "folder":
        yield _store(str(tmp_path / "files"))
        return
    with s3_store() as (address, _objects):
        yield _store(address)


def content(store: FileStore, place: str, name: str) -> bytes:
    with store.open(place, name) as chunks:
        return b"".join(chunks)


def test_put_open_names_delete(store: FileStore) -> None:
    large = os.urandom(3 * 1024 * 1024)
    store.put("t_one", "a1-ff", BytesIO(large), len(large))
    store.put("t_one", "a1-ff", BytesIO(large), len(large))
    store.put("t_two", "b2", BytesIO(b"two"), 3)
    assert content(store, "t_one", "a1-ff") == large
    assert [name for name, _at in store.names("t_one")] == ["a1-ff"]
    with pytest.raises(FileGone), store.open("t_two", "a1-ff"):
        pass
    for _twice in range(2):
        store.delete("t_one", "a1-ff")
    with pytest.raises(FileGone), store.open("t_one", "a1-ff"):
        pass
    assert list(store.names("t_three")) == []
    assert content(store, "t_two", "b2") == b"two"


@pytest.mark.parametrize("name", ["", "..", "../t_two/b2", "a/b", "a\\b", "A", "a.b", "a\0", "x" * 81, "a\n"])
def test_a_name_is_no_path(store: FileStore, name: str) -> None:
    for place, called in (("t_one", name), (name, "a")):
        with pytest.raises(ValueError, match="not the name"):
            store.put(place, called, BytesIO(b"x"), 1)
        with pytest.raises(ValueError, match="not the name"):
            store.delete(place, called)


def test_folder_is_closed_to_others_and_a_broken_upload_leaves_nothing(tmp_path: Path) -> None:
    class Broken(BytesIO):
        def read(self, *_size: object) -> bytes:
            raise OSError("gone")

    store = LocalFiles(tmp_path / "files")
    with pytest.raises(OSError, match="gone"):
        store.put("t_one", "a", Broken(), 1)
    assert list(store.names("t_one")) == []
    assert (tmp_path / "files" / "t_one").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("kind", FileKind)
def test_each_kind_is_taken_for_what_it_is_and_for_nothing_else(kind: FileKind) -> None:
    facts = look_at(f"Signed.{kind}", BytesIO(GOOD[kind]))
    assert isinstance(facts, FileFacts), facts
    assert (facts.kind, facts.size, len(facts.sha256)) == (kind, len(GOOD[kind]), 64)
    for other in {FileKind.PDF, FileKind.PNG, FileKind.XLSX, FileKind.DOCX, FileKind.MSG} - {kind}:
        assert isinstance(look_at(f"Signed.{other}", BytesIO(GOOD[kind])), NotWhatItsNameSays)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        *((f"a.{kind}", data) for kind in FileKind for data in (HTML, SVG, EXE)),
        ("a.txt", b"\xef\xbb\xbf  <HTML>"),
        ("a.csv", b"\n<script>"),
        ("a.txt", b"#!/bin/sh\nrm"),
        ("a.txt", b"text\0more"),
        ("a.txt", b"a" * 2_000_000 + b"\0"),
        ("a.eml", b"no header here"),
        ("a.msg", OLE + b"\0" * 4096),
        ("a.docx", package("word/document.xml", "word/vbaProject.bin")),
        ("a.xlsx", package("word/document.xml")),
        ("a.xlsx", b"PK\x03\x04 broken"),
    ],
)
def test_content_that_is_not_what_the_name_says(name: str, data: bytes) -> None:
    assert isinstance(look_at(name, BytesIO(data)), NotWhatItsNameSays)


def test_too_large_is_refused_before_it_is_read() -> None:
    class Large(BytesIO):
        def seek(self, _offset: int, whence: int = 0) -> int:
            return FILE_LIMIT + 1 if whence == os.SEEK_END else 0

        def read(self, *_size: object) -> bytes:
            raise AssertionError("read")

    assert isinstance(look_at("a.pdf", Large()), EvidenceTooLarge)


# On a real database, with two clients


@pytest.fixture
def team(work: Work, house: House) -> Team:
    return Team(work, house)


def attached(team: Team, store: FileStore, measure: object) -> Proof:
    facts = look_at("Contract.pdf", BytesIO(PDF))
    assert isinstance(facts, FileFacts)
    proof = Proof(id=EvidenceId(uuid4()), title="Contract", file=facts)
    keep(team.work, store, proof.id, facts, BytesIO(PDF))
    assert isinstance(add_evidence(team.work, measure, proof, team.actor(team.owner)), EvidenceAdded)
    return proof


def task(house: House, work: Work, store_address: str) -> Task:
    settings = replace(house.settings, files=store_address)
    return Task(id=uuid4(), settings=settings, platform=house.platform(), found=work)


def test_a_file_is_reached_in_its_instance_only(team: Team, other_work: Work, house: House, tmp_path: Path) -> None:
    store, measure = LocalFiles(tmp_path), team.define()
    proof = attached(team, store, measure)
    code, scope = team.row(measure).code, team.actor(team.pmo).scope_for(Capability.VIEW_MEASURES)
    found = get_file(team.work, scope, code, proof.id)
    assert content(store, team.work.instance.schema, found.key) == PDF
    with pytest.raises(FileGone), store.open(other_work.instance.schema, found.key):
        pass
    other = Team(other_work, house)
    their = other.actor(other.pmo).scope_for(Capability.VIEW_MEASURES)
    with pytest.raises(NotFound):
        get_file(other_work, their, code, proof.id)
    nobody = replace(scope, paths=(), person=team.second)
    with pytest.raises(NotFound):
        get_file(team.work, nobody, code, proof.id)


def test_file_goes_with_its_evidence_and_strays_go_by_night(team: Team, house: House, tmp_path: Path) -> None:
    store, measure = LocalFiles(tmp_path), team.define()
    kept, gone = attached(team, store, measure), attached(team, store, measure)
    assert not isinstance(remove_evidence(team.work, measure, gone.id, team.actor(team.owner)), Refusal)
    [job] = team.work.session.query(OutboxRow).filter_by(job="delete_file").all()
    place, here = team.work.instance.schema, task(house, team.work, str(tmp_path))
    names = {name for name, _at in store.names(place)}
    files.delete_file(here, str(kept.id), file_key(kept.id, kept.file.sha256))  # its evidence stands: nothing happens
    assert {name for name, _at in store.names(place)} == names
    for _twice in range(2):
        files.delete_file(here, **job.arguments)
    assert {name for name, _at in store.names(place)} == {file_key(kept.id, kept.file.sha256)}
    store.put(place, "stray", BytesIO(b"x"), 1)
    files.purge_files(here)
    team.work.clock = lambda: max(at for _name, at in store.names(place)) + timedelta(hours=25)
    files.purge_files(here)
    assert [name for name, _at in store.names(place)] == [file_key(kept.id, kept.file.sha256)]
    here.platform.close()


def test_the_same_form_on_another_measure_is_not_there(team: Team, tmp_path: Path) -> None:
    proof = attached(team, LocalFiles(tmp_path), team.define())
    with pytest.raises(NotFound):
        add_evidence(team.work, team.define(), proof, team.actor(team.owner))


def test_store_is_the_one_of_the_settings(house: House) -> None:
    assert isinstance(files_of(house.settings), LocalFiles)
