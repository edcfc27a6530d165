"""Files as people hand them in, as small as each kind can be."""

from io import BytesIO
from zipfile import ZipFile

from domain.evidence import FileKind

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
HTML = b"<!DOCTYPE html><script>alert(1)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
EXE = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00"


def package(*parts: str) -> bytes:
    stream = BytesIO()
    with ZipFile(stream, "w") as made:
        for part in ("[Content_Types].xml", *parts):
            made.writestr(part, "<x/>")
    return stream.getvalue()


GOOD = {
    FileKind.PDF: PDF,
    FileKind.PNG: b"\x89PNG\r\n\x1a\n" + b"\0" * 20,
    FileKind.JPG: b"\xff\xd8\xff\xe0" + b"\0" * 20,
    FileKind.XLSX: package("xl/workbook.xml"),
    FileKind.DOCX: package("word/document.xml"),
    FileKind.PPTX: package("ppt/presentation.xml"),
    FileKind.CSV: "Größe;Wert\n1;2\n".encode(),
    FileKind.TXT: "Seen on site.\r\n\tSigned".encode("cp1252"),
    FileKind.MSG: OLE + b"\0" * 600 + "__properties_version1.0".encode("utf-16-le"),
    FileKind.EML: b"From: a@example.org\r\nSubject: Contract\r\n\r\nSigned.",
}
