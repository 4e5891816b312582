"""What nobody gets out of the HTTP engine, or into it: secrets, other paths, other headers, a call that was not meant."""

from __future__ import annotations

import base64
import json
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from adapters.http.decode import read
from adapters.http.judge import Judge
from adapters.http.settings import HttpSettings
from adapters.http.stage import Head, Reply
from adapters.http.template import parse
from adapters.http.wiring import wire_of
from bus.endpoint import Answer, Delivered, Kept
from bus.errors import CallFailed, OutcomeUnknown, Refused, Unreachable
from bus.transport import Response, Transport
from tests.adapters.http_partner import OAUTH2, Playing, said, settings, sink_of
from tests.contracts.sink import delivery

LONG = "bí mật dài hơn"
APP = {"AccessKey": "khoa-truy-cap", "SecretKey": "khoa-bi-mat"}


@pytest.fixture
def partner() -> Iterator[Playing]:
    playing = Playing()
    yield playing
    playing.stop()


def a_secret(home: Path, name: str, value: str) -> None:
    folder = home / "secrets"
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(value)
    (folder / name).chmod(0o600)


SESSION = {
    "kind": "session",
    "login": {"method": "POST", "path": "/login", "body": {"kind": "json", "value": {"password": "{pass}"}}},
    "secrets": {"pass": "file:lgsp"},
    "value": "data.session",
}
WITH_SESSION = {"kind": "json", "value": {"session": "{session}"}}
FAMILIES: dict[str, tuple[Any, Any]] = {
    "header": ({"kind": "header", "name": "X-Unit", "value": "file:unit", "prefix": "u-"}, None),
    "basic": ({"kind": "basic", "user": "bus", "password": "file:unit"}, None),
    "lgsp_access_token": ({"kind": "lgsp_access_token", "secret": "file:app"}, None),
    "oauth2": (OAUTH2, None),
    "session": (SESSION, WITH_SESSION),
}
#: All that must be in no word that is kept.
HIDDEN = (
    LONG,
    "don-vi-bi-mat",
    base64.b64encode(b"bus:don-vi-bi-mat").decode(),
    base64.b64encode(orjson.dumps(APP)).decode(),
    *APP.values(),
    "token-cua-ta",
    "phien-123",
    quote(LONG),
    json.dumps(LONG)[1:-1],
)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("status", [200, 400, 500])
def test_a_partner_that_repeats_our_call_gets_no_secret_kept(
    partner: Playing, transport: Transport, tmp_path: Path, family: str, status: int
) -> None:
    """Gateways do so in their words for developers; what is kept with an attempt, shown and exported has no secret in it."""
    usual: Callable[[Head, bytes], Reply] = partner.peer.answer

    def echo(head: Head, body: bytes) -> Reply:
        if head.path == "/login":
            return said({"session": "phien-123"})
        told = " ".join(f"{name.decode()}={value.decode()}" for name, value in head.headers.items())
        if status != 200:
            return Reply(status, f"{told} {' '.join(known)} {body.decode()}".encode())
        answer = dict(usual(head, orjson.dumps({"edxml": ""})).body)  # type: ignore[arg-type]
        return Reply(200, {**answer, "data": {"id": told}, "echo": [told, body.decode(), *known]})

    partner.peer.answer = echo  # type: ignore[method-assign]
    partner.peer.grant = lambda _head, _body: Reply(200, {"access_token": partner.peer.token})  # type: ignore[method-assign]
    partner.peer.token = "token-cua-ta" if family == "oauth2" else ""
    a_secret(tmp_path, "unit", "don-vi-bi-mat")
    a_secret(tmp_path, "app", orjson.dumps(APP).decode())
    auth, body = FAMILIES[family]
    known = {"lgsp_access_token": [*APP.values()], "oauth2": [LONG, quote(LONG), json.dumps(LONG)]}.get(family, [])
    call = {"method": "POST", "path": "/send/{docId}", "body": body or {"kind": "raw"}}
    answers = {**settings(partner.url).answers.model_dump(by_alias=True), "words": "echo", "code": "data.id"}
    sink = sink_of(settings(partner.url, auth=[auth], send={"call": call}, answers=answers), transport, tmp_path)
    a_secret(tmp_path, "lgsp", LONG)
    kept = told_of(lambda: sink.send(delivery())["doc-1"])
    assert "***" in kept
    assert not [secret for secret in HIDDEN if secret in kept]


def told_of(act: Callable[[], object]) -> str:
    try:
        found = act()
    except CallFailed as failure:
        return f"{failure} {failure.words} {failure.code}"
    assert isinstance(found, Delivered)
    return f"{found.words} {found.remote_id}"


def test_a_token_server_that_repeats_our_secret_gets_it_not_kept(
    partner: Playing, transport: Transport, tmp_path: Path
) -> None:
    """Not even in the words that are there to be shown."""
    partner.peer.grant = lambda _head, _body: Reply(401, {"error_description": f"no client {LONG}"})  # type: ignore[method-assign]
    sink = sink_of(settings(partner.url, auth=[OAUTH2]), transport, tmp_path)
    a_secret(tmp_path, "lgsp", LONG)
    with pytest.raises(Unreachable, match=r"no client \*\*\*") as caught:
        sink.send(delivery())
    assert LONG not in str(caught.value)


