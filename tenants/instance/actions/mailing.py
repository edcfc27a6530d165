"""Mail what people are told: a letter is chosen and committed, then handed to the mail server, then marked as mailed.

A worker may die after the server's yes and before the last commit: nobody can then know, and the letter is handed over
again. It is recognisable: the same notices under the same id, from which its Message-ID is made, whichever job sends
it. Mail servers and programs that drop a second message of the same id show it once; with others it arrives twice.
Never is it lost, and never does a second letter carry some of its notices under another id.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tenants.database import Work, action
from tenants.instance.models.notices import NoticeRow
from tenants.instance.models.people import MemberRow
from tenants.instance.queries.notices import still_true


@dataclass(frozen=True, kw_only=True)
class Letter:
    """Who gets which notices in one letter: each with its kind and what its words need.

    `id` stays the same in every attempt. `is_digest`: it was put together for a day, be it of one notice.
    """

    id: UUID
    is_digest: bool
    name: str
    email: str
    notices: tuple[tuple[str, Mapping[str, Any]], ...]


Post = Callable[[Letter], None]


@action
def claim_notice(work: Work, notice_id: UUID) -> UUID | None:
    """The letter of one notice, which is its own unless a digest took it. None when it was mailed. Raises NotFound."""
    with work.transaction() as tx:
        row = tx.lock(NoticeRow, notice_id)
        if row.mailed_at is not None:
            return None
        row.letter_id = row.letter_id or row.id
        return row.letter_id


@action
def claim_digest(work: Work, person: UUID) -> UUID | None:
    """One letter of everything that is due to a person; before it, each that was begun and perhaps not sent."""
    with work.transaction() as tx:
        due = tx.lock_all(NoticeRow, NoticeRow.member_id == person, NoticeRow.mailed_at.is_(None))
        begun = sorted((each for each in due if each.letter_id), key=lambda each: each.at)
        if begun or not due:
            return begun[0].letter_id if begun else None
        letter = work.new_id()
        for each in due:
            each.letter_id = letter
        return letter


@action
def mail_letter(work: Work, letter_id: UUID, post: Post) -> None:
    """Post a letter, the oldest notice first. Its rows stay locked meanwhile: of two workers one posts it."""
    with work.transaction() as tx:
        due = tx.lock_all(NoticeRow, NoticeRow.letter_id == letter_id, NoticeRow.mailed_at.is_(None))
        due.sort(key=lambda each: each.at)
        notices = tuple((each.kind, each.body) for each in still_true(tx.session, due))
        member = tx.work.get(MemberRow, due[0].member_id) if notices else None
        if member and member.is_active:
            is_digest = letter_id not in {each.id for each in due}
            post(Letter(id=letter_id, is_digest=is_digest, name=member.name, email=member.email, notices=notices))
        for each in due:
            each.mailed_at = tx.work.now()
