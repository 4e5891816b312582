"""What one daemon is told about its machine: ``BUS_*`` in the environment, with defaults that run at once.

Durations and sizes carry their unit (``BUS_KEEP_BODIES=730d``). Nothing here is a secret's value, but
addresses of a database or broker may hold one, so they never show in a ``repr`` or an error.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit
from urllib.request import url2pathname

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bus.endpoint_settings import Duration, Size
from bus.errors import BusError
from bus.secret import SecretName

_KB, _MB = 1 << 10, 1 << 20
_LISTEN = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+):(?P<port>\d{1,5})")


class SettingsInvalid(BusError):
    """Settings cannot be used; the text names each variable and what it expects."""


def _check_listen(listen: str) -> str:
    match = _LISTEN.fullmatch(listen)
    if not match or int(match["port"]) > 65535:
        raise ValueError("expected HOST:PORT, such as 127.0.0.1:8080 or [::1]:8080")
    return listen


def _check_store(url: str) -> str:
    if not url.startswith("file:///"):
        raise ValueError("expected file:///FOLDER")
    return url


def _check_code(code: str) -> str:
    if not code.isprintable():
        raise ValueError("expected an agency code, such as 000.00.00.H62")
    return code.strip()


def _check_url(url: str) -> str:
    """A token goes over it, so nobody on the way may read along."""
    parts = urlsplit(url)
    near = parts.scheme == "http" and parts.hostname in {"localhost", "127.0.0.1", "::1"}
    if url and not near and not (parts.scheme == "https" and parts.hostname):
        raise ValueError("expected https://HOST, or http:// on this machine")
    if parts.username or parts.path.strip("/") or parts.query:
        raise ValueError("expected https://HOST:PORT and nothing more")
    return url.rstrip("/")


def _check_public(url: str) -> str:
    parts = urlsplit(url)
    if url and (
        parts.scheme not in {"http", "https"} or not parts.hostname or parts.username or parts.query or parts.fragment
    ):
        raise ValueError("expected https://HOST, or https://HOST/PATH where a proxy adds one")
    return url.rstrip("/")


def _default_database(before: Mapping[str, Any]) -> str:
    return f"sqlite:///{before['home'] / 'journal.db'}"


def _default_store(before: Mapping[str, Any]) -> str:
    return str((before["home"] / "bodies").as_uri())


#: A path, or none where nothing is said.
_File = Annotated[Path | None, BeforeValidator(lambda path: path or None)]


class Settings(BaseSettings):
    """All settings. Numbers are the defaults of the semantics' sections named beside them."""

    model_config = SettingsConfigDict(env_prefix="BUS_", extra="ignore", frozen=True, hide_input_in_errors=True)

    # where things are
    home: Annotated[Path, AfterValidator(lambda path: path.expanduser().absolute())] = Path("bus-home")
    routes: Path = Path("routes.yaml")
    #: Who owes which report by when.
    regimes: Path = Path("regimes.yaml")
    database_url: Annotated[str, Field(default_factory=_default_database, repr=False)]
    broker_url: Annotated[str, Field(repr=False)] = "memory://"
    store_url: Annotated[str, AfterValidator(_check_store), Field(default_factory=_default_store)]
    listen: Annotated[str, AfterValidator(_check_listen)] = "127.0.0.1:8080"
    #: PEM files by which the doors speak TLS: our certificate, its key, and who vouches for callers' certificates.
    tls_cert: _File = None
    tls_key: _File = None
    tls_client_ca: _File = None
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    #: Whether the threads that share the interpreter share a core too.
    one_core: bool = True
    #: The bus's own agency code: the From of a status 02 it writes itself (2), the OrganId of a hop it adds (11).
    agency_code: Annotated[str, AfterValidator(_check_code)] = ""

    #: Where partners reach this bus; empty: nobody is sent a link.
    public_url: Annotated[str, AfterValidator(_check_public)] = ""
    #: Signs links to attached files, which hold for so long and to the end of that day.
    link_key: SecretName = "file:links"
    link_life: Annotated[Duration, Field(gt=timedelta(0))] = timedelta(days=7)

    # a bus that runs elsewhere, for the command line
    url: Annotated[str, AfterValidator(_check_url)] = ""
    token_file: str = ""
    ca_file: str = ""

    # calls to partners, semantics 4, 6 and 9
    lease: Duration = timedelta(minutes=5)
    lease_ahead: Annotated[int, Field(ge=1)] = 256
    ask_after: Duration = timedelta(minutes=2)

    # bounds of what is taken, semantics 13
    max_bytes: Size = 200 * _MB
    #: Bodies up to this size lie beside their row, larger ones in the store.
    inline_bytes: Size = 256 * _KB
    #: Messages being taken in at one moment, bytes of memory for them, and free disk space (bytes) below which no more are.
    intakes_at_once: Annotated[int, Field(ge=1)] = 1000
    intake_memory: Annotated[Size, Field(ge=4 * _MB)] = 64 * _MB
    disk_reserve: Size = 256 * _MB
    max_http_headers: Size = 256 * _KB
    #: Uploads in pieces that one partner may have under way, and the bytes it may have announced for them together.
    uploads_at_once: Annotated[int, Field(ge=1)] = 16
    upload_bytes: Size = 1024 * _MB
    #: Open connections of callers at one moment.
    max_connections: Annotated[int, Field(ge=1)] = 800
    #: Failed sign-ins a minute from one address before it is throttled.
    max_failed_signins: Annotated[int, Field(ge=1)] = 20
    #: By how much a clock's jump is an alert.
    clock_jump: Duration = timedelta(seconds=30)

    #: Whether another user has to approve before an edited body is a copy's.
    edit_approval: Literal["none", "required"] = "none"

    # how long things are kept, semantics 1 and 12
    keep_calls: Duration = timedelta(days=90)
    keep_bodies: Duration = timedelta(days=730)
    keep_events: Duration = timedelta(days=730)
    #: Where what goes is written first; none: nowhere.
    archive: _File = None
    #: Where backups lie that are ordered of the running bus; none: it makes none.
    backups: _File = None
    #: Age below which an unreferenced body is left alone.
    keep_unclaimed: Duration = timedelta(hours=24)
    #: An upload in pieces after its last piece, and what its sender was told after its acceptance.
    keep_uploads: Annotated[Duration, Field(gt=timedelta(0))] = timedelta(hours=24)

    @model_validator(mode="after")
    def _check_tls(self) -> Self:
        if (self.tls_key or self.tls_client_ca) and not self.tls_cert:
            raise ValueError("BUS_TLS_KEY and BUS_TLS_CLIENT_CA go with BUS_TLS_CERT")
        return self

    @property
    def secrets(self) -> Path:
        """One file per secret, 0600."""
        return self.home / "secrets"

    @property
    def lock(self) -> Path:
        """Held by the process that owns the home."""
        return self.home / "lock"

    @property
    def restoring(self) -> Path:
        """The mark of a home that is not whole yet: it is being made of a backup."""
        return self.home / "restoring"

    @property
    def control_socket(self) -> Path:
        """Where the running daemon takes orders of the command line."""
        return self.home / "control.sock"

    @property
    def spool(self) -> Path:
        """Bodies that are being received: on the disk where large ones stay."""
        return self.bodies / "spool"

    @property
    def uploads(self) -> Path:
        """Bodies that come in pieces: on the same disk."""
        return self.bodies / "uploads"

    @property
    def bodies(self) -> Path:
        """The folder of the content-addressed store."""
        return Path(url2pathname(urlsplit(self.store_url).path))

    @property
    def address(self) -> tuple[str, int]:
        """Host (without brackets) and port to listen on."""
        host, _, port = self.listen.rpartition(":")
        return host.strip("[]"), int(port)


def load_settings(**overrides: object) -> Settings:
    """Settings from the environment; ``overrides`` are options of the command line and win.

    Raises :class:`SettingsInvalid`.
    """
    try:
        return Settings(**{name: value for name, value in overrides.items() if value is not None})  # type: ignore[arg-type]
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
        raise SettingsInvalid(
            "; ".join(f"BUS_{_name(detail['loc'])}: {_text(detail['msg'])}" for detail in details)
        ) from None


def _name(loc: tuple[int | str, ...]) -> str:
    return str(loc[0]).upper() if loc else "*"


def _text(message: str) -> str:
    """What was expected; what was given could be a password."""
    return re.sub(r", got .*$", "", message.removeprefix("Value error, "), flags=re.DOTALL)
