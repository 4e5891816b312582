"""What an endpoint says of reports it is sent: what its partner calls figures and periods, and which sums must be right."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from adapters.http.sections import Section, Word
from schemas.report.peer_periods import PEERS

#: A name of ours for a figure, as it stands in templates behind ``cell.``.
CellName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,99}$")]
#: What a report says whatever its form is.
REPORT = frozenset(
    {
        "report.id",
        "report.version",
        "report.regime",
        "report.form",
        "report.period",
        "report.from",
        "report.to",
        "report.unit",
        "report.dataType",
        "report.rows",
    }
)


#: Partners whose codes of periods are known.
Peer = Literal["quang-binh", "statistics", "one-stop", "prices", "sdmx"]


class SumRule(Section):
    """Figures that must be together what others are together; nothing is sent where they are not."""

    rule: Word
    total: Annotated[tuple[CellName, ...], Field(min_length=1)]
    parts: Annotated[tuple[CellName, ...], Field(min_length=1)]


class ReportSettings(Section):
    """How a report is told. Without ``periods`` the partner's own fields of a period are not at hand."""

    periods: Peer | None = None
    #: By a name for templates, the cell: ``I.1/-``, and of a breakdown ``I.1/channel=online``.
    cells: Mapping[CellName, Word] = {}
    sums: tuple[SumRule, ...] = ()
    #: By what the partner calls a member of a row, the field of a list.
    rows: Mapping[Word, Word] = {}

    @property
    def names(self) -> frozenset[str]:
        """The names that stand for something in templates."""
        fields = PEERS[self.periods].codes.values() if self.periods else ()
        peers = {f"peer.{name}" for one in fields for name in one}
        return REPORT | peers | {f"cell.{name}" for name in self.cells}

    @property
    def unknown(self) -> frozenset[str]:
        """Names of sums that stand for no cell."""
        return frozenset(name for one in self.sums for name in (*one.total, *one.parts)) - self.cells.keys()
