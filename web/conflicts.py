"""What two people changed at the same time: theirs, mine, and what it was when the page was opened."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

OPENED = "opened."
KEEP = "keep."


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One field of the conflict page; `clash` when both changed it to something else."""

    name: str
    field: str
    opened: str
    theirs: str
    mine: str
    clash: bool


def opened_values(form: MultiDict[str, str]) -> dict[str, str]:
    """What the page showed when it was opened; the form carries it along."""
    return {name.removeprefix(OPENED): value for name, value in form.items() if name.startswith(OPENED)}


def kept_theirs(form: MultiDict[str, str]) -> set[str]:
    """The fields for which the reader chose to keep what the other one saved."""
    return {name.removeprefix(KEEP) for name, value in form.items() if name.startswith(KEEP) and value == "theirs"}


def typed(form: MultiDict[str, str], names: Iterable[str], before: Mapping[str, str] | None) -> dict[str, str]:
    """What the reader really changed since the page was opened; of something new (`before` None), all that was sent."""
    theirs = kept_theirs(form)
    sent = {name: form.getlist(name)[-1].strip() for name in names if name in form and name not in theirs}
    if before is None:
        return sent
    opened = {**before, **opened_values(form)}
    return {name: text for name, text in sent.items() if text != opened.get(name, "")}


def differences(
    names: Iterable[str],
    opened: Mapping[str, str],
    theirs: Mapping[str, str],
    mine: Mapping[str, str],
    label: Callable[[str], str],
    show: Callable[[str, str], str],
) -> list[Difference]:
    """Every field that somebody changed, in the given order; all values as canonical text."""
    found = []
    for name in names:
        was, their, my = (values.get(name, "") for values in (opened, theirs, mine))
        if was == their == my:
            continue
        clash = their != was and my not in (was, their)
        values = {"opened": show(name, was), "theirs": show(name, their), "mine": show(name, my)}
        found.append(Difference(name=name, field=label(name), clash=clash, **values))
    return found


def merged(opened: Mapping[str, str], theirs: Mapping[str, str], mine: Mapping[str, str]) -> dict[str, str]:
    """Mine where I changed it, else theirs: what a form that sends every field posts again."""
    return {name: text if text != opened.get(name, "") else theirs.get(name, "") for name, text in mine.items()}


def kept_pairs(mine: Mapping[str, str], theirs: Mapping[str, str]) -> list[tuple[str, str]]:
    """What the conflict form posts again: my changes, and what they are compared with next time."""
    return [pair for name, text in mine.items() for pair in ((name, text), (OPENED + name, theirs.get(name, "")))]
