"""Measures: the list, the page of one, and everything that is entered on it. One module a word, one blueprint."""

from flask import Blueprint

bp = Blueprint("measures", __name__, url_prefix="/measures")

from web.instance.measures import (  # type: ignore[attr-defined]  # noqa: E402, F401
    asking,
    changing,
    commenting,
    conditions,
    creating,
    editing,
    evidence,
    killing,
    lines,
    listing,
    milestones,
    showing,
    statuses,
    sustaining,
    turning,
    values,
    waiving,
)
