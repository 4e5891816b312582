"""The words of QCVN 102:2016 on the wire: its namespace, its prefix, and the spellings that are read as one."""

from __future__ import annotations

import unicodedata

from schemas.xml import Name

#: The standard's namespace; it did not change with the amendment of 2022.
NAMESPACE = "http://www.mic.gov.vn/TBT/QCVN_102_2016"
#: Some implementations put the envelope's Signature here, others in :data:`NAMESPACE`.
SIGNATURE_NAMESPACE = "http://www.w3.org/2000/09/xmldsig#"
#: Written literally: some receivers look for ``edXML:StatusCode`` as a raw string.
PREFIX = "edXML"
CID = "cid:"

#: White space as XML has it, and no other: a rule frozen in digests must not grow.
XML_SPACE = " \t\r\n"


def canonical(local: str) -> str:
    """The standard's spelling of an element name; Bkav systems write the ordinary English one."""
    if local.startswith("Business"):
        return "Bussiness" + local.removeprefix("Business")
    return "OrganizationInCharge" if local == "OrganInCharge" else local


def word_of(name: Name) -> str:
    """The standard's word for an element; '' for one of another namespace."""
    return canonical(name.local) if name.namespace == NAMESPACE else ""


def trim(text: str) -> str:
    """The text without white space around it."""
    return text.strip(XML_SPACE)


def trim_start(text: str) -> str:
    """As :func:`trim`, before the text only."""
    return text.lstrip(XML_SPACE)


def bare_cid(content_id: str) -> str:
    """A ContentId without its ``cid:``, which some implementations leave out on one side."""
    return content_id.removeprefix(CID)


def clean(text: str) -> str:
    """The text as it is compared and kept: trimmed, and composed (NFC), since hops and keyboards differ in that."""
    trimmed = text.strip(XML_SPACE)
    return trimmed if trimmed.isascii() else unicodedata.normalize("NFC", trimmed)
