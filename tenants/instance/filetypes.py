"""Is a file what its name says? By its content: signatures, the parts of an Office package, text that is text."""

from typing import IO
from zipfile import BadZipFile, ZipFile

from domain.evidence import FileKind

HEAD = 4096
SIGNATURES = {
    FileKind.PDF: b"%PDF-",
    FileKind.PNG: b"\x89PNG\r\n\x1a\n",
    FileKind.JPG: b"\xff\xd8\xff",
    FileKind.MSG: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",  # an OLE compound file
}
MAIN_PARTS = {
    FileKind.XLSX: "xl/workbook.xml",
    FileKind.DOCX: "word/document.xml",
    FileKind.PPTX: "ppt/presentation.xml",
}
OUTLOOK = "__properties_version1.0".encode("utf-16-le")  # a stream that every message has and no other OLE file
MARKUP = (b"<!doctype html", b"<html", b"<script", b"<svg", b"<?xml", b"<?php", b"<!--", b"#!", b"mz\x90")
MAIL_HEADERS = (b"from:", b"received:", b"return-path:", b"date:", b"subject:", b"message-id:", b"mime-version:")
MOST_PARTS = 10_000


def is_kind(stream: IO[bytes], kind: FileKind) -> bool:
    """Look at the content from the beginning; the stream is left at its start."""
    stream.seek(0)
    head = stream.read(HEAD)
    try:
        if kind in MAIN_PARTS:
            return is_package(stream, MAIN_PARTS[kind])
        if kind is FileKind.MSG:
            return head.startswith(SIGNATURES[kind]) and is_message(stream)
        if kind in SIGNATURES:
            return head.startswith(SIGNATURES[kind])
        return is_text(stream) and not is_markup(head) and (kind is not FileKind.EML or is_mail(head))
    finally:
        stream.seek(0)


def is_package(stream: IO[bytes], main: str) -> bool:
    """An Office package of that kind, without macros; nothing in it is unpacked."""
    try:
        with ZipFile(stream) as package:
            names = {part.filename.lower() for part in package.infolist()}
    except (BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError):
        return False
    has_macros = any(name.endswith(("vbaproject.bin", ".bas", ".exe", ".dll", ".js")) for name in names)
    return len(names) <= MOST_PARTS and {"[content_types].xml", main} <= names and not has_macros


def is_message(stream: IO[bytes]) -> bool:
    stream.seek(0)
    before = b""
    while chunk := stream.read(1024 * 1024):
        if OUTLOOK in before + chunk:
            return True
        before = chunk[-len(OUTLOOK) :]
    return False


def is_text(stream: IO[bytes]) -> bool:
    """No control characters but line ends and tabs, in UTF-8 or one byte a character."""
    stream.seek(0)
    allowed = {9, 10, 12, 13}
    controls = bytes(code for code in range(32) if code not in allowed)
    while chunk := stream.read(1024 * 1024):
        if len(chunk.translate(None, controls)) != len(chunk):
            return False
    return True


def is_markup(head: bytes) -> bool:
    """What a browser or a shell would carry out, whatever it is called."""
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    return start.startswith(MARKUP)


def is_mail(head: bytes) -> bool:
    lines = head.lower().splitlines()[:60]
    return any(line.startswith(MAIL_HEADERS) for line in lines)
