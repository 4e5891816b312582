"""What ``routes.yaml`` says about the national axis as a partner that is called: ``kind: vxp``."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from adapters.vxp.times import LOCAL
from bus.endpoint_settings import DirectorySettings, Duration, Idempotency, Size, SourceSettings
from bus.secret import SecretNames
from bus.transport.settings import TlsSettings


def _check_url(url: str) -> str:
    parts = urlsplit(url)
    _ = parts.port  # looked at because only looking finds a port that is none
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise ValueError(
            f"expected the adapter's http or https URL such as http://ss.local:8080/XrdAdapter/adapter, got {url!r}"
        )
    if parts.username is not None:
        raise ValueError("a URL holds no user or password here: name the system's secret with secret: file:NAME")
    if not url.isascii() or not url.isprintable() or " " in url:
        raise ValueError(f"expected a URL in ASCII without spaces, got {url!r}")
    return url.rstrip("/")


def _local(moment: datetime) -> datetime:
    """A moment without a zone is Vietnamese time, as everything on the axis is."""
    return moment if moment.tzinfo else moment.replace(tzinfo=LOCAL)


_Positive = Annotated[Duration, Field(gt=timedelta(0))]


class VxpSettings(TlsSettings, SourceSettings, DirectorySettings):
    """An endpoint of ``kind: vxp``: the agency's own security server or adapter before the axis."""

    kind: Literal["vxp"] = "vxp"
    url: Annotated[str, AfterValidator(_check_url)]
    #: What the axis knows this system by; every call is signed with the first secret that can be read.
    system_id: Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[!-~]+$")]
    secret: SecretNames = Field(min_length=1)

    idempotency: Idempotency = Idempotency.ASK_FIRST
    max_bytes: Size | None = 50 << 20
    concurrency: Annotated[int, Field(ge=1, le=256)] = 4

    #: What the axis listed before this moment is left alone.
    live_from: Annotated[datetime, AfterValidator(_local)] | None = None
    #: Agencies this endpoint acts for: they stand in where the axis does not say whom a document is for.
    own: tuple[str, ...] = ()
    #: Tell the axis ``processing`` before a document is fetched.
    processing: bool = False
    #: Whether the axis lists sent items without a docId (``bus check --connect`` finds out).
    list_sent: Literal["unknown", "yes"] = "unknown"
    #: How far the axis's clock may be from ours when sent items are compared.
    skew: Duration = timedelta(minutes=10)

    connect_timeout: _Positive = timedelta(seconds=10)
    #: How long no byte may move before a call is given up.
    idle_timeout: _Positive = timedelta(seconds=60)

    @property
    def server(self) -> str:
        return self.url

    @property
    def limit(self) -> int:
        """The largest document that is taken in, in bytes."""
        return self.max_bytes or 50 << 20
