"""Tokens and sessions that die while they are used: renewed once, by one thread for all, and never in a loop."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import orjson
import pytest

from adapters.http.settings import HttpSettings
from adapters.http.stage import Head, Reply
from bus.clock import HandClock
from bus.errors import FailureClass, OutcomeUnknown, Unreachable
from bus.transport import Transport
from tests.adapters.http_partner import DUPLICATE, OAUTH2, SUCCESS, Playing, said, settings, sink_of
from tests.contracts.sink import delivery, sent

THREADS = 12
SESSION = {
    "kind": "session",
    "login": {"method": "POST", "path": "/login", "body": {"kind": "json", "value": {"password": "{pass}"}}},
    "secrets": {"pass": "file:lgsp"},
    "value": "data.session",
    "lifetime": "10m",
}
SEND = {
    "call": {
        "method": "POST",
        "path": "/send/{docId}",
        "body": {"kind": "json", "value": {"session": "{session}", "edxml": "{edxml.base64}"}},
    }
}
ANSWERS = {
    "success": SUCCESS,
    "duplicate": DUPLICATE,
    "expired": [{"status": 401}, {"path": "error.code", "values": ["E-SESSION"]}],
    "remote_id": "data.id",
}


class Guard:
    """Stands before a partner that wants a session in each body; ``kept``: for how many calls it knows one."""

    def __init__(self, partner: Playing) -> None:
        self._usual: Callable[[Head, bytes], Reply] = partner.peer.answer
        self.logins = 0
        self.alive = ""
        self.kept = -1
        partner.peer.answer = self.answer  # type: ignore[method-assign]

    def answer(self, head: Head, body: bytes) -> Reply:
        if head.path == "/login":
            self.logins += 1
            self.alive = f"s-{self.logins}"
            return said({"session": self.alive})
        if self.kept == 0 or orjson.loads(body)["session"] != self.alive:
            return Reply(200, {"error": {"code": "E-SESSION", "message": "phiên đã hết"}})
        return self._usual(head, body)


@pytest.fixture
def partner() -> Iterator[Playing]:
    playing = Playing()
    yield playing
    playing.stop()


def with_session(partner: Playing, *before: Any) -> HttpSettings:
    return settings(partner.url, auth=[*before, SESSION], send=SEND, answers=ANSWERS)


def calls(partner: Playing) -> list[str]:
    """What the partner was called for since this was last asked."""
    told = [head.path.split("/")[1] for head in partner.peer.heads]
    partner.peer.heads.clear()
    return told


def test_a_session_that_died_costs_one_login(partner: Playing, transport: Transport, tmp_path: Path) -> None:
    """The refused call is made once more with the new session, and the document is there once."""
    guard = Guard(partner)
    sink = sink_of(with_session(partner), transport, tmp_path)
    sent(sink, delivery())
    guard.alive = ""
    sent(sink, delivery(doc_id="doc-2"))
    assert calls(partner) == ["login", "send", "send", "login", "send"]
    assert [one.times for one in partner.kept()] == [1, 1]


def test_a_session_that_is_never_known_is_no_loop(partner: Playing, transport: Transport, tmp_path: Path) -> None:
    """Two logins, two calls, then the document waits as for a wrong credential; nothing is in doubt."""
    guard = Guard(partner)
    guard.kept = 0
    with pytest.raises(Unreachable) as caught:
        sink_of(with_session(partner), transport, tmp_path).send(delivery())
    assert caught.value.failure is FailureClass.AUTH
    assert not isinstance(caught.value, OutcomeUnknown)
    assert calls(partner) == ["login", "send", "login", "send"]


def test_one_login_for_all_threads(partner: Playing, transport: Transport, tmp_path: Path) -> None:
    """However many are refused with the old session: one of them logs in, and every document arrives once."""
    guard = Guard(partner)
    sink = sink_of(with_session(partner), transport, tmp_path)
    sent(sink, delivery())
    guard.alive = ""
    _all_at_once(lambda number: sent(sink, delivery(doc_id=f"doc-{number}")), range(2, 2 + THREADS))
    assert guard.logins == 2
    assert [one.times for one in partner.kept()] == [1] * (THREADS + 1)


def test_one_token_for_all_threads(partner: Playing, transport: Transport, tmp_path: Path) -> None:
    """At the start, and again when the platform forgot it."""
    sink = sink_of(settings(partner.url, auth=[OAUTH2]), transport, tmp_path)
    _all_at_once(lambda number: sent(sink, delivery(doc_id=f"doc-{number}")), range(THREADS))
    assert partner.peer.tokens == 1
    partner.peer.token = "another"
    _all_at_once(lambda number: sent(sink, delivery(doc_id=f"again-{number}")), range(THREADS))
    assert partner.peer.tokens == 2
    assert [one.times for one in partner.kept()] == [1] * 2 * THREADS


def test_a_login_behind_a_token_that_died(partner: Playing, transport: Transport, tmp_path: Path) -> None:
    """Token and session die together: the token is had anew first, for the login is refused with the old one."""
    guard = Guard(partner)
    sink = sink_of(with_session(partner, OAUTH2), transport, tmp_path)
    sent(sink, delivery())
    assert calls(partner) == ["token", "login", "send"]
    guard.alive, partner.peer.token = "", "another"
    sent(sink, delivery(doc_id="doc-2"))
    assert calls(partner) == ["send", "token", "login", "send"]


def test_a_login_that_is_due_behind_a_token_that_died(partner: Playing, transport: Transport, tmp_path: Path) -> None:
    """The login itself is what finds out: one token more, and the login once more."""
    Guard(partner)
    clock = HandClock()
    sink = sink_of(with_session(partner, OAUTH2), transport, tmp_path, clock)
    sent(sink, delivery())
    calls(partner)
    partner.peer.token = "another"
    clock.move(601)
    sent(sink, delivery(doc_id="doc-2"))
    assert calls(partner) == ["login", "token", "login", "send"]


def _all_at_once(act: Callable[[int], object], numbers: range) -> None:
    with ThreadPoolExecutor(len(numbers)) as threads:
        for done in [threads.submit(act, number) for number in numbers]:
            done.result()
