"""What ``routes.yaml`` says about a partner that takes documents by the push protocol."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from bus.endpoint_settings import Duration, EndpointSettings
from bus.secret import SecretNames
from bus.transport.settings import TlsSettings


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


class RestSettings(TlsSettings, EndpointSettings):
    """An endpoint of ``kind: rest``."""

    kind: Literal["rest"] = "rest"
    #: Documents are posted here; a document is asked for at ``url/{docId}``.
    url: Annotated[str, AfterValidator(_check_url)]
    #: Sent as ``X-Bus-Key``; the first name that can be read counts.
    key: SecretNames | None = Field(default=None, min_length=1)
    connect_timeout: Annotated[Duration, Field(gt=timedelta(0))] = timedelta(seconds=10)
    #: How long no byte may move before a call is given up.
    idle_timeout: Annotated[Duration, Field(gt=timedelta(0))] = timedelta(seconds=60)

    @property
    def server(self) -> str:
        return self.url
