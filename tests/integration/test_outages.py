"""An axis that is down for an hour: nothing is lost, nothing arrives twice, and nobody else notices."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from adapters.http.rehearsal.orders import Mode, Order
from bus import breaker
from bus.clock import MICROS
from bus.journal.notes import Condition
from tests.buses import until
from tests.contracts.face import NOI_VU, TAI_CHINH
from tests.messages import edoc
from tests.papers import PATIENCE, Wanted, fill
from tests.roads import BO, Y_TE, Road, road, sha256

HOUR = 3600
#: Longer than the breaker stays open, and than it takes until the axis is asked about a doubt.
WHILE = 300
#: One call of the axis carries all of these.
MANY = tuple(f"000.00.{number}.G22" for number in range(20, 41))


@pytest.fixture
def way(tmp_path: Path) -> Iterator[Road]:
    with road(tmp_path) as way:
        yield way


def condition(way: Road) -> Condition:
    return way.daemon.gates.condition("axis")


def outlast(way: Road, seconds: int) -> None:
    """Let so much time pass, probe by probe."""
    end = way.clock.now() + seconds * MICROS
    while way.clock.now() < end:
        until(lambda: condition(way).breaker == breaker.OPEN and (condition(way).until or 0) > way.clock.now())
        way.clock.move((min(condition(way).until or end, end) - way.clock.now()) / MICROS)


def drain(way: Road) -> None:
    """Until all has gone: time passes only where everything waits for it."""
    while set(way.states()) != {"delivered"}:
        way.clock.move(WHILE)
        until(way.idle, PATIENCE)


def arrived_once(way: Road, wanted: Sequence[Wanted]) -> None:
    """The axis has every copy once, and the account balances."""
    assert sorted((went.sha256, went.recipient) for went in way.went()) == sorted(wanted)
    assert {went.times for went in way.went()} == {1}
    way.balanced()


def others_go_on(way: Road) -> bytes:
    """A document for the mailbox, the pushed agency and the axis: the first two have it though no time passes."""
    body = edoc(NOI_VU.agency, (TAI_CHINH.agency, Y_TE.agency, BO), "VB-KHAC")
    message = way.noi_vu.send(body)
    assert way.tai_chinh.take() == [body]
    until(lambda: way.trace(message)[Y_TE.agency]["state"] == "delivered")
    assert way.pushed() == [(Y_TE.agency, sha256(body), 1)]
    assert [way.trace(message)[code]["attempts"] for code in (TAI_CHINH.agency, Y_TE.agency)] == [0, 1]
    return body


def sit_out(way: Road, mode: Mode, number: int, recipients: Sequence[str], seconds: int = HOUR) -> None:
    """So many documents, a time without the axis, and the axis again: everything arrives, and once."""
    way.axis.order(Order(mode=mode))
    wanted = fill(way.daemon.ingress, number, recipients)
    outlast(way, WHILE)
    body = others_go_on(way)
    outlast(way, seconds - WHILE)
    assert way.states().get("delivered") == 2
    way.axis.order(Order())
    drain(way)
    arrived_once(way, [*wanted, (sha256(body), BO)])


def test_five_thousand_wait_for_an_hour(way: Road) -> None:
    """The axis is too busy to take anything; few calls are made meanwhile, and then everything goes."""
    sit_out(way, Mode.BUSY, 5040 // len(MANY), MANY)
    assert way.axis.account()["calls"]["sendEdoc"] < 300


@pytest.mark.parametrize("mode", [Mode.DOWN, Mode.LOST])
def test_what_may_have_arrived_is_asked_about(way: Road, mode: Mode) -> None:
    """The axis hangs up before it has a document, or after: it is asked, and gets what it has not."""
    sit_out(way, mode, 90, (BO,), seconds=2 * WHILE)
    assert way.axis.account()["calls"]["getSentEdocList"] > 0


@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.parametrize("mode", [Mode.BUSY, Mode.DOWN, Mode.LOST])
def test_five_thousand_documents_wait_for_an_hour(way: Road, mode: Mode) -> None:
    """The same with a call for each, however the axis is down."""
    sit_out(way, mode, 5000, (BO,))
