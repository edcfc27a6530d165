"""Order governance: orders, their exceptions, cost and effects, how they come in, and who sees which of them.

With it the working calendar, retired reference data, and the letter a notice goes out in.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"

# The trail from here on moves its head once a transaction; what it is now says tenants/instance/trail.py.
FUNCTION = """
CREATE OR REPLACE FUNCTION audit_chain() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT AS $$
DECLARE head audit_head%ROWTYPE;
DECLARE last record;
BEGIN
  SELECT * INTO STRICT head FROM audit_head WHERE id = 1 FOR UPDATE;
  SELECT sequence, hash INTO last FROM audit_events WHERE sequence > head.sequence ORDER BY sequence DESC LIMIT 1;
  IF FOUND THEN
    head.sequence := last.sequence;
    head.hash := last.hash;
  END IF;
  NEW.sequence := head.sequence + 1;
  NEW.at := clock_timestamp();
  NEW.previous_hash := head.hash;
  NEW.canonical := json_build_array(
    NEW.sequence, to_char(NEW.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), NEW.id, NEW.actor_id,
    NEW.actor_name, NEW.on_behalf_of, NEW.kind, NEW.is_refusal, NEW.subject_kind, NEW.subject_id, NEW.subject_label,
    NEW.path, NEW.body, NEW.reason, NEW.request_id)::text;
  NEW.hash := encode(sha256(convert_to(NEW.previous_hash || NEW.canonical, 'UTF8')), 'hex');
  RETURN NEW;
END $$
""".strip()

HEAD_FUNCTION = """
CREATE OR REPLACE FUNCTION audit_head_follows() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT AS $$
BEGIN
  IF NEW.sequence = (SELECT max(sequence) FROM audit_events) THEN
    UPDATE audit_head SET sequence = NEW.sequence, hash = NEW.hash WHERE id = 1;
  END IF;
  RETURN NULL;
END $$
""".strip()

HEAD_TRIGGER = (
    "CREATE CONSTRAINT TRIGGER audit_head_follows AFTER INSERT ON audit_events DEFERRABLE INITIALLY DEFERRED "
    "FOR EACH ROW EXECUTE FUNCTION audit_head_follows()"
)

# What the overview adds up by month follows its rows; what it is now says tenants/instance/order_sums.py.
OF_ORDERS = """
CREATE OR REPLACE FUNCTION order_sums_follow() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO order_sums (
    month, channel, business_unit_id, is_cancelled, cancel_reason, count, value, cost_forecast, cost_actual, effects)
    SELECT date_trunc('month', placed_at AT TIME ZONE 'UTC')::date, channel, business_unit_id, state = 'cancelled',
      CASE state WHEN 'cancelled' THEN cancel_reason ELSE '' END, count(*), sum(value), sum(cost_forecast),
      sum(cost_actual), sum(effects)
    FROM added GROUP BY 1, 2, 3, 4, 5;
    RETURN NULL;
  END IF;
  INSERT INTO order_sums (
    month, channel, business_unit_id, is_cancelled, cancel_reason, count, value, cost_forecast, cost_actual, effects)
  VALUES (
    date_trunc('month', OLD.placed_at AT TIME ZONE 'UTC')::date, OLD.channel, OLD.business_unit_id,
    OLD.state = 'cancelled', CASE OLD.state WHEN 'cancelled' THEN OLD.cancel_reason ELSE '' END, -1, -OLD.value,
    -OLD.cost_forecast, -OLD.cost_actual, -OLD.effects);
  IF TG_OP = 'DELETE' THEN
    RETURN NULL;
  END IF;
  INSERT INTO order_sums (
    month, channel, business_unit_id, is_cancelled, cancel_reason, count, value, cost_forecast, cost_actual, effects)
  VALUES (
    date_trunc('month', NEW.placed_at AT TIME ZONE 'UTC')::date, NEW.channel, NEW.business_unit_id,
    NEW.state = 'cancelled', CASE NEW.state WHEN 'cancelled' THEN NEW.cancel_reason ELSE '' END, 1, NEW.value,
    NEW.cost_forecast, NEW.cost_actual, NEW.effects);
  IF (OLD.channel, OLD.business_unit_id) IS DISTINCT FROM (NEW.channel, NEW.business_unit_id) THEN
    INSERT INTO order_cost_sums (
    month, channel, business_unit_id, kind, count, forecast, known_forecast, actual)
    SELECT date_trunc('month', cost."on")::date, place.channel, place.unit, cost.kind, place.sign,
      place.sign * coalesce(cost.forecast, 0),
      CASE WHEN cost.actual IS NULL THEN 0 ELSE place.sign * coalesce(cost.forecast, 0) END,
      place.sign * coalesce(cost.actual, 0)
    FROM order_costs cost, (VALUES (-1, OLD.channel, OLD.business_unit_id), (1, NEW.channel, NEW.business_unit_id))
      AS place (sign, channel, unit)
    WHERE cost.order_id = NEW.id;
  END IF;
  RETURN NULL;
