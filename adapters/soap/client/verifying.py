"""Believes an answer only as far as it is signed by a key we know: what is verified is what is read, and nothing else is.

The profile is narrow: exclusive canonical XML, references by ids that stand once in the document, over the body that is the
envelope's own. A body that was moved elsewhere, or stands beside one that is signed, is none.
"""

from __future__ import annotations

import base64
import binascii
import copy
import hashlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, NoReturn

from lxml import etree

from adapters.soap.client.description import Envelope
from adapters.soap.client.keys import is_signed
from adapters.soap.client.names import DS, EXC_C14N, ID, SHA256, SHA384, SHA512
from adapters.soap.client.security_settings import Verify
from adapters.soap.client.telling import tell
from adapters.soap.client.tree import Tree
from adapters.soap.wire.names import SECURITY, UTILITY, VERSIONS
from bus.certificate import ends, fits
from bus.clock import Clock, micros
from bus.errors import OutcomeUnknown, Rejected

_IDS = (ID, "Id", "ID", "id", "{http://www.w3.org/XML/1998/namespace}id", "AssertionID")
_DIGESTS: Mapping[str, str] = MappingProxyType({SHA256: "sha256", SHA384: "sha384", SHA512: "sha512"})
_PREFIXES = f"{{{EXC_C14N}}}InclusiveNamespaces"


class Verifier:
    """Checks answers of one endpoint."""

    def __init__(self, settings: Verify, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock

    def __call__(self, envelope: Iterator[bytes], tree: Tree) -> None:
        root = _parsed(envelope)
        namespace = etree.QName(root).namespace
        header, body = _only(root, f"{{{namespace}}}Header"), _only(root, f"{{{namespace}}}Body")
        security = _only(header, f"{{{SECURITY}}}Security")
        verified = self._verified(root, security)
        if body not in verified:
            _refuse("its body is not signed")
        self._check_time(security, verified)
        tell(root, body, [one for one in header if one in verified], tree)

    def _verified(self, root: Envelope, security: Envelope) -> list[Envelope]:
        """The elements that the signature is over."""
        signature = _only(security, f"{{{DS}}}Signature")
        info = _only(signature, f"{{{DS}}}SignedInfo")
        certificate = _certificate(security, signature)
        if not fits(certificate, self._settings.pin) or ends(certificate) < self._clock.now():
            _refuse("it is signed by another key, or by a certificate that has ended")
        method = _only(info, f"{{{DS}}}SignatureMethod").get("Algorithm", "")
        value = _decoded(_only(signature, f"{{{DS}}}SignatureValue"))
        if not is_signed(certificate, method, value, _canonical(info, _only(info, f"{{{DS}}}CanonicalizationMethod"))):
            _refuse("its signature is wrong")
        return [_referenced(root, one) for one in info.iterfind(f"{{{DS}}}Reference")]

    def _check_time(self, security: Envelope, verified: list[Envelope]) -> None:
        if not self._settings.timestamp:
            return
        stamp = _only(security, f"{{{UTILITY}}}Timestamp")
        if stamp not in verified:
            _refuse("its timestamp is not signed")
        now, skew = self._clock.now(), micros(self._settings.skew)
        if abs(_moment(stamp, "Created") - now) > skew or _moment(stamp, "Expires") < now - skew:
            _refuse("its timestamp is not of now")


def _parsed(pieces: Iterator[bytes]) -> Envelope:
    """The envelope as a tree. Raises ``Rejected('xml.malformed')`` for what is none."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True, remove_comments=True
    )
    try:
        for piece in pieces:
            parser.feed(piece)
        root = parser.close()
    except etree.XMLSyntaxError as error:
        raise Rejected("xml.malformed", error.msg or "not XML") from error
    info: Any = root.getroottree().docinfo
    if info.doctype or root.tag not in {f"{{{one.namespace}}}Envelope" for one in VERSIONS}:
        raise Rejected("xml.malformed", "the answer is no SOAP envelope")
    return root


def _referenced(root: Envelope, reference: Envelope) -> Envelope:
    """The element a reference is about, if it is as it was signed."""
    uri = reference.get("URI", "")
    found = [one for one in root.iter("*") if uri[1:] in (one.get(name) for name in _IDS)]
    if not uri.startswith("#") or len(found) != 1:
        _refuse("it signs what stands in it twice, or not at all")
    transforms = list(_only(reference, f"{{{DS}}}Transforms"))
    algorithm = _DIGESTS.get(_only(reference, f"{{{DS}}}DigestMethod").get("Algorithm", ""))
    if len(transforms) != 1 or algorithm is None:
        _refuse("it is signed in a way that is not known here")
    made = hashlib.new(algorithm, _canonical(found[0], transforms[0])).digest()
    if made != _decoded(_only(reference, f"{{{DS}}}DigestValue")):
        _refuse("it is not as it was signed")
    return found[0]


def _canonical(element: Envelope, method: Envelope) -> bytes:
    """Canonical XML by the method an element names."""
    if method.get("Algorithm") != EXC_C14N:
        _refuse("it is signed in a way that is not known here")
    prefixes = method.find(_PREFIXES)
    listed = (prefixes.get("PrefixList") or "").split() if prefixes is not None else []
    whole = _rooted(element, listed) if listed else element
    return etree.tostring(
        whole, method="c14n", exclusive=True, with_comments=False, inclusive_ns_prefixes=listed or None
    )


def _rooted(element: Envelope, listed: list[str]) -> Envelope:
    """A copy of an element that itself declares what was declared around it: the library looks no further."""
    namespaces: Any = {
        prefix: uri
        for prefix, uri in element.nsmap.items()
        if prefix == element.prefix or (prefix or "#default") in listed
    }
    copied = copy.deepcopy(element)
    made = etree.Element(
        element.tag, {str(name): str(value) for name, value in element.attrib.items()}, nsmap=namespaces
    )
    made.text = copied.text
    made.extend(list(copied))
    return made


def _certificate(security: Envelope, signature: Envelope) -> bytes:
    """The certificate that a signature names, DER: a token of the same header, or one within the signature."""
    within = signature.find(f"{{{DS}}}KeyInfo//{{{DS}}}X509Certificate")
    if within is not None:
        return _decoded(within)
    reference = signature.find(f"{{{DS}}}KeyInfo/{{{SECURITY}}}SecurityTokenReference/{{{SECURITY}}}Reference")
    wanted = reference.get("URI", "")[1:] if reference is not None else ""
    for token in security.iterfind(f"{{{SECURITY}}}BinarySecurityToken"):
        if wanted and token.get(ID) == wanted:
            return _decoded(token)
    return _refuse("it does not say by which certificate it is signed")


def _only(element: Envelope, name: str) -> Envelope:
    """The one child of a name."""
    found = element.findall(name)
    if len(found) != 1:
        _refuse(f"it has {len(found)} of {etree.QName(name).localname}")
    return found[0]


def _decoded(element: Envelope) -> bytes:
    try:
        return base64.b64decode("".join((element.text or "").split()), validate=True)
    except (binascii.Error, ValueError):
        return _refuse("its signature cannot be read")


def _moment(stamp: Envelope, name: str) -> int:
    try:
        told = datetime.fromisoformat((_only(stamp, f"{{{UTILITY}}}{name}").text or "").strip())
        return int(told.replace(tzinfo=told.tzinfo or UTC).timestamp() * 1_000_000)
    except (ValueError, OverflowError):
        return _refuse("its timestamp cannot be read")


def _refuse(why: str) -> NoReturn:
    raise OutcomeUnknown(f"the answer is not believed: {why}", code="WS-Security")
