"""Clients of others' making against the running bus, with no help but the WSDL: zeep, PHP's, Node's, the snippets of docs/soap.md."""

from __future__ import annotations

import json
import random
import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests
import zeep
from zeep.wsse.username import UsernameToken

from bus.daemon import Daemon
from tests import messages
from tests.adapters.soap_driver import (
    NS,
    SOAP_11,
    SOAP_12,
    Part,
    answer,
    asked,
    basic,
    document,
    envelope,
    field,
    include,
    package,
    package_type,
    root,
    sending,
)
from tests.adapters.soap_token import LIST, Token
from tests.asgi import Reply
from tests.contracts.face import NOI_VU, TAI_CHINH, Partner
from tests.daemons import WITH_SOAP, call, running, started_at
from tests.scripts import run

PAGE = (Path(__file__).parents[2] / "docs" / "soap.md").read_text("utf-8")
DATA = Path(__file__).parents[1] / "data"
NODE, PHP = DATA / "node" / "soap_client.js", DATA / "soap_client.php"
PORTS = {SOAP_11: "DocumentsSoap11", SOAP_12: "DocumentsSoap12"}


@pytest.fixture(scope="module")
def daemon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daemon]:
    with running(tmp_path_factory.mktemp("soap"), WITH_SOAP) as daemon:
        yield daemon


def wsdl(daemon: Daemon) -> str:
    host, port = daemon.home.settings.address
    return f"http://{host}:{port}/soap/documents?wsdl"


def bound(daemon: Daemon, partner: Partner, version: str, by: str) -> Any:
    session, secret = requests.Session(), partner.secret.decode()
    if by == "basic":
        session.auth = partner.system_id, secret
    token = None if by == "basic" else UsernameToken(partner.system_id, secret, use_digest=by == "digest")
    client = zeep.Client(wsdl(daemon), transport=zeep.Transport(session=session), wsse=token)
    return client.bind("Documents", PORTS[version])


@pytest.mark.parametrize("version", PORTS)
@pytest.mark.parametrize("by", ["basic", "text", "digest"])
def test_zeep_works_unaided(daemon: Daemon, version: str, by: str) -> None:
    """Every call, in both versions, by each way to sign in."""
    name = f"zeep {version} {by}"
    body = messages.edoc(document_id=name, attachments=[("a.bin", random.Random(name).randbytes(300_000))])
    noi_vu, tai_chinh = (bound(daemon, one, version, by) for one in (NOI_VU, TAI_CHINH))

    sent = noi_vu.SendDocument(document=body, recipient=[TAI_CHINH.agency])
    assert noi_vu.SendDocument(document=body).messageId == sent.messageId
    (item,) = (one for one in tai_chinh.GetReceivedList(messageType="edoc") if one.documentId == name)
    assert (item.sender, item.recipient, item.status) == (NOI_VU.agency, TAI_CHINH.agency, "initial")
    assert (item.size, item.createdTime) == (len(body), sent.acceptedTime)
    got = tai_chinh.GetDocument(docId=item.docId)
    assert (got.document, got.documentId, got.messageType) == (body, name, "edoc")
    assert tai_chinh.UpdateStatus(docId=item.docId, status="done").status == "done"
    assert name not in [one.documentId for one in tai_chinh.GetReceivedList(messageType="edoc") or []]
    assert {one.code for one in noi_vu.GetAgencies()} == {NOI_VU.agency, TAI_CHINH.agency}


@pytest.mark.parametrize("version", PORTS)
def test_zeep_reads_our_faults(daemon: Daemon, version: str) -> None:
    """The stable code is where the WSDL says."""
    with pytest.raises(zeep.exceptions.Fault) as caught:
        bound(daemon, NOI_VU, version, "basic").GetDocument(docId="none")
    assert caught.value.detail.findtext(f".//{{{NS}}}code") == "not_found"
    for by in ("basic", "text", "digest"):
        with pytest.raises(zeep.exceptions.Fault) as caught:
            bound(daemon, replace(NOI_VU, secret=b"guessed"), version, by).GetAgencies()
        assert caught.value.detail.findtext(f".//{{{NS}}}code") == "auth.unknown_partner"


def post(daemon: Daemon, partner: Partner, body: bytes, content_type: str, **headers: str) -> Reply:
    said = {"Content-Type": content_type, **basic(partner.system_id, partner.secret), **headers}
    reply = call(daemon, "POST", "/soap/documents", body, said)
    return Reply(reply.status, reply.headers, reply.body, 1)


