"""Mail servers in a test's hands: a library's own, in this process or in one that can be killed."""

from __future__ import annotations

import mailbox
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from tests.buses import free_port, until

USER, PASSWORD = "truc", b"mat-khau-that"


class PostOffice:
    """Takes mail, unless it is told to ``say`` something else. ``smtps``: TLS from the first byte, and not by STARTTLS."""

    def __init__(self, tls: ssl.SSLContext | None = None, *, auth: bool = False, smtps: bool = False) -> None:
        self.taken: list[EmailMessage] = []
        self.say = ""
        self._auth = auth
        more: dict[str, Any] = {"auth_required": True, "authenticator": _authenticate} if auth else {}
        if smtps:
            # The library takes STARTTLS alone for TLS.
            more |= {"ssl_context": tls, "auth_require_tls": False, "auth_required": False}
        else:
            more |= {"tls_context": tls, "require_starttls": bool(tls)}
        self._controller = Controller(self, hostname="127.0.0.1", port=free_port(), **more)
        self.port = self._controller.port

    async def handle_DATA(self, _server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - the library's name
        if self.say:
            return self.say
        if self._auth and not session.authenticated:
            return "530 sign in"
        self.taken.append(read(envelope.content))
        return "250 OK"

    @contextmanager
    def opened(self) -> Iterator[PostOffice]:
        self._controller.start()
        try:
            yield self
        finally:
            self._controller.stop()


def _authenticate(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
    right = isinstance(data, LoginPassword) and (data.login, data.password) == (USER.encode(), PASSWORD)
    return AuthResult(success=right, handled=False)


def read(raw: bytes) -> EmailMessage:
    """Mail as its reader sees it."""
    return message_from_bytes(raw, policy=default)


class Process:
    """The library's server as a process of its own, with a folder of mail."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self._folder = folder
        mailbox.Maildir(folder, create=True).close()

    @contextmanager
    def running(self) -> Iterator[None]:
        """Until it is killed at the end."""
        command = [sys.executable, "-m", "aiosmtpd", "-n", "-l", f"127.0.0.1:{self.port}"]
        command += ["-c", "aiosmtpd.handlers.Mailbox", str(self._folder)]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            until(self._answers)
            yield
        finally:
            process.kill()
            process.wait()

    def subjects(self) -> list[str]:
        """Of all mail it took."""
        with suppress(FileNotFoundError):
            return sorted(str(read(path.read_bytes())["Subject"]) for path in (self._folder / "new").iterdir())
        return []

    def _answers(self) -> bool:
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
            return True
        return False
