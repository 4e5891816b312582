"""``/api/v1/mailbox``: listing, fetching and acking."""

from __future__ import annotations

import base64
import hashlib
import random
from dataclasses import replace
from datetime import timedelta

import pytest

from tests import messages
from tests.adapters.api_driver import ApiDriver, said
from tests.fake_desk import FakeDesk


def test_the_list_between_two_moments(noi_vu: ApiDriver, tai_chinh: ApiDriver, desk: FakeDesk) -> None:
    """from and to bound the time of acceptance; limit bounds the answer."""
    for name in ("a", "b", "c"):
        noi_vu.send(messages.edoc(document_id=name))
        desk.clock.move(timedelta(minutes=1))

    def ids(query: str) -> list[str]:
        return [item["document_id"] for item in tai_chinh.call("GET", f"/mailbox?{query}").json()["items"]]

    assert ids("from=2026-09-21T21:14:00%2B07:00&to=2026-09-21T14:15:00Z") == ["b"]
    assert ids("limit=2") == ["a", "b"]
    assert ids("type=status") == []


@pytest.mark.parametrize(
    "query", ["type=report", "limit=0", "limit=1001", "from=2026-09-21T21:14:00", "to=x", "from=1790000000", "limt=5"]
)
def test_a_list_with_wrong_parameters_is_refused(tai_chinh: ApiDriver, query: str) -> None:
    """An empty list would hide the mistake."""
    assert said(tai_chinh.call("GET", f"/mailbox?{query}")).code == "request.invalid"


def test_fetched_bytes_come_with_their_digest(noi_vu: ApiDriver, tai_chinh: ApiDriver) -> None:
    """Length and SHA-256 in the headers; a large body comes in pieces."""
    body = messages.edoc(attachments=[("a.bin", random.Random(3).randbytes(600_000))])
    noi_vu.send(body)
    reply = tai_chinh.call("GET", f"/mailbox/{tai_chinh.listed()[0].doc_id}")

    digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
    assert reply.headers["content-digest"] == f"sha-256=:{digest}:"
    assert reply.headers["content-length"] == str(len(body))
    assert reply.pieces > 1
    assert reply.body == body


def test_a_body_that_was_removed_is_not_found(noi_vu: ApiDriver, tai_chinh: ApiDriver, desk: FakeDesk) -> None:
    """After its time of keeping a body is gone, and that is said."""
    noi_vu.send(messages.edoc())
    (copy,) = desk.mailbox.copies.values()
    copy.claim = replace(copy.claim, data=None)

    assert tai_chinh.fetch(copy.doc_id).code == "not_found"


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"c\xdev\x90", b"[" * 100_000, b'{"status":"finished"}', b'{"status":"done","x":1}']
)
def test_an_ack_that_says_nothing_is_refused(noi_vu: ApiDriver, tai_chinh: ApiDriver, body: bytes) -> None:
    """A word that means nothing settles nothing."""
    noi_vu.send(messages.edoc())
    (item,) = tai_chinh.listed()

    reply = tai_chinh.call("POST", f"/mailbox/{item.doc_id}/ack", body, Content_Type="application/json")
    assert said(reply).code == "request.invalid"
    assert len(tai_chinh.listed()) == 1
