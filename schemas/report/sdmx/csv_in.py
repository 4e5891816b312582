"""SDMX-CSV to records: 2.x (STRUCTURE, STRUCTURE_ID) and 1.0 (DATAFLOW). Every cell is text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from schemas.report.sdmx.records import BOUNDS, TAKING_BACK, Record, Records, check_bytes, takes_back
from schemas.sheets import text
from schemas.sheets.cells import FileInvalid, place

_STRUCTURES = ("STRUCTURE_ID", "DATAFLOW")
#: What a heading may add to its code: ``CODE: words``.
_LABEL = ": "


def read_csv(data: bytes) -> Records:
    """What the file says. Raises FileInvalid."""
    check_bytes(data)
    lines = text.rows(data, BOUNDS)
    heading = [one.partition(_LABEL)[0].strip() for one in next(lines, ())]
    named = next((name for name in _STRUCTURES if name in heading), "")
    if twice := sorted({one for one in heading if one and heading.count(one) > 1}):
        words = ", ".join(twice)[:200]
        raise FileInvalid(f"row 1: {words} stands there twice", f"dòng 1: cột {words} bị lặp")
    if not named:
        raise FileInvalid("row 1: there is no STRUCTURE_ID", "dòng 1: thiếu cột STRUCTURE_ID")
    rows = tuple(_records(heading, lines))
    if any(row.get("ACTION") in TAKING_BACK for row in rows):
        raise takes_back()
    structures = frozenset(row.get(named).partition(_LABEL)[0] for row in rows)
    return Records(structures, rows, {name: place(1, column) for column, name in enumerate(heading, 1) if name})


def _records(heading: Sequence[str], lines: Iterator[Sequence[str]]) -> Iterator[Record]:
    columns = {name: column for column, name in enumerate(heading, 1) if name}
    for number, line in enumerate(lines, 2):
        if any(line[len(heading) :]):
            raise FileInvalid(
                f"row {number}: there is more in it than the heading has columns",
                f"dòng {number}: nhiều ô hơn số cột ở dòng tiêu đề",
            )
        if any(line):
            said = {name: cell for name, cell in zip(heading, line, strict=False) if name and cell}
            yield Record((said,), number, columns)
