"""What an operator is told of an axis before it is used; nothing there is changed by looking."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from adapters.http.rehearsal.orders import Mode, Order
from adapters.vxp.client import AxisClient
from adapters.vxp.probe import probe
from adapters.vxp.sandbox import AxisSandbox
from adapters.vxp.sandbox_orders import Habits
from bus.clock import HandClock
from bus.endpoint import Finding
from bus.transport.fast import FastTransport
from tests.adapters.axis_partner import MINISTRY, PROVINCE, axis_sandbox, client_to, settings, tools
from tests.adapters.rest_partner import nowhere
from tests.contracts.raw_server import RawServer, answers, claim
from tests.messages import edoc

HERE, THERE = "000.00.05.H62", "000.00.00.G22"


@pytest.fixture
def axis() -> Iterator[AxisSandbox]:
    sandbox = axis_sandbox(HandClock())
    sandbox.start()
    yield sandbox
    sandbox.stop()


@pytest.fixture
def client(axis: AxisSandbox, transport: FastTransport, tmp_path: Path) -> AxisClient:
    return client_to(axis.url, transport, tmp_path)


@pytest.fixture
def look(axis: AxisSandbox, transport: FastTransport, tmp_path: Path) -> Any:
    def looked(url: str = "", clock: HandClock | None = None, **given: Any) -> dict[str, Finding]:
        means = tools(transport, tmp_path, clock)
        return {found.code: found for found in probe("axis", settings(url or axis.url, **given), means)}

    return looked


def test_an_axis_that_knows_us_and_lists(axis: AxisSandbox, client: AxisClient, look: Any) -> None:
    """Signed in, clocks agree, and sent items are there without a docId: that is to be written."""
    client.send("edoc", HERE, (THERE,), claim(edoc(HERE, (THERE,), "VB-1")))
    found = look()

    assert list(found) == ["clock", "signed_in", "list_sent"]
    assert not any(one.error for one in found.values())
    assert found["list_sent"].write == "list_sent: yes"


def test_looking_changes_nothing(axis: AxisSandbox, client: AxisClient, look: Any) -> None:
    """Two lists are asked for; nothing is fetched, acked or sent."""
    client.send("edoc", HERE, (HERE,), claim(edoc(HERE, (HERE,), "VB-1")))
    before = axis.account()
    assert "1" in look()["signed_in"].words
    after = axis.account()

    assert after["copies"] == before["copies"]
    assert after["calls"] == {"sendEdoc": 1, "getReceivedEdocList": 1, "getSentEdocList": 1}


@pytest.mark.parametrize(("claimed", "wrong"), [("yes", True), ("unknown", False)])
def test_an_axis_that_wants_a_doc_id(axis: AxisSandbox, look: Any, claimed: str, wrong: bool) -> None:
    """Unknown it stays; routes that say otherwise are wrong."""
    axis.form(Habits(lists_sent=False))
    found = look(list_sent=claimed)["list_sent"]

    assert (found.error, found.write) == (wrong, "list_sent: unknown")
    assert "docId is missing" in found.words


def test_an_empty_list_proves_nothing(look: Any) -> None:
    """It may be how this axis says no, and a wrong yes would send documents twice."""
    found = look(list_sent="yes")["list_sent"]
    assert (found.error, found.write) == (False, "list_sent: unknown")


def test_a_secret_of_another(look: Any) -> None:
    """The signature is not taken: said so, with the axis's words, and no more is asked."""
    found = look(secret=f"file:{MINISTRY}")
    assert list(found) == ["clock", "wrong_secret"]
    assert found["wrong_secret"].error
    assert PROVINCE in found["wrong_secret"].words


def test_a_secret_that_is_not_there(axis: AxisSandbox, look: Any, tmp_path: Path) -> None:
    """The missing files are named, and nothing is called."""
    found = look(secret=["file:new", "file:old"])
    assert list(found) == ["secret_missing"]
    assert str(tmp_path / "secrets" / "new") in found["secret_missing"].words
    assert str(tmp_path / "secrets" / "old") in found["secret_missing"].words
    assert axis.account()["calls"] == {}


@pytest.mark.parametrize(
    ("minutes", "code", "error"), [(0, "clock", False), (3, "clock_skew", False), (-12, "clock_skew", True)]
)
def test_clocks_that_differ(look: Any, minutes: int, code: str, error: bool) -> None:
    """By how much and which way; an error where sent items could no longer be compared."""
    clock = HandClock()
    clock.move(timedelta(minutes=-minutes))
    found = look(clock=clock)[code]

    assert found.error is error
    assert bool(found.write) is error
    assert minutes == 0 or f"{abs(minutes) * 60} seconds {'ahead of' if minutes > 0 else 'behind'}" in found.words


@pytest.mark.parametrize("told", ["soon", "Mon, 01 Jan 99999999999999 00:00:00 GMT"])
def test_a_time_that_is_none(look: Any, told: str) -> None:
    """Nothing is said of the clock then, and all else is."""
    answer = f"HTTP/1.1 401 No\r\nDate: {told}\r\nContent-Length: 0\r\n\r\n"
    with RawServer(answers(answer.encode())) as server:
        found = look(server.url(""))
    assert list(found) == ["wrong_secret"]


def test_an_axis_that_minds_the_time(axis: AxisSandbox, look: Any) -> None:
    """Turned away for the clock: the skew stands beside the signature that was not taken."""
    axis.form(Habits(skew=60))
    clock = HandClock()
    clock.move(-3600)
    assert list(look(clock=clock)) == ["clock_skew", "wrong_secret"]


@pytest.mark.parametrize(("mode", "code"), [(Mode.DOWN, "unreachable"), (Mode.BUSY, "no_list"), (Mode.HTML, "no_list")])
def test_an_axis_that_does_not_answer_well(axis: AxisSandbox, look: Any, mode: Mode, code: str) -> None:
    """What came instead of a list is told, not thrown."""
    axis.order(Order(mode=mode))
    assert look()[code].error


def test_nobody_listens(look: Any) -> None:
    """So it is said."""
    assert list(look(url=nowhere())) == ["unreachable"]
