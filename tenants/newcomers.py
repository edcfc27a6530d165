"""People whom a client's file names and whom the instance does not know: made known to the service, by e-mail."""

from collections.abc import Mapping, Sequence

from domain.imports import NewPerson
from tenants.database import PlatformWork
from tenants.instance.actions.import_people import Newcomer
from tenants.places import Instance
from tenants.platform.actions.people import ensure_people
from tenants.platform.queries.firms import find_firm_actor


def enrol(platform: PlatformWork, instance: Instance, people: Sequence[NewPerson]) -> Mapping[str, Newcomer]:
    """Each by e-mail: found or made. Those of the consulting firm come in on its side, all others on the client's."""
    found = ensure_people(platform, {person.email: person.name for person in people})
    newcomers = {}
    for email, person in found.items():
        firm = find_firm_actor(platform, person)
        side = "firm" if firm is not None and firm.firm == instance.firm_id else "client"
        newcomers[email] = Newcomer(person=person, side=side)
    return newcomers
