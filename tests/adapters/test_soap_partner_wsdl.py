"""A partner's WSDL: had once, kept with its digests, read from there, and nothing else ever touched."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from adapters.http.rehearsal import Rehearsal
from adapters.http.rehearsal.orders import Mode, Order
from adapters.soap.client.description import Description, described
from adapters.soap.client.documents import Gathering
from adapters.soap.client.endpoint import client_of, library_of
from adapters.soap.client.probe import probe
from adapters.soap.client.shelf import Shelf
from adapters.soap.rehearsal.documents import OPERATIONS, Documents, schema, wsdl
from adapters.soap.rehearsal.paper import SOAP11, fault
from bus.endpoint import Finding, Kept, Tools
from bus.errors import Refused, Unreachable
from bus.transport import Response
from bus.transport.fast import FastTransport
from tests.adapters.http_partner import nowhere
from tests.adapters.soap_partner import exchange, receiving, settings, sink_of, tools, written
from tests.contracts.sink import delivery

_HEAD = '<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:xs="http://www.w3.org/2001/XMLSchema"'


@pytest.fixture
def played() -> Iterator[Rehearsal[Documents]]:
    made = exchange()
    made.start()
    yield made
    made.stop()


@pytest.fixture
def given(tmp_path: Path) -> Iterator[Tools]:
    transport = FastTransport()
    yield tools(transport, tmp_path)
    transport.close()


def read(url: str, tools: Tools, **more: Any) -> Description:
    """The description as a fresh process would have it."""
    made = settings(written(url, **more))
    client = client_of("soap", made, tools, Kept())
    return library_of("soap", made, tools, Kept()).description(client.document)


def findings(url: str, tools: Tools) -> list[Finding]:
    return list(probe("soap", settings(receiving(url)), tools))


def test_kept_with_its_digests_and_read_from_there(played: Rehearsal[Documents], given: Tools, tmp_path: Path) -> None:
    """The second start needs no partner; each document has the SHA-256 it is kept under."""
    read(played.url, given)
    told = json.loads((tmp_path / "soap" / "soap" / "manifest.json").read_text())
    assert set(told["documents"]) == {f"{played.url}?wsdl", f"{played.url}/documents.xsd"}
    for digest in told["documents"].values():
        kept = (tmp_path / "soap" / "soap" / f"{digest}.xml").read_bytes()
        assert hashlib.sha256(kept).hexdigest() == digest
    played.stop()
    assert read(played.url, given).has("SendDocument")


def test_what_was_tampered_with_is_not_read(played: Rehearsal[Documents], given: Tools, tmp_path: Path) -> None:
    """A kept document that is not what it was keeps messages waiting, and says so."""
    read(played.url, given)
    for one in (tmp_path / "soap" / "soap").glob("*.xml"):
        one.write_bytes(one.read_bytes() + b"<!-- -->")
    with pytest.raises(Unreachable, match="is not what it was"):
        read(played.url, given)


@pytest.mark.parametrize(
    "location",
    ["file:///etc/passwd", "http://elsewhere.example/x.xsd", "ftp://127.0.0.1/x.xsd", "http://u:p@127.0.0.1/x.xsd"],
)
def test_imports_from_elsewhere_are_never_touched(location: str) -> None:
    """A file of this machine, and a host that is not listed, are refused before anybody is asked."""
    asked: list[str] = []

    def fetch(url: str, _most: int) -> Response:
        asked.append(url)
        return Response(200, {}, f'{_HEAD}><import location="{location}" namespace="urn:x"/></definitions>'.encode())

    gathering = Gathering(settings(written("http://127.0.0.1")), fetch)
    with pytest.raises(Unreachable, match="cannot be a part of the WSDL"):
        described("http://127.0.0.1?wsdl", gathering.load, None, None)
    assert asked == ["http://127.0.0.1?wsdl"]


def test_listed_hosts_may_be_imported_from() -> None:
    """``imports`` names hosts besides the WSDL's own."""
    made = settings(written("http://127.0.0.1", imports=["schemas.example.vn"]))
    gathering = Gathering(made, lambda _url, _most: Response(200, {}, b"<schema/>"))
    assert gathering.load("https://schemas.example.vn/a.xsd") == b"<schema/>"


@pytest.mark.parametrize(
    "document",
    [
        b'<!DOCTYPE x [<!ENTITY e "x">]><definitions/>',
        b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>',
        b"<definitions",
        b"",
    ],
    ids=["entity", "system", "cut", "empty"],
)
def test_document_types_are_refused(document: bytes) -> None:
    """No DTD and no entity is in a WSDL, and what is no XML is none."""
    gathering = Gathering(settings(written("http://127.0.0.1")), lambda _url, _most: Response(200, {}, document))
    with pytest.raises(Unreachable):
        gathering.load("http://127.0.0.1?wsdl")


