"""Who somebody is: sign-in, sign-out, invitations, passwords, the account."""

from flask import Blueprint

from web.identity import account, invitations, passwords, signin
from web.identity.people import install

bp = Blueprint("identity", __name__)
for _module in (signin, invitations, passwords, account):
    bp.register_blueprint(_module.bp)

__all__ = ["bp", "install"]
