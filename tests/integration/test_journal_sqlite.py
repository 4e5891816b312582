"""The journal contract on SQLite, in a file as in production."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.contracts.journal import JournalContract


class TestSqliteJournal(JournalContract):
    @pytest.fixture
    def database_url(self, tmp_path: Path) -> str:
        return f"sqlite:///{tmp_path / 'journal.db'}"
