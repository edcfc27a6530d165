"""Bring the shipped governance templates into the library: each version once, never changed."""

from pathlib import Path

from sqlalchemy import select

from domain.governance.parsing import parse_template, template_digest
from domain.governance.template import GovernanceTemplate
from tenants.database import PlatformWork, action
from tenants.platform.models.library import TemplateVersionRow

SHIPPED = Path(__file__).resolve().parents[3] / "templates" / "governance"


class ShippedTemplateChanged(RuntimeError):
    """A released version was edited; a new one must be added instead."""


@action
def publish_shipped(work: PlatformWork) -> int:
    """Publish every shipped version that the library does not hold yet. Returns how many were new."""
    with work.transaction() as tx:
        kept = {
            (row.key, row.number): row.digest
            for row in tx.session.scalars(select(TemplateVersionRow).where(TemplateVersionRow.firm_id.is_(None)))
        }
        new = [text for text in shipped_texts() if _is_new(text, kept)]
        for text in new:
            tx.add(_row(work, text))
    return len(new)


def shipped_texts() -> list[str]:
    return [path.read_text(encoding="utf-8") for path in sorted(SHIPPED.glob("*/v*.yaml"))]


def parsed(text: str) -> GovernanceTemplate:
    """A template that is known to be good. A bad one is a bug and raises ValueError."""
    template = parse_template(text)
    if not isinstance(template, GovernanceTemplate):
        raise ValueError(template)
    return template


def _is_new(text: str, kept: dict[tuple[str, int], str]) -> bool:
    template = parsed(text)
    digest = kept.get((template.key, template.version))
    if digest not in (None, template_digest(text)):
        raise ShippedTemplateChanged(f"{template.key}/v{template.version}")
    return digest is None


def _row(work: PlatformWork, text: str) -> TemplateVersionRow:
    template = parsed(text)
    return TemplateVersionRow(
        id=work.new_id(),
        firm_id=None,
        key=template.key,
        number=template.version,
        name=template.name,
        description=template.description,
        text=text,
        digest=template_digest(text),
        published_at=work.now(),
    )
