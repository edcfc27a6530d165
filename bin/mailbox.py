"""Take mail by SMTP and keep it as files, so that development shows the messages that production would send.

`python -m bin.mailbox` listens on the address of SMTP_URL and writes each message to MANDATE_MAILBOX as `<time>.eml`.
"""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path
from urllib.parse import urlsplit

LARGEST_MESSAGE = 32 * 1024 * 1024
TOO_LARGE = "552 5.3.4 message too large"


def main() -> None:
    """Serve until stopped."""
    address = urlsplit(os.environ["SMTP_URL"])
    folder = Path(os.environ["MANDATE_MAILBOX"])
    folder.mkdir(parents=True, exist_ok=True)
    asyncio.run(_serve(address.hostname or "127.0.0.1", address.port or 1025, folder))


async def _serve(host: str, port: int, folder: Path) -> None:
    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await _converse(reader, writer, folder)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # the sender hung up
        finally:
            writer.close()

    server = await asyncio.start_server(converse, host, port, limit=LARGEST_MESSAGE)
    async with server:
        await server.serve_forever()


async def _converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, folder: Path) -> None:
    """As much of RFC 5321 as smtplib speaks, without TLS and login: every message is accepted."""
    _answer(writer, "220 mailbox ready")
    while line := await reader.readline():
        match line.split(b" ", 1)[0].strip().upper():
            case b"EHLO":
                _answer(writer, f"250-mailbox\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 SIZE {LARGEST_MESSAGE}")
            case b"HELO" | b"MAIL" | b"RCPT" | b"RSET" | b"NOOP":
                _answer(writer, "250 ok")
            case b"DATA":
                _answer(writer, "354 end with a dot")
                _answer(writer, _keep(folder, await reader.readuntil(b"\r\n.\r\n")))
            case b"QUIT":
                _answer(writer, "221 goodbye")
                return
            case _:
                _answer(writer, "502 not understood")
        await writer.drain()


def _keep(folder: Path, data: bytes) -> str:
    """Write one message, whole or not at all, and return the answer to its sender."""
    if len(data) > LARGEST_MESSAGE:
        return TOO_LARGE
    message = (b"\r\n" + data.removesuffix(b".\r\n")).replace(b"\r\n..", b"\r\n.")[2:]
    half = folder / f"{time.time_ns()}.part"
    half.write_bytes(message)
    half.rename(half.with_suffix(".eml"))
    return "250 kept"


def _answer(writer: asyncio.StreamWriter, text: str) -> None:
    writer.write(f"{text}\r\n".encode())


if __name__ == "__main__":
    main()
