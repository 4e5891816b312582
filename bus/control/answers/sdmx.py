"""Figures of reports as SDMX."""

from __future__ import annotations

from typing_extensions import TypedDict


class Exported(TypedDict):
    """A version of a report as text."""

    report_id: str
    version: int
    message: str
    text: str


class Structure(TypedDict):
    """A form as the structure its figures follow."""

    form: str
    version: str
    text: str


class ProblemSaid(TypedDict):
    """One rule broken in one place of a file."""

    rule: str
    verdict: str
    place: str
    cell: str
    text: str
    text_vi: str


class Imported(TypedDict):
    """What was read off a file; ``message`` is empty where nothing was taken."""

    right: bool
    dry_run: bool
    report_id: str
    version: int
    figures: int
    message: str
    repeated: bool
    problems: list[ProblemSaid]
