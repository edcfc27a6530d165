"""The governance engine in full: change requests, conditions, delegations, forums, checks, notices, comments."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "absences",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("words", sa.Text(), server_default="", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"],
            ["members.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_absences_member_id"), "absences", ["member_id"], unique=False)
    op.create_table(
        "delegations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("giver_id", sa.Uuid(), nullable=False),
        sa.Column("taker_id", sa.Uuid(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("kinds", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("value_limit", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("words", sa.Text(), server_default="", nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by"],
            ["members.id"],
        ),
        sa.ForeignKeyConstraint(
            ["giver_id"],
            ["members.id"],
        ),
        sa.ForeignKeyConstraint(
            ["taker_id"],
            ["members.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_delegations_created_by"), "delegations", ["created_by"], unique=False)
    op.create_index(op.f("ix_delegations_giver_id"), "delegations", ["giver_id"], unique=False)
    op.create_index(op.f("ix_delegations_taker_id"), "delegations", ["taker_id"], unique=False)
    op.create_table(
        "notices",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("mailed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["member_id"],
            ["members.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("member_id", "key"),
    )
    op.create_index(
        "notices_unmailed", "notices", ["member_id", "at"], unique=False, postgresql_where=sa.text("mailed_at IS NULL")
    )
    op.create_table(
        "meetings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("forum_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("minutes_long", sa.Integer(), nullable=False),
        sa.Column("place", sa.Text(), server_default="", nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("present", postgresql.ARRAY(sa.UUID()), server_default="{}", nullable=False),
        sa.Column("minutes", sa.Text(), server_default="", nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["created_by"],
            ["members.id"],
        ),
        sa.ForeignKeyConstraint(
            ["forum_id"],
            ["forums.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_meetings_created_by"), "meetings", ["created_by"], unique=False)
    op.create_index("meetings_of_forum", "meetings", ["forum_id", "starts_at"], unique=False)
    op.create_table(
        "comments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("measure_id", sa.Uuid(), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("mentions", postgresql.ARRAY(sa.UUID()), server_default="{}", nullable=False),
        sa.Column("retracted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["by"],
            ["members.id"],
        ),
        sa.ForeignKeyConstraint(
            ["measure_id"],
            ["measures.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("comments_of_measure", "comments", ["measure_id", "at"], unique=False)
    op.create_index(op.f("ix_comments_by"), "comments", ["by"], unique=False)
    op.create_table(
        "waivers",
        sa.Column("measure_id", sa.Uuid(), nullable=False),
        sa.Column("stage", sa.Integer(), nullable=False),
        sa.Column("criterion", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), server_default="", nullable=False),
        sa.Column("waived_by", sa.Uuid(), nullable=False),
        sa.Column("waived_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["measure_id"],
            ["measures.id"],
        ),
        sa.ForeignKeyConstraint(
            ["waived_by"],
            ["members.id"],
        ),
        sa.PrimaryKeyConstraint("measure_id", "stage", "criterion"),
    )
    op.create_index(op.f("ix_waivers_waived_by"), "waivers", ["waived_by"], unique=False)
    op.create_table(
        "agenda_items",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=True),
        sa.Column("title", sa.Text(), server_default="", nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting_id"],
            ["meetings.id"],
        ),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["requests.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("meeting_id", "request_id"),
    )
    op.create_index(op.f("ix_agenda_items_request_id"), "agenda_items", ["request_id"], unique=False)
    op.create_table(
        "gate_conditions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("measure_id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("held_days", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("met_on", sa.Date(), nullable=True),
        sa.Column("met_by", sa.Uuid(), nullable=True),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["measure_id"],
            ["measures.id"],
        ),
        sa.ForeignKeyConstraint(
            ["met_by"],
            ["members.id"],
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"],
            ["members.id"],
        ),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["requests.id"],
        ),
        sa.ForeignKeyConstraint(
            ["set_by"],
            ["members.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "gate_conditions_standing",
        "gate_conditions",
        ["due_on"],
        unique=False,
        postgresql_where=sa.text("met_on IS NULL"),
    )
    op.create_index(op.f("ix_gate_conditions_measure_id"), "gate_conditions", ["measure_id"], unique=False)
    op.create_index(op.f("ix_gate_conditions_met_by"), "gate_conditions", ["met_by"], unique=False)
    op.create_index(op.f("ix_gate_conditions_owner_id"), "gate_conditions", ["owner_id"], unique=False)
    op.create_index(op.f("ix_gate_conditions_request_id"), "gate_conditions", ["request_id"], unique=False)
    op.create_index(op.f("ix_gate_conditions_set_by"), "gate_conditions", ["set_by"], unique=False)
    op.create_table(
        "hold_periods",
        sa.Column("measure_id", sa.Uuid(), nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("resumed_on", sa.Date(), nullable=True),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["measure_id"],
            ["measures.id"],
        ),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["requests.id"],
        ),
        sa.PrimaryKeyConstraint("measure_id", "held_at"),
    )
    op.create_index(op.f("ix_hold_periods_request_id"), "hold_periods", ["request_id"], unique=False)
    op.create_table(
        "kill_criteria",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("measure_id", sa.Uuid(), nullable=False),
        sa.Column("condition", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("proposes", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("words", sa.Text(), server_default="", nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("met_on", sa.Date(), nullable=True),
        sa.Column("proposed_request_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["measure_id"],
            ["measures.id"],
        ),
        sa.ForeignKeyConstraint(
            ["proposed_request_id"],
            ["requests.id"],
        ),
        sa.ForeignKeyConstraint(
            ["set_by"],
            ["members.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_kill_criteria_measure_id"), "kill_criteria", ["measure_id"], unique=False)
    op.create_index(
        op.f("ix_kill_criteria_proposed_request_id"), "kill_criteria", ["proposed_request_id"], unique=False
    )
    op.create_index(op.f("ix_kill_criteria_set_by"), "kill_criteria", ["set_by"], unique=False)
    op.create_table(
        "meeting_actions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("done_by", sa.Uuid(), nullable=True),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["done_by"],
            ["members.id"],
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"],
            ["meetings.id"],
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"],
            ["members.id"],
        ),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["requests.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_meeting_actions_done_by"), "meeting_actions", ["done_by"], unique=False)
    op.create_index(op.f("ix_meeting_actions_meeting_id"), "meeting_actions", ["meeting_id"], unique=False)
    op.create_index(op.f("ix_meeting_actions_owner_id"), "meeting_actions", ["owner_id"], unique=False)
    op.create_index(op.f("ix_meeting_actions_request_id"), "meeting_actions", ["request_id"], unique=False)
    op.create_table(
        "sustain_checks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("measure_id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("outcome", sa.Text(), server_default="", nullable=False),
        sa.Column("checked_on", sa.Date(), nullable=True),
        sa.Column("checked_by", sa.Uuid(), nullable=True),
        sa.Column("words", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["checked_by"],
            ["members.id"],
        ),
        sa.ForeignKeyConstraint(
            ["measure_id"],
            ["measures.id"],
        ),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["requests.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("measure_id", "request_id", "due_on"),
    )
    op.create_index(op.f("ix_sustain_checks_checked_by"), "sustain_checks", ["checked_by"], unique=False)
    op.create_index(op.f("ix_sustain_checks_measure_id"), "sustain_checks", ["measure_id"], unique=False)
    op.create_index(op.f("ix_sustain_checks_request_id"), "sustain_checks", ["request_id"], unique=False)
    op.create_index(
        "sustain_checks_open", "sustain_checks", ["due_on"], unique=False, postgresql_where=sa.text("outcome = ''")
    )
    op.add_column("requests", sa.Column("proposal", sa.Text(), server_default="", nullable=False))
    op.add_column("request_steps", sa.Column("escalate_to", sa.Text(), server_default="", nullable=False))
    op.add_column(
        "request_steps", sa.Column("escalated", postgresql.ARRAY(sa.UUID()), server_default="{}", nullable=False)
    )
    op.add_column("request_steps", sa.Column("reminded_on", sa.Date(), nullable=True))
    op.add_column("request_steps", sa.Column("escalated_on", sa.Date(), nullable=True))
    op.add_column("votes", sa.Column("meeting_id", sa.Uuid(), nullable=True))
    op.add_column("votes", sa.Column("present", postgresql.ARRAY(sa.UUID()), server_default="{}", nullable=False))
    op.create_foreign_key(None, "votes", "meetings", ["meeting_id"], ["id"])
    op.create_index(op.f("ix_votes_meeting_id"), "votes", ["meeting_id"], unique=False)
    op.add_column("votes", sa.Column("recorded", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.drop_constraint("votes_pkey", "votes")
    op.create_primary_key("votes_pkey", "votes", ["request_id", "position", "approver_id", "recorded"])
    op.add_column("forums", sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False))
    op.add_column("measures", sa.Column("held_on", sa.Date(), nullable=True))
    op.add_column("milestones", sa.Column("held_days", sa.Integer(), server_default=sa.text("0"), nullable=False))
    op.add_column("evidence", sa.Column("file_name", sa.Text(), server_default="", nullable=False))
    op.add_column("evidence", sa.Column("content_type", sa.Text(), server_default="", nullable=False))
    op.add_column("evidence", sa.Column("size", sa.BigInteger(), nullable=True))
    op.add_column("evidence", sa.Column("sha256", sa.Text(), server_default="", nullable=False))
    op.add_column("members", sa.Column("notify", sa.Text(), server_default="at_once", nullable=False))
    login = op.get_bind().exec_driver_sql("SELECT current_schema()").scalar_one()
    op.execute(f'REVOKE UPDATE, DELETE ON plan_versions FROM "{login}"')
