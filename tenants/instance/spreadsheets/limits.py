"""How much a file may hold, and how much the process that reads it may use."""

from dataclasses import dataclass

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Limits:
    file_bytes: int = 10 * MEBIBYTE
    rows: int = 20_000
    columns: int = 200
    cell_characters: int = 10_000
    characters: int = 30_000_000  # of all cells together
    unpacked_bytes: int = 150 * MEBIBYTE
    unpacked_ratio: int = 200  # counted only above a mebibyte: small parts may be very repetitive
    entries: int = 2_000
    memory_bytes: int = 640 * MEBIBYTE  # address space of the child
    cpu_seconds: int = 60
    wall_seconds: int = 120
