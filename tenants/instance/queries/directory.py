"""Who holds what in an instance: for approvals."""

from collections import defaultdict

from sqlalchemy import select

from domain.access import Role
from domain.approvals.choosing import Directory, ForumMembers, Holder
from domain.ids import ForumId, PersonId, ReferenceId
from tenants.database import Work
from tenants.instance.models.people import AssignmentRow, ForumMemberRow, ForumRow, MemberRow


def get_directory(work: Work) -> Directory:
    """All who can sign in, by role and node; the forums with their members. Three statements."""
    members = work.session.execute(select(MemberRow.id, MemberRow.email, MemberRow.is_active)).all()
    people = {email: PersonId(member) for member, email, is_active in members if is_active}
    present = set(people.values())
    limits = (AssignmentRow.channel, AssignmentRow.business_unit_id)
    roles = work.session.execute(select(AssignmentRow.member_id, AssignmentRow.role, AssignmentRow.node_path, *limits))
    return Directory(
        holders=tuple(
            Holder(
                person=PersonId(member),
                role=Role(role),
                path=path,
                channel=channel,
                unit=ReferenceId(unit) if unit else None,
            )
            for member, role, path, channel, unit in roles
            if PersonId(member) in present
        ),
        forums=_forums(work, present),
        people_by_email=people,
        gone=frozenset(PersonId(member) for member, _email, is_active in members if not is_active),
    )


def _forums(work: Work, present: set[PersonId]) -> dict[ForumId, ForumMembers]:
    statement = (
        select(ForumRow.id, ForumRow.name, ForumRow.quorum, ForumRow.chair_id, ForumMemberRow.member_id)
        .outerjoin(ForumMemberRow, ForumMemberRow.forum_id == ForumRow.id)
        .order_by(ForumRow.id, ForumMemberRow.member_id)
    )
    members: dict[ForumId, list[PersonId]] = defaultdict(list)
    facts: dict[ForumId, tuple[str, int, PersonId | None]] = {}
    for forum, name, quorum, chair, member in work.session.execute(statement):
        facts[ForumId(forum)] = (name, quorum, PersonId(chair) if chair else None)
        if member and PersonId(member) in present:
            members[ForumId(forum)].append(PersonId(member))
    return {
        forum: ForumMembers(members=tuple(members[forum]), quorum=quorum, chair=chair, name=name)
        for forum, (name, quorum, chair) in facts.items()
    }
