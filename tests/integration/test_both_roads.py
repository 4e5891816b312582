"""Sending a message is answered alike on the road past ASGI and on the other: the same requests over both."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from bus.config import Settings
from bus.daemon import Daemon
from tests.buses import home, running
from tests.messages import RECIPIENT, SENDER, edoc
from tests.wires import exchanged, request

T = TypeVar("T")

#: A query, which nobody reads, is enough for a call to be taken apart for ASGI.
PATH = "/api/v1/messages"
BY_ASGI = f"{PATH}?"
KEY = "X-Bus-Key: k-1"
LARGEST = 20_000
_MADE = re.compile(rb"[0-9a-hjkmnp-tv-z]{26}|\d{4}-\d\d-\d\dT[0-9:.]+\+00:00")


def settings_of(folder: Path, **more: object) -> Settings:
    settings = home(folder).model_copy(update=more)
    settings.secrets.mkdir(mode=0o700)
    for name, key in (("so-noi-vu", "k-1"), ("so-tai-chinh", "k-2")):
        (settings.secrets / name).write_text(key)
        (settings.secrets / name).chmod(0o600)
    return settings


@pytest.fixture(scope="module")
def bus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daemon]:
    with running(settings_of(tmp_path_factory.mktemp("roads"), max_bytes=LARGEST, max_failed_signins=10_000)) as daemon:
        yield daemon


def said(daemon: Daemon, path: str, body: bytes, *lines: str) -> bytes:
    """The answer to a call."""
    assert daemon.server
    return exchanged(daemon.server.port, request(path, body, *lines))


def both(daemon: Daemon, body: bytes, *lines: str) -> tuple[bytes, bytes]:
    """The answers on either road."""
    return said(daemon, PATH, body, *lines), said(daemon, BY_ASGI, body, *lines)


def document(number: int) -> bytes:
    return edoc(document_id=f"{SENDER},2026/01/01,{number}")


def without_what_was_made(answer: bytes) -> bytes:
    """Ids and instants differ from one document to the next."""
    return _MADE.sub(b"?", answer)


REFUSED = {
    "no key": (edoc(), []),
    "another's key": (edoc(), ["X-Bus-Key: k-3"]),
    "the first key counts": (edoc(), ["X-Bus-Key: k-3", KEY]),
    "not its agency": (edoc(sender=RECIPIENT), [KEY]),
    "unknown recipient": (edoc(), [KEY, "X-Bus-Recipients: 000.00.01.H99, 000.00.02.H99"]),
    "no recipient": (edoc(recipients=[]), [KEY]),
    "secret": (edoc(), [KEY, "x-bus-secrecy: mật".encode().decode("latin-1")]),
    "expired": (edoc(), [KEY, "X-Bus-Expires: 2020-01-01T00:00:00Z"]),
    "no moment": (edoc(), [KEY, "X-Bus-Expires: soon"]),
    "long key": (edoc(), [KEY, f"Idempotency-Key: {'x' * 300}"]),
    "empty": (b"", [KEY]),
    "no XML": (b"document", [KEY]),
    "not edXML": (b"<edXML/>", [KEY]),
    "a DOCTYPE": (b"<!DOCTYPE a><a/>", [KEY]),
    "too large": (b"x" * (LARGEST + 1), [KEY]),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_refusal_is_the_same_on_both_roads(bus: Daemon, name: str) -> None:
    """To the byte: status, headers and problem; and both are counted."""
    body, lines = REFUSED[name]
    first, second = both(bus, body, *lines)

    assert first == second
    assert first.startswith(b"HTTP/1.1 4")
    assert b"content-type: application/problem+json\r\n" in first


def test_a_receipt_is_the_same_on_both_roads(bus: Daemon) -> None:
    """But for the ids and instants of two documents."""
    lines = [KEY, f"X-BUS-RECIPIENTS: {RECIPIENT}", "content-type: application/xml"]
    first = said(bus, PATH, document(1), *lines)
    second = said(bus, BY_ASGI, document(2), *lines)

    assert without_what_was_made(first) == without_what_was_made(second)
    assert first.startswith(b"HTTP/1.1 202")
    assert b"location: /api/v1/messages/" in first


@pytest.mark.parametrize(("path", "number"), [(PATH, 3), (BY_ASGI, 4)])
def test_a_call_is_known_again_on_both_roads(bus: Daemon, path: str, number: int) -> None:
    """Wherever it came first: by its key, under which no other body comes in either."""
    lines = [KEY, f"Idempotency-Key: {number}"]
    receipt = said(bus, path, document(number), *lines)
    again, by_asgi = both(bus, document(number), *lines)
    reused, reused_by_asgi = both(bus, document(9), *lines)

    assert again == by_asgi
    assert set(_MADE.findall(again)) == set(_MADE.findall(receipt))
    assert reused == reused_by_asgi
    assert b"call.key_reused" in reused


def test_calls_are_counted_on_both_roads(bus: Daemon) -> None:
    """Accepted and refused alike."""

    def counts() -> list[float]:
        value = bus.metrics.registry.get_sample_value
        accepted = value("bus_messages_accepted_total", {"face": "api", "type": "edoc"})
        return [accepted or 0, value("bus_messages_rejected_total", {"face": "api", "code": "body.empty"}) or 0]

    before = counts()
    both(bus, document(5), KEY)
    both(bus, b"", KEY)

    assert [now - then for now, then in zip(counts(), before, strict=True)] == [2, 2]


def test_there_are_two_roads(bus: Daemon, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is compared here is not one road with itself."""
    roads: list[str] = []
    for name in ("take", "receive"):
        monkeypatch.setattr(bus.doors, name, noted(roads, name, getattr(bus.doors, name)))
    both(bus, document(6), KEY)

    assert roads == ["take", "receive"]


def noted(roads: list[str], name: str, way: Callable[..., T]) -> Callable[..., T]:
    def go(*args: object, **more: object) -> T:
        roads.append(name)
        return way(*args, **more)

    return go


def test_what_there_is_no_room_for_is_put_off_on_both_roads(tmp_path: Path) -> None:
    """With 503 and when to come again; who fails to sign in too often is told so before."""
    with running(settings_of(tmp_path, disk_reserve=1 << 60, max_failed_signins=2)) as daemon:
        first, second = both(daemon, edoc(), KEY)
        assert first == second
        assert first.startswith(b"HTTP/1.1 503")
        assert b"retry-after: 30\r\n" in first

        for answer in both(daemon, edoc(), "X-Bus-Key: k-3"):
            assert b"auth.unknown_partner" in answer
        throttled, by_asgi = both(daemon, edoc(), "X-Bus-Key: k-3")
        assert throttled == by_asgi
        assert throttled.startswith(b"HTTP/1.1 429")
        assert both(daemon, edoc(), KEY) == (first, second)


def test_what_nobody_foresaw_is_no_riddle_on_either_road(bus: Daemon, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault of the bus is said in the door's words."""

    def broken(*_: object) -> None:
        raise RuntimeError("a fault")

    monkeypatch.setattr(bus.doors, "accept", broken)
    first, second = both(bus, edoc(), KEY)

    assert first == second
    assert first.startswith(b"HTTP/1.1 500")
    assert b'"code":"bus.fault"' in first
