"""Everything that is kept of orders beside what it repeats, counted and summed anew: what differs, by what it is of."""

from sqlalchemy import text
from sqlalchemy.orm import Session

COUNTERS = """
SELECT o.number FROM orders o
WHERE (open_holds, open_exceptions, open_tickets, open_constraints, open_requests) IS DISTINCT FROM (
  (SELECT count(*) FROM order_exceptions WHERE order_id = o.id AND resolved_at IS NULL AND is_hold),
  (SELECT count(*) FROM order_exceptions WHERE order_id = o.id AND resolved_at IS NULL AND NOT is_hold),
  (SELECT count(*) FROM order_tickets WHERE order_id = o.id AND closed_at IS NULL),
  (SELECT count(*) FROM constrained_orders b JOIN constraints c ON c.id = b.constraint_id
   WHERE b.order_id = o.id AND c.ended_at IS NULL),
  (SELECT count(*) FROM requests WHERE order_id = o.id AND state = 'open'))
"""
MONEY = """
SELECT o.number FROM orders o
WHERE (cost_forecast, cost_actual, effects) IS DISTINCT FROM (
  (SELECT coalesce(sum(forecast), 0) FROM order_costs WHERE order_id = o.id),
  (SELECT coalesce(sum(actual), 0) FROM order_costs WHERE order_id = o.id),
  (SELECT coalesce(sum(amount), 0) FROM order_effects WHERE order_id = o.id))
"""
EXCEPTIONS = """
SELECT e.id FROM order_exceptions e
WHERE cost IS DISTINCT FROM (
  (SELECT coalesce(sum(actual), 0) FROM order_costs WHERE exception_id = e.id)
  + (SELECT coalesce(sum(amount), 0) FROM order_effects WHERE exception_id = e.id))
"""
ORDER_SUMS = """
  SELECT month, channel, business_unit_id, is_cancelled, cancel_reason, count, value, cost_forecast, cost_actual,
    effects FROM order_sums
  UNION ALL
  SELECT date_trunc('month', placed_at AT TIME ZONE 'UTC')::date, channel, business_unit_id, state = 'cancelled',
    CASE state WHEN 'cancelled' THEN cancel_reason ELSE '' END, -1, -value, -cost_forecast, -cost_actual, -effects
  FROM orders
"""
COST_SUMS = """
  SELECT month, channel, business_unit_id, kind, count, forecast, known_forecast, actual FROM order_cost_sums
  UNION ALL
  SELECT date_trunc('month', c."on")::date, o.channel, o.business_unit_id, c.kind, -1, -coalesce(c.forecast, 0),
    CASE WHEN c.actual IS NULL THEN 0 ELSE -coalesce(c.forecast, 0) END, -coalesce(c.actual, 0)
  FROM order_costs c JOIN orders o ON o.id = c.order_id
"""
STAYS = """
SELECT o.number FROM orders o JOIN (
  SELECT order_id, count(*) AS stays, max(position) AS last, min(hours) AS shortest, count(*) - count(left_at) AS here,
    bool_and(next IS NULL OR left_at = next) AS is_chain, bool_or(left_at IS NULL AND next IS NOT NULL) AS has_gap
  FROM (SELECT *, lead(entered_at) OVER (PARTITION BY order_id ORDER BY position) AS next FROM order_stages) stay
  GROUP BY order_id) way ON way.order_id = o.id
WHERE stays <> last OR shortest < 0 OR NOT is_chain OR has_gap OR here <> CASE o.state WHEN 'open' THEN 1 ELSE 0 END
"""
ENDED = """
SELECT number FROM orders
WHERE (state = 'cancelled' AND open_holds + open_exceptions > 0) OR (state = 'open') <> (closed_at IS NULL)
  OR (state <> 'open' AND due_at IS NOT NULL)
"""


def _left(kept: str, keys: str, sums: tuple[str, ...]) -> str:
    """The keys whose sums are not what their rows come to."""
    wrong = " OR ".join(f"sum({name}) <> 0" for name in sums)
    return f"SELECT {keys} FROM ({kept}) kept GROUP BY {keys} HAVING {wrong}"


OF_ORDERS = "month, channel, business_unit_id, is_cancelled, cancel_reason"
OF_COSTS = "month, channel, business_unit_id, kind"
CHECKS = {
    "counters": COUNTERS,
    "money": MONEY,
    "cost of exceptions": EXCEPTIONS,
    "sums of orders": _left(ORDER_SUMS, OF_ORDERS, ("count", "value", "cost_forecast", "cost_actual", "effects")),
    "sums of costs": _left(COST_SUMS, OF_COSTS, ("count", "forecast", "known_forecast", "actual")),
    "stays": STAYS,
    "ends": ENDED,
}


def recount(session: Session) -> dict[str, list[str]]:
    """Nothing where everything agrees. For a client whose orders no test has made up past the actions."""
    session.rollback()
    found = {name: [str(tuple(row)) for row in session.execute(text(check))] for name, check in CHECKS.items()}
    return {name: rows for name, rows in found.items() if rows}
