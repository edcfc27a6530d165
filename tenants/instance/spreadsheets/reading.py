"""Reading one uploaded file in this process: what it is, and its one table. For the child and for tests."""

from domain.table import Table
from tenants.instance.spreadsheets.content import is_workbook
from tenants.instance.spreadsheets.limits import Limits
from tenants.instance.spreadsheets.refused import EmptyFile, FileRefused, FileTooLarge, Refused
from tenants.instance.spreadsheets.text import read_csv
from tenants.instance.spreadsheets.workbook import read_workbook


def read_table_here(data: bytes, limits: Limits | None = None) -> Table | FileRefused:
    """Read the table, or say why not. Unbounded in memory and time but for the limits on content."""
    limits = limits or Limits()
    if len(data) > limits.file_bytes:
        return FileTooLarge(size=len(data), limit=limits.file_bytes)
    if not data.strip():
        return EmptyFile()
    try:
        return read_workbook(data, limits) if is_workbook(data) else read_csv(data, limits)
    except Refused as refused:
        return refused.refusal
