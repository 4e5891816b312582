"""WS-Security as data: how a partner knows us by an envelope's header, and how we know its answers."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from adapters.http.auth_settings import Secret
from adapters.http.sections import Positive, Section, Word
from bus.transport.settings import Pins


class UsernameToken(Section):
    """A name and a password, as it is or as a digest with a nonce and the time."""

    kind: Literal["username"]
    user: Word
    password: Secret
    digest: bool = False


class Timestamp(Section):
    """When the envelope was made, and until when it may be taken."""

    kind: Literal["timestamp"]
    lifetime: Positive = timedelta(minutes=5)


class Signature(Section):
    """An X.509 signature over the body, and over the timestamp and the addressing where there are any."""

    kind: Literal["signature"]
    #: PEM file of our certificate; the key is a secret.
    certificate: Path
    key: Secret


Proof = Annotated[UsernameToken | Timestamp | Signature, Field(discriminator="kind")]


class Verify(Section):
    """Answers must be signed over their body by a key with one of these pins; nothing that is not signed is read."""

    pin: Annotated[Pins, Field(min_length=1, max_length=8)]
    #: Whether a timestamp must be signed too, and how far from now it may be.
    timestamp: bool = False
    skew: Positive = timedelta(minutes=5)
