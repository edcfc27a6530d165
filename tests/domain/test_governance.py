"""Reading governance templates: the shipped ones whole, every kind of fault by its line."""

from collections.abc import Mapping

import pytest
import yaml

from domain.access import Role
from domain.governance import (
    Fault,
    GovernanceTemplate,
    ReasonList,
    TemplateErrors,
    TemplateFault,
    compare,
    parse_template,
    template_digest,
)
from domain.governance.policies import REQUIRED_KINDS
from domain.governance.template import LEVELS
from domain.stages import Stage
from tests.domain.making import TEMPLATES, template

SHIPPED = ("cost-programme", "order-governance", "post-merger-integration")
TEXT = (TEMPLATES / "cost-programme" / "v2.yaml").read_text()


def faults(text: str) -> tuple[TemplateFault, ...]:
    outcome = parse_template(text)
    assert isinstance(outcome, TemplateErrors)
    return outcome.faults


def replaced(old: str, new: str, text: str = TEXT) -> tuple[str, int]:
    """The text with one place changed, and the line of that place."""
    assert text.count(old) >= 1, old
    return text.replace(old, new, 1), text[: text.index(old)].count("\n") + 1


@pytest.mark.parametrize("key", SHIPPED)
def test_shipped_template_is_complete(key: str) -> None:
    shipped = template(key)
    assert shipped.reference == f"{key}/v2"
    assert set(shipped.levels) == set(LEVELS)
    assert set(shipped.stages) == set(Stage)
    assert set(shipped.gates) == set(Stage) - {Stage.DEFINED}
    assert all(len(shipped.reasons[which]) >= 6 for which in ReasonList)
    for kind in REQUIRED_KINDS:
        assert any(policy.governs == kind and not policy.when for policy in shipped.policies)


def test_order_governance_knows_orders() -> None:
    orders = template("order-governance").orders
    assert orders is not None
    assert [stage.key for stage in orders.stages][:2] == ["intake", "payment_check"]
    assert {"fraud", "stock", "chargeback"} <= {kind.key for kind in orders.exception_types}
    assert all(kind.is_hold == bool(kind.stops) for kind in orders.exception_types)


def test_every_order_decision_has_an_unconditional_policy() -> None:
    shipped = template("order-governance")
    assert shipped.orders is not None
    governed = {policy.governs for policy in shipped.policies if not policy.when}
    assert {f"order:{decision.key}" for decision in shipped.orders.decisions} <= governed


FAULTS: Mapping[str, tuple[str, str, Fault]] = {
    "unknown field": ("sustain_months: [3", "colour: red\nsustain_months: [3", Fault.UNKNOWN_FIELD),
    "unknown criterion": ("criterion: planned_by_month", "criterion: looks_good", Fault.UNKNOWN_VALUE),
    "unknown measure field": ("field: expected_effect", "field: mood", Fault.UNKNOWN_VALUE),
    "unknown role": ("approvers: {role: pmo}", "approvers: {role: king}", Fault.UNKNOWN_VALUE),
    "unknown kind governed": ("governs: hold", "governs: holiday", Fault.UNKNOWN_VALUE),
    "wrong type": ("due: 5, escalate_to: pmo}", "due: soon, escalate_to: pmo}", Fault.WRONG_TYPE),
    "list where text is due": ("name: Cost programme", "name: [Cost, programme]", Fault.WRONG_TYPE),
    "out of range": ("weight: 100}", "weight: 101}", Fault.OUT_OF_RANGE),
    "no finite number": ("value_green_from: 100", "value_green_from: .inf", Fault.OUT_OF_RANGE),
    "duplicate key": ("stale_after_days: 30", "stale_after_days: 30\n  stale_after_days: 31", Fault.DUPLICATE_KEY),
    "empty text": ("label: Organization", 'label: ""', Fault.EMPTY),
    "unknown condition": (
        "field: value, operator: at_least",
        "field: weather, operator: at_least",
        Fault.UNKNOWN_VALUE,
    ),
    "unknown operator": ("operator: at_least", "operator: roughly", Fault.UNKNOWN_VALUE),
    "unknown section": ("sections: [summary, decisions", "sections: [poem, decisions", Fault.UNKNOWN_VALUE),
    "bad key": ("key: cost-programme", "key: Cost Programme", Fault.UNKNOWN_VALUE),
    "quorum of a forum without one": (
        "approvers: {role: pmo}, quorum: any",
        "approvers: {role: pmo}, quorum: forum",
        Fault.INCONSISTENT,
    ),
    "two selectors": ("{measure: sponsor}", "{measure: sponsor, role: pmo}", Fault.INCONSISTENT),
    "N greater than M": (
        "approvers: {role: pmo}, quorum: any",
        "approvers: {role: pmo}, quorum: {at_least: 4, of: 3}",
        Fault.INCONSISTENT,
    ),
    "N greater than the people named": (
        "approvers: {role: pmo}, quorum: any",
        "approvers: {people: [a@b.example, c@d.example]}, quorum: {at_least: 3}",
        Fault.INCONSISTENT,
    ),
    "amber above green": ("value_amber_from: 80", "value_amber_from: 120", Fault.INCONSISTENT),
    "declaration for another field": ("declaration: no_risks", "declaration: no_dependencies", Fault.INCONSISTENT),
    "owner of lines": ("of: lines, at_least: 1", "of: lines, at_least: 1, having: [owner]", Fault.INCONSISTENT),
    "sustain months fall": ("[3, 6, 12]", "[6, 3, 12]", Fault.INCONSISTENT),
}


