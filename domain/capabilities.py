"""Roles, in a client's instance and in the firm, and what each allows. Source: DOMAIN.md, 6."""

from collections.abc import Mapping
from enum import StrEnum


class Role(StrEnum):
    """What a person is in a client's instance, at a node and below."""

    INSTANCE_ADMINISTRATOR = "instance_administrator"
    PMO = "pmo"
    SPONSOR = "sponsor"
    OWNER = "owner"
    CONTROLLER = "controller"
    FORUM_MEMBER = "forum_member"
    CONTRIBUTOR = "contributor"
    ORDER_DESK = "order_desk"
    FULFILMENT_LEAD = "fulfilment_lead"
    FINANCE_REVIEWER = "finance_reviewer"
    CUSTOMER_SERVICE = "customer_service"
    LEADERSHIP = "leadership"
    AUDITOR = "auditor"


class FirmRole(StrEnum):
    """What a person is in the consulting firm."""

    PARTNER = "partner"
    ENGAGEMENT_MANAGER = "engagement_manager"
    CONSULTANT = "consultant"
    FIRM_ADMINISTRATOR = "firm_administrator"


class Capability(StrEnum):
    """One kind of act or page. Every route names the one it needs."""

    VIEW_OVERVIEW = "view_overview"
    VIEW_HIERARCHY = "view_hierarchy"
    VIEW_MEASURES = "view_measures"
    VIEW_PEOPLE = "view_people"
    VIEW_REPORTS = "view_reports"
    VIEW_FORUMS = "view_forums"
    VIEW_SETTINGS = "view_settings"
    VIEW_AUDIT = "view_audit"
    VERIFY_AUDIT = "verify_audit"
    CREATE_MEASURE = "create_measure"
    EDIT_MEASURE = "edit_measure"
    ASSIGN_PEOPLE = "assign_people"
    UPDATE_MILESTONES = "update_milestones"
    ENTER_PLAN = "enter_plan"
    ENTER_FORECAST = "enter_forecast"
    ENTER_ACTUALS = "enter_actuals"
    CONFIRM_VALUE = "confirm_value"
    REQUEST_GATE = "request_gate"
    REQUEST_CHANGE = "request_change"
    DECIDE = "decide"
    MANAGE_FORUMS = "manage_forums"
    HOLD_MEASURE = "hold_measure"
    CANCEL_MEASURE = "cancel_measure"
    REOPEN_MEASURE = "reopen_measure"
    WAIVE_CRITERION = "waive_criterion"
    SETTLE_CONDITION = "settle_condition"
    SET_KILL_CRITERIA = "set_kill_criteria"
    EDIT_HIERARCHY = "edit_hierarchy"
    EDIT_REFERENCE_DATA = "edit_reference_data"
    MANAGE_PEOPLE = "manage_people"
    MANAGE_SETTINGS = "manage_settings"
    CLOSE_MONTH = "close_month"
    IMPORT = "import"
    EXPORT = "export"
    COMMENT = "comment"
    CREATE_REPORT = "create_report"
    VIEW_ORDERS = "view_orders"
    WORK_ORDERS = "work_orders"
    ENTER_ORDER = "enter_order"
    IMPORT_ORDERS = "import_orders"
    RECORD_ORDER_COST = "record_order_cost"
    REQUEST_ORDER_DECISION = "request_order_decision"
    MANAGE_CONSTRAINTS = "manage_constraints"
    MANAGE_ORDER_RULES = "manage_order_rules"
    MANAGE_CHANNEL_KEYS = "manage_channel_keys"
    # The firm's own pages.
    VIEW_ENGAGEMENTS = "view_engagements"
    COMPARE_ENGAGEMENTS = "compare_engagements"
    ONBOARD_CLIENT = "onboard_client"
    STAFF_ENGAGEMENT = "staff_engagement"
    VIEW_TEMPLATES = "view_templates"
    MANAGE_TEMPLATES = "manage_templates"
    MANAGE_FIRM = "manage_firm"


