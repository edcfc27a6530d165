"""Where files lie: a folder, or any S3-compatible store. Each instance has a place of its own in it, named opaquely.

Nothing here knows what a file is: names are made by the caller and are no paths.
"""

import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from shutil import copyfileobj
from typing import IO, BinaryIO, Protocol, cast
from urllib.parse import parse_qs, unquote, urlsplit

from minio import Minio
from minio.error import S3Error

from tenants.settings import Settings

CHUNK = 1024 * 1024
NAME = re.compile(r"[0-9a-z_-]{1,80}")
GONE = ("NoSuchKey", "NoSuchObject")


class FileGone(LookupError):
    """The store has no such file."""


class FileStore(Protocol):
    """`place` is the instance's schema name; the same content under the same name may be put twice."""

    def put(self, place: str, name: str, stream: IO[bytes], size: int) -> None: ...

    @contextmanager
    def open(self, place: str, name: str) -> Iterator[Iterator[bytes]]:
        """The content in chunks. Raises FileGone."""
        ...

    def delete(self, place: str, name: str) -> None:
        """Gone afterwards, whether or not it was there."""
        ...

    def names(self, place: str) -> Iterator[tuple[str, datetime]]:
        """Every file of the instance, and since when it lies there."""
        ...


class LocalFiles:
    """A folder with one folder for each instance."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, place: str, name: str, stream: IO[bytes], size: int) -> None:
        """Written beside, flushed to the disk and renamed: a file is whole or not there."""
        target = self._path(place, name)
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.NamedTemporaryFile(dir=target.parent, prefix="tmp-", delete=False) as file:
            try:
                copyfileobj(stream, file, CHUNK)
                file.flush()
                os.fsync(file.fileno())
                Path(file.name).replace(target)
            except BaseException:
                Path(file.name).unlink(missing_ok=True)
                raise

    @contextmanager
    def open(self, place: str, name: str) -> Iterator[Iterator[bytes]]:
        try:
            file = self._path(place, name).open("rb")
        except FileNotFoundError as failure:
            raise FileGone(name) from failure
        with file:
            yield iter(lambda: file.read(CHUNK), b"")

    def delete(self, place: str, name: str) -> None:
        self._path(place, name).unlink(missing_ok=True)

    def names(self, place: str) -> Iterator[tuple[str, datetime]]:
        folder = self.folder / checked(place)
        for path in sorted(folder.iterdir()) if folder.is_dir() else ():
            with suppress(FileNotFoundError):
                yield path.name, datetime.fromtimestamp(path.stat().st_mtime, UTC)

    def _path(self, place: str, name: str) -> Path:
        return self.folder / checked(place) / checked(name)


class S3Files:
    """A bucket, with the instance's name in front of each key."""

    def __init__(self, client: Minio, bucket: str) -> None:
        self.client = client
        self.bucket = bucket

    def put(self, place: str, name: str, stream: IO[bytes], size: int) -> None:
        self.client.put_object(self.bucket, self._key(place, name), cast(BinaryIO, stream), size)

    @contextmanager
    def open(self, place: str, name: str) -> Iterator[Iterator[bytes]]:
        try:
            answer = self.client.get_object(self.bucket, self._key(place, name))
        except S3Error as failure:
            if failure.code in GONE:
                raise FileGone(name) from failure
            raise
        try:
            yield answer.stream(CHUNK)
        finally:
            answer.close()
            answer.release_conn()

    def delete(self, place: str, name: str) -> None:
        self.client.remove_object(self.bucket, self._key(place, name))

    def names(self, place: str) -> Iterator[tuple[str, datetime]]:
        for found in self.client.list_objects(self.bucket, prefix=f"{checked(place)}/"):
            if found.object_name and found.last_modified:
                yield found.object_name.rpartition("/")[2], found.last_modified

    def _key(self, place: str, name: str) -> str:
        return f"{checked(place)}/{checked(name)}"


def checked(name: str) -> str:
    """A name that is no path, whoever made it."""
    if not NAME.fullmatch(name):
        raise ValueError(f"not the name of a file or a place: {name!r}")
    return name


def files_of(settings: Settings) -> FileStore:
    """The store that the settings name."""
    return _store(settings.files)


@cache
def _store(address: str) -> FileStore:
    """`s3://key:secret@host/bucket?region=...` (`s3+http` without TLS), or a folder."""
    parts = urlsplit(address)
    if parts.scheme not in ("s3", "s3+http"):
        return LocalFiles(Path(address))
    client = Minio(
        parts.netloc.rpartition("@")[2],
        access_key=unquote(parts.username or ""),
        secret_key=unquote(parts.password or ""),
        secure=parts.scheme == "s3",
        region=parse_qs(parts.query).get("region", ["us-east-1"])[0],
    )
    return S3Files(client, parts.path.strip("/"))
