"""The reader's scope as a condition: what lies outside it is not there, in no list, count, sum or export."""

from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, true

from domain.access import Scope
from tenants.instance.models.measures import MeasureRow


def inside(column: Any, path: str) -> ColumnElement[bool]:
    """Rows whose path is a node's or lies below it. Below the organization lies everything: no path is compared."""
    is_organization = path.count("/") == 2
    return true() if is_organization else column.startswith(path, autoescape=True)


def below(column: Any, scope: Scope) -> ColumnElement[bool]:
    """Rows whose path lies in one of the scope's subtrees."""
    return or_(false(), *(inside(column, path) for path in scope.paths))


def naming(scope: Scope) -> ColumnElement[bool]:
    """Measures that name the person: one index for each of the three columns."""
    named = (MeasureRow.owner_id, MeasureRow.sponsor_id, MeasureRow.controller_id)
    return or_(*(column == scope.person for column in named))


def seen(scope: Scope) -> ColumnElement[bool]:
    """Measures in the scope's subtrees, and those that name the person."""
    return or_(below(MeasureRow.path, scope), naming(scope))


def seen_below(scope: Scope, path: str) -> ColumnElement[bool]:
    """What the reader sees below a node; where the whole of it is theirs, nobody is asked measure by measure."""
    own = inside(MeasureRow.path, path)
    return own if scope.covers(path) else and_(own, seen(scope))
