"""Attached files by signed links, and documents as fields: over a bus."""

from __future__ import annotations

import base64
import hashlib
import random
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from bus.attachments import AT_ONCE
from bus.daemon import Daemon
from bus.journal.purge import Old
from bus.links import Links
from bus.message import Delivery
from tests import messages
from tests.adapters.api_driver import ApiDriver, client_of, said
from tests.asgi import Client, Reply
from tests.contracts.face import NOI_VU, TAI_CHINH
from tests.daemons import running

LARGE = random.Random(7).randbytes(2_500_000)
NAMES = {"Báo cáo số 1.pdf": messages.PDF, "bang-tinh.xlsx": LARGE, 'a"b%-c.html': b"<script>"}


@pytest.fixture(scope="module")
def daemon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daemon]:
    with running(tmp_path_factory.mktemp("bus"), public_url="https://truc.example.vn") as daemon:
        yield daemon


@pytest.fixture(scope="module")
def client(daemon: Daemon) -> Iterator[Client]:
    with client_of(daemon.doors) as client:
        yield client


@pytest.fixture(scope="module")
def told(client: Client) -> Any:
    """A document with three files, as its recipient is told of it."""
    ApiDriver(client, NOI_VU).send(messages.edoc(document_id="files", attachments=NAMES.items()))
    recipient = ApiDriver(client, TAI_CHINH)
    (item,) = recipient.listed()
    return recipient.call("GET", f"/mailbox/{item.doc_id}/fields").json()


def follow(client: Client, url: str, method: str = "GET", **headers: str) -> Reply:
    """Without a key, as a peer does."""
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.call(method, url.removeprefix("https://truc.example.vn"), given)


def test_a_document_as_fields(told: Any) -> None:
    """By the standard's names, and each file with what a peer needs to fetch and to check it."""
    assert (told["type"], told["fields"]["DocumentId"]) == ("edoc", "files")
    assert told["fields"]["From.OrganId"] == NOI_VU.agency
    assert [file["name"] for file in told["files"]] == list(NAMES)
    assert all(file["url"].startswith("https://truc.example.vn/api/v1/files/") for file in told["files"])


@pytest.mark.parametrize("place", range(len(NAMES)))
def test_a_link_gives_the_file(client: Client, told: Any, place: int) -> None:
    """Its own bytes, decoded and unpacked, with length and digest, under its own name, to be saved and nothing else."""
    name, data = list(NAMES.items())[place]
    file = told["files"][place]
    reply = follow(client, file["url"])

    assert (reply.status, reply.body) == (200, data)
    assert file["sha256"] == hashlib.sha256(data).hexdigest()
    assert int(reply.headers["content-length"]) == file["size"] == len(data)
    assert reply.headers["content-digest"] == f"sha-256=:{base64.b64encode(hashlib.sha256(data).digest()).decode()}:"
    kind, plain, star = reply.headers["content-disposition"].split("; ")
    assert kind == "attachment"
    assert plain.isascii()
    assert unquote(star.removeprefix("filename*=UTF-8''")) == name
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in reply.headers["content-security-policy"]


