"""What ``routes.yaml`` may say of any endpoint and of any partner's entry at a door; adapters' own models add to it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, ClassVar, Literal, NamedTuple
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from bus.certificate import check_pin
from bus.quantity import parse_duration, parse_rate, parse_share, parse_size
from bus.secret import as_list

Duration = Annotated[timedelta, BeforeValidator(parse_duration)]
Size = Annotated[int, BeforeValidator(parse_size)]
#: Calls per second.
Rate = Annotated[float, BeforeValidator(parse_rate)]


class Address(NamedTuple):
    """Where connections are made to."""

    host: str
    port: int


def address_of(url: str) -> Address:
    """Host and port of an absolute http or https URL."""
    parts = urlsplit(url)
    return Address(parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80))


class Idempotency(StrEnum):
    """What a partner promises about a document that reaches it twice (semantics 4)."""

    NONE = "none"
    ID = "id"
    ID_AND_HASH = "id_and_hash"
    ASK_FIRST = "ask_first"


class Flood(BaseModel):
    """When so much is refused that an endpoint is paused."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    #: So many copies in a row.
    dead: Annotated[int, Field(ge=1, le=10_000)] = 20
    #: This share of the last ``over`` that were settled.
    rate: Annotated[float, BeforeValidator(parse_share), Field(gt=0, le=1)] | None = None
    over: Annotated[int, Field(ge=10, le=10_000)] = 100


class EndpointSettings(BaseModel):
    """Keys every endpoint of ``routes.yaml`` may have; an adapter's own model adds to them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: str
    idempotency: Idempotency = Idempotency.NONE
    max_bytes: Size | None = None
    concurrency: Annotated[int, Field(ge=1, le=256)] = 16
    rate: Rate | None = None
    flood: Flood = Flood()
    #: Name of a policy under ``retry:``.
    retry: str = "default"
    #: ``unsigned`` adds a hop of the bus's own to documents without a signature; ``never`` leaves all bytes alone.
    trace_header: Literal["never", "unsigned"] = "never"

    @property
    def server(self) -> str:
        """The URL that calls go to or below, where there is one: the partner's, or that of what stands before it."""
        return ""

    @property
    def address(self) -> Address | None:
        """Where a connection shows that the partner is back after an outage; None where nothing would show it."""
        return address_of(self.server) if self.server else None

    @property
    def certificates(self) -> Mapping[str, Path]:
        """PEM files in use there, by the keys that name them: when they end is watched."""
        return {}


class SourceSettings(EndpointSettings):
    """Keys of an endpoint that is also polled."""

    #: How often its partner is looked at for what it has for us.
    poll: Annotated[Duration, Field(gt=timedelta(0))] = timedelta(minutes=3)
    #: ``observe`` lists, fetches and says what would be done; it neither accepts, nor acks, nor sends.
    mode: Literal["live", "observe"] = "live"
    #: How long what cannot be read is kept back before its partner is told that it failed.
    fail_after: Annotated[Duration, Field(gt=timedelta(0))] = timedelta(days=3)

    @property
    def polled(self) -> bool:
        """Whether there is anything to look at."""
        return True


class DirectorySettings(EndpointSettings):
    """Keys of an endpoint whose partner also has a list of agencies."""

    #: How often its list is looked at; ``never``: only when an operator says so.
    directory: Annotated[Duration, Field(gt=timedelta(0))] | Literal["never"] = timedelta(hours=24)

    @property
    def listed(self) -> bool:
        """Whether there is a list."""
        return True


#: Whatever certificate ``BUS_TLS_CLIENT_CA`` vouches for.
ANY_CERTIFICATE = "any"


def _check_shown(text: str) -> str:
    return text if text == ANY_CERTIFICATE else check_pin(text)


class DoorSettings(BaseModel):
    """Keys of one partner's entry at one door; a face's own model adds to them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    #: What a partner does with address, id and secret of this door, in Vietnamese and English: its handover sheet says it.
    handover: ClassVar[tuple[str, str]] = ("theo tài liệu của cửa này", "as the documentation of this door says")
    #: Only who shows a certificate whose key has one of these pins is let in, with the secret besides; ``any``: a trusted one.
    certificate: Annotated[
        tuple[Annotated[str, AfterValidator(_check_shown)], ...], BeforeValidator(as_list), Field(max_length=8)
    ] = ()
