"""Letters by e-mail, to a real SMTP server."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bus.alerts.mail import Mail, written
from bus.alerts.post import Undelivered
from bus.alerts.words import one_line
from bus.config.channels import Email
from bus.journal.alerting import Letter
from bus.secret import Secrets
from tests.buses import free_port
from tests.contracts.certificates import Authority
from tests.post_offices import PASSWORD, USER, PostOffice, read

LETTER = Letter(
    "k1", "ops", "dead", "alert", "[Trục] CẢNH BÁO · dead", "Văn bản không giao được\n.\nhết", made_at=10**15
)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("ca"))


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with PostOffice().opened() as office:
        yield office


def mail(port: int | None, folder: Path, patience: float = 5.0, **more: Any) -> Mail:
    given = {
        "kind": "email",
        "host": "127.0.0.1",
        "port": port,
        "tls": "none",
        "from": "truc@tinh.vn",
        "to": ["a@tinh.vn"],
    }
    return Mail(Email.model_validate({**given, **more}), Secrets(folder), patience)


def with_password(folder: Path, password: bytes = PASSWORD) -> None:
    (folder / "secrets").mkdir()
    file = folder / "secrets" / "smtp"
    file.write_bytes(password)
    file.chmod(0o600)


def test_a_letter_arrives_as_it_was_written(office: PostOffice, tmp_path: Path) -> None:
    """In Vietnamese, with a line of one point, its file unchanged, to everybody named, and marked as written by no person."""
    letter = Letter(**{**_fields(LETTER), "file_name": "sao-ke.csv", "file": "\ufeffmã,số\r\n"})
    mail(office.port, tmp_path, to=["a@tinh.vn", "b@tinh.vn"]).carry(letter)

    (taken,) = office.taken
    text, file = taken.iter_parts()
    assert (taken["Subject"], taken["To"]) == (LETTER.subject, "a@tinh.vn, b@tinh.vn")
    assert text.get_content().replace("\r\n", "\n").rstrip("\n") == LETTER.text
    assert (file.get_filename(), file.get_payload(decode=True)) == ("sao-ke.csv", letter.file.encode())
    assert (taken["Auto-Submitted"], taken["Message-ID"]) == ("auto-generated", "<k1@tinh.vn>")


def test_no_text_becomes_a_header(office: PostOffice, tmp_path: Path) -> None:
    """A line break in a subject stays a blank in it."""
    mail(office.port, tmp_path).carry(Letter(**{**_fields(LETTER), "subject": "a\r\nBcc: thief@x.vn\n\nbody"}))

    (taken,) = office.taken
    assert taken["Bcc"] is None
    assert taken["Subject"] == "a  Bcc: thief@x.vn  body"


@hypothesis.settings(max_examples=30)
@given(subject=st.text(max_size=300))
def test_any_subject_arrives(subject: str) -> None:
    """Letter by letter, in lines no longer than mail may have; what cannot be printed is a blank."""
    raw = written(Letter(**{**_fields(LETTER), "subject": subject}), mail(25, Path())._settings)

    assert str(read(raw)["Subject"]).strip() == one_line(subject).strip()
    assert max(map(len, raw.split(b"\r\n"))) <= 78


TLS = pytest.mark.parametrize("tls", ["starttls", "tls"])


@TLS
def test_the_password_goes_under_tls_to_whom_we_trust(authority: Authority, tmp_path: Path, tls: str) -> None:
    """Signed in after STARTTLS, or where TLS is spoken from the first byte (SMTPS), by an authority of our choice."""
    with_password(tmp_path)
    more = {"tls": tls, "ca_file": authority.pair.cert, "user": USER, "secret": "file:smtp"}
    with PostOffice(authority.server_side(), auth=True, smtps=tls == "tls").opened() as office:
        mail(office.port, tmp_path, **more).carry(LETTER)

    assert len(office.taken) == 1


@TLS
def test_nothing_is_said_to_a_server_nobody_vouches_for(authority: Authority, tmp_path: Path, tls: str) -> None:
    """A certificate that is not trusted, or another host's, ends it before the password is sent."""
    with_password(tmp_path)
    more = {"tls": tls, "user": USER, "secret": "file:smtp"}
    with PostOffice(authority.server_side(), auth=True, smtps=tls == "tls").opened() as office:
        for other in ({}, {"ca_file": authority.pair.cert, "host": "localhost"}):
            with pytest.raises(Undelivered, match="cert"):
                mail(office.port, tmp_path, **more, **other).carry(LETTER)

    assert office.taken == []


def test_tls_from_the_first_byte_is_never_given_up(office: PostOffice, tmp_path: Path) -> None:
    """A server that does not speak it gets no letter; its usual port is another."""
    with pytest.raises(Undelivered):
        mail(office.port, tmp_path, tls="tls").carry(LETTER)

    assert office.taken == []
    assert mail(None, tmp_path, tls="tls")._settings.where[1] == 465


def test_a_wrong_password_is_told_without_it(authority: Authority, tmp_path: Path) -> None:
    """The server's words, and no secret."""
    with_password(tmp_path, b"wrong-and-private")
    more = {"tls": "starttls", "ca_file": authority.pair.cert, "user": USER, "secret": "file:smtp"}
    office = PostOffice(authority.server_side(), auth=True)
    with office.opened(), pytest.raises(Undelivered, match="535") as told:
        mail(office.port, tmp_path, **more).carry(LETTER)

    assert "private" not in str(told.value)


@pytest.mark.parametrize("said", ["451 later", "554 never"])
def test_what_is_not_taken_is_not_delivered(office: PostOffice, tmp_path: Path, said: str) -> None:
    """Whatever the server's reason is: it is told."""
    office.say = said
    with pytest.raises(Undelivered, match=said[:3]):
        mail(office.port, tmp_path).carry(LETTER)


def test_a_server_that_is_away_or_says_nothing(tmp_path: Path) -> None:
    """Ends within the patience, and is told."""
    with pytest.raises(Undelivered):
        mail(free_port(), tmp_path).carry(LETTER)
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(Undelivered):
        mail(silent.getsockname()[1], tmp_path, patience=0.2).carry(LETTER)


def test_a_secret_that_is_missing(tmp_path: Path, authority: Authority) -> None:
    """Is told by its name."""
    more = {"tls": "starttls", "ca_file": authority.pair.cert, "user": USER, "secret": "file:smtp"}
    office = PostOffice(authority.server_side(), auth=True)
    with office.opened(), pytest.raises(Undelivered, match="file:smtp"):
        mail(office.port, tmp_path, **more).carry(LETTER)


def _fields(letter: Letter) -> dict[str, Any]:
    return {name: getattr(letter, name) for name in letter.__dataclass_fields__}
