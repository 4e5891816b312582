"""One group of failures, with its copies."""

from __future__ import annotations

from bus.control.answers.copies import CopyTold
from bus.control.answers.failures import GroupTold, LetterTo, NoteTold


class GroupShown(GroupTold):
    """One group: what was written of it, its newest copies, and a text for the other agency."""

    notes: list[NoteTold]
    copies: list[CopyTold]
    letter: LetterTo | None