@pytest.mark.parametrize("name", FAULTS)
def test_fault_is_named_with_its_line(name: str) -> None:
    old, new, expected = FAULTS[name]
    if name == "empty text":
        old, new = "organization: Organization", 'organization: ""'
    text, line = replaced(old, new)
    line += new.count("\n") if name == "duplicate key" else 0
    assert (line, expected) in {(fault.line, fault.fault) for fault in faults(text)}


def test_missing_field_is_named_by_path() -> None:
    text, _ = replaced("  cancel:\n    - {code: no-value", "  cancels:\n    - {code: no-value")
    found = {(fault.path, fault.fault) for fault in faults(text)}
    assert ("reasons.cancel", Fault.MISSING_FIELD) in found
    assert ("reasons.cancels", Fault.UNKNOWN_FIELD) in found


def test_all_faults_are_named_at_once_by_line() -> None:
    text, _ = replaced("governs: hold", "governs: holiday")
    text, _ = replaced("field: expected_effect", "field: mood", text)
    lines = [fault.line for fault in faults(text)]
    assert len(lines) >= 2
    assert lines == sorted(lines)


def test_policy_without_steps_is_refused() -> None:
    text, line = replaced(
        "    steps:\n      - {name: Sponsor, approvers: {measure: sponsor}, due: 5, escalate_to: pmo}\n",
        "    steps: []\n",
    )
    assert (line, Fault.EMPTY) in {(fault.line, fault.fault) for fault in faults(text)}


def test_policy_whose_every_step_has_conditions_is_refused() -> None:
    text, _ = replaced(
        "{name: Sponsor, approvers: {measure: sponsor}, due: 5,",
        "{name: Sponsor, approvers: {measure: sponsor}, when: [{field: value, operator: above, value: 1}], due: 5,",
    )
    assert Fault.INCONSISTENT in {fault.fault for fault in faults(text)}


def test_act_without_unconditional_policy_is_refused() -> None:
    text, _ = replaced("governs: resume", "governs: reopen")
    assert "resume" in {fault.found for fault in faults(text)}


def test_policy_behind_an_unconditional_one_is_refused() -> None:
    text, _ = replaced("governs: resume\n", "governs: hold\n")
    assert any("earlier policy" in fault.expected for fault in faults(text))


def test_closure_that_the_controller_does_not_accept_is_refused() -> None:
    text, _ = replaced(
        "{name: Controller, approvers: {measure: controller}, due: 10,",
        "{name: Sponsor, approvers: {role: pmo}, due: 10,",
    )
    assert any("controller" in fault.expected for fault in faults(text))


def test_policy_may_only_ask_roles_that_are_offered() -> None:
    text, _ = replaced("approvers: {role: pmo}", "approvers: {role: order_desk}")
    assert any(fault.found.endswith(Role.ORDER_DESK) for fault in faults(text))


