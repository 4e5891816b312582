"""``/api/v1/uploads`` over a bus: what came in pieces is accepted once, as if it had been posted at once."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bus.daemon import Daemon
from bus.parcels import Upload
from tests import messages
from tests.adapters.api_driver import ApiDriver, client_of, said
from tests.asgi import Client, Reply
from tests.contracts.face import NOI_VU, TAI_CHINH
from tests.daemons import call, make_home, running, started_at

BODY = messages.edoc(attachments=[("a.bin", random.Random(5).randbytes(300_000))])
PIECE = "application/offset+octet-stream"


@contextmanager
def living(folder: Path) -> Iterator[tuple[Daemon, Client]]:
    """One life of a bus whose home stays."""
    with started_at(folder) as daemon, client_of(daemon.doors) as client:
        yield daemon, client


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A home in which nobody lives yet."""
    make_home(tmp_path)
    return tmp_path


@pytest.fixture(scope="module")
def daemon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daemon]:
    """One life that is enough for most."""
    with running(tmp_path_factory.mktemp("bus")) as daemon:
        yield daemon


@pytest.fixture(scope="module")
def client(daemon: Daemon) -> Iterator[Client]:
    with client_of(daemon.doors) as client:
        yield client


@pytest.fixture
def sender(client: Client) -> ApiDriver:
    return ApiDriver(client, NOI_VU)


def begin(partner: ApiDriver, length: int = len(BODY)) -> str:
    reply = partner.call("POST", "/uploads", Upload_Length=str(length))
    assert reply.status == 201
    return reply.headers["location"].removeprefix("/api/v1")


def patch(partner: ApiDriver, where: str, offset: int, data: bytes, **headers: str) -> Reply:
    return partner.call("PATCH", where, data, **{"Upload_Offset": str(offset), "Content_Type": PIECE, **headers})


def offset(partner: ApiDriver, where: str) -> int:
    return int(partner.call("HEAD", where).headers["upload-offset"])


def test_the_whole_way_over_a_restart(folder: Path) -> None:
    """Pieces before and after a restart; accepted with the usual receipt; the same receipt again, also in a third life."""
    with living(folder) as (_, client):
        sender = ApiDriver(client, NOI_VU)
        where = begin(sender)
        first = patch(sender, where, 0, BODY[:100_000])
    assert (first.status, first.headers["upload-offset"]) == (204, "100000")

    with living(folder) as (daemon, client):
        sender = ApiDriver(client, NOI_VU)
        assert offset(sender, where) == 100_000
        patch(sender, where, 100_000, BODY[100_000:])
        accepted = sender.call("POST", f"{where}/message")
        again = sender.call("POST", f"{where}/message").json()
        (waiting,) = ApiDriver(client, TAI_CHINH).listed()
        fetched = ApiDriver(client, TAI_CHINH).fetch(waiting.doc_id)
        left = list(daemon.home.settings.uploads.rglob("*.bytes"))

    assert (accepted.status, accepted.json()["repeated"]) == (202, False)
    assert accepted.headers["location"] == f"/api/v1/messages/{accepted.json()['id']}"
    assert again == {**accepted.json(), "repeated": True}
    assert fetched.body == BODY
    assert left == []
    with living(folder) as (_, client):
        assert ApiDriver(client, NOI_VU).call("POST", f"{where}/message").json() == again


def test_a_broken_line_loses_nothing_that_came(client: Client, sender: ApiDriver) -> None:
    """HEAD says how far it is; the rest makes it whole."""
    where = begin(sender)
    headers = {"X-Bus-Key": NOI_VU.key.decode(), "Upload-Offset": "0", "Content-Type": PIECE}
    broken = client.call("PATCH", f"/api/v1{where}", headers, BODY[:200_000], cut_short=True)
    assert said(broken).code == "body.truncated"
    assert offset(sender, where) == 200_000
    patch(sender, where, 200_000, BODY[200_000:])
    assert sender.call("POST", f"{where}/message").status == 202


def test_accepted_but_not_told(folder: Path) -> None:
    """Killed after the commit, before the record of it: asked again, the same message with the same receipt, and no other."""
    with living(folder) as (daemon, client):
        sender = ApiDriver(client, NOI_VU)
        where = begin(sender)
        patch(sender, where, 0, BODY)
        daemon.doors.uploads.accepted = _never_written  # type: ignore[method-assign]
        first = sender.call("POST", f"{where}/message").json()

    with living(folder) as (_, client):
        again = ApiDriver(client, NOI_VU).call("POST", f"{where}/message").json()
        assert len(ApiDriver(client, TAI_CHINH).listed()) == 1
    assert again == {**first, "repeated": True}


def _never_written(_upload: Upload, _receipt: object) -> None:
    """As if the process had died."""


