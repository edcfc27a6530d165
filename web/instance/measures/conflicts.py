"""What is said when somebody else saved the measure first: both versions beside each other, or look again."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from flask import render_template, request
from flask_babel import gettext as _

from tenants.instance.queries.measure import get_names
from web.conflicts import differences, kept_pairs, opened_values
from web.instance.measures.showing import page_of
from web.instance.measures.taking import Taken, crumbs


def conflict_page(
    taken: Taken,
    names: Iterable[str],
    theirs: Mapping[str, str],
    mine: Mapping[str, str],
    label: Callable[[str], str],
    show: Callable[[str, str], str],
    action: str,
    drop_href: str,
    kept: Sequence[tuple[str, str]] = (),
) -> str:
    """`theirs` is all that is there now, `mine` what the reader changed; `kept` goes along besides, unseen."""
    opened = {**theirs, **opened_values(request.form)}
    who = taken.measure.last_edited_by
    return render_template(
        "web/instance/measure/conflict.html",
        measure=taken.measure,
        crumbs=crumbs(taken, _("Two versions")),
        rows=differences(names, opened, theirs, {**opened, **mine}, label, show),
        who=get_names(taken.hand.work).get(who, "") if who else "",
        kept=[*kept, *kept_pairs(mine, theirs)],
        version=taken.measure.version,
        action=action,
        drop_href=drop_href,
    )


def look_again(code: str) -> tuple[str, int]:
    """Nothing is removed that was not seen as it is."""
    said = _("The measure has changed since you opened it. Look again, then remove.")
    return page_of(code, said={"stale": said}), 409
