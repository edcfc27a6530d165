"""Spreadsheets in and out: an uploaded XLSX or CSV read safely in a confined child, and XLSX files written as text."""

from tenants.instance.spreadsheets.child import read_table
from tenants.instance.spreadsheets.limits import Limits
from tenants.instance.spreadsheets.reading import read_table_here
from tenants.instance.spreadsheets.refused import FileRefused
from tenants.instance.spreadsheets.writing import Choices, Sheet, write_xlsx

__all__ = [
    "Choices",
    "FileRefused",
    "Limits",
    "Sheet",
    "read_table",
    "read_table_here",
    "write_xlsx",
]
