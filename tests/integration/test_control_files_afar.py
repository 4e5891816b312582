"""Files that orders from afar are about: the command line reads them, and the bus takes them in as at a door."""

from __future__ import annotations

import http.client
import json
import socket
from urllib.parse import urlencode

import pytest
from sqlalchemy import select

from bus.control.afar import PATH
from bus.control.client import FarClient
from bus.control.failures import ControlFailed
from bus.errors import NotFound
from bus.journal import schema
from tests.buses import PUSHED, ROUTES, home, running, until
from tests.clis import bus
from tests.messages import RECIPIENT, SENDER, edoc
from tests.reports import matrix

TOKENS = {"tran.an": "token-of-an", "le.binh": "token-of-binh"}
OPERATORS = """
operators:
  tran.an: {token: "file:tran.an", may: operate}
  le.binh: {token: "file:le.binh"}
"""
#: Larger than arguments may be, and than what lies in the journal.
LARGE = edoc(SENDER, (RECIPIENT,), "large", attachments=[("a.pdf", bytes(range(256)) * 8000)])


@pytest.fixture
def settings(tmp_path):
    made = home(tmp_path, ROUTES % 9 + OPERATORS)
    made.secrets.mkdir(mode=0o700, exist_ok=True)
    for name, token in TOKENS.items():
        file = made.secrets / name
        file.touch(0o600)
        file.write_text(token)
    return made


@pytest.fixture
def daemon(settings):
    with running(settings) as started:
        yield started


@pytest.fixture
def afar(daemon, settings, monkeypatch):
    """The command line of an operator who is elsewhere."""
    monkeypatch.setenv("BUS_URL", f"http://127.0.0.1:{daemon.server.port}")
    monkeypatch.setenv("BUS_TOKEN_FILE", str(settings.secrets / "tran.an"))
    return bus


@pytest.fixture
def file(tmp_path):
    made = tmp_path / "công văn.edxml"
    made.write_bytes(LARGE)
    return made


def files(daemon):
    """All that lies in the store of bodies."""
    return [path for path in daemon.home.settings.bodies.rglob("*") if path.is_file()]


def test_a_document_is_sent_from_afar(afar, daemon, file):
    """Under the operator's name; the machine's own files are never looked at, whatever the file is called."""
    told = afar("send", file, "--as", "so-noi-vu", "--json").json()
    packet = file.with_name("bao-cao.json")
    packet.write_text(json.dumps({**matrix(), "reportingUnit": SENDER, "recipients": [PUSHED]}))
    (led,) = afar("route", packet, "--json").json()["recipients"]

    assert (led["endpoint"], afar("send", packet, "--as", "so-noi-vu").code) == ("push", 1)
    assert [copy["recipient"] for copy in told["copies"]] == [RECIPIENT]
    assert [path.read_bytes() for path in files(daemon)] == [LARGE]
    table = schema.audit.c
    with daemon.home.journal.store.reading() as connection:
        ((who, what, detail),) = connection.execute(select(table.who, table.what, table.detail)).all()
    assert (who, what, json.loads(detail)["file"]) == ("tran.an", "send", "công văn.edxml")
    to = afar("send", file, "--as", "so-noi-vu", "--to", PUSHED, "--to", RECIPIENT, "--json").json()
    assert {copy["recipient"] for copy in to["copies"]} == {PUSHED, RECIPIENT}


def test_of_what_is_refused_nothing_stays(afar, daemon, file):
    """Refused by the intake, by the arguments, or because nothing was to be kept."""
    assert "not_found" in afar("send", file, "--as", "nobody").err
    refused = afar("send", file, "--as", "so-noi-vu", "--to", "999.99", "--json")
    assert refused.json()["error"]["code"] == "recipient.unknown"
    assert "request.invalid" in afar("edit", "x", "--body", file, "--from", "0", "--reason", " ").err
    assert [one["rule"] for one in afar("route", file, "--json").json()["recipients"]] == ["inside"]
    assert files(daemon) == []


def test_an_edit_is_looked_at_and_made_from_afar(afar, daemon, file):
    """The same difference, the same compare-and-swap."""
    file.write_bytes(edoc(recipients=[PUSHED]))
    copy = afar("send", file, "--as", "so-noi-vu", "--json").json()["copies"][0]["doc_id"]
    afar("hold", copy, "--reason", "wrong subject")
    before = afar("trace", copy, "--json").json()["copies"][0]["body"]
    file.write_bytes(edoc(recipients=[PUSHED], subject="V/v đã sửa lại"))
    edit = ("edit", copy, "--body", file, "--from", before, "--reason", "sai trích yếu", "--json")

    seen, made = afar(*edit, "--dry-run").json(), afar(*edit).json()

    assert (seen["edit"], made["state"]) == ("", "applied")
    assert seen["diff"] == made["diff"]
    assert afar("trace", copy, "--json").json()["copies"][0]["body"] == made["after"] != before


def test_who_may_only_look_sends_nothing_and_may_ask_where(daemon, settings, file):
    """A question about a file is a question."""
    looking = FarClient(f"http://127.0.0.1:{daemon.server.port}", str(settings.secrets / "le.binh"))

    assert looking.carry("route", file)["sender"] == SENDER
    with pytest.raises(ControlFailed) as refused:
        looking.carry("send", file, partner="so-noi-vu")
    assert refused.value.error["code"] == "operator.may_not"
    assert looking.call("status")["states"] == {}
    assert files(daemon) == []


def test_a_body_is_bounded_as_at_every_door(daemon, settings):
    """What is announced too large is refused before it is read; what breaks off leaves nothing."""
    headers = {"Authorization": f"Bearer {TOKENS['tran.an']}", "Content-Length": str(1 << 40)}
    connection = http.client.HTTPConnection("127.0.0.1", daemon.server.port, timeout=30)
    connection.putrequest("POST", f"{PATH}/send?{urlencode({'partner': 'so-noi-vu'})}")
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.endheaders()
    assert json.loads(connection.getresponse().read())["code"] == "body.too_large"
    connection.close()

    half = socket.create_connection(("127.0.0.1", daemon.server.port))
    head = f"POST {PATH}/send?partner=so-noi-vu HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {TOKENS['tran.an']}\r\n"
    half.sendall(f"{head}Content-Length: {len(LARGE)}\r\n\r\n".encode() + LARGE[: len(LARGE) // 2])
    until(lambda: len(files(daemon)) == 1)
    half.close()
    until(lambda: files(daemon) == [])


def test_a_file_that_is_not_there_is_told_before_anything_is_asked(settings, tmp_path):
    """In the words of the system."""
    with pytest.raises(NotFound, match="cannot be read"):
        FarClient("http://127.0.0.1:9", str(settings.secrets / "tran.an")).carry("route", tmp_path / "nothing")
