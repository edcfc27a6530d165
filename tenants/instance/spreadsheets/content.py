"""What a file is, by its content and not by its name."""

from io import BytesIO
from zipfile import BadZipFile, ZipFile

from tenants.instance.spreadsheets.refused import (
    DamagedWorkbook,
    EncryptedWorkbook,
    LegacyWorkbook,
    Refused,
    WrongFileType,
)

_SIGNATURES = {
    b"%PDF": "pdf",
    b"\x89PNG": "image",
    b"\xff\xd8\xff": "image",
    b"GIF8": "image",
    b"\x1f\x8b": "archive",
    b"7z\xbc\xaf": "archive",
    b"Rar!": "archive",
    b"\x7fELF": "binary",
    b"MZ\x90\x00": "binary",
    b"{\\rtf": "rich text",
}
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def is_workbook(data: bytes) -> bool:
    """True for an XLSX package, False for what may be text; anything else is refused."""
    if data.startswith(_OLE):
        raise Refused(EncryptedWorkbook() if "EncryptedPackage".encode("utf-16-le") in data else LegacyWorkbook())
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        _refuse_other_packages(data)
        return True
    for signature, found in _SIGNATURES.items():
        if data.startswith(signature):
            raise Refused(WrongFileType(found=found))
    start = data[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype", b"<html", b"<?xml", b"<table")):
        raise Refused(WrongFileType(found="html"))
    return False


def _refuse_other_packages(data: bytes) -> None:
    try:
        with ZipFile(BytesIO(data)) as package:
            names = set(package.namelist())
    except (BadZipFile, OSError, ValueError, NotImplementedError):
        raise Refused(DamagedWorkbook()) from None
    if "xl/workbook.bin" in names:
        raise Refused(WrongFileType(found="xlsb"))
    if "mimetype" in names and "content.xml" in names:
        raise Refused(WrongFileType(found="opendocument"))
    if "[Content_Types].xml" not in names or not any(name.startswith("xl/") for name in names):
        raise Refused(WrongFileType(found="zip"))
