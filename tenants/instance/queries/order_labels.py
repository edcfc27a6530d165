"""What the keys in events about orders are called in the client's template: "type:stock" is "Out of stock"."""

from collections.abc import Mapping

from domain.governance.template import GovernanceTemplate
from tenants.database import Work
from tenants.instance.queries.governance import get_governance


def order_labels(work: Work) -> Mapping[str, str]:
    """By vocabulary and key. One statement."""
    return labels_of(get_governance(work).template)


def labels_of(template: GovernanceTemplate) -> Mapping[str, str]:
    """Nothing where the template governs no orders."""
    rules = template.orders
    if rules is None:
        return {}
    coded = {
        "channel": rules.channels, "effect": rules.effects, "cost": rules.cost_kinds,
        "resolution": rules.resolutions, "promise": rules.promise_reasons,
    }  # fmt: skip
    return (
        {f"role:{each.role}": each.label for each in template.roles}
        | {f"{name}:{each.code}": each.label for name, items in coded.items() for each in items}
        | {f"stage:{each.key}": each.label for each in rules.stages}
        | {f"type:{each.key}": each.label for each in rules.exception_types}
        | {f"decision:{each.key}": each.label for each in rules.decisions}
        | {f"rule:{each.key}": each.label for each in rules.rules}
    )
