"""Secrets that are derived from the one master secret and never stored. Source: DESIGN.md, 4."""

import base64
import hashlib
import hmac
import os
from uuid import UUID

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


def derive(master: str, purpose: str) -> str:
    """A secret of 256 bits for one purpose, as 64 hexadecimal digits."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode()).derive(bytes.fromhex(master)).hex()


def login_password(master: str, cluster: str, role: str) -> str:
    """The database password of one role on one cluster."""
    return derive(master, f"mandate/login/{cluster}/{role}")


def channel_secret(master: str, instance: UUID, key: UUID) -> str:
    """What a shop signs its calls with: of this key of this instance alone."""
    return derive(master, f"mandate/channel/{instance}/{key}")


def scram_verifier(password: str) -> str:
    """What PostgreSQL stores for a password: SCRAM-SHA-256 with one iteration, safe for random 256-bit secrets.

    The password itself is never sent in a statement, so that no log can hold it. Source: RFC 5802, RFC 7677.
    """
    salt = os.urandom(16)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, 1)
    stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server = hmac.digest(salted, b"Server Key", "sha256")
    return f"SCRAM-SHA-256$1:{_b64(salt)}${_b64(stored)}:{_b64(server)}"


def sign(master: str, purpose: str, text: str) -> str:
    """An HMAC-SHA-256 signature, as 64 hexadecimal digits."""
    return hmac.digest(bytes.fromhex(derive(master, purpose)), text.encode(), "sha256").hex()


def _b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