@pytest.mark.parametrize("place", range(len(NAMES)))
def test_a_part_of_a_file(client: Client, told: Any, place: int) -> None:
    """Where a fetch broke off it goes on: those bytes, and the digest of the whole under another name."""
    data, url = list(NAMES.values())[place], told["files"][place]["url"]
    whole = follow(client, url)
    tag = whole.headers["etag"]
    assert (tag, whole.headers["accept-ranges"]) == (f'"{hashlib.sha256(data).hexdigest()}"', "bytes")
    for start in {0, 1, len(data) // 2, len(data) - 1}:
        part = follow(client, url, Range=f"bytes={start}-", If_Range=tag)
        assert (part.status, part.body) == (206, data[start:])
        assert part.headers["content-range"] == f"bytes {start}-{len(data) - 1}/{len(data)}"
        assert int(part.headers["content-length"]) == len(data) - start
        assert "content-digest" not in part.headers
        assert part.headers["repr-digest"] == whole.headers["content-digest"]
    assert follow(client, url, Range="bytes=1-2").body == data[1:3]
    assert follow(client, url, Range="bytes=-3").body == data[-3:]
    assert follow(client, url, Range="bytes=1-2", If_Range='"another"').body == data
    assert follow(client, url, Range="bytes=0-1,3-4").status == 200


def test_a_part_that_is_not_there(client: Client, told: Any) -> None:
    """Refused with the size; nothing counts as handed out."""
    beyond = follow(client, told["files"][0]["url"], Range="bytes=999999999-")
    assert (beyond.status, said(beyond).code) == (416, "range.unsatisfiable")
    assert beyond.headers["content-range"] == f"bytes */{told['files'][0]['size']}"


def test_a_file_is_looked_at(client: Client, daemon: Daemon, told: Any) -> None:
    """HEAD says what GET would, without the file, whatever range is asked for; it is not counted."""
    before = daemon.metrics.files_fetched._value.get()
    for file in told["files"]:
        looked = follow(client, file["url"], method="HEAD", Range="bytes=0-1")
        assert (looked.status, looked.body) == (200, b"")
        assert int(looked.headers["content-length"]) == file["size"]
    assert daemon.metrics.files_fetched._value.get() == before
    fetched = follow(client, file["url"])
    assert dict(looked.headers) == dict(fetched.headers)
    assert follow(client, file["url"] + "x", method="HEAD").status == 404


def test_who_has_a_file_is_not_sent_it_again(client: Client, told: Any) -> None:
    """By its tag."""
    url = told["files"][1]["url"]
    tag = follow(client, url, method="HEAD").headers["etag"]
    for method in ("GET", "HEAD"):
        again = follow(client, url, method=method, If_None_Match=tag)
        assert (again.status, again.body, again.headers["etag"]) == (304, b"", tag)
        assert follow(client, url, method=method, If_None_Match='"another"').status == 200


def test_a_name_for_old_software(client: Client, told: Any) -> None:
    """Letters without their accents, and nothing that would end the quotes."""
    first, _, odd = (follow(client, file["url"]).headers["content-disposition"] for file in told["files"])

    assert 'filename="Bao cao so 1.pdf"' in first
    assert 'filename="a_b_-c.html"' in odd


def test_what_is_no_link_leads_nowhere(client: Client, told: Any) -> None:
    """A guess, a changed letter, a place the message does not have, a body that is not here."""
    url = told["files"][0]["url"]
    last = "A" if url[-1] != "A" else "B"
    for wrong in (url[:-1] + last, "/api/v1/files/x", "/api/v1/files/" + "A" * 96):
        assert said(follow(client, wrong)).code == "not_found"


def test_what_is_signed_and_not_here_is_gone(daemon: Daemon, client: Client) -> None:
    """The key is ours, the file is not kept."""
    links: Links = daemon.doors.files._links  # type: ignore[attr-defined]

    assert said(follow(client, links.make("0" * 64, 1))).code == "link.gone"


def test_partners_that_are_called_are_sent_the_same(client: Client, daemon: Daemon, told: Any) -> None:
    """What a dialect puts into its fields is a link that a peer can follow."""
    (event,) = daemon.home.browse.named("files", 1)
    body = daemon.home.claims.find(daemon.home.journal.reads.body(event.body))
    papers = daemon.tools.papers(Delivery("partner", event.message(), body, ()))

    assert [file.link() for file in papers.files] == [file["url"] for file in told["files"]]


def test_a_link_ends(client: Client, daemon: Daemon, told: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """By time."""
    now = daemon.home.clock.now()
    links: Links = daemon.doors.files._links  # type: ignore[attr-defined]
    later = now + timedelta(days=9) // timedelta(microseconds=1)
    monkeypatch.setattr(links, "_clock", _Standing(later))

    assert follow(client, told["files"][0]["url"]).status == 410


class _Standing:
    def __init__(self, at: int) -> None:
        self._at = at

    def now(self) -> int:
        return self._at


def test_a_link_ends_with_its_body(client: Client, daemon: Daemon) -> None:
    """What retention took away is gone for those who hold a link, too."""
    ApiDriver(client, NOI_VU).send(messages.edoc(document_id="short-lived"))
    recipient = ApiDriver(client, TAI_CHINH)
    items = recipient.call("GET", "/mailbox").json()["items"]
    (doc_id,) = [item["doc_id"] for item in items if item["document_id"] == "short-lived"]
    (file,) = recipient.call("GET", f"/mailbox/{doc_id}/fields").json()["files"]
    recipient.ack(doc_id, "done")
    sha256 = daemon.home.browse.copy(doc_id).copy.body  # type: ignore[union-attr]
    assert follow(client, file["url"]).status == 200
    daemon.home.journal.purge_bodies(Old(daemon.home.clock.now() + 1, (sha256,))).result()

    assert follow(client, file["url"]).status == 410


def test_it_is_counted(client: Client, daemon: Daemon, told: Any) -> None:
    """Each file that was handed out."""
    before = daemon.metrics.files_fetched._value.get()
    follow(client, told["files"][0]["url"])

    assert daemon.metrics.files_fetched._value.get() == before + 1


def test_places_are_given_back(client: Client, daemon: Daemon, told: Any) -> None:
    """Whoever comes when all are taken comes again later; what was handed out or refused holds none."""
    files, url = daemon.doors.files, told["files"][0]["url"]
    for _ in range(AT_ONCE + 1):
        assert follow(client, url).status == 200
        assert follow(client, url + "x").status == 404
    taken = [files.place() for _ in range(AT_ONCE)]
    for one in taken:
        one.__enter__()
    try:
        assert said(follow(client, url)).code == "bus.busy"
    finally:
        for one in taken:
            one.__exit__(None, None, None)
    assert follow(client, url).status == 200


def test_a_status_has_fields_and_no_files(client: Client) -> None:
    """The same call for both kinds."""
    ApiDriver(client, TAI_CHINH).send(messages.status(document_id="files"))
    sender = ApiDriver(client, NOI_VU)
    (item,) = sender.listed("status")
    told = sender.call("GET", f"/mailbox/{item.doc_id}/fields").json()

    assert (told["type"], told["fields"]["StatusCode"], told["files"]) == ("status", "01", [])


def test_without_an_address_links_are_paths(tmp_path: Path) -> None:
    """Whoever is at the door knows the rest."""
    with running(tmp_path) as daemon, client_of(daemon.doors) as client:
        ApiDriver(client, NOI_VU).send(messages.edoc())
        recipient = ApiDriver(client, TAI_CHINH)
        (item,) = recipient.listed()
        (file,) = recipient.call("GET", f"/mailbox/{item.doc_id}/fields").json()["files"]

        assert file["url"].startswith("/api/v1/files/")
        assert follow(client, file["url"]).body == messages.PDF
