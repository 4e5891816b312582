"""The journal contract on PostgreSQL, and what only holds where several daemons write."""

from __future__ import annotations

import pytest

from tests.contracts.journal import JournalContract


class TestPostgresJournal(JournalContract):
    @pytest.fixture
    def database_url(self, postgres_url: str) -> str:
        return postgres_url