def test_a_file_may_have_others_beside_it_only(tmp_path: Path) -> None:
    """A WSDL of this machine imports what lies with it; a link that leads away does not count as beside."""
    folder = tmp_path / "wsdl"
    folder.mkdir()
    (folder / "a.wsdl").write_text("<a/>")
    (folder / "b.xsd").write_text("<b/>")
    (tmp_path / "secret").write_text("<c/>")
    (folder / "link.xsd").symlink_to(tmp_path / "secret")
    gathering = Gathering(
        settings(written("http://127.0.0.1", wsdl=str(folder / "a.wsdl"))), lambda *_: pytest.fail("asked")
    )
    assert gathering.load(str(folder / "b.xsd")) == b"<b/>"
    for outside in (str(tmp_path / "secret"), str(folder / "link.xsd"), f"{folder}/../secret", "http://127.0.0.1/x"):
        with pytest.raises(Unreachable):
            gathering.load(outside)


def test_the_probe_says_what_is_there(played: Rehearsal[Documents], given: Tools) -> None:
    """An unchanged partner has nothing wrong, and looking changes nothing on disk."""
    first = findings(played.url, given)
    assert not [one for one in first if one.error]
    assert Shelf.of(given.folder, "soap").digests(f"{played.url}?wsdl") == {}
    read(played.url, given)
    assert [one.code for one in findings(played.url, given)] == ["wsdl", "listed", "listed"]


def test_drift_is_told_before_messages_fail(played: Rehearsal[Documents], given: Tools) -> None:
    """An operation that is gone, an element that is new and one whose type changed are each named."""
    read(played.url, given)

    def change(partner: Documents) -> None:
        partner.operations = tuple(name for name in OPERATIONS if name != "FindDocument")
        partner.schema = partner.schema.replace(
            '<xs:element name="to" type="xs:string"/>',
            '<xs:element name="to" type="xs:int"/><xs:element name="priority" type="xs:string"/>',
        )

    played.tell(change)
    words = [one.words for one in findings(played.url, given) if one.error]
    assert any("the operation FindDocument is gone" in one for one in words)
    assert any("SendDocument, input priority is new: string 1..1" in one for one in words)
    assert any("SendDocument, input to is int 1..1; it was string 1..1" in one for one in words)


def test_a_change_of_what_is_not_called_is_no_error(played: Rehearsal[Documents], given: Tools) -> None:
    """Another WSDL in which all that is called is the same is told, and nothing more."""
    read(played.url, given)
    played.tell(lambda partner: setattr(partner, "schema", partner.schema + "<!-- 2 -->"))
    told = {one.code: one for one in findings(played.url, given)}
    assert not told["wsdl_changed"].error


def test_what_the_wsdl_does_not_know_waits(played: Rehearsal[Documents], given: Tools) -> None:
    """A parameter or operation nobody described is our configuration's fault, and no document's."""
    described = read(played.url, given)
    for operation, parameters in (("SendAll", {}), ("SendDocument", {"x": "1"}), ("SendDocument", {"documentId": "1"})):
        with pytest.raises(Unreachable):
            described.draw(operation, parameters)


def test_published_operations_are_those_of_the_sandbox() -> None:
    """The sandbox's WSDL can be read, and has both versions."""
    assert wsdl("http://x").count("soapAction") == 2 * len(OPERATIONS)


def test_a_folder_that_was_taken_away_is_had_anew(played: Rehearsal[Documents], given: Tools, tmp_path: Path) -> None:
    """By the same process, with the next call."""
    made = settings(written(played.url))
    client, library = client_of("soap", made, given, given.kept), library_of("soap", made, given, given.kept)
    first = library.description(client.document)
    assert library.description(client.document) is first
    played.tell(lambda partner: setattr(partner, "operations", ("SendDocument",)))
    shutil.rmtree(tmp_path / "soap" / "soap")
    assert not library.description(client.document).has("FindDocument")


def test_a_wsdl_that_is_a_file(given: Tools, tmp_path: Path) -> None:
    """With what it imports beside it; nobody is asked for anything."""
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "a.wsdl").write_text(
        wsdl("http://127.0.0.1").replace("http://127.0.0.1/documents", "documents")
    )
    (tmp_path / "there" / "documents.xsd").write_text(schema())
    described = read(nowhere(), given, wsdl=str(tmp_path / "there" / "a.wsdl"))
    assert described.has("SendDocument")


def test_a_password_that_is_repeated_is_not_kept(played: Rehearsal[Documents], given: Tools, tmp_path: Path) -> None:
    """Partners put the call they refuse into their words."""
    secret = tmp_path / "secrets" / "token"
    secret.write_text("a-long-password")
    secret.chmod(0o600)
    security = [{"kind": "username", "user": "so-tc", "password": "file:token"}]
    played.tell(lambda partner: setattr(partner, "refusal", lambda _: fault(SOAP11, "Client", "sai: a-long-password")))
    played.order(Order(mode=Mode.REFUSE))
    with pytest.raises(Refused) as caught:
        sink_of(written(played.url, security=security), given).send(delivery())
    assert "a-long-password" not in str(caught.value)
    assert "sai: ***" in caught.value.words
