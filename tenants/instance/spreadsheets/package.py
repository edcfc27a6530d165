"""The XLSX package as a zip: sizes, macros and entities, looked at before anything opens it as a workbook."""

from io import BytesIO
from zipfile import BadZipFile, ZipFile, ZipInfo
from zlib import error as ZlibError

from tenants.instance.spreadsheets.limits import MEBIBYTE, Limits
from tenants.instance.spreadsheets.refused import DamagedWorkbook, MacroWorkbook, Refused, UnpacksTooLarge

_CHUNK = 1024 * 1024
_DAMAGED = (BadZipFile, ZlibError, EOFError, OSError, ValueError, NotImplementedError, RuntimeError)


def check_package(data: bytes, limits: Limits) -> None:
    """Refuse by the directory first, then unpack every part once, counting, so that a false directory is found out."""
    try:
        with ZipFile(BytesIO(data)) as package:
            parts = package.infolist()
            _check_directory(parts, len(data), limits)
            _check_parts(package, parts, limits)
    except _DAMAGED:
        raise Refused(DamagedWorkbook()) from None


def _check_directory(parts: list[ZipInfo], packed: int, limits: Limits) -> None:
    if len(parts) > limits.entries:
        raise Refused(UnpacksTooLarge(measure="entries", found=len(parts), limit=limits.entries))
    _check_size(sum(part.file_size for part in parts), packed, limits)
    for part in parts:
        name = part.filename.lower()
        if name.endswith("vbaproject.bin") or name.startswith(("xl/macrosheets/", "xl/dialogsheets/")):
            raise Refused(MacroWorkbook(part=part.filename))


def _check_size(unpacked: int, packed: int, limits: Limits) -> None:
    if unpacked > limits.unpacked_bytes:
        raise Refused(UnpacksTooLarge(measure="bytes", found=unpacked, limit=limits.unpacked_bytes))
    if unpacked > MEBIBYTE and unpacked > packed * limits.unpacked_ratio:
        raise Refused(UnpacksTooLarge(measure="ratio", found=unpacked // packed, limit=limits.unpacked_ratio))


def _check_parts(package: ZipFile, parts: list[ZipInfo], limits: Limits) -> None:
    unpacked = 0
    packed = sum(part.compress_size for part in parts) or 1
    for part in parts:
        with package.open(part) as stream:
            first = True
            while chunk := stream.read(_CHUNK):
                unpacked += len(chunk)
                _check_size(unpacked, packed, limits)
                if first:
                    _check_start(part.filename, chunk)
                first = False


def _check_start(name: str, chunk: bytes) -> None:
    if name == "[Content_Types].xml" and b"macroenabled" in chunk.lower():
        raise Refused(MacroWorkbook(part=name))
    if name.lower().endswith((".xml", ".rels")) and (b"<!DOCTYPE" in chunk or b"<!ENTITY" in chunk):
        raise Refused(DamagedWorkbook())  # no spreadsheet program writes these; entities are an attack
