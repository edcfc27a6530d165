"""What people say on a measure: plain words, "@name" for those it speaks to. Who said it may take it back, in sight."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from domain.ids import CommentId, MeasureId, PersonId
from domain.refusals import FieldMissing, FieldTooLong, Refusal

WORDS_LIMIT = 2_000
AT = re.compile(r"(?<![\w.@])@(?=\w)")
NAME = re.compile(r"\S+(?: \S+)?")


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Somebody who sees the measure, by the name and the address that a mention may use."""

    id: PersonId
    name: str
    email: str


@dataclass(frozen=True, kw_only=True)
class CommentAdded:
    measure: MeasureId
    comment: CommentId
    words: str
    mentions: tuple[PersonId, ...]


@dataclass(frozen=True, kw_only=True)
class CommentRetracted:
    measure: MeasureId
    comment: CommentId


@dataclass(frozen=True, kw_only=True)
class UnknownMention(Refusal):
    """Nobody who sees the measure is called so."""

    name: str


@dataclass(frozen=True, kw_only=True)
class MentionNotClear(Refusal):
    """Several are called so; the address tells them apart."""

    name: str


@dataclass(frozen=True, kw_only=True)
class NotYourComment(Refusal):
    """Only who said it takes it back."""

    comment: CommentId


def decide_comment(
    measure: MeasureId, comment: CommentId, words: str, readers: Iterable[Reader]
) -> CommentAdded | Refusal:
    said = words.strip()
    if not said:
        return FieldMissing(field="comment")
    if len(said) > WORDS_LIMIT:
        return FieldTooLong(field="comment", limit=WORDS_LIMIT)
    mentions = mentioned(said, tuple(readers))
    if isinstance(mentions, Refusal):
        return mentions
    return CommentAdded(measure=measure, comment=comment, words=said, mentions=mentions)


def decide_retract(measure: MeasureId, comment: CommentId, by: PersonId, actor: PersonId) -> CommentRetracted | Refusal:
    return CommentRetracted(measure=measure, comment=comment) if by == actor else NotYourComment(comment=comment)


def mentioned(words: str, readers: tuple[Reader, ...]) -> tuple[PersonId, ...] | Refusal:
    """Everybody whom "@name" or "@address" speaks to, each once: the longest name that fits, however it is written."""
    found: list[PersonId] = []
    for at in AT.finditer(words):
        rest = words[at.end() :]
        length = max((fit for each in readers for fit in _fits(each, rest)), default=0)
        if not length:
            return UnknownMention(name=NAME.match(rest).group().rstrip(".,;:!?"))  # type: ignore[union-attr]
        meant = {each.id for each in readers if length in _fits(each, rest)}
        if len(meant) > 1:
            return MentionNotClear(name=rest[:length])
        found += meant
    return tuple(dict.fromkeys(found))


def spoken_to(words: str, names: Iterable[str]) -> list[tuple[str, bool]]:
    """The words in pieces, and which of them are mentions of these names or addresses: for the page."""
    known = sorted((re.escape(f"@{name}") for name in names), key=len, reverse=True)
    if not known:
        return [(words, False)]
    pieces = re.split(f"({'|'.join(known)})", words, flags=re.IGNORECASE)
    return [(piece, index % 2 == 1) for index, piece in enumerate(pieces) if piece]


def _fits(reader: Reader, rest: str) -> list[int]:
    """The lengths of the reader's name and address where the text goes on with one, as whole words."""
    return [
        len(name)
        for name in (reader.name, reader.email)
        if rest[: len(name)].casefold() == name.casefold() and not re.match(r"\w", rest[len(name) :])
    ]