@pytest.mark.parametrize("version", PORTS)
def test_a_large_document_goes_beside_the_envelope_both_ways(daemon: Daemon, version: str) -> None:
    """MTOM over a socket; inline for who asks like that, and no byte is another."""
    name = f"mtom {version}"
    body = messages.edoc(document_id=name, attachments=[("a.bin", random.Random(name).randbytes(3 << 20))])
    held = root(envelope(sending(include()), version=version), version)
    answer(post(daemon, NOI_VU, package(held, Part("doc@x", body)), package_type(version)))

    kind = {SOAP_11: "text/xml", SOAP_12: "application/soap+xml"}[version]
    waiting = envelope(asked("GetReceivedList", field("messageType", "edoc")), version=version)
    rows = answer(post(daemon, TAI_CHINH, waiting, kind))
    (doc_id,) = (one.findtext(f"{{{NS}}}docId") or "" for one in rows if one.findtext(f"{{{NS}}}documentId") == name)
    asking = envelope(asked("GetDocument", field("docId", doc_id)), version=version)
    inline = post(daemon, TAI_CHINH, asking, kind)
    beside = post(daemon, TAI_CHINH, asking, kind, Accept="multipart/related, text/xml;q=0.5")
    assert (inline.headers["content-type"].split(";")[0], document(inline) == body) == (kind, True)
    assert (beside.headers["content-type"].split(";")[0], document(beside) == body) == ("multipart/related", True)


def test_phps_client_works_unaided(daemon: Daemon, tmp_path: Path) -> None:
    """Every call, in both versions, by HTTP Basic and by a digest it makes itself; and it reads our faults."""
    told = {}
    for version in ("1.1", "1.2"):
        for by in ("basic", "digest"):
            file = tmp_path / "sent.edxml"
            file.write_bytes(messages.edoc(document_id=f"php {version} {by}"))
            told[version, by] = json.loads(run("php", str(PHP), wsdl(daemon), version, by, str(file)))
    for (version, by), said in told.items():
        assert said["messageId"]
        assert said["found"] == {"documentId": f"php {version} {by}", "status": "initial", "sender": NOI_VU.agency}
        assert said["same"] is True
        assert said["status"] == "done"
        assert said["left"] == 0
        assert said["agencies"] == [NOI_VU.agency, TAI_CHINH.agency]
        assert said["fault"] == [{"1.1": "Client", "1.2": "Sender"}[version], "not_found", "không tìm thấy mã này"]
        assert said["stranger"] == "auth.unknown_partner"


@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_nodes_client_works_unaided(daemon: Daemon, tmp_path: Path, version: str) -> None:
    """Every call, by HTTP Basic, a password and a digest; and it reads our faults."""
    for by in ("basic", "text", "digest"):
        file = tmp_path / "sent.edxml"
        file.write_bytes(messages.edoc(document_id=f"node {version} {by}"))
        said = json.loads(run("node", str(NODE), wsdl(daemon), version, by, str(file)))
        assert said.pop("messageId")
        assert said == {
            "found": {"documentId": f"node {version} {by}", "status": "initial", "sender": NOI_VU.agency},
            "same": True,
            "status": "done",
            "left": 0,
            "agencies": [NOI_VU.agency, TAI_CHINH.agency],
            "fault": "not_found",
            "stranger": "auth.unknown_partner",
        }


@pytest.mark.parametrize(("language", "command"), [("php", "php"), ("python", sys.executable)])
def test_the_snippets_of_the_page_run(daemon: Daemon, tmp_path: Path, language: str, command: str) -> None:
    """What partners copy works as it stands there, and tells a refusal by its code."""
    (snippet,) = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    script, file = tmp_path / "snippet", tmp_path / "sent.edxml"
    script.write_text(snippet, "utf-8")
    file.write_bytes(messages.edoc(document_id=f"snippet {language}"))
    shown = command, str(script), wsdl(daemon), NOI_VU.system_id, NOI_VU.secret.decode(), str(file)
    assert re.fullmatch(r"[0-9a-z]{26}\n", run(*shown))
    file.write_bytes(b"<a/>")
    assert run(*shown) == "edxml.not_edxml\n"


def test_a_digest_that_was_shown_is_remembered_through_a_restart(tmp_path: Path) -> None:
    """By the journal, so at every process of the bus; which now also knows where partners reach it."""
    body = envelope(LIST, Token(f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}").block())

    def shown(daemon: Daemon) -> str:
        return call(daemon, "POST", "/soap/documents", body, {"Content-Type": "text/xml"}).headers.get("x-bus-code", "")

    with running(tmp_path, WITH_SOAP) as daemon:
        assert [shown(daemon), shown(daemon)] == ["", "auth.replayed"]
    with started_at(tmp_path, public_url="https://bus.example.vn") as daemon:
        assert shown(daemon) == "auth.replayed"
        assert b'location="https://bus.example.vn/soap/documents"' in call(daemon, "GET", "/soap/documents?wsdl").body


@pytest.mark.parametrize("path", ["documents", "reports"])
def test_the_page_is_about_this_service(daemon: Daemon, path: str) -> None:
    """Each call of the WSDL stands on the page with each parameter that it takes."""
    told = dict(re.findall(r"^\| `(\w+)` \| (.+?) \|", PAGE, re.MULTILINE))
    for name, wrapper in zeep.Client(wsdl(daemon).replace("documents", path)).service._binding._operations.items():
        taken = [one for one, _ in wrapper.input.body.type.elements]
        assert set(re.findall(r"`(\w+)`", told[name])) >= set(taken), name
