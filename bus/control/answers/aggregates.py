"""Reports that are made of others: how each stands, what it was released without, and what its figures are made of."""

from __future__ import annotations

from typing_extensions import TypedDict


class AggregateTold(TypedDict):
    """One of them. ``state``: ``waiting`` (for units), ``ready`` (it will be made now), ``made``, ``reopened`` (it was, and something came
    that cannot go yet), ``troubled``.
    """

    id: str
    rule: str
    regime: str
    form: str
    period: str
    unit: str
    state: str
    #: The latest version that was made; 0: none.
    version: int
    #: The units whose reports count, and those that owe theirs.
    units: list[str]
    missing: list[str]
    #: The units whose report was waived and is not there: nobody waits for them.
    waived: list[str]
    #: The units without which it may go, and who said so.
    released: list[str]
    released_by: str
    problem: str
    changed_at: str | None


class Aggregates(TypedDict):
    """Those that are meant, the latest changed first."""

    rows: list[AggregateTold]


class Released(TypedDict):
    """One that was released, or would be, and the units that its packet names as missing."""

    dry_run: bool
    done: int
    refused: int
    id: str
    units: list[str]
    missing: list[str]


class FigureTold(TypedDict):
    """A cell of a unit's report, and the message it came in."""

    unit: str
    message: str
    cell: str
    value: str | None
    status: str


class CellTold(TypedDict):
    """A cell, how it is made and what of."""

    cell: str
    by: str
    value: str | None
    status: str
    figures: list[FigureTold]


class RowTold(TypedDict):
    """A row of a list, and the row of the unit's list it is."""

    row: int
    unit: str
    message: str
    unit_row: int


class Traced(TypedDict):
    """A version: the message it went in, the units it names as missing, and where everything in it comes from."""

    id: str
    version: int
    #: Empty where it is under way.
    message: str
    made_at: str | None
    missing: list[str]
    #: Of these, those whose report was waived.
    waived: list[str]
    released_by: str
    cells: list[CellTold]
    rows: list[RowTold]
