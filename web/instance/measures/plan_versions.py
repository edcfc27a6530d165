"""What has become of a locked plan: the change that is open, and every version with what it changed and by whom."""

from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from flask_babel import gettext as _

from domain.governance.policies import CHANGE
from tenants.instance.queries.changes import PlanVersion, list_plan_versions
from tenants.instance.queries.measure import MeasureSheet
from web.formats import DASH, money
from web.hands import hand
from web.presenting import title_of
from web.sealing import seal_words
from web.weighing import DiffRow, Weighed, signed_money, weighed_request


@dataclass(frozen=True, kw_only=True)
class VersionRow:
    """One version in the list; `difference` is the full-year effect against version 1."""

    number: int
    locked_at: datetime
    seal: str
    title: str
    href: str
    by: str
    why: str
    rows: tuple[DiffRow, ...]
    full_year: str
    net: str
    difference: str


@dataclass(frozen=True, kw_only=True)
class ChangesView:
    """The open change request, if there is one, and the versions, the newest first."""

    title: str
    open: Weighed | None
    href: str
    versions: tuple[VersionRow, ...]


def changes_of(sheet: MeasureSheet) -> ChangesView | None:
    """None before the lock."""
    if not sheet.measure.plan_version:
        return None
    versions = list_plan_versions(hand().work, sheet.measure.id, sheet.governance)
    asked = next((each for each in sheet.requests if each.kind == CHANGE and each.current is not None), None)
    return ChangesView(
        title=_("One change is asked for") if asked else _title(versions),
        open=weighed_request(asked, sheet.names, sheet.governance) if asked else None,
        href=url_for("instance.requests.show", request_id=asked.id) if asked else "",
        versions=tuple(_version(sheet, each, versions[0]) for each in reversed(versions)),
    )


def _title(versions: tuple[PlanVersion, ...]) -> str:
    if len(versions) == 1:
        return _("The plan holds as it was decided")
    return _("The plan is at version %(n)s", n=versions[-1].number)


def _version(sheet: MeasureSheet, version: PlanVersion, first: PlanVersion) -> VersionRow:
    asked = next((each for each in sheet.requests if each.id == version.request), None)
    change = weighed_request(asked, sheet.names, sheet.governance) if asked else None
    return VersionRow(
        number=version.number,
        locked_at=version.locked_at,
        seal=seal_words(version.seal),
        title=title_of(asked.kind, asked.target, sheet.governance.template) if asked else "",
        href=url_for("instance.requests.show", request_id=asked.id) if asked else "",
        by=sheet.names.get(asked.requested_by, DASH) if asked else DASH,
        why=asked.comment if asked else "",
        rows=change.rows if change else (),
        full_year=money(version.full_year),
        net=money(version.net),
        difference=DASH if version is first else signed_money(version.full_year - first.full_year),
    )
