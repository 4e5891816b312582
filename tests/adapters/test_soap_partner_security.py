"""WS-Security: what goes out can be believed, and of what comes in only what is signed is read."""

from __future__ import annotations

import base64
import hashlib
import io
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from adapters.http.keys import Keys
from adapters.soap.client.description import Drawn
from adapters.soap.client.marks import Marked, Marks
from adapters.soap.client.names import DS, ID
from adapters.soap.client.security import Security
from adapters.soap.client.security_settings import Signature, Timestamp, UsernameToken, Verify
from adapters.soap.client.tree import Tree
from adapters.soap.client.verifying import Verifier
from adapters.soap.rehearsal.paper import SOAP11
from adapters.soap.wire.names import SECURITY, UTILITY
from bus.clock import HandClock, SystemClock, micros
from bus.errors import OutcomeUnknown, Rejected, Unreachable
from bus.secret import Secrets
from bus.transport.fast import FastTransport
from tests.adapters.soap_partner import Exchange, exchange, sink_of, tools, written
from tests.contracts.certificates import OTHER, Authority, pin_of
from tests.contracts.sink import delivery

_NS = {"s": SOAP11, "o": SECURITY, "u": UTILITY, "d": DS}
_BODY = '<x:R xmlns:x="urn:x"><x:code>0</x:code></x:R>'
_BIG = bytes(range(256)) * 1000


@dataclass(frozen=True)
class Bytes:
    data: bytes

    @property
    def size(self) -> int:
        return len(self.data)

    def open(self) -> io.BytesIO:
        return io.BytesIO(self.data)


@dataclass(frozen=True)
class Safe:
    """Our certificate and key, with the secrets of a home."""

    home: Path
    certificate: Path
    pin: str

    @property
    def signature(self) -> Signature:
        return Signature(kind="signature", certificate=self.certificate, key=["file:key"])

    def signed(self, body: str = _BODY, *more: Any, way: Any = "inline") -> bytes:
        """An envelope with this in its body, as it goes out."""
        marks = Marks(way)
        mark = marks.put(Marked(Bytes(_BIG)))
        xml = f'<s:Envelope xmlns:s="{SOAP11}"><s:Body>{body.replace("$big", mark)}</s:Body></s:Envelope>'
        envelope = etree.fromstring(xml)
        security = Security((*more, self.signature), Keys(Secrets(self.home, time.monotonic)), SystemClock())
        security.add(Drawn(envelope, "", newer=False), marks)
        return b"".join(
            one if isinstance(one, bytes) else one.open().read() for one in marks.inline(etree.tostring(envelope))
        )

    def read(self, envelope: bytes, **given: Any) -> Any:
        """What is read of an envelope that has to be signed."""
        verifier = Verifier(Verify.model_validate({"pin": self.pin, **given}), SystemClock())
        with tempfile.TemporaryFile() as texts:
            tree = Tree(texts)
            verifier(iter([envelope]), tree)
            return tree.value["Envelope"]


@pytest.fixture(scope="module")
def safe(tmp_path_factory: pytest.TempPathFactory) -> Safe:
    home = tmp_path_factory.mktemp("safe")
    pair = Authority(home / "ca").issue("bus")
    (home / "secrets").mkdir()
    key = home / "secrets" / "key"
    key.write_bytes(pair.key.read_bytes())
    key.chmod(0o600)
    return Safe(home, pair.cert, pin_of(pair.cert))


def test_username_token_by_digest(safe: Safe) -> None:
    """The digest is the standard's, over a fresh nonce and the clock's time."""
    envelope = etree.fromstring(f'<s:Envelope xmlns:s="{SOAP11}"><s:Body/></s:Envelope>')
    secret = safe.home / "secrets" / "pass"
    secret.write_text("mật khẩu")
    secret.chmod(0o600)
    token = UsernameToken(kind="username", user="sở-tc", password=["file:pass"], digest=True)
    keys, clock = Keys(Secrets(safe.home, time.monotonic)), HandClock()
    Security((token,), keys, clock).add(Drawn(envelope, "", newer=False), Marks("inline"))
    (found,) = envelope.iterfind("s:Header/o:Security/o:UsernameToken", _NS)
    text = {name: found.findtext(f"{prefix}:{name}", namespaces=_NS) or ""
        for prefix, name in (("o", "Username"), ("o", "Password"), ("o", "Nonce"), ("u", "Created"))}  # fmt: skip
    made = hashlib.sha1(base64.b64decode(text["Nonce"]) + text["Created"].encode() + "mật khẩu".encode()).digest()
    assert text["Username"] == "sở-tc"
    assert base64.b64decode(text["Password"]) == made
    assert text["Created"].endswith("Z")


