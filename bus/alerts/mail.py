"""Letters by e-mail. The one home of smtplib.

No text becomes a header: line breaks are blanks in a subject, which goes encoded, and addresses are checked with the routes.
"""

from __future__ import annotations

import smtplib
import ssl
from base64 import b64encode
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from bus.alerts.post import Undelivered
from bus.alerts.words import one_line
from bus.clock import instant
from bus.config.channels import Email
from bus.errors import SecretMissing
from bus.journal.alerting import Letter
from bus.secret import Secrets

#: Seconds in which the server must take the next step.
PATIENCE = 20.0
#: Letters in one encoded word of a header: of the longest there are four bytes each, and a word has at most 75 characters.
_LETTERS = 11


class Mail:
    """The carrier of one mail server."""

    def __init__(self, settings: Email, secrets: Secrets, patience: float = PATIENCE) -> None:
        self._settings = settings
        self._secrets = secrets
        self._patience = patience

    def carry(self, letter: Letter) -> None:
        """Hand it to the server. Raises Undelivered where it does not take it for anybody."""
        settings = self._settings
        try:
            with self._connected() as server:
                server.sendmail(settings.sender, settings.to, written(letter, settings))
        except smtplib.SMTPRecipientsRefused as error:
            code, words = next(iter(error.recipients.values()))
            raise Undelivered(_words(code, words)) from None
        except smtplib.SMTPResponseException as error:
            raise Undelivered(_words(error.smtp_code, error.smtp_error)) from None
        except (smtplib.SMTPException, OSError, ValueError, SecretMissing) as error:
            raise Undelivered(one_line(str(error) or type(error).__name__)) from None

    def _connected(self) -> smtplib.SMTP:
        settings = self._settings
        host, port = settings.where
        if settings.tls == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=self._patience, context=self._trust())
        else:
            server = smtplib.SMTP(host, port, timeout=self._patience)
        try:
            self._greet(server)
        except BaseException:
            server.close()
            raise
        return server

    def _greet(self, server: smtplib.SMTP) -> None:
        settings = self._settings
        if settings.tls == "starttls":
            server.starttls(context=self._trust())
        if settings.secret:
            server.login(settings.user, self._secrets.value(settings.secret).decode())

    def _trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self._settings.ca_file)


def written(letter: Letter, settings: Email) -> bytes:
    """The letter as mail. A letter that is carried twice has one Message-ID. Raises ValueError."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = settings.sender
    mail["To"] = ", ".join(settings.to)
    mail["Date"] = format_datetime(instant(letter.made_at))
    mail["Message-ID"] = f"<{letter.key}@{settings.sender.partition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(letter.text, cte="quoted-printable")
    if letter.file_name:
        mail.add_attachment(
            letter.file.encode(), maintype="text", subtype="csv", filename=letter.file_name, params={"charset": "utf-8"}
        )
    return _subject(one_line(letter.subject)) + mail.as_bytes()


def _subject(text: str) -> bytes:
    """The header as RFC 2047 has it. The library, when it breaks a long one, may lose the blank at which it does."""
    pieces = [text[start : start + _LETTERS] for start in range(0, len(text), _LETTERS)]
    encoded = [f"=?utf-8?b?{b64encode(piece.encode()).decode()}?=" for piece in pieces]
    folded = "\r\n ".join(encoded)
    return f"Subject: {folded}\r\n".encode()


def _words(code: int, words: bytes | str) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return one_line(f"{code} {text}")
