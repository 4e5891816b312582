"""The journal contract on SQLite, in a file as in production."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bus.journal import Journal
from tests.contracts.journal import JournalContract
from tests.journals import in_file


class TestSqliteJournal(JournalContract):
    @pytest.fixture
    def journal(self, tmp_path: Path) -> Iterator[Journal]:
        journal = in_file(tmp_path / "journal.db")
        yield journal
        journal.close()
