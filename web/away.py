"""Who is away and who decided for whom, in words."""

from collections.abc import Mapping
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import ngettext

from domain.approvals.request import CastVote
from tenants.instance.queries.delegations import Away
from web.formats import day

NOBODY: Mapping[UUID, Away] = {}


def away_words(away: Away | None) -> str:
    """ "away until 3 Dec 2026, Petra Holm stands in"; empty for somebody who is there."""
    if away is None:
        return ""
    until, who = _("away until %(day)s", day=day(away.until)), ", ".join(away.stand_ins)
    if not away.stand_ins:
        return _("%(until)s, nobody stands in", until=until)
    return ngettext(
        "%(until)s, %(who)s stands in", "%(until)s, %(who)s stand in", len(away.stand_ins), until=until, who=who
    )


def for_words(vote: CastVote, names: Mapping[UUID, str]) -> str:
    """ "for Maria Lund" where a delegate voted, else nothing."""
    return "" if vote.on_behalf_of is None else _("for %(whom)s", whom=names.get(vote.on_behalf_of, "–"))
