"""The log is there for those who read it; nobody's work hangs on it."""

from __future__ import annotations

from pathlib import Path

import structlog

from bus import log


def test_a_line_that_cannot_be_written_is_lost_and_nothing_else() -> None:
    """The writer of the journal says that a disk is full, and that disk may be the log's: it goes on all the same."""
    before = structlog.get_config()
    with Path("/dev/full").open("wb", buffering=0) as full:
        log.configure(full)
        try:
            log.get().error("journal.down", reason="its disk is full")
        finally:
            structlog.configure(**before)
