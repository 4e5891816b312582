"""What tests of partners have in common: a transport of their own, and a partner that takes figures of reports."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from adapters.http.rehearsal import Rehearsal
from adapters.http.rehearsal.figures import Figures
from bus.clock import HandClock
from bus.transport import Transport
from bus.transport.fast import FastTransport
from tests.adapters.played import tokens


@pytest.fixture
def transport() -> Iterator[Transport]:
    made = FastTransport()
    yield made
    made.close()


@pytest.fixture
def figures() -> Iterator[Rehearsal[Figures]]:
    played = Rehearsal(Figures(tokens(HandClock()), [("000.00.05.H46", "Sở Nội vụ")]))
    played.start()
    yield played
    played.stop()
