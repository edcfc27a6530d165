"""The firm's own pages, above its clients: engagements, comparison, onboarding, templates, people."""

from flask import Blueprint

from web.firm import home

bp = Blueprint("firm", __name__)
for _module in (home,):
    bp.register_blueprint(_module.bp)