@pytest.mark.parametrize(
    ("text", "fault", "line"),
    [
        ("", Fault.EMPTY, 1),
        ("key: a\nname: [unclosed\n", Fault.SYNTAX, 3),
        ("key: a\n\tname: b\n", Fault.SYNTAX, 2),
        ("a: &x [1]\nb: *x\n", Fault.ALIAS, 1),
        ("key: a\n---\nkey: b\n", Fault.SYNTAX, 2),
        ("[" * 5_000, Fault.TOO_DEEP, 1),
        ("a: {b: {c: {d: {e: {f: {g: {h: {i: {j: {k: {l: {m: 1}}}}}}}}}}}}}", Fault.TOO_DEEP, 1),
        ("x" * 300_000, Fault.TOO_LARGE, 1),
        ("- a\n" * 30_000, Fault.TOO_LARGE, 20_000),
        ("just words", Fault.WRONG_TYPE, 1),
        ("!!python/object/apply:os.system [ls]", Fault.WRONG_TYPE, 1),
        ("key: \x00", Fault.SYNTAX, 1),
    ],
)
def test_text_that_is_no_template_is_refused(text: str, fault: Fault, line: int) -> None:
    found = {(each.fault, each.line) for each in faults(text)}
    assert (fault, line) in found


def test_alias_bomb_is_refused_before_it_is_built() -> None:
    bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{new}: &{new} [{','.join([f'*{old}'] * 9)}]\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
    )
    assert [fault.fault for fault in faults(bomb)] == [Fault.ALIAS]


def test_every_prefix_of_a_template_is_read_without_an_exception() -> None:
    lines = TEXT.splitlines(keepends=True)
    for count in range(0, len(lines), 7):
        assert isinstance(parse_template("".join(lines[:count])), TemplateErrors)


def test_dropping_any_top_field_is_a_fault_or_an_option() -> None:
    whole = yaml.safe_load(TEXT)
    for name in whole:
        rest = yaml.safe_dump({key: value for key, value in whole.items() if key != name}, sort_keys=False)
        is_optional = name in ("functions", "forums")
        assert isinstance(parse_template(rest), GovernanceTemplate) is is_optional, name


RELEASED = {
    "cost-programme/v1": "27eda432787ad3ae3b8b5334840659becd605645027e04a14ac25527333617e9",
    "order-governance/v1": "86535a5b853bc144f44eb533bb4f2bb2d4188d97ca7fec1b751f45f22ddfdf0c",
    "post-merger-integration/v1": "396a73a895c6d1e2a90b45914c91eb8059c4354e7abf8b19a31c9b51fc48a683",
}


@pytest.mark.parametrize("reference", RELEASED)
def test_a_released_version_is_never_edited(reference: str) -> None:
    text = (TEMPLATES / f"{reference}.yaml").read_text()
    assert template_digest(text) == RELEASED[reference]
    outcome = parse_template(text)
    assert isinstance(outcome, GovernanceTemplate)
    assert outcome.reference == reference


def test_digest_is_of_the_text() -> None:
    assert template_digest(TEXT) == template_digest(TEXT)
    assert template_digest(TEXT) != template_digest(TEXT + "\n")
    assert len(template_digest(TEXT)) == 64


def test_same_versions_do_not_differ() -> None:
    assert compare(template(), template()) == []


def test_compare_names_what_changed_was_added_and_removed() -> None:
    text, _ = replaced("due: 5, escalate_to: pmo}", "due: 7, escalate_to: pmo}")
    text, _ = replaced('    - {code: supplier, label: "Supplier or contract not ready"}\n', "", text)
    text, _ = replaced("sustain_months: [3, 6, 12]", "sustain_months: [3, 6, 12, 24]", text)
    after = parse_template(text)
    assert isinstance(after, GovernanceTemplate)
    found = {difference.path: (difference.before, difference.after) for difference in compare(template(), after)}
    assert found == {
        "policies[identify].steps[Sponsor].due_working_days": ("5", "7"),
        "reasons.hold[supplier].code": ("supplier", None),
        "reasons.hold[supplier].label": ("Supplier or contract not ready", None),
        "sustain_months[4]": (None, "24"),
    }


CIRCLES: Mapping[str, tuple[str, str, str]] = {
    "to oneself": (
        "{name: Sponsor, approvers: {measure: sponsor}, due: 5, escalate_to: pmo}",
        "{name: Sponsor, approvers: {measure: sponsor}, due: 5, escalate_to: sponsor}",
        "sponsor > sponsor",
    ),
    "through another step": (
        "{name: Programme office, approvers: {role: pmo}, quorum: any, due: 3, escalate_to: leadership}",
        "{name: Programme office, approvers: {role: pmo}, quorum: any, due: 3, escalate_to: sponsor}",
        "pmo > sponsor > pmo",
    ),
    "from the controller of the measure": (
        "{name: Programme office, approvers: {role: pmo}, quorum: any, due: 3, escalate_to: leadership}",
        "{name: Programme office, approvers: {role: pmo}, quorum: any, due: 3, escalate_to: controller}",
        "pmo > controller > pmo",
    ),
    "through a forum": (
        "quorum: forum, due: 10, escalate_to: leadership, step_up: true}",
        "quorum: forum, due: 10, escalate_to: forum_member, step_up: true}",
        "forum_member > forum_member",
    ),
}


