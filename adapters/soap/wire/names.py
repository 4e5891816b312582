"""The names of the standards: both versions of SOAP, WS-Addressing, WS-Security, XOP, XML Schema, X-Road."""

from __future__ import annotations

from dataclasses import dataclass

from schemas.xml import Name


@dataclass(frozen=True, slots=True)
class Version:
    """One version of SOAP."""

    number: str
    #: Of its envelope.
    namespace: str
    media_type: str
    #: How a block of the header says for whom it is, and who is meant by it besides whoever is not named.
    role: Name
    ours: frozenset[str]

    def name(self, local: str) -> Name:
        """A name of its envelope."""
        return Name(self.namespace, local)


_ENVELOPE_11 = "http://schemas.xmlsoap.org/soap/envelope/"
_ENVELOPE_12 = "http://www.w3.org/2003/05/soap-envelope"

SOAP_11 = Version(
    "1.1",
    _ENVELOPE_11,
    "text/xml",
    Name(_ENVELOPE_11, "actor"),
    frozenset({"", "http://schemas.xmlsoap.org/soap/actor/next"}),
)
SOAP_12 = Version(
    "1.2",
    _ENVELOPE_12,
    "application/soap+xml",
    Name(_ENVELOPE_12, "role"),
    frozenset({"", f"{_ENVELOPE_12}/role/next", f"{_ENVELOPE_12}/role/ultimateReceiver"}),
)
VERSIONS = (SOAP_11, SOAP_12)

ADDRESSING = "http://www.w3.org/2005/08/addressing"
_OASIS = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss"
SECURITY = f"{_OASIS}-wssecurity-secext-1.0.xsd"
UTILITY = f"{_OASIS}-wssecurity-utility-1.0.xsd"
PASSWORD_TEXT = f"{_OASIS}-username-token-profile-1.0#PasswordText"
PASSWORD_DIGEST = f"{_OASIS}-username-token-profile-1.0#PasswordDigest"
BASE64 = f"{_OASIS}-soap-message-security-1.0#Base64Binary"

XROAD = "http://x-road.eu/xsd/xroad.xsd"
IDENTIFIERS = "http://x-road.eu/xsd/identifiers"
#: Of an extension of X-Road's: for whom a client acts.
REPRESENTATION = "http://x-road.eu/xsd/representation.xsd"

XOP = "http://www.w3.org/2004/08/xop/include"
XOP_TYPE = "application/xop+xml"
MULTIPART = "multipart/related"
NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
XML_TYPES = {version.media_type: version for version in VERSIONS}
