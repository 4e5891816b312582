"""The platform's source keeps the source contract, and looks at its lists as the guide says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from adapters.http.rehearsal import Rehearsal
from adapters.http.rehearsal.orders import Mode, Order
from adapters.lgsp.sandbox import Platform
from bus.clock import HandClock
from bus.endpoint import Source, Tools
from bus.errors import Rejected, Unreachable
from bus.message import RemoteId
from bus.transport.fast import FastTransport
from tests.adapters.lgsp_partner import platform, source_to, tools
from tests.adapters.rest_partner import nowhere
from tests.contracts.source import HERE, RECEIPT, SourceContract, bodies, body_of, document, the_one


class Office:
    """Somebody behind the platform, who puts things there for us."""

    def __init__(self, sandbox: Rehearsal[Platform], clock: HandClock) -> None:
        self._sandbox = sandbox
        self._clock = clock

    def offer(self, body: bytes, type_: str = "edoc") -> None:
        self._sandbox.tell(lambda played: played.shelves.offer(body, type_))
        self._clock.move(1)

    def misbehave(self, how: str) -> None:
        self._sandbox.order(Order(mode=Mode(how)))

    def states(self) -> Sequence[tuple[str, str]]:
        words = {"initial": "open", "processing": "open", "done": "done", "fail": "fail"}
        offered: Any = self._sandbox.account()["offered"]
        return [(words[one["state"]], one["reason"]) for one in offered]


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def sandbox(clock: HandClock) -> Iterator[Rehearsal[Platform]]:
    running = platform(clock)
    running.start()
    yield running
    running.stop()


@pytest.fixture
def far(sandbox: Rehearsal[Platform], clock: HandClock) -> Office:
    return Office(sandbox, clock)


@pytest.fixture
def means(tmp_path: Path, clock: HandClock) -> Iterator[Tools]:
    transport = FastTransport()
    yield tools(transport, tmp_path, clock)
    transport.close()


@pytest.fixture
def source(sandbox: Rehearsal[Platform], means: Tools) -> Source:
    return source_to(sandbox.url, means, own=[HERE])


@pytest.fixture
def lost_source(means: Tools) -> Source:
    return source_to(nowhere(), means)


class TestLgspSource(SourceContract):
    pass


def test_an_item_is_known_by_the_platforms_own_id(source: Source, far: Office) -> None:
    """A repeat at the next poll is the same call."""
    far.offer(document(1))
    assert the_one(source).inbound().remote == RemoteId("lgsp", "edoc", "LGSP-R-1")


def test_lists_are_asked_for_by_days(sandbox: Rehearsal[Platform], means: Tools, far: Office, clock: HandClock) -> None:
    """From so many days back to today, as days are counted in Vietnam; what is older is not looked at."""
    far.offer(document(1))
    clock.move(timedelta(days=3))
    assert bodies(source_to(sandbox.url, means, own=[HERE], days=3)) == [document(1)]
    assert bodies(source_to(sandbox.url, means, own=[HERE], days=2)) == []


def test_a_document_may_come_as_text(clock: HandClock, means: Tools) -> None:
    """Where the platform writes it so."""
    with_text = platform(clock, edxml="text")
    with_text.start()
    try:
        Office(with_text, clock).offer(document(1))
        assert bodies(source_to(with_text.url, means, own=[HERE], edxml="text")) == [document(1)]
    finally:
        with_text.stop()


def test_a_token_that_ends_between_list_and_fetch_is_had_anew(
    sandbox: Rehearsal[Platform], means: Tools, far: Office
) -> None:
    """Nothing is skipped, nothing is told twice."""
    far.offer(document(1))
    item = the_one(source_to(sandbox.url, means, own=[HERE], sign_in="token"))
    sandbox.tell(lambda played: played.tokens.forget())
    assert body_of(item.inbound()) == document(1)
    sandbox.tell(lambda played: played.tokens.forget())
    item.settle(RECEIPT)
    assert far.states() == [("done", "")]


def test_what_cannot_be_taken_may_be_left_where_it_is(sandbox: Rehearsal[Platform], means: Tools, far: Office) -> None:
    """A platform that knows no such status is not told one."""
    far.offer(document(1))
    the_one(source_to(sandbox.url, means, own=[HERE], fail="never")).settle(Rejected("xml.malformed"))
    assert far.states() == [("open", "")]


def test_what_only_observes_tells_nothing(sandbox: Rehearsal[Platform], means: Tools, far: Office) -> None:
    """``mode: observe`` lists and fetches."""
    far.offer(document(1))
    item = the_one(source_to(sandbox.url, means, own=[HERE], mode="observe", processing=True))
    assert body_of(item.inbound()) == document(1)
    item.settle(RECEIPT)
    assert far.states() == [("open", "")]


def test_a_no_to_a_list_is_no_empty_list(source: Source, sandbox: Rehearsal[Platform], far: Office) -> None:
    """Whatever its code, and with HTTP 200."""
    far.offer(document(1))
    sandbox.order(Order(mode=Mode.REFUSE, code="10"))
    with pytest.raises(Unreachable):
        list(source.poll())
