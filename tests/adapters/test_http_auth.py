"""Tokens, sessions and signatures of the HTTP engine: had once, renewed once, and never at the cost of a document."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from adapters.http.held import Fresh, Held
from adapters.http.sink import build_sink
from adapters.http.source import build_source
from adapters.http.stage import Reply
from bus.clock import HandClock
from bus.endpoint import Answer, Pusher
from bus.errors import FailureClass, OutcomeUnknown, Unreachable
from bus.transport import Transport
from tests.adapters.http_partner import OAUTH2, SECRET, Playing, nowhere, receiving, settings, sink_of, tools
from tests.contracts.sink import delivery, sent


@pytest.fixture
def partner() -> Iterator[Playing]:
    playing = Playing()
    yield playing
    playing.stop()


def calls(partner: Playing) -> list[str]:
    return [head.path.split("/")[1] for head in partner.peer.heads]


@pytest.mark.parametrize("client_auth", ["basic", "form"])
def test_a_token_is_had_once_and_renewed_when_it_is_said_to_be_invalid(
    partner: Playing, transport: Transport, tmp_path: Path, client_auth: str
) -> None:
    """Many documents, one token; a token that ends before its time costs one refused call, and no attempt."""
    sink = sink_of(settings(partner.url, auth=[{**OAUTH2, "client_auth": client_auth}]), transport, tmp_path)
    sent(sink, delivery())
    sent(sink, delivery(doc_id="doc-2"))
    partner.peer.token = "another"
    sent(sink, delivery(doc_id="doc-3"))
    assert calls(partner) == ["token", "send", "send", "send", "token", "send"]


def test_a_fault_code_is_as_good_as_401(partner: Playing, transport: Transport, tmp_path: Path) -> None:
    """Where the gateway says 900901 under HTTP 200."""
    partner.peer.expired = Reply(200, {"fault": {"code": "900901"}})
    answers = {
        **settings(partner.url).answers.model_dump(by_alias=True),
        "expired": {"path": "fault.code", "values": [900901]},
    }
    sink = sink_of(settings(partner.url, auth=[OAUTH2], answers=answers), transport, tmp_path)
    sent(sink, delivery())
    partner.peer.token = "another"
    sent(sink, delivery(doc_id="doc-2"))
    assert partner.peer.tokens == 2


def test_a_token_is_used_until_shortly_before_its_end(partner: Playing, transport: Transport, tmp_path: Path) -> None:
    """Of an hour the last minute is left; of ten seconds half is used; the answer may say it as text."""
    clock = HandClock()
    sink = sink_of(settings(partner.url, auth=[OAUTH2]), transport, tmp_path, clock)
    for expires_in, moved, tokens in (("3600", 0, 1), ("10", 3539, 1), ("10", 1, 2), (10, 4, 2), (10, 2, 3)):
        partner.peer.expires_in = expires_in
        clock.move(moved)
        sent(sink, delivery())
        assert partner.peer.tokens == tokens


def test_a_second_no_is_the_answer(partner: Playing, transport: Transport, tmp_path: Path) -> None:
    """A partner that takes no token of its own is asked twice and no more; the document waits."""
    sink = sink_of(settings(partner.url, auth=[OAUTH2], answers={"expired": {"status": "2xx"}}), transport, tmp_path)
    with pytest.raises(Unreachable) as caught:
        sink.send(delivery())
    assert caught.value.failure is FailureClass.AUTH
    assert calls(partner) == ["token", "send", "token", "send"]


def test_wrong_credentials_keep_the_document_and_the_secret(
    partner: Playing, transport: Transport, tmp_path: Path
) -> None:
    """Class ``auth``, nothing sent, and the secret in no words."""
    sink = sink_of(settings(partner.url, auth=[{**OAUTH2, "client_id": "other"}]), transport, tmp_path)
    with pytest.raises(Unreachable) as caught:
        sink.send(delivery())
    assert caught.value.failure is FailureClass.AUTH
    assert SECRET not in str(caught.value)
    assert calls(partner) == ["token"]


def test_a_token_server_that_is_away_is_no_unknown_outcome(
    partner: Playing, transport: Transport, tmp_path: Path
) -> None:
    """The document never left, whatever became of the call for the token."""
    away = sink_of(settings(partner.url, auth=[{**OAUTH2, "token": f"{nowhere()}/token"}]), transport, tmp_path)
    with pytest.raises(Unreachable) as caught:
        away.send(delivery())
    assert caught.value.failure is FailureClass.CONNECT
    lost = sink_of(settings(partner.url, auth=[{**OAUTH2, "token": "/send/token"}]), transport, tmp_path)
    partner.misbehave("drop_after_reading")
    with pytest.raises(Unreachable) as caught:
        lost.send(delivery())
    assert not isinstance(caught.value, OutcomeUnknown)
    assert partner.kept() == [] or list(partner.peer.documents) == ["token"]


def test_sink_and_source_share_a_token(partner: Playing, transport: Transport, tmp_path: Path) -> None:
    """A partner that gives one session at a time is not asked for one by each in turn."""
    given, means = receiving(partner.url, auth=[OAUTH2]), tools(transport, tmp_path)
    sent(build_sink("lgsp", given, means), delivery())
    assert list(build_source("lgsp", given, means).poll()) == []
    assert partner.peer.tokens == 1


def test_one_thread_fetches_for_all() -> None:
    """Threads that find no token wait for the one that has it, and share its failure."""
    began, go, made = threading.Event(), threading.Event(), []
    held = Held(lambda: 0.0)

    def fetch() -> Fresh:
        made.append(1)
        began.set()
        assert go.wait(10)
        return Fresh("t", 60)

    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.append(held.value(fetch))) for _ in range(6)]
    for thread in threads:
        thread.start()
    assert began.wait(10)
    go.set()
    for thread in threads:
        thread.join()
    assert (found, len(made)) == (["t"] * 6, 1)


def test_families_stack_and_a_token_call_carries_those_before_it(
    partner: Playing, transport: Transport, tmp_path: Path
) -> None:
    """As a platform wants it: its own header on the call for a token too, and a signature over what leaves."""
    auth: list[dict[str, Any]] = [
        {"kind": "lgsp_access_token", "secret": "file:app"},
        OAUTH2,
        {"kind": "header", "name": "X-Unit", "value": "file:lgsp2", "prefix": "u-"},
        {"kind": "hmac", "secret": "file:lgsp2", "header": "X-Sig", "parts": ["{method}", "{path}", "{bodySha256}"]},
    ]
    sink = sink_of(settings(partner.url, auth=auth), transport, tmp_path)
    for name, value in (("app", '{"AccessKey": "a",\n "SecretKey": "b"}'), ("lgsp2", "k")):
        (tmp_path / "secrets" / name).write_text(value)
        (tmp_path / "secrets" / name).chmod(0o600)
    parcel = delivery()
    sent(sink, parcel)
    token, call = (head.headers for head in partner.peer.heads)
    assert json.loads(base64.b64decode(token[b"lgspaccesstoken"])) == {"AccessKey": "a", "SecretKey": "b"}
    assert b"x-unit" not in token
    signed = f"POST\n/send/doc-1\n{parcel.body.sha256}".encode()
    assert call[b"x-sig"].decode() == hmac.new(b"k", signed, hashlib.sha256).hexdigest()
    assert (call[b"authorization"], call[b"x-unit"]) == (b"Bearer token-1", b"u-k")


def test_a_session_stands_in_the_body_and_is_had_anew_once(
    partner: Playing, transport: Transport, tmp_path: Path
) -> None:
    """Login, value by its path, put into each call; after the partner forgot it, one more login."""
    session = {
        "kind": "session",
        "login": {
            "method": "POST",
            "path": "/send/login",
            "body": {"kind": "json", "value": {"edxml": "", "p": "{pass}"}},
        },
        "secrets": {"pass": "file:lgsp"},
        "value": "data.id",
    }
    body = {"kind": "json", "value": {"session": "{session}", "edxml": "{edxml.base64}"}}
    send = {"call": {"method": "POST", "path": "/send/{docId}", "body": body}}
    sink = sink_of(settings(partner.url, auth=[session], send=send), transport, tmp_path)
    sent(sink, delivery())
    assert not isinstance(sink, Pusher)
    assert [json.loads(one).get("session") for one in partner.peer.bodies] == [None, "P-login"]
    assert json.loads(partner.peer.bodies[0])["p"] == SECRET


def test_an_address_that_is_not_listed_gets_nothing(partner: Playing, transport: Transport, tmp_path: Path) -> None:
    """Checked where the connection is, whatever the name said: not a byte of the request leaves."""
    url = partner.url.replace("127.0.0.1", "localhost.")
    with pytest.raises(Unreachable) as caught:
        sink_of(settings(url, allow=[]), transport, tmp_path).send(delivery())
    assert caught.value.failure is FailureClass.CONNECT
    sent(sink_of(settings(url, allow=["127.0.0.1"]), transport, tmp_path), delivery(doc_id="doc-2"))
    assert [head.path for head in partner.peer.heads] == ["/send/doc-2"]


def test_a_duplicate_is_compared_and_updated(partner: Playing, transport: Transport, tmp_path: Path) -> None:
    """The same content is delivered as it is; another one goes out by the call for updates."""
    given = settings(partner.url).model_dump(by_alias=True, exclude_unset=True)
    given["send"]["update"] = {"method": "PUT", "path": "/send/{docId}-new", "body": {"kind": "raw"}}
    given["ask"]["answers"]["same"] = [{"path": "data.hash", "value": "{sha256}"}]
    sink = sink_of(settings(partner.url, send=given["send"], ask=given["ask"]), transport, tmp_path)
    for body in (b"one", b"one", b"two"):
        sent(sink, delivery(body))
    assert list(partner.peer.documents) == ["doc-1", "doc-1-new"]
    assert partner.peer.asked["ask"] == 2


def test_a_question_without_the_partners_id_is_not_put(partner: Playing, transport: Transport, tmp_path: Path) -> None:
    """An id that was never had is no path to ask at."""
    ask = {
        "call": {"method": "GET", "path": "/ask/{remoteId}"},
        "answers": {"found": {"status": 200}, "not_found": {"status": 404}},
    }
    sink = sink_of(settings(partner.url, ask=ask), transport, tmp_path)
    parcel = delivery()
    assert sink.ask(parcel, parcel.copies[0]) is Answer.UNKNOWN
    assert partner.peer.heads == []
