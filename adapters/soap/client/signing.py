"""An X.509 signature over an envelope that is about to go out, of whose large values only marks are in it.

What is signed is the envelope as it would stand with them: canonical XML is written of what there is, and hashed with the
large values where their marks are.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator

from lxml import etree

from adapters.soap.client.description import Envelope
from adapters.soap.client.keys import SigningKey
from adapters.soap.client.marks import Marks
from adapters.soap.client.names import DS, EXC_C14N, ID, SHA256, X509
from adapters.soap.wire.names import BASE64, SECURITY
from bus.bodies import Body
from bus.message import new_id

_PIECE = 64 << 10


def sign(security: Envelope, signed: Iterable[Envelope], key: SigningKey, certificate: bytes, marks: Marks) -> None:
    """Add a signature over these elements, and the certificate (DER) it is to be believed by, to a security header."""
    token = etree.SubElement(
        security, f"{{{SECURITY}}}BinarySecurityToken", {"ValueType": X509, "EncodingType": BASE64, ID: f"x-{new_id()}"}
    )
    token.text = base64.b64encode(certificate).decode()
    signature = etree.SubElement(security, f"{{{DS}}}Signature", nsmap={"ds": DS})
    info = _info(signature, key.method, [(_id(one), digest(one, marks)) for one in signed])
    value = key.sign(canonical(info))
    etree.SubElement(signature, f"{{{DS}}}SignatureValue").text = base64.b64encode(value).decode()
    reference = etree.SubElement(
        etree.SubElement(signature, f"{{{DS}}}KeyInfo"), f"{{{SECURITY}}}SecurityTokenReference"
    )
    etree.SubElement(reference, f"{{{SECURITY}}}Reference", {"URI": f"#{token.get(ID)}", "ValueType": X509})


def canonical(element: Envelope) -> bytes:
    """Exclusive canonical XML without comments (W3C), of an element as it stands in its document."""
    return etree.tostring(element, method="c14n", exclusive=True, with_comments=False)


def digest(element: Envelope, marks: Marks) -> bytes:
    """SHA-256 of an element, its large values included."""
    made = hashlib.sha256()
    for piece in marks.inline(canonical(element)):
        for data in [piece] if isinstance(piece, bytes) else _pieces(piece):
            made.update(data)
    return made.digest()


def _pieces(body: Body) -> Iterator[bytes]:
    with body.open() as reader:
        while piece := reader.read(_PIECE):
            yield piece


def _info(signature: Envelope, method: str, digests: list[tuple[str, bytes]]) -> Envelope:
    info = etree.SubElement(signature, f"{{{DS}}}SignedInfo")
    etree.SubElement(info, f"{{{DS}}}CanonicalizationMethod", Algorithm=EXC_C14N)
    etree.SubElement(info, f"{{{DS}}}SignatureMethod", Algorithm=method)
    for id_, value in digests:
        reference = etree.SubElement(info, f"{{{DS}}}Reference", URI=f"#{id_}")
        transforms = etree.SubElement(reference, f"{{{DS}}}Transforms")
        etree.SubElement(transforms, f"{{{DS}}}Transform", Algorithm=EXC_C14N)
        etree.SubElement(reference, f"{{{DS}}}DigestMethod", Algorithm=SHA256)
        etree.SubElement(reference, f"{{{DS}}}DigestValue").text = base64.b64encode(value).decode()
    return info


def _id(element: Envelope) -> str:
    """The id of an element, given to it where it has none."""
    if ID not in element.attrib:
        element.set(ID, f"s-{new_id()}")
    return str(element.attrib[ID])
