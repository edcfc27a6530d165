"""The first schema of an instance."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None

# The trail as this migration made it; what it is now says tenants/instance/trail.py.
CONTENT = (
    "id", "actor_id", "actor_name", "on_behalf_of", "kind", "is_refusal", "subject_kind", "subject_id",
    "subject_label", "path", "body", "reason", "request_id",
)  # fmt: skip

FUNCTION = """
CREATE OR REPLACE FUNCTION audit_chain() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT AS $$
DECLARE head audit_head%ROWTYPE;
BEGIN
  SELECT * INTO STRICT head FROM audit_head WHERE id = 1 FOR UPDATE;
  NEW.sequence := head.sequence + 1;
  NEW.at := clock_timestamp();
  NEW.previous_hash := head.hash;
  NEW.canonical := json_build_array(
    NEW.sequence, to_char(NEW.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), NEW.id, NEW.actor_id,
    NEW.actor_name, NEW.on_behalf_of, NEW.kind, NEW.is_refusal, NEW.subject_kind, NEW.subject_id, NEW.subject_label,
    NEW.path, NEW.body, NEW.reason, NEW.request_id)::text;
  NEW.hash := encode(sha256(convert_to(NEW.previous_hash || NEW.canonical, 'UTF8')), 'hex');
  UPDATE audit_head SET sequence = NEW.sequence, hash = NEW.hash WHERE id = 1;
  RETURN NEW;