END $$
""".strip()

OF_COSTS = """
CREATE OR REPLACE FUNCTION order_cost_sums_follow() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO order_cost_sums (
    month, channel, business_unit_id, kind, count, forecast, known_forecast, actual)
    SELECT date_trunc('month', cost."on")::date, placed.channel, placed.business_unit_id, cost.kind, count(*),
      coalesce(sum(cost.forecast), 0), coalesce(sum(cost.forecast) FILTER (WHERE cost.actual IS NOT NULL), 0),
      coalesce(sum(cost.actual), 0)
    FROM added cost JOIN orders placed ON placed.id = cost.order_id GROUP BY 1, 2, 3, 4;
    RETURN NULL;
  END IF;
  INSERT INTO order_cost_sums (
    month, channel, business_unit_id, kind, count, forecast, known_forecast, actual)
  SELECT date_trunc('month', OLD."on")::date, channel, business_unit_id, OLD.kind, -1, -coalesce(OLD.forecast, 0),
    CASE WHEN OLD.actual IS NULL THEN 0 ELSE -coalesce(OLD.forecast, 0) END, -coalesce(OLD.actual, 0)
  FROM orders WHERE id = OLD.order_id;
  IF TG_OP = 'UPDATE' THEN
    INSERT INTO order_cost_sums (
    month, channel, business_unit_id, kind, count, forecast, known_forecast, actual)
    SELECT date_trunc('month', NEW."on")::date, channel, business_unit_id, NEW.kind, 1, coalesce(NEW.forecast, 0),
      CASE WHEN NEW.actual IS NULL THEN 0 ELSE coalesce(NEW.forecast, 0) END, coalesce(NEW.actual, 0)
    FROM orders WHERE id = NEW.order_id;
  END IF;
  RETURN NULL;
