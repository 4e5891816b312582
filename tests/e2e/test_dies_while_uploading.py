"""SIGKILL while a body comes in pieces: no piece with a receipt is lost, and the whole is accepted once."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress

import pytest

from tests.e2e import accounts, partners
from tests.e2e.conftest import Begin
from tests.e2e.partners import Broken, Document, document
from tests.e2e.places import FETCHER, SECRETS, Place

SIZE, PIECE = 600 << 10, 300_000


def uploaded(place: Place, paper: Document, start: str = "") -> Iterator[str]:
    """Where the upload is after each call, and at last the message; from the beginning, or on from where it stands."""
    where = start or str(_call(place, "POST", "", **{"Upload-Length": str(len(paper.body))})["id"])
    yield where
    while (at := _offset(place, where)) < len(paper.body):
        headers = {"Upload-Offset": str(at), "Content-Type": "application/offset+octet-stream"}
        _call(place, "PATCH", f"/{where}", paper.body[at : at + PIECE], **headers)
        yield where
    yield str(_call(place, "POST", f"/{where}/message")["id"])


def _offset(place: Place, where: str) -> int:
    (one,) = [one for one in _call(place, "GET", "")["uploads"] if one["id"] == where]
    return int(one["offset"])


def _call(place: Place, method: str, path: str, body: bytes = b"", **headers: str) -> Mapping[str, object]:
    told = {"X-Bus-Key": SECRETS["sender"], **headers}
    status, answer = partners.request(place, method, f"/api/v1/uploads{path}", told, body)
    assert status < 300, (status, answer)
    return json.loads(answer) if answer else {}


@pytest.mark.parametrize(
    "point",
    [
        pytest.param("piece_written", marks=pytest.mark.long),
        pytest.param("piece_recorded", marks=pytest.mark.long),
        pytest.param("accept_written", marks=pytest.mark.long),
        "accept_committed",
        pytest.param("upload_closing", marks=pytest.mark.long),
        pytest.param("upload_closed", marks=pytest.mark.long),
    ],
)
def test_it_goes_on_where_it_stands(place: Place, begin: Begin, point: str) -> None:
    """Wherever it died, the sender goes on from what it was told: one message, byte for byte."""
    paper, where = document("tung-phan", FETCHER, size=SIZE), ""
    dying = begin(point)
    with suppress(*Broken):
        for where in uploaded(place, paper):  # noqa: B007 - the last one is what the sender knows
            pass
    dying.died()

    life = begin()
    known = {one["id"] for one in _call(place, "GET", "")["uploads"]}
    rest = uploaded(place, paper, where) if where in known else iter([_told(place, where)])
    (*_, message) = rest
    accounts.settled(life)
    accounts.complete(life, {message: paper})
    assert _told(place, where) == message


def _told(place: Place, where: str) -> str:
    return str(_call(place, "POST", f"/{where}/message")["id"])
