"""Where figures of orders lead: the desk with the filter that shows exactly the orders behind one."""

from urllib.parse import urlencode

from domain.governance.template import OrderRules
from domain.months import Month
from domain.orders.causes import Cause
from tenants.instance.queries.order_filters import OrderFilters
from web.hands import hand


def desk(filters: OrderFilters) -> str:
    """The address of the desk that shows exactly these orders."""
    home, query = hand().address("instance.orders.index"), filters.query
    return f"{home}?{urlencode(query)}" if query else home


def booked_filters(cause: Cause, months: tuple[Month, ...]) -> OrderFilters:
    """The orders behind what was booked in these months."""
    booked = str(months[0]) if len(months) == 1 else f"{months[0]}..{months[-1]}"
    return OrderFilters(state="all", type=cause.type, cause=cause.cause, channel=cause.channel, booked=booked)


def opened_filters(cause: Cause, month: Month) -> OrderFilters:
    """The orders that it befell in a month."""
    return OrderFilters(state="all", type=cause.type, cause=cause.cause, channel=cause.channel, opened=str(month))


def cause_words(cause: Cause, rules: OrderRules) -> str:
    label = rules.type_label(cause.type)
    return f"{label}: {cause.cause}" if cause.cause else label
