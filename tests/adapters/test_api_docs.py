"""``/api/docs``: a page of our own, whole without a network, that says what the OpenAPI document says."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest

from adapters.api.docs import page
from tests.adapters.api_driver import client_of
from tests.asgi import Client, Reply
from tests.fake_desk import FakeDesk


@pytest.fixture
def client() -> Iterator[Client]:
    with client_of(FakeDesk()) as client:
        yield client


@pytest.fixture
def reply(client: Client) -> Reply:
    return client.call("GET", "/api/docs")


@pytest.fixture
def document(client: Client) -> Any:
    return client.call("GET", "/api/openapi.json").json()


def test_it_is_a_page_without_a_key(reply: Reply) -> None:
    """Whoever is about to become a partner may read it."""
    assert (reply.status, reply.headers["content-type"]) == (200, "text/html; charset=utf-8")


def test_nothing_is_fetched_and_nothing_runs(reply: Reply) -> None:
    """No script, and no address but those of the bus itself."""
    text = reply.body.decode()

    assert "<script" not in text
    assert "//" not in re.sub(r"<pre>.*?</pre>", "", text, flags=re.DOTALL)
    assert all(address.startswith(("#", "/api/")) for address in re.findall(r'(?:href|src)="([^"]*)"', text))


def test_the_browser_is_told_so(reply: Reply) -> None:
    """The policy allows this one style, by its digest, and nothing else."""
    (style,) = re.findall(r"<style>(.*?)</style>", reply.body.decode(), re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()

    assert reply.headers["content-security-policy"].startswith(f"default-src 'none'; style-src 'sha256-{digest}';")


def test_every_call_is_there_with_all_it_takes_and_answers(reply: Reply, document: Any) -> None:
    """Path, summary, parameters, kinds of body and answers of each call, in its own section."""
    text = unescape(reply.body.decode())

    for path, calls in document["paths"].items():
        for method, call in calls.items():
            section = text.split(f'<section id="{call["operationId"]}">')[1].split("</section>")[0]
            names = [one["name"] for one in call.get("parameters", ())]
            bodies = [call.get("requestBody", {}), *call["responses"].values()]
            media = [kind for body in bodies for kind in body.get("content", ())]
            assert all(word in section for word in (f"{method.upper()} /api{path}", call["summary"]))
            assert all(word in section for word in [*names, *media, *call["responses"]])


def test_members_of_bodies_are_named_however_deep(reply: Reply) -> None:
    """A receipt's copies are shown with what is in them."""
    assert "<code>copies[].doc_id</code>" in reply.body.decode()


def test_the_form_of_refusals_is_told_once(reply: Reply) -> None:
    """Every call names the codes it may refuse with; what a refusal looks like stands before them all, with an example."""
    text = unescape(reply.body.decode())

    assert text.count("<code>title_vi</code>") == 1
    assert '"code": "recipient.unknown"' in text.partition("<section")[0]
    assert "upload.offset" in text.partition('<section id="piece_')[2].partition("</section>")[0]


def test_both_languages_and_the_document_for_machines(reply: Reply) -> None:
    """Vietnamese first, English beside it, and a link to what it was made from."""
    text = reply.body.decode()

    assert '<html lang="vi">' in text
    assert all(title in text for title in ("Tham số · Parameters", "Nội dung gửi · Request body", "Trả lời · Answers"))
    assert 'href="/api/openapi.json"' in text


def test_an_example_can_be_typed(reply: Reply) -> None:
    """A send with its key and its body; a fetch with an id in its path."""
    text = unescape(reply.body.decode())

    assert 'curl -X POST "$BUS/api/v1/messages"' in text
    assert "--data-binary @document.xml" in text
    assert not re.search(r'curl -X \w+ "[^"]*[{}]', text)


def test_words_of_the_document_are_never_markup() -> None:
    """Whatever a description holds is text."""
    call = {
        "operationId": "x",
        "summary": "<b>",
        "description": "<script>",
        "responses": {"200": {"description": "<i>"}},
    }
    text = page({"info": {"title": "<u>"}, "paths": {"/<s>": {"get": call}}}, "/api")

    assert not re.search(r"<(b|script|i|u|s)>", text)
