"""Copies as CSV, a page at a time, so that a list of any length takes the memory of a page."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator, Mapping
from typing import Any

from bus.cli.line import Line

_COLUMNS = (
    "copy", "message", "type", "kind", "sender", "recipient", "document_id", "subject", "endpoint", "rule", "state", "reason",
    "class", "group", "status", "attempts", "remote_id", "accepted_at", "changed_at", "next_at",
)  # fmt: skip
#: Copies that are asked for at once.
_PAGE = 1000
#: A cell that begins so is a formula to a spreadsheet.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def write(line: Line, which: Mapping[str, Any]) -> None:
    """Every copy that fits a filter on standard output, newest first."""
    out = csv.writer(sys.stdout, lineterminator="\r\n")
    out.writerow(_COLUMNS)
    for row in _rows(line, which):
        out.writerow([safe(row[name]) for name in _COLUMNS])


def safe(value: object) -> str:
    """A cell as text that no spreadsheet runs."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _rows(line: Line, which: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    after = which["after"]
    while after is not None:
        page = line.call("messages", which={**which, "limit": _PAGE, "after": after})
        yield from page["copies"]
        after = page["next"]