END $$
""".strip()

TRIGGER = (
    "CREATE OR REPLACE TRIGGER audit_chain BEFORE INSERT ON audit_events FOR EACH ROW EXECUTE FUNCTION audit_chain()"
)


def upgrade() -> None:
    op.create_table(
        "audit_events",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column("on_behalf_of", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("is_refusal", sa.Boolean(), nullable=False),
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("subject_label", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("previous_hash", sa.Text(), server_default="", nullable=False),
        sa.Column("canonical", sa.Text(), server_default="", nullable=False),
        sa.Column("hash", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("sequence"),
    )
    op.create_index("audit_events_of_subject", "audit_events", ["subject_id", "sequence"], unique=False)
    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "members",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("email"),
    )
    op.create_table(
        "nodes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["parent_id"],
            ["nodes.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("parent_id", "name"),
    )
    op.create_index("nodes_below", "nodes", ["path"], unique=False, postgresql_ops={"path": "text_pattern_ops"})
    op.create_table(
        "outbox",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("arguments", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("enqueued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("outbox_open", "outbox", ["created_at"], unique=False, postgresql_where=sa.text("done_at IS NULL"))
    op.create_table(
        "reference_items",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("kind", "name"),
    )
    op.create_table(
        "settings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("firm_name", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("fiscal_year_start", sa.Integer(), nullable=False),
        sa.Column("decimal_mark", sa.Text(), server_default=".", nullable=False),
        sa.Column("closed_through", sa.Text(), server_default="", nullable=False),
        sa.Column("template_key", sa.Text(), nullable=False),
        sa.Column("template_version", sa.Integer(), nullable=False),
        sa.Column("template_text", sa.Text(), nullable=False),
        sa.Column("rates", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("last_code", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "assignments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("node_id", sa.Uuid(), nullable=False),
        sa.Column("node_path", sa.Text(), server_default="", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"],
            ["members.id"],
        ),
        sa.ForeignKeyConstraint(
            ["node_id"],
            ["nodes.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("member_id", "role", "node_id"),
    )
    op.create_index("assignments_of_role", "assignments", ["role", "node_path"], unique=False)
    op.create_index(op.f("ix_assignments_member_id"), "assignments", ["member_id"], unique=False)
    op.create_index(op.f("ix_assignments_node_id"), "assignments", ["node_id"], unique=False)
    op.create_table(
        "form_keys",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("outcome", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"],
            ["members.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("form_keys_by_age", "form_keys", ["at"], unique=False)
    op.create_index(op.f("ix_form_keys_member_id"), "form_keys", ["member_id"], unique=False)
    op.create_table(
        "forums",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("chair_id", sa.Uuid(), nullable=True),
        sa.Column("quorum", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["chair_id"],
            ["members.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )
    op.create_index(op.f("ix_forums_chair_id"), "forums", ["chair_id"], unique=False)
    op.create_table(
        "imports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("filename", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("table", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("mapping", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("summary", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("left_out", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("left_out_file", sa.LargeBinary(), nullable=True),
        sa.Column("failure", sa.Text(), server_default="", nullable=False),
        sa.Column("uploaded_by", sa.Uuid(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("committed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["uploaded_by"],
            ["members.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_imports_uploaded_by"), "imports", ["uploaded_by"], unique=False)
    op.create_table(
        "reports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), server_default="", nullable=False),
        sa.Column("step_number", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("node_id", sa.Uuid(), nullable=False),
        sa.Column("node_path", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=True),
        sa.Column("head_sequence", sa.Integer(), nullable=True),
        sa.Column("head_hash", sa.Text(), server_default="", nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("digest", sa.Text(), server_default="", nullable=False),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.Column("failure", sa.Text(), server_default="", nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["asked_by"],
            ["members.id"],
        ),
        sa.ForeignKeyConstraint(
            ["node_id"],
            ["nodes.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_reports_asked_by"), "reports", ["asked_by"], unique=False)
    op.create_index(op.f("ix_reports_node_id"), "reports", ["node_id"], unique=False)
    op.create_index("reports_by_age", "reports", ["asked_at"], unique=False)
    op.create_table(
        "saved_mappings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("mapping", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("saved_by", sa.Uuid(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["saved_by"],
            ["members.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )
    op.create_index(op.f("ix_saved_mappings_saved_by"), "saved_mappings", ["saved_by"], unique=False)
    op.create_table(
        "forum_members",
        sa.Column("forum_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["forum_id"],
            ["forums.id"],
        ),
        sa.ForeignKeyConstraint(
            ["member_id"],
            ["members.id"],
        ),
        sa.PrimaryKeyConstraint("forum_id", "member_id"),
    )
    op.create_index(op.f("ix_forum_members_member_id"), "forum_members", ["member_id"], unique=False)
    op.create_table(
        "measures",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("external_ref", sa.Text(), nullable=True),
        sa.Column("package_id", sa.Uuid(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.Column("expected_effect", sa.Text(), server_default="", nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("sponsor_id", sa.Uuid(), nullable=True),
        sa.Column("controller_id", sa.Uuid(), nullable=True),
        sa.Column("business_unit_id", sa.Uuid(), nullable=True),
        sa.Column("function_id", sa.Uuid(), nullable=True),
        sa.Column("legal_entity_id", sa.Uuid(), nullable=True),
        sa.Column("forum_id", sa.Uuid(), nullable=True),
        sa.Column("start_on", sa.Date(), nullable=True),
        sa.Column("end_on", sa.Date(), nullable=True),
        sa.Column("stage", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("rough_value", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("target", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("baseline_source", sa.Text(), server_default="", nullable=False),
        sa.Column("assumptions", sa.Text(), server_default="", nullable=False),
        sa.Column("risks", sa.Text(), server_default="", nullable=False),
        sa.Column("dependencies", sa.Text(), server_default="", nullable=False),
        sa.Column("no_risks", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("no_dependencies", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("controller_confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("plan_version", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("stage_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("implementation", sa.Text(), server_default="grey", nullable=False),
        sa.Column("potential", sa.Text(), server_default="grey", nullable=False),
        sa.Column("days_late", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("status_on", sa.Date(), nullable=True),
        sa.Column("implementation_override", sa.String(), nullable=True),
        sa.Column("implementation_override_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("implementation_override_by", sa.Uuid(), nullable=True),
        sa.Column("implementation_override_until", sa.Date(), nullable=True),
        sa.Column("potential_override", sa.String(), nullable=True),
        sa.Column("potential_override_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("potential_override_by", sa.Uuid(), nullable=True),
        sa.Column("potential_override_until", sa.Date(), nullable=True),
        sa.Column("last_edited_by", sa.Uuid(), nullable=True),
        sa.Column("editors", postgresql.ARRAY(sa.UUID()), server_default="{}", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["business_unit_id"],
            ["reference_items.id"],
        ),
        sa.ForeignKeyConstraint(
            ["controller_id"],
            ["members.id"],
        ),
        sa.ForeignKeyConstraint(
            ["forum_id"],
            ["forums.id"],
        ),
        sa.ForeignKeyConstraint(
            ["function_id"],
            ["reference_items.id"],
        ),
        sa.ForeignKeyConstraint(
            ["implementation_override_by"],
            ["members.id"],
        ),
        sa.ForeignKeyConstraint(
            ["last_edited_by"],
            ["members.id"],
        ),
        sa.ForeignKeyConstraint(
            ["legal_entity_id"],
            ["reference_items.id"],
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"],
            ["members.id"],
        ),
        sa.ForeignKeyConstraint(
            ["package_id"],
            ["nodes.id"],
        ),
        sa.ForeignKeyConstraint(
            ["potential_override_by"],
            ["members.id"],
        ),
        sa.ForeignKeyConstraint(
            ["sponsor_id"],
            ["members.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code"),
        sa.UniqueConstraint("package_id", "external_ref"),
    )
    op.create_index(op.f("ix_measures_business_unit_id"), "measures", ["business_unit_id"], unique=False)
    op.create_index(op.f("ix_measures_forum_id"), "measures", ["forum_id"], unique=False)
    op.create_index(op.f("ix_measures_function_id"), "measures", ["function_id"], unique=False)
    op.create_index(
        op.f("ix_measures_implementation_override_by"), "measures", ["implementation_override_by"], unique=False
    )
    op.create_index(op.f("ix_measures_last_edited_by"), "measures", ["last_edited_by"], unique=False)
    op.create_index(op.f("ix_measures_legal_entity_id"), "measures", ["legal_entity_id"], unique=False)
    op.create_index(op.f("ix_measures_potential_override_by"), "measures", ["potential_override_by"], unique=False)
    op.create_index("measures_below", "measures", ["path"], unique=False, postgresql_ops={"path": "text_pattern_ops"})
    op.create_index("measures_by_stage", "measures", ["stage", "state"], unique=False)
    op.create_index("measures_by_status_day", "measures", ["status_on"], unique=False)
    op.create_index("measures_of_controller", "measures", ["controller_id"], unique=False)
    op.create_index("measures_of_owner", "measures", ["owner_id"], unique=False)
    op.create_index("measures_of_package", "measures", ["package_id"], unique=False)
    op.create_index("measures_of_sponsor", "measures", ["sponsor_id"], unique=False)
    op.create_table(
        "report_files",
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["reports.id"],
        ),
        sa.PrimaryKeyConstraint("report_id"),
    )
    op.create_table(
        "effect_lines",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("measure_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("recurrence", sa.Text(), nullable=False),
        sa.Column("sign", sa.Text(), nullable=False),
        sa.Column("is_pnl", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("is_cash", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), server_default="", nullable=False),
        sa.Column("cost_centre", sa.Text(), server_default="", nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["measure_id"],
            ["measures.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_effect_lines_measure_id"), "effect_lines", ["measure_id"], unique=False)
    op.create_table(
        "figures",
        sa.Column("measure_id", sa.Uuid(), nullable=False),
        sa.Column("year_start", sa.Date(), nullable=False),
        sa.Column("plan_year", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("forecast_year", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("actual_year", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("plan_to_date", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("actual_to_date", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("plan_full_year", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("forecast_full_year", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("actual_full_year", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("one_off_plan", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("one_off_forecast", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("one_off_actual", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("one_off_plan_year", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("one_off_forecast_year", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("one_off_actual_year", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("one_off_benefit_plan", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("one_off_benefit_forecast", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("gross_benefit_forecast", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("risk_adjusted", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("run_rate", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("carry_over", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("leakage", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("has_plan", sa.Boolean(), nullable=False),
        sa.Column("has_forecast", sa.Boolean(), nullable=False),
        sa.Column("is_locked", sa.Boolean(), nullable=False),
        sa.Column("price_of_waiting", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.ForeignKeyConstraint(
            ["measure_id"],
            ["measures.id"],
        ),
        sa.PrimaryKeyConstraint("measure_id"),
    )
    op.create_table(
        "measure_months",
        sa.Column("measure_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("plan", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("forecast", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("outlook", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("actual", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("one_off_plan", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("one_off_forecast", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("one_off_outlook", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("one_off_actual", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.ForeignKeyConstraint(
            ["measure_id"],
            ["measures.id"],
        ),
        sa.PrimaryKeyConstraint("measure_id", "month"),
    )
    op.create_index("measure_months_of_month", "measure_months", ["month"], unique=False)
    op.create_table(
        "milestones",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("measure_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("forecast_on", sa.Date(), nullable=True),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("waived_because", sa.Text(), server_default="", nullable=False),
        sa.Column("slips", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["measure_id"],
            ["measures.id"],
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"],
            ["members.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_milestones_measure_id"), "milestones", ["measure_id"], unique=False)
    op.create_index(op.f("ix_milestones_owner_id"), "milestones", ["owner_id"], unique=False)
    op.create_table(
        "requests",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("measure_id", sa.Uuid(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("family", sa.Text(), nullable=False),
        sa.Column("target_stage", sa.Integer(), nullable=True),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("comment", sa.Text(), server_default="", nullable=False),
        sa.Column("seal", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("checklist", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("void_changes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("duties", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("requested_by", sa.Uuid(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("waiting", postgresql.ARRAY(sa.UUID()), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["measure_id"],
            ["measures.id"],
        ),
        sa.ForeignKeyConstraint(
            ["requested_by"],
            ["members.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_requests_measure_id"), "requests", ["measure_id"], unique=False)
    op.create_index(op.f("ix_requests_requested_by"), "requests", ["requested_by"], unique=False)
    op.create_index("requests_by_opened", "requests", ["requested_at"], unique=False)
    op.create_index(
        "requests_open_of_measure",
        "requests",
        ["measure_id", "family"],
        unique=True,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index(
        "requests_waiting",
        "requests",
        ["waiting"],
        unique=False,
        postgresql_using="gin",
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "amounts",
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("scenario", sa.String(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.ForeignKeyConstraint(
            ["line_id"],
            ["effect_lines.id"],
        ),
        sa.PrimaryKeyConstraint("line_id", "scenario", "month"),
    )
    op.create_table(
        "evidence",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("measure_id", sa.Uuid(), nullable=False),
        sa.Column("milestone_id", sa.Uuid(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), server_default="", nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("is_closure", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["added_by"],
            ["members.id"],
        ),
        sa.ForeignKeyConstraint(
            ["measure_id"],
            ["measures.id"],
        ),
        sa.ForeignKeyConstraint(
            ["milestone_id"],
            ["milestones.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_evidence_added_by"), "evidence", ["added_by"], unique=False)
    op.create_index(op.f("ix_evidence_measure_id"), "evidence", ["measure_id"], unique=False)
    op.create_index(op.f("ix_evidence_milestone_id"), "evidence", ["milestone_id"], unique=False)
    op.create_table(
        "plan_versions",
        sa.Column("measure_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("locked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=True),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["measure_id"],
            ["measures.id"],
        ),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["requests.id"],
        ),
        sa.PrimaryKeyConstraint("measure_id", "number"),
    )
    op.create_index(op.f("ix_plan_versions_request_id"), "plan_versions", ["request_id"], unique=False)
    op.create_table(
        "request_steps",
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("selector", sa.Text(), nullable=False),
        sa.Column("approvers", postgresql.ARRAY(sa.UUID()), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("needed", sa.Integer(), nullable=False),
        sa.Column("due_working_days", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("step_up", sa.Boolean(), nullable=False),
        sa.Column("settled", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["requests.id"],
        ),
        sa.PrimaryKeyConstraint("request_id", "position"),
    )
    op.create_table(
        "votes",
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("approver_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("choice", sa.Text(), nullable=False),
        sa.Column("comment", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["approver_id"],
            ["members.id"],
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["members.id"],
        ),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["requests.id"],
        ),
        sa.PrimaryKeyConstraint("request_id", "position", "approver_id"),
    )
    op.create_index(op.f("ix_votes_approver_id"), "votes", ["approver_id"], unique=False)
    op.create_index(op.f("ix_votes_person_id"), "votes", ["person_id"], unique=False)

    op.create_table(
        "package_months",
        sa.Column("package_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("plan", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("forecast", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("outlook", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("actual", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("one_off_plan", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("one_off_forecast", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("one_off_outlook", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("one_off_actual", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.ForeignKeyConstraint(
            ["package_id"],
            ["nodes.id"],
        ),
        sa.PrimaryKeyConstraint("package_id", "month"),
    )
    op.create_index("package_months_of_month", "package_months", ["month"], unique=False)
    login = op.get_bind().exec_driver_sql("SELECT current_schema()").scalar_one()
    for statement in trail(login):
        op.execute(statement)


def trail(login: str) -> list[str]:
    """What makes the trail, one statement each, after the tables are there."""
    return [
        FUNCTION,
        "REVOKE ALL ON FUNCTION audit_chain() FROM PUBLIC",
        TRIGGER,
        "INSERT INTO audit_head (id, sequence, hash) VALUES (1, 0, repeat('0', 64)) ON CONFLICT DO NOTHING",
        f'ALTER DEFAULT PRIVILEGES IN SCHEMA "{login}" GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO "{login}"',
        f'GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA "{login}" TO "{login}"',
        f'REVOKE ALL ON audit_events, audit_head FROM "{login}"',
        f'GRANT SELECT ON audit_events, audit_head TO "{login}"',
        f'GRANT INSERT ({", ".join(CONTENT)}) ON audit_events TO "{login}"',
        f'REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM "{login}"',
    ]