def test_what_is_signed_is_read(safe: Safe) -> None:
    """A body with a value that was spliced in, whichever way it goes: signed is the envelope with it in its place."""
    assert safe.read(safe.signed())["Body"] == {"R": {"code": "0"}}
    for way in ("inline", "mtom"):
        big = safe.read(safe.signed("<R><big>$big</big></R>", way=way))["Body"]["R"]["big"]
        assert big.end - big.start == len(base64.b64encode(_BIG))


def test_header_that_is_not_signed_is_not_read(safe: Safe) -> None:
    """Only elements that were verified are told of."""
    envelope = etree.fromstring(safe.signed())
    header = envelope.find("s:Header", _NS)
    assert header is not None
    etree.SubElement(header, "session").text = "not ours"
    assert safe.read(etree.tostring(envelope))["Header"] == ""


def _element(xml: str) -> Any:
    return etree.fromstring(f'<r xmlns:s="{SOAP11}" xmlns:u="{UTILITY}">{xml}</r>')[0]


def _changed(root: Any) -> None:
    root.find(".//{urn:x}code").text = "1"


def _wrapped_in_the_header(root: Any) -> None:
    """The signed body moves into the header, and another takes its place."""
    body, header = root.find("s:Body", _NS), root.find("s:Header", _NS)
    etree.SubElement(header, "wrapper").append(body)
    root.append(_element(f"<s:Body>{_BODY.replace('0', '1')}</s:Body>"))


def _wrapped_with_its_id(root: Any) -> None:
    """The same, and the new one bears the id that is signed."""
    id_ = root.find("s:Body", _NS).get(ID)
    _wrapped_in_the_header(root)
    root.find("s:Body", _NS).set(ID, id_)


def _wrapped_in_the_signature(root: Any) -> None:
    body = root.find("s:Body", _NS)
    etree.SubElement(root.find(".//d:Signature", _NS), f"{{{DS}}}Object").append(body)
    root.append(_element(f"<s:Body>{_BODY.replace('0', '1')}</s:Body>"))


def _wrapped_in_a_body(root: Any) -> None:
    """The signed body stands inside another."""
    body = root.find("s:Body", _NS)
    other = etree.SubElement(root, f"{{{SOAP11}}}Body")
    other.append(_element(_BODY.replace("0", "1")))
    other.append(body)


def _second_body(root: Any) -> None:
    root.insert(1, _element(f"<s:Body>{_BODY.replace('0', '1')}</s:Body>"))


def _second_security(root: Any) -> None:
    etree.SubElement(root.find("s:Header", _NS), f"{{{SECURITY}}}Security")


def _plain_id(root: Any) -> None:
    """Another element has the signed id by another attribute."""
    etree.SubElement(root.find("s:Header", _NS), "x", ID=root.find("s:Body", _NS).get(ID))


def _unsigned(root: Any) -> None:
    root.remove(root.find("s:Header", _NS))


def _no_reference(root: Any) -> None:
    info = root.find(".//d:SignedInfo", _NS)
    info.remove(info.find("d:Reference", _NS))


def _whole_document(root: Any) -> None:
    root.find(".//d:Reference", _NS).set("URI", "")


def _other_transform(root: Any) -> None:
    root.find(".//d:Transform", _NS).set("Algorithm", "http://www.w3.org/TR/1999/REC-xpath-19991116")


def _weaker(root: Any) -> None:
    root.find(".//d:SignatureMethod", _NS).set("Algorithm", "http://www.w3.org/2000/09/xmldsig#hmac-sha1")


def _sha1(root: Any) -> None:
    root.find(".//d:DigestMethod", _NS).set("Algorithm", "http://www.w3.org/2000/09/xmldsig#sha1")


