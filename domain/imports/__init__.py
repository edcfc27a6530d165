"""Importing hierarchy and measures: read a table, map its columns, check every row, plan all or nothing.

read_table (tenants.instance.spreadsheets) -> guess_mapping -> check -> plan_import, with rejected_rows beside it.
"""

from domain.imports.checked import Checked, checked, checked_from_json, checked_to_json, fingerprint
from domain.imports.checking import check
from domain.imports.corrected import ColumnsNotInFile, RowsNotInFile, bring_back, is_corrections
from domain.imports.fields import Field
from domain.imports.guess import guess_mapping
from domain.imports.kinds import ImportKind
from domain.imports.mapping import ColumnMapping, DateOrder, MappingUnreadable, MappingUnusable, from_json, to_json
from domain.imports.plan import (
    ImportPlan,
    NothingToImport,
    PlannedLine,
    PlannedMeasure,
    PlannedMilestone,
    RowsToCorrect,
    UnknownRows,
    plan_import,
    spread,
)
from domain.imports.preview import FileNote, ImportPreview, NewPerson, NodeSum, PreviewRow, RowState
from domain.imports.problems import Reason, RowProblem, Severity
from domain.imports.reference import KnownPerson, MeasureKey, NodePath, ReferenceData, measure_key
from domain.imports.rejected import RejectedRows, rejected_rows
from domain.table import DecimalMark, Table, TableRow, decimal_mark_hint, table_from_json, table_to_json

__all__ = [
    "Checked",
    "ColumnMapping",
    "ColumnsNotInFile",
    "DateOrder",
    "DecimalMark",
    "Field",
    "FileNote",
    "ImportKind",
    "ImportPlan",
    "ImportPreview",
    "KnownPerson",
    "MappingUnreadable",
    "MappingUnusable",
    "MeasureKey",
    "NewPerson",
    "NodePath",
    "NodeSum",
    "NothingToImport",
    "PlannedLine",
    "PlannedMeasure",
    "PlannedMilestone",
    "PreviewRow",
    "Reason",
    "ReferenceData",
    "RejectedRows",
    "RowProblem",
    "RowState",
    "RowsNotInFile",
    "RowsToCorrect",
    "Severity",
    "Table",
    "TableRow",
    "UnknownRows",
    "bring_back",
    "check",
    "checked",
    "checked_from_json",
    "checked_to_json",
    "decimal_mark_hint",
    "fingerprint",
    "from_json",
    "guess_mapping",
    "is_corrections",
    "measure_key",
    "plan_import",
    "rejected_rows",
    "spread",
    "table_from_json",
    "table_to_json",
    "to_json",
]
