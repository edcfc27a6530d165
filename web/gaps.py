"""Policies that nobody can satisfy as the client is staffed, in words, with where that is so and who can mend it."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import ngettext

from domain.approvals.gaps import Gap, GapKind
from domain.governance.template import GovernanceTemplate
from tenants.database import Work
from tenants.instance.queries.measure import get_names
from tenants.instance.queries.policies import get_gaps, names_at
from web.wording import approvers, mended_by

PLACES = 3


@dataclass(frozen=True, kw_only=True)
class GapsView:
    """`by_step`: sentences for each (policy, step); `finding` says how many steps, empty where there is none."""

    by_step: Mapping[tuple[str, str], tuple[str, ...]]
    finding: str
    mended_by: str


def gaps_of(work: Work, template: GovernanceTemplate) -> GapsView:
    """Of the whole instance: a step that cannot be decided is named before anybody asks."""
    gaps, people = get_gaps(work, template)
    if not gaps:
        return GapsView(by_step={}, finding="", mended_by="")
    names = get_names(work)
    places = names_at(work, {path for gap in gaps for path in gap.paths})
    by_step: dict[tuple[str, str], list[str]] = defaultdict(list)
    for gap in gaps:
        by_step[gap.policy, gap.step].append(_words(gap, names, places))
    return GapsView(
        by_step={key: tuple(dict.fromkeys(words)) for key, words in by_step.items()},
        finding=ngettext(
            "%(num)d step is short of people who can decide it",
            "%(num)d steps are short of people who can decide them",
            len(by_step),
        ),
        mended_by=mended_by(people, names),
    )


def _words(gap: Gap, names: Mapping[UUID, str], places: Mapping[str, str]) -> str:
    words = _reason(gap, names)
    if not gap.paths:
        return words
    where = sorted(places.get(path, "–") for path in gap.paths)
    shown = ", ".join(where[:PLACES])
    more = len(where) - PLACES
    return (
        _("%(words)s At: %(where)s.", words=words, where=shown)
        if more <= 0
        else _("%(words)s At: %(where)s and %(n)s more.", words=words, where=shown, n=more)
    )


def _reason(gap: Gap, names: Mapping[UUID, str]) -> str:
    who = approvers(gap.selector)
    match gap.kind:
        case GapKind.NOBODY:
            return _("Nobody who can sign in: %(who)s.", who=who)
        case GapKind.ONLY_ONE:
            name = names.get(gap.person, "–") if gap.person else "–"
            return _("Only %(name)s: nobody decides what %(name)s asks for.", name=name)
        case GapKind.NO_FORUM:
            return _("There is no decision forum.")
        case GapKind.NO_MEMBERS:
            return _("The forum %(name)s has no members.", name=names.get(gap.forum, "–") if gap.forum else "–")
        case GapKind.GONE:
            return ngettext(
                "%(num)d measure names somebody who can sign in no more: %(who)s.",
                "%(num)d measures name somebody who can sign in no more: %(who)s.",
                gap.measures,
                who=who,
            )
        case _:
            forum = _("the forum %(name)s", name=names.get(gap.forum, "–")) if gap.forum else who
            return _("Too few: %(have)s of %(need)s in %(who)s.", have=gap.have, need=gap.need, who=forum)
