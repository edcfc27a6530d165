"""As much of an S3-compatible store as the client speaks to: objects in memory, behind HTTP."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar
from urllib.parse import parse_qs, unquote, urlsplit

MISSING = "<Error><Code>NoSuchKey</Code><Message>gone</Message><Resource>x</Resource></Error>"
ENTRY = "<Contents><Key>{}</Key><LastModified>2026-11-20T08:30:00.000Z</LastModified><Size>1</Size></Contents>"


class Handler(BaseHTTPRequestHandler):
    objects: ClassVar[dict[str, bytes]] = {}

    def do_PUT(self) -> None:
        self.objects[self._key()] = self.rfile.read(int(self.headers["Content-Length"]))
        self._answer(200, b"", ETag='"x"')

    def do_GET(self) -> None:
        asked = parse_qs(urlsplit(self.path).query)
        if "list-type" in asked:
            found = [key.partition("/")[2] for key in self.objects]
            inside = [ENTRY.format(key) for key in found if key.startswith(asked["prefix"][0])]
            listed = f"<Name>mandate</Name><IsTruncated>false</IsTruncated>{''.join(inside)}"
            self._answer(200, f"<ListBucketResult>{listed}</ListBucketResult>".encode())
        elif self._key() in self.objects:
            self._answer(200, self.objects[self._key()])
        else:
            self._answer(404, MISSING.encode())

    def do_DELETE(self) -> None:
        self.objects.pop(self._key(), None)
        self._answer(204, b"")

    def _key(self) -> str:
        return unquote(urlsplit(self.path).path).lstrip("/")

    def _answer(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": "application/xml", "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_words: object) -> None:
        pass


@contextmanager
def s3_store() -> Iterator[tuple[str, dict[str, bytes]]]:
    """Its address as a setting, and what lies in it."""
    Handler.objects = {}
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"s3+http://key:secret@127.0.0.1:{server.server_port}/mandate", Handler.objects
    finally:
        server.shutdown()
        server.server_close()
