"""Evidence in the browser: a file goes up, comes down as a file to be saved, and one of a wrong kind is refused."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect

from tests.browser.acts import code_of, home
from tests.browser.conftest import Desks
from tests.browser.looks import findings
from tests.filemaking import EXE, PDF
from tests.team import Team

NAME = "Vertrag_Paketdienst_Nord_2026-2028_unterzeichnet_beide_Seiten.pdf"


def test_a_file_is_attached_and_given_out_to_be_saved(team: Team, desks: Desks) -> None:
    address = f"{home(team)}/measures/{code_of(team, team.define())}"
    owner = desks(team.owner)
    owner.open(f"{address}/evidence/new")
    owner.field("file").set_input_files({"name": "contract.pdf", "mimeType": "application/pdf", "buffer": EXE})
    owner.fill(note="Signed by both sides.")
    owner.press("Attach evidence")
    owner.sees("The content is not that of a file of the kind “pdf”")
    expect(owner.field("note")).to_have_value("Signed by both sides.")
    owner.field("file").set_input_files({"name": "tool.exe", "mimeType": "application/pdf", "buffer": PDF})
    owner.press("Attach evidence")
    owner.sees("Files of this kind are not taken.")
    owner.field("file").set_input_files({"name": NAME, "mimeType": "application/pdf", "buffer": PDF})
    owner.press("Attach evidence")
    owner.sees("Evidence: one piece", "Signed by both sides.", "SHA-256")
    assert not findings(owner.page, "evidence-filled")
    reader = desks(team.second)
    reader.open(address)
    with reader.page.expect_download() as waiting:
        reader.follow(NAME)
    assert waiting.value.suggested_filename == NAME
    assert Path(waiting.value.path()).read_bytes() == PDF
    expect(reader.page.get_by_text("Remove", exact=True)).to_have_count(0)
