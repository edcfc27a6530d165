"""The database's half of the sums of orders by month: triggers that add what a row says and take back what it said.

Whichever way a row comes in, changes or goes, its sums follow in the same transaction. Rows of sums are only ever added
(a change takes the old away and adds the new), so that nobody waits for anybody; a job folds them together.
"""

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


def statements() -> list[str]:
    """The functions and their triggers, one statement each and each repeatable, after the tables are there."""
    return [OF_ORDERS, OF_COSTS, *(each for table in SUMMED for each in _triggers(table))]


def _triggers(table: str) -> list[str]:
    function, columns = SUMMED[table]
    old, new = (", ".join(f"{row}.{column}" for column in columns) for row in ("OLD", "NEW"))
    return [
        f"REVOKE ALL ON FUNCTION {function}() FROM PUBLIC",
        f"CREATE OR REPLACE TRIGGER {table}_added AFTER INSERT ON {table} REFERENCING NEW TABLE AS added "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {function}()",
        f"CREATE OR REPLACE TRIGGER {table}_changed AFTER UPDATE ON {table} FOR EACH ROW "
        f"WHEN (({old}) IS DISTINCT FROM ({new})) EXECUTE FUNCTION {function}()",
        f"CREATE OR REPLACE TRIGGER {table}_gone AFTER DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {function}()",
    ]
