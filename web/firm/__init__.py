"""The firm's own pages, above its clients: engagements, comparison, onboarding, templates, people."""

from flask import Blueprint

from web.firm import comparison, engagements, home, onboardings, people, templates

bp = Blueprint("firm", __name__)
for _module in (home, engagements, comparison, onboardings, templates, people):
    bp.register_blueprint(_module.bp)
