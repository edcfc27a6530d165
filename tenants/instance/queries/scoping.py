"""The reader's scope as a condition: what lies outside it is not there, in no list, count, sum or export."""

from typing import Any

from sqlalchemy import ColumnElement, false, or_

from domain.access import Scope
from tenants.instance.models.measures import MeasureRow


def below(column: Any, scope: Scope) -> ColumnElement[bool]:
    """Rows whose path lies in one of the scope's subtrees."""
    return or_(false(), *(column.startswith(path, autoescape=True) for path in scope.paths))


def seen(scope: Scope) -> ColumnElement[bool]:
    """Measures in the scope's subtrees, and those that name the person."""
    named = (MeasureRow.owner_id, MeasureRow.sponsor_id, MeasureRow.controller_id)
    return or_(below(MeasureRow.path, scope), *(column == scope.person for column in named))
