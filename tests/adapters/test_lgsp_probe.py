"""What ``bus check --connect`` says of a platform before anything is sent there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from adapters.http.rehearsal import Rehearsal
from adapters.http.rehearsal.orders import Mode, Order
from adapters.lgsp import ADAPTER
from adapters.lgsp.sandbox import Platform, Unit
from bus.clock import HandClock
from bus.endpoint import Finding
from bus.transport.fast import FastTransport
from tests.adapters.http_partner import nowhere
from tests.adapters.lgsp_partner import platform, settings, tools

Look = Callable[..., list[Finding]]


@pytest.fixture
def played() -> Iterator[Rehearsal[Platform]]:
    running = platform(HandClock(), units=(Unit("H47"), Unit("H47.01")))
    running.start()
    yield running
    running.stop()


@pytest.fixture
def look(played: Rehearsal[Platform], tmp_path: Path) -> Iterator[Look]:
    transport = FastTransport()
    means = tools(transport, tmp_path, HandClock())

    def probe(url: str = "", **given: Any) -> list[Finding]:
        assert ADAPTER.probe is not None
        return list(ADAPTER.probe("lgsp", settings(url or played.url, **given), means))

    yield probe
    transport.close()


def codes(found: list[Finding]) -> list[str]:
    return [one.code for one in found]


@pytest.mark.parametrize(("sign_in", "before"), [("headers", []), ("token", ["signed_in"])])
def test_a_platform_that_knows_us(played: Rehearsal[Platform], look: Look, sign_in: str, before: list[str]) -> None:
    """It is told what waits there, and how many agencies there are; nothing is fetched, and nothing is told."""
    played.tell(lambda it: it.shelves.offer(b"<a/>"))
    found = look(sign_in=sign_in)
    assert codes(found) == [*before, "listed", "listed", "listed"]
    assert [one.words.rpartition(" ")[2] for one in found[len(before) :]] == ["1", "0", "2"]
    calls: Any = played.account()["calls"]
    assert calls.keys() <= {"token", "syncReceivedEdocList", "getAgenciesList"}


@pytest.mark.parametrize("sign_in", ["headers", "token"])
def test_a_secret_that_is_not_ours(look: Look, sign_in: str) -> None:
    """One finding, that says so and nothing of the secret."""
    (found,) = look(sign_in=sign_in, system_id="00.20.H62")
    assert (found.code, found.error) == ("wrong_secret", True)
    assert "secret of the province" not in found.words


@pytest.mark.parametrize("sign_in", ["headers", "token"])
def test_nobody_is_there(look: Look, sign_in: str) -> None:
    assert codes(look(nowhere(), sign_in=sign_in)) == ["unreachable"]


def test_a_door_that_is_closed(played: Rehearsal[Platform], look: Look) -> None:
    """403 for one list is as final as a wrong key: said, and not thrown."""
    played.order(Order(mode=Mode.FAULT, status=403, call="getAgenciesList"))
    assert codes(look()) == ["listed", "listed", "wrong_secret"]


def test_a_list_that_is_none(played: Rehearsal[Platform], look: Look) -> None:
    """A page in place of a list is an error, and the others are asked for all the same."""
    played.order(Order(mode=Mode.HTML, times=1))
    assert codes(look()) == ["no_list", "listed", "listed"]
