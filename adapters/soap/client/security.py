"""The security header of an envelope (WS-Security): a timestamp, a username token, a signature over what counts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC
from typing import Any

from lxml import etree
from zeep.wsse import username, utils

from adapters.http.keys import Keys
from adapters.soap.client.description import Drawn, Envelope
from adapters.soap.client.keys import SigningKey
from adapters.soap.client.marks import Marks
from adapters.soap.client.security_settings import Proof, Signature, Timestamp, UsernameToken
from adapters.soap.client.signing import sign
from adapters.soap.wire.names import ADDRESSING, SECURITY, UTILITY
from bus.certificate import of_file
from bus.clock import Clock, instant, micros
from bus.errors import FailureClass, Unreachable


def _header(envelope: Envelope) -> Envelope:
    """The security header, made where there is none."""
    library: Any = utils
    found: Envelope = library.get_security_header(envelope)
    return found


class Security:
    """Adds what an endpoint's settings say. Safe to use from many threads."""

    def __init__(self, proofs: tuple[Proof, ...], keys: Keys, clock: Clock) -> None:
        self._proofs = proofs
        self._keys = keys
        self._clock = clock
        #: The key that was read last, and what it was made of: reading one takes longer than signing with it.
        self._read: tuple[bytes, SigningKey] | None = None

    def add(self, drawn: Drawn, marks: Marks) -> None:
        """The header, where there is anything to be in it. Raises Unreachable where a secret or a certificate cannot be used."""
        for kind in (Timestamp, UsernameToken, Signature):  # what is signed must be there before
            for proof in self._proofs:
                if isinstance(proof, kind):
                    self._add(proof, drawn.envelope, marks)

    def _add(self, proof: Proof, envelope: Envelope, marks: Marks) -> None:
        match proof:
            case Timestamp():
                self._stamp(_header(envelope), proof)
            case UsernameToken():
                tokens: Any = username  # the library has no types
                now = instant(self._clock.now()).astimezone(UTC)
                password = self._keys.text(proof.password)
                token = tokens.UsernameToken(
                    proof.user, password, use_digest=proof.digest, created=now, zulu_timestamp=True
                )
                token.apply(envelope, {})
            case Signature():
                key, certificate = self._key(proof), _certificate(proof)
                sign(_header(envelope), list(_signed(envelope)), key, certificate, marks)

    def _stamp(self, security: Envelope, proof: Timestamp) -> None:
        stamp = etree.SubElement(security, f"{{{UTILITY}}}Timestamp")
        now = self._clock.now()
        for name, at in (("Created", now), ("Expires", now + micros(proof.lifetime))):
            text = instant(at).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            etree.SubElement(stamp, f"{{{UTILITY}}}{name}").text = text

    def _key(self, proof: Signature) -> SigningKey:
        pem = self._keys.raw(proof.key)
        read = self._read
        if read and read[0] == pem:
            return read[1]
        try:
            made = SigningKey(pem)
        except ValueError as error:
            raise Unreachable(FailureClass.AUTH, f"the secret {proof.key[0]} cannot sign: {error}") from error
        self._read = pem, made
        return made


def _certificate(proof: Signature) -> bytes:
    """Our certificate, DER."""
    try:
        return of_file(proof.certificate)[0]
    except (OSError, IndexError) as error:
        raise Unreachable(FailureClass.AUTH, f"{proof.certificate.name} holds no certificate") from error


def _signed(envelope: Envelope) -> Iterator[Envelope]:
    """The body, the timestamp and the token, and WS-Addressing."""
    namespace = etree.QName(envelope).namespace
    yield from envelope.iterfind(f"{{{namespace}}}Body")
    header = f"{{{namespace}}}Header"
    for name in (
        f"{{{SECURITY}}}Security/{{{UTILITY}}}Timestamp",
        f"{{{SECURITY}}}Security/{{{SECURITY}}}UsernameToken",
        f"{{{ADDRESSING}}}*",
    ):
        yield from envelope.iterfind(f"{header}/{name}")
