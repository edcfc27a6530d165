"""Orders: the desk, the page of one, and everything that is done with them. One module a word, one blueprint.

Every module in here is imported: it adds its routes to `bp`, or is read by those that do.
"""

from importlib import import_module
from pkgutil import iter_modules

from flask import Blueprint

bp = Blueprint("orders", __name__, url_prefix="/orders")

for _module in sorted(found.name for found in iter_modules(__path__)):
    import_module(f"{__name__}.{_module}")
