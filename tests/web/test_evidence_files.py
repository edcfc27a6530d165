"""Files as evidence over HTTP: taken in by content, given out to be saved only, gone for whom it is not."""

from __future__ import annotations

from hashlib import sha256
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from domain.evidence import FILE_LIMIT
from tenants.files import files_of
from tenants.instance.models.measures import EvidenceRow
from tests.filemaking import EXE, HTML, PDF, SVG
from tests.team import Team


@pytest.fixture
def place(team: Team, home: str) -> tuple[UUID, str]:
    """A measure and its address."""
    measure = team.define()
    return measure, f"{home}/measures/{team.row(measure).code}"


def form(name: str, data: bytes, **more: Any) -> dict[str, Any]:
    return {"id": str(uuid4()), "title": "Contract", "file": (BytesIO(data), name), **more}


def kept(team: Team, measure: UUID) -> list[EvidenceRow]:
    team.work.session.rollback()
    return list(team.work.session.scalars(select(EvidenceRow).where(EvidenceRow.measure_id == measure)))


def stored(team: Team) -> set[str]:
    return {name for name, _at in files_of(team.house.settings).names(team.work.instance.schema)}


def test_uploaded_once_shown_with_its_digest_and_given_out_to_be_saved(at, team: Team, place) -> None:
    measure, address = place
    owner, identity = at(team.owner), str(uuid4())
    for _twice in range(2):
        owner.post(f"{address}/evidence", form("Vertrag ü.pdf", PDF, id=identity, title=""))
    [row] = kept(team, measure)
    assert (row.title, row.file_name, row.size) == ("Vertrag ü.pdf", "Vertrag ü.pdf", len(PDF))
    page = owner.get(address)
    digest = sha256(PDF).hexdigest()
    assert f"SHA-256 {digest[:12]}" in page.words
    answer = at(team.second).http.get(f"{address}/evidence/{row.id}/file")
    assert answer.status_code == 200
    assert answer.data == PDF
    assert answer.headers["Content-Disposition"].startswith("attachment; ")
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("page.html", HTML, "Files of this kind are not taken"),
        ("drawing.svg", SVG, "Files of this kind are not taken"),
        ("setup.exe", EXE, "Files of this kind are not taken"),
        ("contract.pdf.exe", PDF, "Files of this kind are not taken"),
        ("contract", PDF, "Files of this kind are not taken"),
        ("contract.pdf", EXE, "The content is not that of a file of the kind “pdf”"),
        ("contract.pdf", HTML, "The content is not that of a file of the kind “pdf”"),
        ("notes.txt", HTML, "The content is not that of a file of the kind “txt”"),
        ("empty.pdf", b"", "The file is empty"),
        ("large.pdf", PDF + b"\0" * FILE_LIMIT, "are the most"),
    ],
)
def test_bad_files_are_refused_in_words_and_stored_nowhere(
    at, team: Team, place, name: str, data: bytes, words: str
) -> None:
    measure, address = place
    before = stored(team)
    page = at(team.owner).post(f"{address}/evidence", form(name, data), status=422)
    assert words in page.words
    assert kept(team, measure) == []
    assert stored(team) == before


def test_a_body_beyond_all_measure_is_cut_off(at, team: Team, place) -> None:
    measure, address = place
    at(team.owner).post(f"{address}/evidence", form("a.pdf", PDF + b"\0" * (FILE_LIMIT + 2**20)), status=413)
    assert kept(team, measure) == []


@pytest.mark.parametrize("name", ["../../../etc/passwd.pdf", "..\\..\\a.pdf", "/abs/a.pdf", "C:/x/a.pdf"])
def test_path_in_a_name_leads_nowhere(at, team: Team, place, name: str) -> None:
    measure, address = place
    before = stored(team)
    at(team.owner).post(f"{address}/evidence", form(name, PDF))
    [row] = kept(team, measure)
    assert row.file_name in ("passwd.pdf", "a.pdf")
    [new] = stored(team) - before
    assert new.startswith(row.id.hex)


def test_refused_form_leaves_no_file(at, team: Team, place) -> None:
    measure, address = place
    before = stored(team)
    at(team.owner).post(f"{address}/evidence", form("a.pdf", PDF, url="ftp://example.org"), status=422)
    assert kept(team, measure) == []
    assert stored(team) == before


def test_foreign_and_removed_files_are_not_there(at, team: Team, place, home: str) -> None:
    measure, address = place
    at(team.owner).post(f"{address}/evidence", form("a.pdf", PDF))
    [row] = kept(team, measure)
    file = f"{address}/evidence/{row.id}/file"
    other = team.define()
    elsewhere = f"{home}/measures/{team.row(other).code}/evidence/{row.id}/file"
    nobody = team.enrol("Nils Berg", f"{uuid4()}@example.org")
    assert at(nobody).http.get(file).status_code == 404
    assert at(team.pmo).http.get(elsewhere).status_code == 404
    assert at(team.pmo).http.get(f"{address}/evidence/{uuid4()}/file").status_code == 404
    assert at(team.pmo).http.get(file).status_code == 200
    at(team.owner).post(f"{address}/evidence/{row.id}/removal", {})
    assert at(team.pmo).http.get(file).status_code == 404
