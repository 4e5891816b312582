"""What a message says of a report: which one, in which version, and whether it was returned.

A report's business key is ``regime|form|period|unit|version``; the reader of its body puts its parts into the summary. A word on a
report has the version and the state there, and the id of the report as its key.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bus.journal.expectation_reads import DATA, STATUS, Told
from schemas.report.states import State

_PARTS = ("regime", "form", "period", "unit")
#: Enough for every version there will be, and no more than the journal can hold.
_VERSION = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class Reported:
    """A report that came, or a word on one."""

    regime: str
    form: str
    period: str
    unit: str
    version: int
    #: Of a word on it, as ``schemas.report.states`` has it; empty for data.
    state: str = ""

    @property
    def returned(self) -> bool:
        """Whether it was given back to be corrected."""
        return self.state == State.RETURNED


def reported(told: Told) -> Reported | None:
    """What a message says of a report; None where it says nothing."""
    if told.type not in (DATA, STATUS):
        return None
    regime, form, period, unit = (str({**told.about, **told.view}.get(part, "")) for part in _PARTS)
    version = str(told.view.get("version", ""))
    if not (regime and form and period and unit and _VERSION.fullmatch(version)):
        return None
    state = str(told.view.get("state", "")) if told.type == STATUS else ""
    return Reported(regime, form, period, unit, int(version), state.upper())
