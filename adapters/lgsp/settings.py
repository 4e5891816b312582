"""What ``routes.yaml`` says about a provincial platform that is called: ``kind: lgsp``."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from adapters.http import names
from adapters.http.sections import Positive, Url, Word
from adapters.http.targets import Allowed, refused_as_written
from bus.endpoint_settings import DirectorySettings, Idempotency, Size, SourceSettings
from bus.secret import SecretNames
from bus.transport.settings import TlsSettings

_INSIDE = "expected an address that is not loopback, link-local or a cloud's own, or the same under 'allow'"


class LgspSettings(TlsSettings, SourceSettings, DirectorySettings):
    """An endpoint of ``kind: lgsp``. What the province's guide leaves open is a key here, and its default a guess."""

    kind: Literal["lgsp"] = "lgsp"
    #: The calls stand below it: ``/v1/sendEdoc`` and so on.
    url: Url
    system_id: Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[!-9;-~]+$")]
    secret: Annotated[SecretNames, Field(min_length=1)]
    #: ``headers``: X-SystemId and X-SecretKey with every call. ``token``: a token for them (OAuth2 client credentials).
    sign_in: Literal["headers", "token"] = "headers"
    #: Where a token is had: below ``url``, or a URL of its own.
    token: Annotated[str, Field(pattern=r"^/[!-~]*$")] | Url = "/token"  # noqa: S105 - a place

    max_bytes: Size | None = 50 << 20
    concurrency: Annotated[int, Field(ge=1, le=256)] = 4

    #: What errorCode 21 ("file processing error") means for what was sent: that may have been done, or was not.
    processing_error: Literal["unknown", "wait", "refuse"] = "unknown"
    #: How the answer of getEdoc holds the document.
    edxml: Literal["base64", "text"] = "base64"
    #: How many days back lists are asked for.
    days: Annotated[int, Field(ge=0, le=3650)] = 30
    #: The status that says that an item cannot be taken; ``never``: it stays in the platform's list.
    fail: Word = "fail"
    #: Tell the platform ``processing`` before a document is fetched.
    processing: bool = False
    #: Agencies this endpoint acts for: they stand in where the platform does not say whom a document is for.
    own: tuple[Word, ...] = ()

    #: Addresses (``127.0.0.1``, ``10.0.0.0/8``) that may be called though they are loopback, link-local or a cloud's own.
    allow: tuple[Allowed, ...] = ()
    connect_timeout: Positive = timedelta(seconds=10)
    #: How long no byte may move before a call is given up.
    idle_timeout: Positive = timedelta(seconds=60)

    @model_validator(mode="after")
    def _check_whole(self) -> Self:
        if self.idempotency is Idempotency.ASK_FIRST:
            raise ValueError(
                "expected another contract than 'idempotency: ask_first': these calls have no such question"
            )
        called = {"url": self.url, "token": self.token if self.sign_in == "token" else ""}
        names.refuse(
            [names.wrong((key,), _INSIDE) for key, url in called.items() if refused_as_written(url, self.allow)]
        )
        return self

    @property
    def server(self) -> str:
        return self.url
