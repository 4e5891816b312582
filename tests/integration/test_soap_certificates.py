"""A client certificate alone signs in at ``/soap/documents``, over TLS, for the partner whose entry names its pin and no secret."""

from __future__ import annotations

import http.client
import shutil
import ssl
from contextlib import closing
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from adapters.soap.door.contract import NAMESPACE
from adapters.soap.door.settings import SoapDoor
from bus.config import RoutesInvalid, parse
from bus.control.partners import attempt
from bus.control.rotating import rotate
from bus.errors import NotFound
from tests.adapters.soap_driver import asked, basic, envelope, field
from tests.buses import alone, home, running
from tests.contracts.certificates import Authority, Pair, pin_of

ROUTES = """
endpoints:
  mailbox: {kind: mailbox}
partners:
  by-key: {agencies: ["000.00.01.H62"], doors: {soap: {system_id: "by-key", certificate: "%s"}}}
  by-both: {agencies: ["000.00.02.H62"], doors: {soap: {system_id: "by-both", certificate: "%s", secret: "file:both"}}}
  by-lost: {agencies: ["000.00.03.H62"], doors: {soap: {system_id: "by-lost", certificate: "%s", secret: "file:lost"}}}
routes:
  - {name: inside, when: {recipient: {partner: any}}, to: mailbox}
"""
PINS = [f"sha256//{letter * 43}=" for letter in "AEI"]
CALL = envelope(asked("GetReceivedList", field("messageType", "edoc")))


def test_a_certificate_alone_signs_in_where_no_secret_is_named(tmp_path: Path) -> None:
    """One whose entries name a secret besides, readable or not, another's, and none at all sign nobody in."""
    authority = Authority(tmp_path / "authority")
    ours, key, both = (authority.issue(name) for name in ("door", "key", "both"))
    shutil.copy(authority.pair.cert, tmp_path / "clients.pem")
    settings = home(tmp_path, ROUTES % (pin_of(key.cert), pin_of(both.cert), pin_of(both.cert)))
    settings.secrets.mkdir(mode=0o700)
    (settings.secrets / "both").write_text("secret")
    (settings.secrets / "both").chmod(0o600)
    files = {"tls_cert": ours.cert, "tls_key": ours.key, "tls_client_ca": tmp_path / "clients.pem"}
    with running(settings.model_copy(update=files)) as daemon:

        def said(pair: Pair | None, **headers: str) -> tuple[int, bool]:
            context = ssl.create_default_context(cafile=str(authority.pair.cert))
            if pair:
                context.load_cert_chain(pair.cert, pair.key)
            with closing(
                http.client.HTTPSConnection("127.0.0.1", daemon.server.port, timeout=30, context=context)
            ) as one:
                one.request("POST", "/soap/documents", CALL, {"Content-Type": "text/xml", **headers})
                answer = one.getresponse()
                return answer.status, ET.fromstring(answer.read()).find(
                    f".//{{{NAMESPACE}}}GetReceivedListResponse"
                ) is not None

        assert said(key) == (200, True)
        assert said(both, **basic("by-both", b"secret")) == (200, True)
        refused = [said(both), said(None), said(ours), said(key, **basic("by-both", b"secret"))]
        assert refused == [(401, False)] * 4
        assert said(key, **basic("by-key", b"")) == (401, False)


def test_an_entry_without_a_secret_has_none_to_try_or_to_change(tmp_path: Path) -> None:
    """Operators are told so."""
    with alone(home(tmp_path, ROUTES % tuple(PINS))) as parts:
        with pytest.raises(NotFound, match="only a certificate"):
            rotate(parts, "by-key")
        (tried,) = attempt(parts, "by-key")["doors"]
        assert (tried["ok"], tried["code"]) == (None, "untried")


def test_two_partners_cannot_be_one_certificate() -> None:
    """Where it is all that says who calls; beside a secret it may be one of a house they share."""
    parse(ROUTES % (PINS[0], PINS[0], PINS[0]), "routes.yaml", {}, {"soap": SoapDoor})
    second = ROUTES.replace(', secret: "file:both"', "") % (PINS[0], PINS[0], PINS[0])
    with pytest.raises(RoutesInvalid) as caught:
        parse(second, "routes.yaml", {}, {"soap": SoapDoor})
    assert [one.code for one in caught.value.problems] == ["routes.double_key"]
