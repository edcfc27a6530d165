"""Words about passwords and links, the same wherever one is set."""

from flask_babel import gettext as _

from tenants.platform.actions.passwords import LONGEST, SHORTEST, PasswordFault, password_fault
from tenants.platform.queries.tokens import TokenState


def password_errors(password: str, again: str, email: str, name: str) -> dict[str, str]:
    """Errors by field name; empty when the password is good."""
    if fault := password_fault(password, email, name):
        return {"password": fault_words(fault)}
    return {"again": _("The two passwords differ. Type the same one again.")} if password != again else {}


def fault_words(fault: PasswordFault) -> str:
    return {
        PasswordFault.TOO_SHORT: _("Too short: at least %(n)s characters are needed.", n=SHORTEST),
        PasswordFault.TOO_LONG: _("Too long: at most %(n)s characters.", n=LONGEST),
        PasswordFault.TOO_COMMON: _("This one is guessed first. Choose words that do not usually go together."),
        PasswordFault.TOO_PERSONAL: _(
            "It is mostly your own name or address. Add words that have nothing to do with you."
        ),
    }[fault]


def link_words(state: TokenState) -> tuple[str, str]:
    """Title and text for a link that does not work."""
    if state is TokenState.USED:
        return _("This link has been used"), _("A link works once. If it was you, sign in with the password you chose.")
    if state is TokenState.EXPIRED:
        return _("This link has expired"), _("Have a new one sent to your e-mail address; it takes a minute.")
    return _("This link does not work"), _("It may be cut off. Open it again from the letter, or have a new one sent.")
