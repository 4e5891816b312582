"""TLS at the doors: one context for all connections, made anew by itself when its files are others.

Files are looked at when a connection comes in, so a renewed certificate counts from the next one on. Files that cannot be used
change nothing, and the log says why.
"""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from pathlib import Path

from bus import log
from bus.config import Settings
from bus.errors import BusError
from bus.stamp import Stamp, stamp

_log = log.get()


@dataclass(frozen=True, slots=True)
class Files:
    """PEM files: our certificate with what leads to its authority, its key, and who vouches for callers."""

    cert: Path
    #: None: it is in the certificate's file.
    key: Path | None = None
    #: None: callers are not asked for a certificate.
    client_ca: Path | None = None

    def stamps(self) -> list[Stamp | None]:
        """What tells whether one of them is another now."""
        return [stamp(file) for file in (self.cert, self.key, self.client_ca) if file]


def files_of(settings: Settings) -> Files | None:
    """The files of the settings; None where the doors do not speak TLS."""
    return Files(settings.tls_cert, settings.tls_key, settings.tls_client_ca) if settings.tls_cert else None


class Renewed:
    """A server's context that is another as soon as its files are. Used by one thread."""

    def __init__(self, files: Files) -> None:
        """Raises BusError where the files cannot be used."""
        self._files = files
        self._stamps = files.stamps()
        self._context = _made(files)
        #: Is another as soon as somebody else vouches for callers.
        self.trust = stamp(files.client_ca) if files.client_ca else None

    def context(self) -> ssl.SSLContext:
        """For a new connection, by the files as they are now."""
        stamps = self._files.stamps()
        if stamps != self._stamps:
            self._stamps = stamps
            self._renew()
        return self._context

    def _renew(self) -> None:
        try:
            self._context = _made(self._files)
        except BusError as error:
            _log.error("tls.refused", problem=str(error))
        else:
            self.trust = stamp(self._files.client_ca) if self._files.client_ca else None
            _log.info("tls.renewed", file=str(self._files.cert))


def _made(files: Files) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_RENEGOTIATION
    try:
        # With no password at all, that of an encrypted key would be asked for at a terminal.
        context.load_cert_chain(files.cert, files.key, password="")
    except OSError as error:
        raise BusError(f"{files.cert} and its key cannot be used: {error}") from error
    if files.client_ca:
        _ask_for_certificates(context, files.client_ca)
    return context


def _ask_for_certificates(context: ssl.SSLContext, authorities: Path) -> None:
    """Who has none may come in all the same; one that nobody vouches for ends the handshake."""
    try:
        context.load_verify_locations(authorities)
    except OSError as error:
        raise BusError(f"{authorities} cannot be used: {error}") from error
    context.verify_mode = ssl.CERT_OPTIONAL
    # A certificate in the file is trusted as it is, so that a partner may have made its own.
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    # A resumed session would not look whether the certificate has ended since, or is trusted still.
    context.options |= ssl.OP_NO_TICKET
    context.num_tickets = 0
