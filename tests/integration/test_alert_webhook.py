"""Letters by HTTP to a real server: what is sent, how it is signed, and what counts as taken."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from bus.alerts.post import Undelivered
from bus.alerts.webhook import Hook
from bus.clock import MICROS, HandClock
from bus.config.channels import Webhook
from bus.journal.alerting import Letter
from bus.secret import Secrets
from bus.transport.fast import FastTransport
from tests.buses import free_port

SECRET = b"khoa-that"
LETTER = Letter("k1", "hook", "dead", "alert", "Cảnh báo", "Văn bản", made_at=1_790_000_000 * MICROS)


class Listener(ThreadingHTTPServer):
    """Answers as it is told, and keeps what it was sent."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answer = 204
        self.got: list[tuple[str, dict[str, str], bytes]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/truc"


class _Handler(BaseHTTPRequestHandler):
    server: Listener

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((self.path, {name.lower(): value for name, value in self.headers.items()}, body))
        self.send_response(self.server.answer)
        self.send_header("Location", "http://127.0.0.1:1/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_words: Any) -> None:
        """Nobody reads it."""


@pytest.fixture
def listener() -> Iterator[Listener]:
    with Listener() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def carry(url: str, folder: Path, letter: Letter = LETTER, **more: str) -> None:
    (folder / "secrets").mkdir(exist_ok=True)
    file = folder / "secrets" / "hook"
    file.write_bytes(SECRET)
    file.chmod(0o600)
    settings = Webhook.model_validate({"kind": "webhook", "url": url, **more})
    with closing(FastTransport()) as transport:
        Hook(settings, Secrets(folder), transport, HandClock()).carry(letter)


def test_what_is_posted(listener: Listener, tmp_path: Path) -> None:
    """The letter as JSON, under its id, signed with the time."""
    carry(listener.url, tmp_path, secret="file:hook")

    ((path, headers, body),) = listener.got
    assert path == "/truc"
    assert json.loads(body) == {
        "id": "k1", "rule": "dead", "kind": "alert", "at": "2026-09-21T14:13:20.000+00:00",
        "subject": "Cảnh báo", "text": "Văn bản", "file": None,
    }  # fmt: skip
    assert headers["idempotency-key"] == "k1"
    signed = f"{headers['x-bus-timestamp']}.".encode() + body
    assert headers["x-bus-signature"] == "sha256=" + hmac.new(SECRET, signed, hashlib.sha256).hexdigest()
    assert SECRET not in body + str(headers).encode()


def test_without_a_secret_nothing_is_signed(listener: Listener, tmp_path: Path) -> None:
    """Who wants to trust it says so in the routes."""
    carry(listener.url, tmp_path)

    assert "x-bus-signature" not in listener.got[0][1]


@pytest.mark.parametrize("answer", [301, 400, 500])
def test_only_a_2xx_is_taken(listener: Listener, tmp_path: Path, answer: int) -> None:
    """A redirect is not followed: the address is the configuration's."""
    listener.answer = answer
    with pytest.raises(Undelivered, match=str(answer)):
        carry(listener.url, tmp_path)
    assert len(listener.got) == 1


def test_nobody_there_and_no_secret(tmp_path: Path) -> None:
    """Both are told."""
    with pytest.raises(Undelivered, match="connect"):
        carry(f"http://127.0.0.1:{free_port()}/", tmp_path)
    with pytest.raises(Undelivered, match="file:none"):
        carry("http://127.0.0.1:1/", tmp_path, secret="file:none")