C = Capability
READING = frozenset(
    {C.VIEW_OVERVIEW, C.VIEW_HIERARCHY, C.VIEW_MEASURES, C.VIEW_PEOPLE, C.VIEW_REPORTS, C.VIEW_FORUMS, C.EXPORT}
)
TALKING = READING | {C.COMMENT}  # all but those who only read
WORKING = TALKING | {C.UPDATE_MILESTONES}
LEADING = frozenset({C.REQUEST_GATE, C.REQUEST_CHANGE, C.SET_KILL_CRITERIA}) | {
    C.HOLD_MEASURE,
    C.CANCEL_MEASURE,
    C.REOPEN_MEASURE,
}
OWNING = WORKING | LEADING | {C.CREATE_MEASURE, C.EDIT_MEASURE, C.ASSIGN_PEOPLE, C.ENTER_PLAN, C.ENTER_FORECAST}
STEERING = OWNING | {C.EDIT_HIERARCHY, C.EDIT_REFERENCE_DATA, C.IMPORT, C.CREATE_REPORT, C.VIEW_SETTINGS}
SEEING = TALKING | {C.VIEW_ORDERS}
ORDERING = SEEING | {C.WORK_ORDERS, C.REQUEST_ORDER_DECISION}
SETTING_ORDERS_UP = frozenset({C.VIEW_ORDERS, C.IMPORT_ORDERS, C.MANAGE_ORDER_RULES, C.MANAGE_CHANNEL_KEYS})
COMMANDING = frozenset({C.ENTER_ORDER, C.RECORD_ORDER_COST, C.MANAGE_CONSTRAINTS})
ADMINISTERING = frozenset({C.MANAGE_PEOPLE, C.MANAGE_SETTINGS, C.VIEW_SETTINGS, C.VIEW_AUDIT, C.VERIFY_AUDIT})

ROLE_CAPABILITIES: Mapping[Role, frozenset[Capability]] = {
    Role.INSTANCE_ADMINISTRATOR: ADMINISTERING
    | TALKING
    | SETTING_ORDERS_UP
    | {C.EDIT_HIERARCHY, C.EDIT_REFERENCE_DATA, C.IMPORT, C.CLOSE_MONTH, C.CREATE_REPORT},
    Role.PMO: STEERING
    | ORDERING
    | SETTING_ORDERS_UP
    | COMMANDING
    | {C.DECIDE, C.WAIVE_CRITERION, C.SETTLE_CONDITION, C.MANAGE_FORUMS, C.MANAGE_PEOPLE, C.CLOSE_MONTH, C.VIEW_AUDIT},
    Role.SPONSOR: SEEING | LEADING | {C.DECIDE, C.ASSIGN_PEOPLE, C.CREATE_REPORT},
    Role.OWNER: OWNING | {C.VIEW_ORDERS},
    Role.CONTROLLER: SEEING
    | {C.ENTER_ACTUALS, C.CONFIRM_VALUE, C.DECIDE, C.REOPEN_MEASURE}
    | {C.CLOSE_MONTH, C.IMPORT, C.CREATE_REPORT, C.VIEW_AUDIT},
    Role.FORUM_MEMBER: SEEING | {C.DECIDE, C.CREATE_REPORT},
    Role.CONTRIBUTOR: WORKING,
    Role.ORDER_DESK: ORDERING | {C.ENTER_ORDER},
    Role.FULFILMENT_LEAD: ORDERING | COMMANDING | {C.DECIDE},
    Role.FINANCE_REVIEWER: ORDERING | {C.RECORD_ORDER_COST, C.DECIDE},
    Role.CUSTOMER_SERVICE: ORDERING,
    Role.LEADERSHIP: READING | {C.VIEW_ORDERS, C.CREATE_REPORT},
    Role.AUDITOR: READING | {C.VIEW_ORDERS, C.VIEW_AUDIT, C.VERIFY_AUDIT, C.VIEW_SETTINGS},
}

FIRM_ROLE_CAPABILITIES: Mapping[FirmRole, frozenset[Capability]] = {
    FirmRole.PARTNER: frozenset({C.VIEW_ENGAGEMENTS, C.COMPARE_ENGAGEMENTS, C.VIEW_TEMPLATES}),
    FirmRole.ENGAGEMENT_MANAGER: frozenset(
        {C.VIEW_ENGAGEMENTS, C.COMPARE_ENGAGEMENTS, C.ONBOARD_CLIENT, C.STAFF_ENGAGEMENT, C.VIEW_TEMPLATES}
    ),
    FirmRole.CONSULTANT: frozenset({C.VIEW_ENGAGEMENTS, C.VIEW_TEMPLATES}),
    FirmRole.FIRM_ADMINISTRATOR: frozenset(
        {C.VIEW_ENGAGEMENTS, C.STAFF_ENGAGEMENT, C.VIEW_TEMPLATES, C.MANAGE_TEMPLATES, C.MANAGE_FIRM}
    ),
}

# Roles that can be held for the orders of one channel or business unit alone.
ORDER_ROLES = (Role.ORDER_DESK, Role.FULFILMENT_LEAD, Role.FINANCE_REVIEWER, Role.CUSTOMER_SERVICE, Role.LEADERSHIP)

# What is about orders and nothing else: a role for some orders is enough, one below the organization gives none.
ORDER_CAPABILITIES = SETTING_ORDERS_UP | ORDERING - TALKING | COMMANDING

# What is about measures and orders alike: the page or act looks at which of them it is.
SHARED_CAPABILITIES = frozenset({C.DECIDE, C.COMMENT, C.EXPORT})
