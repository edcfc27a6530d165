"""What can be shown to others: the steering report, the trail and its proof, the comparison of engagements."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from io import BytesIO

from playwright.sync_api import expect
from pypdf import PdfReader

from domain.access import FirmRole, Role
from domain.ids import PersonId
from domain.stages import Stage
from tenants.platform.actions.firms import add_member
from tenants.platform.actions.people import ensure_people
from tests.browser.acts import TODAY, home, planned
from tests.browser.conftest import Desks
from tests.browser.processes import ROOT, Running
from tests.team import Team
from tests.workers.live import environment


def test_steering_report_is_made_while_one_watches_and_says_what_it_stands_on(team: Team, desks: Desks) -> None:
    planned(team)
    clara = desks(team.pmo)
    clara.open(f"{home(team)}/")
    clara.go("Reports")
    clara.press("Prepare the report")
    expect(clara.page.locator("#report-state")).to_be_visible()
    clara.sees("The report is ready")
    head = clara.page.locator("dt", has_text="Head of the trail").locator("+ dd").inner_text().rstrip("…")
    with clara.page.expect_download() as download:
        clara.follow("Download")
    content = download.value.path().read_bytes()
    assert content.startswith(b"%PDF")
    pages = [" ".join(page.extract_text().split()) for page in PdfReader(BytesIO(content)).pages]
    text = "".join(" ".join(pages).split())
    assert len(pages) > 3
    assert "VarnholtHome" in text
    days = {TODAY, datetime.now(UTC).date()}  # a run may cross midnight
    assert any(f"{day.day}{day:%b}" in text for day in days)
    assert head[:8] in text


def test_auditor_reads_the_trail_and_verifies_it_on_the_page(running: Running, team: Team, desks: Desks) -> None:
    measure = team.define(title="Traced to the end")
    team.approve(team.ask(measure, Stage.IDENTIFIED), team.sponsor)
    auditor = desks(team.join("Nora Revision", Role.AUDITOR))
    auditor.open(f"{home(team)}/measures/{team.row(measure).code}#trail")
    auditor.sees("Maria Lund", "asked for the gate into Identified")
    auditor.follow("Whole trail")
    auditor.sees("Traced to the end")
    auditor.go("Audit")
    auditor.press("Verify now")
    auditor.sees("The trail is intact", "Intact")
    command = [sys.executable, "-m", "tenants.cli", "audit", "verify", team.work.instance.slug]
    told = environment(running.house.settings)
    said = subprocess.run(command, cwd=ROOT, env=told, capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stdout + said.stderr
    assert team.work.instance.slug in said.stdout


def test_partner_compares_engagements_and_opens_no_client(running: Running, team: Team, desks: Desks) -> None:
    team.decide(planned(team))
    partner = desks(_partner(running))
    partner.open("/comparison")
    row = partner.page.get_by_role("row", name="Varnholt Home")
    expect(row.first).to_be_visible()
    expect(row.get_by_role("link")).to_have_count(0)
    partner.open(f"{home(team)}/", status=404)
    partner.open(f"{home(team)}/measures", status=404)
    expect(partner.page.get_by_role("heading", level=1)).to_have_text("There is nothing here for you")


def _partner(running: Running) -> PersonId:
    """A partner of the firm who is staffed nowhere."""
    work = running.house.platform()
    person = ensure_people(work, {"partner@firm.example": "Paul Partner"})["partner@firm.example"]
    add_member(work, running.house.firm, person, FirmRole.PARTNER)
    work.close()
    return person
