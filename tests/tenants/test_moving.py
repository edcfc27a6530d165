"""An instance moves to another cluster: everything with it, nothing written meanwhile, resumed or given up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import psycopg
import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from tenants.database import PlatformWork, instance_work
from tenants.engines import Engines
from tenants.instance.models.audit import AuditEventRow
from tenants.instance.queries.verification import verify_instance
from tenants.moving import NotMovable, drop_old, give_up, move
from tenants.places import Instance
from tenants.provisioning import close_database, has_schema
from tenants.registry import InstanceMoving, find_instance, get_instance
from tenants.settings import Settings, without_login
from tests.house import House
from tests.team import Team


@pytest.fixture
def settings(house: House, second_postgres: str) -> Iterator[Settings]:
    """Two clusters, for the application too."""
    both = replace(
        house.settings,
        clusters={**house.settings.clusters, "second": without_login(second_postgres)},
        cluster_admins={**house.settings.cluster_admins, "second": second_postgres},
    )
    close_database(second_postgres)
    with house.app.app_context():
        house.app.extensions["engines_of_instances"] = Engines(both)
        yield both
        house.app.extensions["engines_of_instances"].dispose()
        house.app.extensions["engines_of_instances"] = Engines(house.settings)


@pytest.fixture
def platform(house: House, settings: Settings) -> PlatformWork:
    return house.platform()


@pytest.fixture
def instance(house: House, settings: Settings) -> Instance:
    """With a measure that is decided, and so with a locked plan, votes, and a trail."""
    made = house.onboard("Moving AG")
    team = Team(house.work(made), house)
    measure = team.define()
    team.plan(measure)
    team.decide(measure)
    team.work.close()
    return made


def trail(instance: Instance) -> list[tuple[int, str]]:
    work = instance_work(instance)
    chain = select(AuditEventRow.sequence, AuditEventRow.hash).order_by(AuditEventRow.sequence)
    found = [tuple(row) for row in work.session.execute(chain)]
    work.close()
    return found  # type: ignore[return-value]


def test_an_instance_moves_with_its_trail_and_goes_on_there(
    house: House, settings: Settings, platform: PlatformWork, instance: Instance
) -> None:
    before = trail(instance)
    head = verify_instance(settings, platform, instance).hash
    said = list(move(settings, platform, instance.slug, "second"))
    assert "events intact" in said[2]
    moved = find_instance(house.platform(), instance.slug)
    assert moved == replace(instance, cluster="second")
    assert trail(moved) == before
    house.app.extensions["engines_of_instances"].forget(instance)
    with pytest.raises(OperationalError, match="not permitted to log in"):
        trail(instance)
    Team(house.work(moved), house).define()
    after = verify_instance(settings, platform, moved)
    assert (after.faults, after.hash == head) == ((), False)
    assert trail(moved)[: len(before)] == before
    with pytest.raises(NotMovable, match="lives on second"):
        list(move(settings, platform, instance.slug, "second"))
    assert list(drop_old(settings, platform, instance.slug))
    assert not has_schema(settings, instance)
    assert trail(moved)


def test_a_move_that_was_cut_off_shuts_the_instance_and_is_resumed_or_given_up(
    house: House, settings: Settings, platform: PlatformWork, instance: Instance
) -> None:
    before, slug = trail(instance), instance.slug
    for steps in (1, 2):
        halfway = move(settings, platform, slug, "second")
        for _ in range(steps):
            next(halfway)
        halfway.close()
        for look in (
            lambda: find_instance(house.platform(), slug),
            lambda: get_instance(house.platform(), instance.id),
        ):
            with pytest.raises(InstanceMoving):
                look()
        with pytest.raises(OperationalError):
            trail(instance)
        with pytest.raises(NotMovable, match="is being moved"):
            list(drop_old(settings, platform, slug))
    list(give_up(settings, platform, slug))
    assert not has_schema(settings, replace(instance, cluster="second"))
    assert trail(instance) == before
    with pytest.raises(NotMovable, match="is not being moved"):
        list(give_up(settings, platform, slug))
    list(move(settings, platform, slug, "second"))
    assert trail(replace(instance, cluster="second")) == before


def test_what_differs_there_is_not_switched_to(
    house: House, settings: Settings, platform: PlatformWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    slug = house.onboard("Losing AG").slug

    def loses_a_row(source: psycopg.Connection, target: psycopg.Connection, schema: str) -> None:
        target.execute("DELETE FROM assignments WHERE id = (SELECT id FROM assignments LIMIT 1)")

    monkeypatch.setattr("tenants.moving._copy_sequences", loses_a_row)
    with pytest.raises(NotMovable, match="assignments differs"):
        list(move(settings, platform, slug, "second"))
    list(give_up(settings, platform, slug))


@pytest.mark.parametrize(("slug", "to", "said"), [("nobody", "second", "no instance"), ("", "third", "no cluster")])
def test_where_there_is_nothing_to_move_or_nowhere_to_go(
    settings: Settings, platform: PlatformWork, two_clients: tuple[Instance, Instance], slug: str, to: str, said: str
) -> None:
    with pytest.raises(NotMovable, match=said):
        list(move(settings, platform, slug or two_clients[0].slug, to))