@pytest.mark.parametrize(
    "attack",
    [
        _changed, _wrapped_in_the_header, _wrapped_with_its_id, _wrapped_in_the_signature, _wrapped_in_a_body, _second_body,
        _second_security, _plain_id, _unsigned, _no_reference, _whole_document, _other_transform, _weaker, _sha1,
    ],
    ids=lambda one: one.__name__,
)  # fmt: skip
def test_what_is_not_as_it_was_signed_is_not_believed(safe: Safe, attack: Callable[[Any], None]) -> None:
    """Changed, moved, doubled or signed in a weaker way: nothing of it is an answer."""
    root = etree.fromstring(safe.signed())
    attack(root)
    with pytest.raises(OutcomeUnknown, match="not believed"):
        safe.read(etree.tostring(root))


def test_a_comment_cuts_no_value_short(safe: Safe) -> None:
    """Comments are not signed, and a value is the same with them."""
    envelope = safe.signed("<R><to>000.00.05.H62</to></R>").replace(b"000.00.05", b"000.<!-- -->00.05")
    assert safe.read(envelope)["Body"]["R"]["to"] == "000.00.05.H62"


def test_another_key_is_not_believed(safe: Safe) -> None:
    """However good its signature is."""
    with pytest.raises(OutcomeUnknown, match="another key"):
        safe.read(safe.signed(), pin=OTHER)


def test_document_types_in_signed_answers(safe: Safe) -> None:
    """They are no envelopes, signed or not."""
    with pytest.raises(Rejected):
        safe.read(b'<!DOCTYPE s [<!ENTITY e "x">]>' + safe.signed())


@pytest.mark.parametrize(("stamp", "believed"), [(True, True), (False, False)])
def test_timestamps_are_signed_where_they_have_to_be(safe: Safe, stamp: bool, believed: bool) -> None:
    """An answer that is to have one has it, signed, and of now."""
    more = (Timestamp(kind="timestamp"),) if stamp else ()
    envelope = safe.signed(_BODY, *more)
    if believed:
        assert safe.read(envelope, timestamp=True)["Body"]
        return
    with pytest.raises(OutcomeUnknown):
        safe.read(envelope, timestamp=True)


def test_an_old_answer_is_not_believed(safe: Safe) -> None:
    """One that was recorded an hour ago."""
    clock = SystemClock()
    late = HandClock(clock.now() + micros(Verify(pin=[safe.pin]).skew) * 12)
    verifier = Verifier(Verify.model_validate({"pin": safe.pin, "timestamp": True}), late)
    with tempfile.TemporaryFile() as texts, pytest.raises(OutcomeUnknown, match="not of now"):
        verifier(iter([safe.signed(_BODY, Timestamp(kind="timestamp"))]), Tree(texts))


def test_a_partner_that_does_not_sign_claims_nothing(safe: Safe, tmp_path: Path) -> None:
    """Its success is an unknown outcome; ours goes out with a header it need not understand."""
    played = exchange()
    played.start()
    transport = FastTransport()
    given = tools(transport, tmp_path)
    (tmp_path / "secrets" / "key").write_bytes((safe.home / "secrets" / "key").read_bytes())
    (tmp_path / "secrets" / "key").chmod(0o600)
    security = [{"kind": "timestamp"}, {"kind": "signature", "certificate": str(safe.certificate), "key": "file:key"}]
    sink = sink_of(written(played.url, security=security, verify={"pin": safe.pin}), given)
    with pytest.raises(OutcomeUnknown, match="not believed"):
        sink.send(delivery())
    assert len(Exchange(played).kept()) == 1
    (wrote,) = played.tell(lambda partner: list(partner.wrote))
    assert safe.read(etree.tostring(wrote.envelope))["Body"]["SendDocument"]["documentId"] == "doc-1"
    played.stop()
    transport.close()


def test_a_key_that_is_none_waits(safe: Safe, tmp_path: Path) -> None:
    """What cannot be signed is not sent, and is no document's fault."""
    transport = FastTransport()
    given = tools(transport, tmp_path)
    (tmp_path / "secrets" / "key").write_text("none")
    (tmp_path / "secrets" / "key").chmod(0o600)
    keys = Keys(given.secrets)
    security = Security((safe.signature,), keys, HandClock())
    with pytest.raises(Unreachable, match="cannot sign"):
        security.add(Drawn(etree.fromstring(f'<s:Envelope xmlns:s="{SOAP11}"/>'), "", newer=False), Marks("inline"))
    transport.close()