END $$
""".strip()

SUMMED = {  # what of a row is in its sums: a change of anything else leaves them alone
    "orders": (
        "order_sums_follow",
        ("placed_at", "channel", "business_unit_id", "state", "cancel_reason", "value", "cost_forecast", "cost_actual",
         "effects"),
    ),
    "order_costs": ("order_cost_sums_follow", ("order_id", '"on"', "kind", "forecast", "actual")),
}  # fmt: skip


def upgrade() -> None:
    op.create_table(
        "channel_keys",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by"],
            ["members.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_channel_keys_created_by"), "channel_keys", ["created_by"], unique=False)
    op.create_table(
        "constraints",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), server_default="", nullable=False),
        sa.Column("stops", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("needs_attention", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("forecast_end", sa.Date(), nullable=True),
        sa.Column("opened_by", sa.Uuid(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["opened_by"],
            ["members.id"],
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"],
            ["members.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_constraints_opened_by"), "constraints", ["opened_by"], unique=False)
    op.create_index(op.f("ix_constraints_owner_id"), "constraints", ["owner_id"], unique=False)
    op.create_table(
        "orders",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("business_unit_id", sa.Uuid(), nullable=True),
        sa.Column("customer", sa.Text(), server_default="", nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("value", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("discount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("freight", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("items", sa.Integer(), nullable=False),
        sa.Column("payment", sa.Text(), server_default="", nullable=False),
        sa.Column("priority", sa.Text(), server_default="normal", nullable=False),
        sa.Column("promised_on", sa.Date(), nullable=True),
        sa.Column("commitment", sa.Text(), server_default="", nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("stage_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("payment_confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("address_confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stock_allocated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("picked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("carrier_booked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dispatched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("return_registered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refunded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("invoice_issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancel_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("open_holds", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("open_exceptions", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("open_tickets", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("open_constraints", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("open_requests", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("cost_forecast", sa.Numeric(precision=18, scale=2), server_default=sa.text("0"), nullable=False),
        sa.Column("cost_actual", sa.Numeric(precision=18, scale=2), server_default=sa.text("0"), nullable=False),
        sa.Column("effects", sa.Numeric(precision=18, scale=2), server_default=sa.text("0"), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("imported", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("last_edited_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["business_unit_id"],
            ["reference_items.id"],
        ),
        sa.ForeignKeyConstraint(
            ["created_by"],
            ["members.id"],
        ),
        sa.ForeignKeyConstraint(
            ["last_edited_by"],
            ["members.id"],
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"],
            ["members.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("channel", "number"),
    )
    op.create_index(op.f("ix_orders_created_by"), "orders", ["created_by"], unique=False)
    op.create_index(op.f("ix_orders_last_edited_by"), "orders", ["last_edited_by"], unique=False)
    op.create_index(
        "orders_by_due", "orders", ["due_at", "id"], unique=False, postgresql_where=sa.text("state = 'open'")
    )
    op.create_index(
        "orders_by_number", "orders", ["number"], unique=False, postgresql_ops={"number": "text_pattern_ops"}
    )
    op.create_index("orders_by_placed", "orders", ["placed_at", "id"], unique=False)
    op.create_index(
        "orders_by_promise",
        "orders",
        ["promised_on"],
        unique=False,
        postgresql_where=sa.text("delivered_at IS NULL AND state = 'open'"),
    )
    op.create_index(
        "orders_by_stage",
        "orders",
        ["stage", "due_at"],
        unique=False,
        postgresql_include=["value", "channel", "business_unit_id"],
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index("orders_by_value", "orders", ["value", "id"], postgresql_where=sa.text("state = 'open'"))
    op.create_index(
        "orders_of_owner", "orders", ["owner_id", "due_at"], unique=False, postgresql_where=sa.text("state = 'open'")
    )
    op.create_index("orders_of_unit", "orders", ["business_unit_id"], unique=False)
    op.create_table(
        "order_trials",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("limits", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("orders", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=True),
        sa.Column("result", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("failure", sa.Text(), server_default="", nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["asked_by"],
            ["members.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_order_trials_asked_by"), "order_trials", ["asked_by"], unique=False)
    op.create_index("order_trials_by_age", "order_trials", ["asked_at"], unique=False)
    op.create_table(
        "rule_switches",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("limits", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("trial_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["by"],
            ["members.id"],
        ),
        sa.ForeignKeyConstraint(
            ["trial_id"],
            ["order_trials.id"],
        ),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_index(op.f("ix_rule_switches_by"), "rule_switches", ["by"], unique=False)
    op.create_index(op.f("ix_rule_switches_trial_id"), "rule_switches", ["trial_id"], unique=False)
    op.create_table(
        "saved_views",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"],
            ["members.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("member_id", "name"),
    )
    op.create_table(
        "channel_calls",
        sa.Column("key_id", sa.Uuid(), nullable=False),
        sa.Column("idempotency_key", sa.String(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("answer", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["key_id"],
            ["channel_keys.id"],
        ),
        sa.PrimaryKeyConstraint("key_id", "idempotency_key"),
    )
    op.create_index("channel_calls_by_age", "channel_calls", ["at"], unique=False)
    op.create_table(
        "constrained_orders",
        sa.Column("constraint_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["constraint_id"],
            ["constraints.id"],
        ),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["orders.id"],
        ),
        sa.PrimaryKeyConstraint("constraint_id", "order_id"),
    )
    op.create_index(op.f("ix_constrained_orders_order_id"), "constrained_orders", ["order_id"], unique=False)
    op.create_table(
        "order_conflicts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=True),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("ours", sa.Text(), server_default="", nullable=False),
        sa.Column("theirs", sa.Text(), server_default="", nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("choice", sa.Text(), server_default="", nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["decided_by"],
            ["members.id"],
        ),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["imports.id"],
        ),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["orders.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_order_conflicts_decided_by"), "order_conflicts", ["decided_by"], unique=False)
    op.create_index(op.f("ix_order_conflicts_import_id"), "order_conflicts", ["import_id"], unique=False)
    op.create_index(op.f("ix_order_conflicts_order_id"), "order_conflicts", ["order_id"], unique=False)
    op.create_index(
        "order_conflicts_open",
        "order_conflicts",
        ["order_id", "field"],
        unique=True,
        postgresql_where=sa.text("choice = ''"),
    )
    op.create_table(
        "order_evidence",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), server_default="", nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("file_name", sa.Text(), server_default="", nullable=False),
        sa.Column("content_type", sa.Text(), server_default="", nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("sha256", sa.Text(), server_default="", nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["added_by"],
            ["members.id"],
        ),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["orders.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_order_evidence_added_by"), "order_evidence", ["added_by"], unique=False)
    op.create_index(op.f("ix_order_evidence_order_id"), "order_evidence", ["order_id"], unique=False)
    op.create_table(
        "order_exceptions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), server_default="", nullable=False),
        sa.Column("is_hold", sa.Boolean(), nullable=False),
        sa.Column("stops", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("owner_role", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("decision", sa.Text(), server_default="", nullable=False),
        sa.Column("rule", sa.Text(), server_default="", nullable=False),
        sa.Column("opened_by", sa.Uuid(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cost", sa.Numeric(precision=18, scale=2), server_default=sa.text("0"), nullable=False),
        sa.Column("resolution", sa.Text(), server_default="", nullable=False),
        sa.Column("resolution_words", sa.Text(), server_default="", nullable=False),
        sa.Column("resolved_by", sa.Uuid(), nullable=True),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["opened_by"],
            ["members.id"],
        ),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["orders.id"],
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"],
            ["members.id"],
        ),
        sa.ForeignKeyConstraint(
            ["resolved_by"],
            ["members.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_order_exceptions_opened_by"), "order_exceptions", ["opened_by"], unique=False)
    op.create_index(op.f("ix_order_exceptions_order_id"), "order_exceptions", ["order_id"], unique=False)
    op.create_index(op.f("ix_order_exceptions_resolved_by"), "order_exceptions", ["resolved_by"], unique=False)
    op.create_index("order_exceptions_by_opened", "order_exceptions", ["opened_at"], unique=False)
    op.create_index(
        "order_exceptions_due",
        "order_exceptions",
        ["due_at"],
        unique=False,
        postgresql_where=sa.text("resolved_at IS NULL AND escalated_at IS NULL"),
    )
    op.create_index(
        "order_exceptions_of_owner",
        "order_exceptions",
        ["owner_id"],
        unique=False,
        postgresql_where=sa.text("resolved_at IS NULL"),
    )
    op.create_index(
        "order_exceptions_open",
        "order_exceptions",
        ["type", "due_at"],
        unique=False,
        postgresql_where=sa.text("resolved_at IS NULL"),
    )
    op.create_table(
        "order_stages",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "hours",
            sa.Integer(),
            sa.Computed("CAST(floor(date_part('epoch', left_at - entered_at) / 3600) AS integer)", persisted=True),
            nullable=True,
        ),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["by"],
            ["members.id"],
        ),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["orders.id"],
        ),
        sa.PrimaryKeyConstraint("order_id", "position"),
    )
    op.create_index(op.f("ix_order_stages_by"), "order_stages", ["by"], unique=False)
    op.create_index("order_stages_ended", "order_stages", ["left_at"], postgresql_include=["stage", "hours"])
    op.create_table(
        "order_costs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("exception_id", sa.Uuid(), nullable=True),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("forecast", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("actual", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("words", sa.Text(), server_default="", nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["by"],
            ["members.id"],
        ),
        sa.ForeignKeyConstraint(
            ["exception_id"],
            ["order_exceptions.id"],
        ),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["orders.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_order_costs_by"), "order_costs", ["by"], unique=False)
    op.create_index(op.f("ix_order_costs_exception_id"), "order_costs", ["exception_id"], unique=False)
    op.create_index(op.f("ix_order_costs_order_id"), "order_costs", ["order_id"], unique=False)
    op.create_index("order_costs_by_day", "order_costs", ["on", "kind"], unique=False)
    op.create_table(
        "order_tickets",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("exception_id", sa.Uuid(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), server_default="", nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("escalation", sa.Text(), server_default="", nullable=False),
        sa.Column("decision", sa.Text(), server_default="", nullable=False),
        sa.Column("opened_by", sa.Uuid(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.Text(), server_default="", nullable=False),
        sa.Column("closed_by", sa.Uuid(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["closed_by"],
            ["members.id"],
        ),
        sa.ForeignKeyConstraint(
            ["exception_id"],
            ["order_exceptions.id"],
        ),
        sa.ForeignKeyConstraint(
            ["opened_by"],
            ["members.id"],
        ),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["orders.id"],
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"],
            ["members.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_order_tickets_closed_by"), "order_tickets", ["closed_by"], unique=False)
    op.create_index(op.f("ix_order_tickets_exception_id"), "order_tickets", ["exception_id"], unique=False)
    op.create_index(op.f("ix_order_tickets_opened_by"), "order_tickets", ["opened_by"], unique=False)
    op.create_index(op.f("ix_order_tickets_order_id"), "order_tickets", ["order_id"], unique=False)
    op.create_index(op.f("ix_order_tickets_owner_id"), "order_tickets", ["owner_id"], unique=False)
    op.create_index(
        "order_tickets_open",
        "order_tickets",
        ["opened_at"],
        unique=False,
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "measured_causes",
        sa.Column("measure_id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), server_default="", nullable=False),
        sa.Column("channel", sa.Text(), server_default="", nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=True),
        sa.Column("measured_from", sa.Date(), nullable=False),
        sa.Column("measured_to", sa.Date(), nullable=False),
        sa.Column("baseline", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("baseline_rate", sa.Numeric(precision=9, scale=4), nullable=False),
        sa.Column("target_percent", sa.Numeric(precision=5, scale=2), nullable=False),
        sa.ForeignKeyConstraint(
            ["line_id"],
            ["effect_lines.id"],
        ),
        sa.ForeignKeyConstraint(
            ["measure_id"],
            ["measures.id"],
        ),
        sa.PrimaryKeyConstraint("measure_id"),
    )
    op.create_index(op.f("ix_measured_causes_line_id"), "measured_causes", ["line_id"], unique=False)
    op.create_index("measured_causes_of_type", "measured_causes", ["type", "cause"], unique=False)
    op.create_table(
        "order_effects",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("exception_id", sa.Uuid(), nullable=True),
        sa.Column("request_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("days", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["by"],
            ["members.id"],
        ),
        sa.ForeignKeyConstraint(
            ["exception_id"],
            ["order_exceptions.id"],
        ),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["orders.id"],
        ),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["requests.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_order_effects_by"), "order_effects", ["by"], unique=False)
    op.create_index(op.f("ix_order_effects_exception_id"), "order_effects", ["exception_id"], unique=False)
    op.create_index(op.f("ix_order_effects_order_id"), "order_effects", ["order_id"], unique=False)
    op.create_index(op.f("ix_order_effects_request_id"), "order_effects", ["request_id"], unique=False)
    op.create_index("order_effects_by_day", "order_effects", ["on", "kind"], unique=False)
    op.create_table(
        "order_promises",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), server_default="", nullable=False),
        sa.Column("after", sa.Text(), server_default="", nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=True),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["by"],
            ["members.id"],
        ),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["orders.id"],
        ),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["requests.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_order_promises_by"), "order_promises", ["by"], unique=False)
    op.create_index(op.f("ix_order_promises_order_id"), "order_promises", ["order_id"], unique=False)
    op.create_index(op.f("ix_order_promises_request_id"), "order_promises", ["request_id"], unique=False)
    op.add_column("assignments", sa.Column("channel", sa.Text(), server_default="", nullable=False))
    op.add_column("assignments", sa.Column("business_unit_id", sa.Uuid(), nullable=True))
    op.drop_constraint(op.f("assignments_member_id_role_node_id_key"), "assignments", type_="unique")
    op.create_index(op.f("ix_assignments_business_unit_id"), "assignments", ["business_unit_id"], unique=False)
    op.create_unique_constraint(
        None,
        "assignments",
        ["member_id", "role", "node_id", "channel", "business_unit_id"],
        postgresql_nulls_not_distinct=True,
    )
    op.create_foreign_key(None, "assignments", "reference_items", ["business_unit_id"], ["id"])
    op.add_column("imports", sa.Column("kind", sa.Text(), server_default="measures", nullable=False))
    op.add_column("requests", sa.Column("order_id", sa.Uuid(), nullable=True))
    op.add_column("requests", sa.Column("exception_id", sa.Uuid(), nullable=True))
    op.add_column("requests", sa.Column("forum_id", sa.Uuid(), nullable=True))
    op.add_column("requests", sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=True))
    op.add_column("requests", sa.Column("daily_cost", sa.Numeric(precision=18, scale=2), nullable=True))
    op.alter_column("requests", "measure_id", nullable=True)
    op.create_index(op.f("ix_requests_exception_id"), "requests", ["exception_id"], unique=False)
    op.create_index(op.f("ix_requests_forum_id"), "requests", ["forum_id"], unique=False)
    op.create_index(op.f("ix_requests_order_id"), "requests", ["order_id"], unique=False)
    op.create_index(
        "requests_open_of_order",
        "requests",
        ["order_id", "family"],
        unique=True,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_foreign_key(None, "requests", "forums", ["forum_id"], ["id"])
    op.create_foreign_key(None, "requests", "order_exceptions", ["exception_id"], ["id"])
    op.create_foreign_key(None, "requests", "orders", ["order_id"], ["id"])
    op.add_column("saved_mappings", sa.Column("kind", sa.Text(), server_default="measures", nullable=False))
    op.drop_constraint(op.f("saved_mappings_name_key"), "saved_mappings", type_="unique")
    op.create_unique_constraint(None, "saved_mappings", ["kind", "name"])
    op.create_table(
        "holidays",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("day"),
    )
    op.add_column(
        "reference_items", sa.Column("is_retired", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.add_column("reference_items", sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False))
    op.add_column("forums", sa.Column("is_retired", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column("notices", sa.Column("letter_id", sa.Uuid(), nullable=True))
    op.create_index(
        "notices_in_letter", "notices", ["letter_id"], unique=False, postgresql_where=sa.text("mailed_at IS NULL")
    )
    op.create_table(
        "order_sums",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("business_unit_id", sa.Uuid(), nullable=True),
        sa.Column("is_cancelled", sa.Boolean(), nullable=False),
        sa.Column("cancel_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        *(
            sa.Column(name, sa.Numeric(precision=18, scale=2), nullable=False)
            for name in ("value", "cost_forecast", "cost_actual", "effects")
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "order_cost_sums",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("business_unit_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        *(
            sa.Column(name, sa.Numeric(precision=18, scale=2), nullable=False)
            for name in ("forecast", "known_forecast", "actual")
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    triggers = [each for table, (function, columns) in SUMMED.items() for each in _triggers(table, function, columns)]
    for statement in (
        OF_ORDERS,
        OF_COSTS,
        *triggers,
        FUNCTION,
        HEAD_FUNCTION,
        "REVOKE ALL ON FUNCTION audit_head_follows() FROM PUBLIC",
        "DROP TRIGGER IF EXISTS audit_head_follows ON audit_events",
        HEAD_TRIGGER,
    ):
        op.execute(statement)


def _triggers(table: str, function: str, columns: tuple[str, ...]) -> list[str]:
    old, new = (", ".join(f"{row}.{column}" for column in columns) for row in ("OLD", "NEW"))
    return [
        f"REVOKE ALL ON FUNCTION {function}() FROM PUBLIC",
        f"CREATE OR REPLACE TRIGGER {table}_added AFTER INSERT ON {table} REFERENCING NEW TABLE AS added "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {function}()",
        f"CREATE OR REPLACE TRIGGER {table}_changed AFTER UPDATE ON {table} FOR EACH ROW "
        f"WHEN (({old}) IS DISTINCT FROM ({new})) EXECUTE FUNCTION {function}()",
        f"CREATE OR REPLACE TRIGGER {table}_gone AFTER DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {function}()",
    ]
