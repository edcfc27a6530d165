"""Who may do what, and where: roles at nodes, what they allow, what a person sees. Source: DOMAIN.md, 6."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.ids import FirmId, NodeId, PersonId
from domain.measures import Measure
from domain.refusals import Refusal


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
ORDERING = TALKING | {C.VIEW_ORDERS}
ADMINISTERING = frozenset({C.MANAGE_PEOPLE, C.MANAGE_SETTINGS, C.VIEW_SETTINGS, C.VIEW_AUDIT, C.VERIFY_AUDIT})

ROLE_CAPABILITIES: Mapping[Role, frozenset[Capability]] = {
    Role.INSTANCE_ADMINISTRATOR: ADMINISTERING
    | TALKING
    | {C.EDIT_HIERARCHY, C.EDIT_REFERENCE_DATA, C.IMPORT, C.CLOSE_MONTH, C.CREATE_REPORT},
    Role.PMO: STEERING
    | {C.DECIDE, C.WAIVE_CRITERION, C.SETTLE_CONDITION, C.MANAGE_FORUMS, C.MANAGE_PEOPLE, C.CLOSE_MONTH, C.VIEW_AUDIT},
    Role.SPONSOR: TALKING | LEADING | {C.DECIDE, C.ASSIGN_PEOPLE, C.CREATE_REPORT},
    Role.OWNER: OWNING,
    Role.CONTROLLER: TALKING
    | {C.ENTER_ACTUALS, C.CONFIRM_VALUE, C.DECIDE, C.REOPEN_MEASURE}
    | {C.CLOSE_MONTH, C.IMPORT, C.CREATE_REPORT, C.VIEW_AUDIT},
    Role.FORUM_MEMBER: TALKING | {C.DECIDE, C.CREATE_REPORT},
    Role.CONTRIBUTOR: WORKING,
    Role.ORDER_DESK: ORDERING,
    Role.FULFILMENT_LEAD: ORDERING | {C.DECIDE},
    Role.FINANCE_REVIEWER: ORDERING | {C.DECIDE},
    Role.CUSTOMER_SERVICE: ORDERING,
    Role.LEADERSHIP: READING | {C.CREATE_REPORT},
    Role.AUDITOR: READING | {C.VIEW_AUDIT, C.VERIFY_AUDIT, C.VIEW_SETTINGS},
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

# What the people named on a measure may do with that one measure, whatever they hold elsewhere.
NAMED_ROLES: Mapping[str, Role] = {"owner": Role.OWNER, "sponsor": Role.SPONSOR, "controller": Role.CONTROLLER}

# Whose matter it is that those below them decide in time.
LEADERS = frozenset({Role.PMO, Role.SPONSOR})

# What members of a forum may do with that forum, its chair alone managing it, whatever roles they hold.
FORUM_CAPABILITIES = frozenset({C.VIEW_FORUMS, C.MANAGE_FORUMS})


@dataclass(frozen=True)
class Assignment:
    """A role at a node and below. `path` is the node's materialised path: "/<uuid>/<uuid>/".

    `node` is None and `path` is "/" for a role in the whole instance.
    """

    role: Role
    node: NodeId | None
    path: str


@dataclass(frozen=True)
class Scope:
    """What a reader sees: the union of subtrees, and every measure that names the person."""

    paths: tuple[str, ...]
    person: PersonId

    def covers(self, path: str) -> bool:
        return any(path.startswith(own) for own in self.paths)

    def sees(self, measure: Measure, path: str) -> bool:
        return self.covers(path) or self.person in named_people(measure).values()


@dataclass(frozen=True, kw_only=True)
class Actor:
    """The person who acts in an instance. `on_behalf_of` is set when a delegate decides for somebody.

    `confirmed_at` is when the person last gave their password; None where nobody can be asked for it.
    """

    person: PersonId
    name: str
    is_firm: bool = False
    assignments: tuple[Assignment, ...] = ()
    on_behalf_of: PersonId | None = None
    confirmed_at: datetime | None = None

    def scope_for(self, capability: Capability) -> Scope:
        """The subtrees where the person holds a role with that capability; none inside another."""
        return Scope(topmost(a.path for a in self.assignments if capability in ROLE_CAPABILITIES[a.role]), self.person)

    @property
    def led(self) -> Scope:
        """The subtrees that the person leads."""
        return Scope(topmost(a.path for a in self.assignments if a.role in LEADERS), self.person)

    def can(self, capability: Capability, path: str) -> bool:
        return self.scope_for(capability).covers(path)

    def can_anywhere(self, capability: Capability) -> bool:
        return bool(self.scope_for(capability).paths)

    def can_on(self, capability: Capability, measure: Measure, path: str) -> bool:
        """By a role at the measure's node or above, or because the measure names the person."""
        named = named_people(measure)
        return self.can(capability, path) or any(
            named[word] == self.person and capability in ROLE_CAPABILITIES[role] for word, role in NAMED_ROLES.items()
        )


@dataclass(frozen=True, kw_only=True)
class FirmActor:
    """The person who acts on the firm's pages, outside every instance."""

    person: PersonId
    name: str
    firm: FirmId
    roles: frozenset[FirmRole] = frozenset()

    def can(self, capability: Capability) -> bool:
        return any(capability in FIRM_ROLE_CAPABILITIES[role] for role in self.roles)


def topmost(paths: Iterable[str]) -> tuple[str, ...]:
    kept: list[str] = []
    for path in sorted(set(paths)):
        if not any(path.startswith(above) for above in kept):
            kept.append(path)
    return tuple(kept)


def named_people(measure: Measure) -> Mapping[str, PersonId | None]:
    return {"owner": measure.owner, "sponsor": measure.sponsor, "controller": measure.controller}


@dataclass(frozen=True, kw_only=True)
class NotAllowed(Refusal):
    """The person's roles do not give the capability here."""

    capability: Capability