def test_what_was_refused_may_be_asked_again(sender: ApiDriver) -> None:
    """With other headers, and without the bytes; keys mean what they mean for a message posted at once."""
    sender.call("POST", "/messages", messages.edoc(document_id="another"), Idempotency_Key="used")
    body = messages.edoc(document_id="refused first")
    where = begin(sender, len(body))
    patch(sender, where, 0, body)

    def finish(**headers: str) -> Reply:
        return sender.call("POST", f"{where}/message", **headers)

    assert said(finish(X_Bus_Recipients="000.00.99.H62")).code == "recipient.unknown"
    assert said(finish(Idempotency_Key="used")).code == "call.key_reused"
    accepted = finish(Idempotency_Key="fresh").json()
    assert sender.call("POST", "/messages", body, Idempotency_Key="fresh").json()["id"] == accepted["id"]


def test_nothing_secret_stays(daemon: Daemon, sender: ApiDriver) -> None:
    """What is refused for being secret is gone at once, bytes and record; other refusals keep it for another try."""
    body = messages.edoc(document_id="secret")
    where = begin(sender, len(body))
    patch(sender, where, 0, body)
    refused = sender.call("POST", f"{where}/message", X_Bus_Secrecy="mật")

    assert said(refused).code == "secrecy.marked"
    assert sender.call("HEAD", where).status == 404
    assert list(daemon.home.settings.uploads.rglob(f"{where.rpartition('/')[2]}*")) == []


def test_what_is_not_whole_is_not_accepted(sender: ApiDriver) -> None:
    """Asked too early, or told to be shorter than it is."""
    where = begin(sender)
    patch(sender, where, 0, BODY[:1000])
    assert said(sender.call("POST", f"{where}/message")).code == "upload.incomplete"
    short = begin(sender, 1000)
    patch(sender, short, 0, BODY[:1000])
    assert said(sender.call("POST", f"{short}/message")).code == "xml.malformed"


def test_what_is_under_way_is_listed_and_given_up(client: Client, sender: ApiDriver) -> None:
    """Whoever lost a Location finds it; what is given up is gone, and so is another partner's, for everybody else."""
    other = ApiDriver(client, TAI_CHINH)
    where = begin(sender)
    assert where in [f"/uploads/{one['id']}" for one in sender.call("GET", "/uploads").json()["uploads"]]
    assert other.call("GET", "/uploads").json() == {"uploads": []}
    for method, path in (("HEAD", where), ("DELETE", where), ("POST", f"{where}/message")):
        assert other.call(method, path).status == 404
    assert sender.call("DELETE", where).status == 204
    assert sender.call("HEAD", where).status == 404


def test_a_piece_that_is_none(sender: ApiDriver) -> None:
    """Refused in the door's form, with the protocol's own header on every answer; nothing of it is taken."""
    wrong = [
        ({"Content_Type": "application/xml"}, 415, "request.media_type"),
        ({"Tus_Resumable": "0.2.2"}, 412, "upload.version"),
        ({"Upload_Offset": "7"}, 409, "upload.offset"),
        ({"Upload_Offset": "-1"}, 400, "request.invalid"),
    ]
    where = begin(sender)
    for headers, status, code in wrong:
        reply = patch(sender, where, 0, b"12345", **headers)
        assert (reply.status, said(reply).code, reply.headers["tus-resumable"]) == (status, code, "1.0.0")
        assert (reply.headers.get("tus-version") == "1.0.0") == (status == 412)
    assert offset(sender, where) == 0


def test_over_the_wire(daemon: Daemon) -> None:
    """The verbs of the protocol pass the real server."""
    key = {"X-Bus-Key": NOI_VU.key.decode(), "Tus-Resumable": "1.0.0"}
    where = call(daemon, "POST", "/api/v1/uploads", b"", {**key, "Upload-Length": str(len(BODY))}).headers["location"]
    piece = call(daemon, "PATCH", where, BODY, {**key, "Upload-Offset": "0", "Content-Type": PIECE})
    head = call(daemon, "HEAD", where, None, key)
    done = call(daemon, "POST", f"{where}/message", b"", key)

    assert (piece.status, head.headers["upload-offset"], done.status) == (204, str(len(BODY)), 202)
    assert head.headers["cache-control"] == "no-store"
    assert head.headers["upload-expires"].endswith(" GMT")


def test_what_of_tus_is_spoken_is_told_without_a_key(client: Client, daemon: Daemon) -> None:
    """Version, extensions and the largest body; a version that the caller names does not matter."""
    for headers in ({}, {"Tus-Resumable": "0.1"}):
        told = client.call("OPTIONS", "/api/v1/uploads", headers)
        assert told.status == 204
        assert {name: told.headers[name] for name in told.headers if name.startswith("tus-")} == {
            "tus-resumable": "1.0.0",
            "tus-version": "1.0.0",
            "tus-extension": "creation,expiration,termination",
            "tus-max-size": str(daemon.doors.max_bytes),
        }
