"""An instance publishes its figures for the firm's comparison. Source: DESIGN.md, 5."""

from sqlalchemy.dialects.postgresql import insert

from tenants.database import PlatformWork, action
from tenants.instance.actions.order_sums import fold_order_sums
from tenants.instance.queries.metrics import engagement_figures
from tenants.places import Instance
from tenants.platform.figures import EngagementFigures
from tenants.platform.models.engagements import EngagementMetricsRow
from workers.task import Task


def publish_metrics(task: Task) -> None:
    """Compute the figures inside the instance and put them over older ones on the platform."""
    fold_order_sums(task.instance)
    found = engagement_figures(task.instance)
    task.instance.session.rollback()
    _publish(task.platform, task.instance.instance, found)


@action
def _publish(work: PlatformWork, instance: Instance, found: EngagementFigures) -> None:
    values = {"as_of": found.as_of, "figures": found.to_json()}
    statement = insert(EngagementMetricsRow).values(instance_id=instance.id, **values)
    newer = statement.on_conflict_do_update(
        index_elements=["instance_id"], set_=values, where=EngagementMetricsRow.as_of <= found.as_of
    )
    with work.transaction() as tx:
        tx.session.execute(newer)