@pytest.mark.parametrize("name", CIRCLES)
def test_circular_escalation_is_refused_where_it_stands_and_says_the_circle(name: str) -> None:
    old, new, circle = CIRCLES[name]
    text, line = replaced(old, new)
    found = {(fault.line, fault.fault, fault.found) for fault in faults(text)}
    assert (line, Fault.CIRCULAR, circle) in found


def test_circle_over_two_policies_is_named_at_every_step_of_it() -> None:
    text, first = replaced(
        "{name: Programme office, approvers: {role: pmo}, quorum: any, due: 3, escalate_to: leadership}",
        "{name: Programme office, approvers: {role: pmo}, quorum: any, due: 3, escalate_to: sponsor}",
    )
    circular = [fault for fault in faults(text) if fault.fault is Fault.CIRCULAR]
    assert first in {fault.line for fault in circular}
    assert {fault.found for fault in circular} == {"pmo > sponsor > pmo", "sponsor > pmo > sponsor"}


@pytest.mark.parametrize("key", SHIPPED)
def test_escalation_of_shipped_templates_ends(key: str) -> None:
    outcome = parse_template((TEMPLATES / key / "v2.yaml").read_text())
    assert isinstance(outcome, GovernanceTemplate)


STEP = "      - {name: Sponsor, approvers: {measure: sponsor}, due: 5, escalate_to: pmo}\n"
POLICY_FAULTS: Mapping[str, tuple[str, str, Fault, str]] = {
    "unknown field of a policy": (
        "    label: Put a measure on hold\n",
        "    label: Put a measure on hold\n    mood: good\n",
        Fault.UNKNOWN_FIELD,
        "mood",
    ),
    "unknown field of a step": (STEP, STEP.replace("due: 5", "colour: red, due: 5"), Fault.UNKNOWN_FIELD, "colour"),
    "step without anything": (STEP, "      - {}\n", Fault.MISSING_FIELD, ""),
    "step without approvers": (STEP, "      - {name: Sponsor, due: 5}\n", Fault.MISSING_FIELD, ""),
    "approvers without anybody": (
        STEP,
        "      - {name: Sponsor, approvers: {}, due: 5}\n",
        Fault.INCONSISTENT,
        "",
    ),
    "people without anybody": (
        STEP,
        "      - {name: Sponsor, approvers: {people: []}, due: 5}\n",
        Fault.EMPTY,
        "",
    ),
    "N of one": (
        STEP,
        "      - {name: Sponsor, approvers: {measure: sponsor}, quorum: {at_least: 2}, due: 5}\n",
        Fault.INCONSISTENT,
        "2 of 1",
    ),
    "N greater than M": (
        STEP,
        "      - {name: Office, approvers: {role: pmo}, quorum: {at_least: 3, of: 2}, due: 5}\n",
        Fault.INCONSISTENT,
        "3 of 2",
    ),
    "no approval at all": (
        STEP,
        "      - {name: Office, approvers: {role: pmo}, quorum: {at_least: 0}, due: 5}\n",
        Fault.OUT_OF_RANGE,
        "0",
    ),
    "due at once": (STEP, STEP.replace("due: 5", "due: 0"), Fault.OUT_OF_RANGE, "0"),
}


@pytest.mark.parametrize("name", POLICY_FAULTS)
def test_policy_that_cannot_work_is_refused_with_line_and_reason(name: str) -> None:
    old, new, fault, found = POLICY_FAULTS[name]
    text, line = replaced(old, new)
    line += name == "unknown field of a policy"
    assert (line, fault, found) in {(each.line, each.fault, each.found) for each in faults(text)}


def test_every_governed_act_needs_a_policy_that_always_applies() -> None:
    text, _ = replaced("    governs: resume\n", '    governs: "gate:identified"\n')
    assert (Fault.INCONSISTENT, "resume") in {(each.fault, each.found) for each in faults(text)}