@given(st.text(max_size=40) | st.text(st.sampled_from("./\\%ab"), max_size=12))
def test_a_value_in_a_path_leads_nowhere_else(value: str) -> None:
    """It is one segment of the call, and stays one for a server that reads it twice."""
    call = settings("http://10.1.1.1").send
    assert call
    try:
        path = wire_of("http://10.1.1.1/a", call.call, {"docId": value}).path
    except Refused:
        return
    assert path.startswith("/send/")
    assert path.count("/") == 2
    assert path.isascii()
    assert not {".", "..", ""} & set(value.replace("\\", "/").split("/")) - {""}


@pytest.mark.parametrize("value", ["..", ".", "", "a/../../b", "../b", "b/..", "a\\..\\b", "./x", "a\nb"])
def test_a_value_that_would_climb_is_no_segment(value: str) -> None:
    """However a server between might unfold it."""
    call = settings("http://10.1.1.1").send
    assert call
    with pytest.raises(Refused):
        wire_of("http://10.1.1.1/a", call.call, {"docId": value})


@pytest.mark.parametrize(
    ("place", "wrong"),
    [
        (("send", "call", "path"), "/văn bản"),
        (("send", "call", "path"), "/a b"),
        (("send", "call", "headers"), {"X-Unit": "đơn vị"}),
        (("send", "call", "headers"), {"X-Unit": "a\r\nX-Other: {docId}"}),
        (("send", "call", "body"), {"kind": "raw", "content_type": "a\r\nX-Other: 1"}),
        (("auth",), [{**OAUTH2, "scheme": "Bearer\r\nX-Other:"}]),
        (("auth",), [{"kind": "header", "name": "X-Unit", "value": "file:unit", "prefix": "é"}]),
    ],
)
def test_what_could_never_be_sent_is_told_when_it_is_written(place: tuple[str, ...], wrong: object) -> None:
    """And not with each document."""
    written = settings("http://10.1.1.1").model_dump(mode="json", by_alias=True, exclude_unset=True)
    inner = written
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = wrong
    with pytest.raises(ValidationError):
        HttpSettings.model_validate(written)


@pytest.mark.parametrize(
    "filter_", ["default:x", "upper", "max:5", "base64", "plain", "map:a=b,*=c", "json", "url", "uuid"]
)
def test_filters_take_what_templates_take(filter_: str) -> None:
    """A value that is a list is its entries, as without a filter."""
    template = parse(f"{{x|{filter_}}}")
    assert template.render({"x": ["a", "b"]}) == template.render({"x": "a; b"})
    assert template.render({"x": []}) == template.render({"x": ""})


def judged(failures: list[dict[str, object]], status: int) -> CallFailed:
    given = settings("http://10.1.1.1", answers={"failures": failures})
    with pytest.raises(CallFailed) as caught:
        Judge(given.answers, lambda: 0).sent(read(Response(status, {}, b'{"code": 20}')))
    return caught.value


def test_a_server_that_broke_is_in_doubt_also_by_a_rule() -> None:
    """A rule that only names the class of a 5xx does not say that nothing was done; one that says ``wait`` does."""
    rule: dict[str, object] = {"status": "5xx", "class": "server_fault"}
    assert isinstance(judged([rule], 500), OutcomeUnknown)
    assert isinstance(judged([rule], 502), OutcomeUnknown)
    assert not isinstance(judged([rule], 503), OutcomeUnknown)
    assert not isinstance(judged([{**rule, "then": "wait"}], 500), OutcomeUnknown)
    assert not isinstance(judged([{"path": "code", "values": 20, "class": "server_fault"}], 200), OutcomeUnknown)


def test_a_lost_comparison_is_no_doubt(partner: Playing, transport: Transport, tmp_path: Path) -> None:
    """A duplicate is compared by a question: where its answer is lost, no document is in doubt by that."""
    given = settings(partner.url).model_dump(by_alias=True, exclude_unset=True)
    given["send"]["update"] = {"method": "PUT", "path": "/send/{docId}-new", "body": {"kind": "raw"}}
    given["ask"]["answers"]["same"] = [{"path": "data.hash", "value": "{sha256}"}]
    sink = sink_of(settings(partner.url, send=given["send"], ask=given["ask"]), transport, tmp_path)
    sink.send(delivery())
    partner.peer.call_of = lambda head: head.path.split("/")[1]  # type: ignore[method-assign]
    partner.peer.told_for = lambda head: "drop_after_reading" if head.path.startswith("/ask") else "ok"  # type: ignore[method-assign]
    with pytest.raises(Unreachable) as caught:
        sink.send(delivery())
    assert not isinstance(caught.value, OutcomeUnknown)


class _Thing:
    """Something that is kept."""


def test_what_is_kept_does_not_grow_with_each_change() -> None:
    """Of what an endpoint had before its settings changed nothing is kept; the same settings have the same thing."""
    kept = Kept()
    before = weakref.ref(kept.get(("lgsp", "0"), "before", _Thing))
    after = kept.get(("lgsp", "0"), "after", _Thing)
    assert kept.get(("lgsp", "0"), "after", _Thing) is after
    assert before() is None


def test_a_question_that_is_refused_is_no_answer() -> None:
    """Nobody is told that a document is not there because a gateway would not let us ask."""
    asked = settings("http://10.1.1.1").ask
    assert asked
    judge = Judge(settings("http://10.1.1.1").answers, lambda: 0)
    assert judge.told(read(Response(403, {}, b'{"error":{"code":403}}')), asked.answers) is Answer.UNKNOWN
    assert (
        judge.told(read(Response(404, {"content-type": "text/html"}, b"<p>not found")), asked.answers) is Answer.UNKNOWN
    )
