"""What ``routes.yaml`` says about a partner that takes documents by the push protocol."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, model_validator

from bus.endpoint import Address, Duration, EndpointSettings, address_of
from bus.secret import SecretNames
from bus.transport import Tls


def _check_url(url: str) -> str:
    parts = urlsplit(url)
    _ = parts.port  # looked at because only looking finds a port that is none
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.fragment:
        msg = f"expected an absolute http or https URL such as https://10.1.2.3/edoc, got {url!r}"
        raise ValueError(msg)
    if parts.username is not None:
        msg = "a URL holds no user or password here: name the partner's key with key: file:NAME"
        raise ValueError(msg)
    if not url.isascii() or not url.isprintable() or " " in url:
        msg = f"expected a URL in ASCII without spaces, got {url!r}"
        raise ValueError(msg)
    return url


class RestSettings(EndpointSettings):
    """An endpoint of ``kind: rest``."""

    kind: Literal["rest"] = "rest"
    #: Documents are posted here; a document is asked for at ``url/{docId}``.
    url: Annotated[str, AfterValidator(_check_url)]
    #: Sent as ``X-Bus-Key``; the first name that can be read counts.
    key: SecretNames | None = Field(default=None, min_length=1)
    #: PEM files: the authority to trust instead of the system's, and our own certificate.
    ca_file: Path | None = None
    cert_file: Path | None = None
    key_file: Path | None = None
    connect_timeout: Annotated[Duration, Field(gt=timedelta(0))] = timedelta(seconds=10)
    #: How long no byte may move before a call is given up.
    idle_timeout: Annotated[Duration, Field(gt=timedelta(0))] = timedelta(seconds=60)

    @model_validator(mode="after")
    def _check_files(self) -> Self:
        if self.key_file and not self.cert_file:
            msg = "key_file is the key of a certificate: name cert_file too"
            raise ValueError(msg)
        return self

    @property
    def address(self) -> Address:
        """The server of the URL."""
        return address_of(self.url)

    @property
    def tls(self) -> Tls:
        """The files as the transport wants them."""
        return Tls(self.ca_file, self.cert_file, self.key_file)
