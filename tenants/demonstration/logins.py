"""Who can sign in to the demonstration, with what role, and what is good to look at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from domain.access import Role
from tenants.demonstration.briefs import CLIENTS, address, read_client, read_firm
from tenants.demonstration.seeding import PASSWORD

HEADS = ("Role", "Name", "E-mail", "Client", "What to look at")


@dataclass(frozen=True, kw_only=True)
class Login:
    role: str
    name: str
    email: str
    client: str
    look: str


def logins() -> Iterator[Login]:
    """The firm's people first, then one or more for every role in a client."""
    firm = read_firm()
    for each in firm["people"]:
        email = address(each["name"], firm["domain"])
        yield Login(role=each["role"], name=each["name"], email=email, client=firm["name"], look=each["look"])
    for key in CLIENTS:
        client = read_client(key)
        for person in client.people:
            if person.look:
                role = person.roles[0][0]
                yield Login(role=role, name=person.name, email=person.email, client=client.name, look=person.look)


def table() -> str:
    """The logins as text, in columns."""
    rows = [HEADS, *((_words(each.role), each.name, each.email, each.client, each.look) for each in logins())]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADS) - 1)]
    lines = ["  ".join([*map(str.ljust, row, widths), row[-1]]) for row in rows]
    return "\n".join([f"Password of everybody: {PASSWORD}", "", *lines])


def _words(role: str) -> str:
    return "PMO" if role == Role.PMO else role.replace("_", " ").capitalize()
