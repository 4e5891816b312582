"""How people are told: ``channels:`` and ``statements:`` in ``routes.yaml``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import time
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from bus.config.alerts import Names
from bus.config.conditions import AgencyCondition
from bus.config.values import Code, Name, Section, as_list
from bus.secret import SecretName

#: In ``to:`` of a statement: the agency that it is about, through the bus.
AGENCY = "agency"
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+")
_HOST = re.compile(r"[A-Za-z0-9.:_-]{1,253}")
_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
_PORTS = {"starttls": 587, "tls": 465, "none": 25}


def _address(text: str) -> str:
    if not _ADDRESS.fullmatch(text):
        raise ValueError("expected a bare address such as truc@tinh.gov.vn")
    return text


def _host(text: str) -> str:
    if not _HOST.fullmatch(text):
        raise ValueError("expected a host such as mail.tinh.gov.vn")
    return text


def _web(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or not url.isascii() or not url.isprintable():
        raise ValueError("expected an address such as https://giam-sat.tinh.gov.vn/truc")
    if parts.username or parts.password:
        raise ValueError("expected the address alone, and the secret as file:NAME")
    return url


def _time_of_day(value: object) -> object:
    """``06:30``."""
    if isinstance(value, str) and (match := _TIME.fullmatch(value)):
        return time(int(match[1]), int(match[2]))
    raise ValueError("expected a time of day in quotes, such as '06:30'")


Address = Annotated[str, AfterValidator(_address)]
Addresses = Annotated[tuple[Address, ...], BeforeValidator(as_list), Field(min_length=1, max_length=50)]


class Channel(Section):
    """What every entry of ``channels:`` has."""

    kind: str


class Email(Channel):
    """By SMTP."""

    kind: Literal["email"]
    host: Annotated[str, AfterValidator(_host)]
    port: Annotated[int, Field(ge=1, le=65535)] | None = None
    tls: Literal["starttls", "tls", "none"] = "starttls"
    #: Trusted beside nothing else; the system's trust store where it is left out.
    ca_file: Path | None = None
    user: str = ""
    secret: SecretName | None = None
    sender: Address = Field(alias="from")
    to: Addresses

    @model_validator(mode="after")
    def _password_in_private(self) -> Self:
        if bool(self.user) != bool(self.secret):
            raise ValueError("expected 'user' and 'secret' together, or neither")
        if self.user and self.tls == "none":
            raise ValueError("expected tls: starttls or tls where a password is sent")
        return self

    @property
    def where(self) -> tuple[str, int]:
        """Host and port."""
        return self.host, self.port or _PORTS[self.tls]


class Webhook(Channel):
    """By an HTTP POST."""

    kind: Literal["webhook"]
    url: Annotated[str, AfterValidator(_web)]
    #: Signs what is sent.
    secret: SecretName | None = None
    ca_file: Path | None = None


class Message(Channel):
    """By a document of the bus's own code to an agency."""

    kind: Literal["message"]
    to: Code


#: By ``kind``.
CHANNELS: Mapping[str, type[Channel]] = MappingProxyType({"email": Email, "message": Message, "webhook": Webhook})


class Statement(Section):
    """A line of ``statements:``: the day's account of each agency, once a day."""

    name: Name
    #: Which agencies; ``any`` and ``{partner: any}`` are all that partners act for.
    of: AgencyCondition
    #: The time of day in Vietnam from which the day before is told.
    at: Annotated[time, BeforeValidator(_time_of_day)] = time(6, 30)
    #: ``agency``, or names of channels.
    to: Names = (AGENCY,)
