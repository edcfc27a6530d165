"""The local mailbox of development: what would have been mailed, to read and to click. Exists only there."""

import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from pathlib import Path

from flask import Blueprint, abort, current_app, render_template

from web.access import public

bp = Blueprint("mailbox", __name__, url_prefix="/mailbox")
LINK = re.compile(r"(https?://[^\s<>\"]+)")


@dataclass(frozen=True, kw_only=True)
class Letter:
    name: str
    to: str
    subject: str
    date: str
    body: str

    @property
    def lines(self) -> list[list[tuple[str, bool]]]:
        """The lines with something in them, cut at their links: (piece, whether it is a link)."""
        written = [line for line in self.body.splitlines() if line.strip()]
        return [[(piece, bool(LINK.fullmatch(piece))) for piece in LINK.split(line)] for line in written]


@bp.get("")
@public
def index() -> str:
    """All letters, the newest first."""
    files = sorted(_folder().glob("*.eml"), key=lambda file: file.stat().st_mtime, reverse=True)
    return render_template("web/identity/mailbox.html", letters=[_read(file) for file in files[:200]])


@bp.get("/<name>")
@public
def show(name: str) -> str:
    """One letter as text."""
    file = next((file for file in _folder().glob("*.eml") if file.name == name), None)
    return render_template("web/identity/letter.html", letter=_read(file) if file else abort(404))


def _folder() -> Path:
    return Path(current_app.extensions["settings"].mailbox)


def _read(file: Path) -> Letter:
    message = message_from_bytes(file.read_bytes(), policy=policy.default)
    body = message.get_body(("plain", "html"))
    return Letter(
        name=file.name,
        to=str(message["to"] or ""),
        subject=str(message["subject"] or ""),
        date=str(message["date"] or ""),
        body=body.get_content() if body else "",
    )
