"""A played document-management system, and the office that looks at it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.http.rehearsal import Rehearsal
from adapters.qlvb.sandbox import DocumentSystem
from bus.clock import HandClock
from bus.transport.fast import FastTransport
from tests.adapters.qlvb_partner import CREDENTIAL, Office


@pytest.fixture
def system() -> Iterator[Rehearsal[DocumentSystem]]:
    running = Rehearsal(DocumentSystem(CREDENTIAL, HandClock().now))
    running.start()
    yield running
    running.stop()


@pytest.fixture
def office(system: Rehearsal[DocumentSystem], transport: FastTransport, tmp_path: Path) -> Office:
    return Office(system, transport, tmp_path)
