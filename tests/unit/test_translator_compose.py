"""A message made of fields and files: by the standard, the same every time, and nothing left of what fails."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import pytest

from bus.claimcheck import ClaimCheck
from bus.desk import Received
from bus.errors import FailureClass, Rejected, Unreachable
from bus.fetching import Fetching
from bus.translator import compose, papers_of
from schemas.edxml.enclose import Enclosure
from schemas.edxml.load import load
from schemas.edxml.models import Edoc, Message
from tests.messages import PDF, edoc

FILES = (("cong-van.pdf", PDF), ("bang.xlsx", b"rows" * 100_000), ("bang.xlsx", b"other rows"))
LIMIT = 1 << 20


@pytest.fixture
def store(tmp_path: Path) -> ClaimCheck:
    return ClaimCheck(tmp_path / "bodies", tmp_path / "spool", inline=1 << 10)


def model() -> Message:
    return load(io.BytesIO(edoc(attachments=()))).message


def made(store: ClaimCheck, message: Message, files: Sequence[tuple[str, bytes]] = FILES) -> Received:
    enclosures = [Enclosure(name, io.BytesIO(data), description="một tệp") for name, data in files]
    return compose(message, enclosures, lambda: Fetching(store, LIMIT))


def test_what_is_composed_says_what_it_was_made_of(store: ClaimCheck) -> None:
    """Fields and files come out as they went in, and the content is what a door would have read."""
    received = made(store, model())
    papers = papers_of(received.claim, lambda _sha256, _place: "")

    assert papers.said == model()
    assert [(file.name, file.description, file.body.open().read()) for file in papers.files] == [
        (name, "một tệp", data) for name, data in FILES
    ]
    assert (received.content.subject, len(received.content.attachments)) == ("V/v thử nghiệm liên thông văn bản", 3)


def test_the_same_makes_the_same_bytes(store: ClaimCheck) -> None:
    """What a partner hands out twice is one event."""
    assert made(store, model()) == made(store, model())


def test_what_the_standard_does_not_want_is_not_written(store: ClaimCheck) -> None:
    """All that is missing is said at once."""
    message = model()
    assert isinstance(message, Edoc)
    header = message.message_header.model_copy(update={"subject": "", "signer_info": None})

    with pytest.raises(Rejected, match=r"Subject.*SignerInfo") as caught:
        made(store, message.model_copy(update={"message_header": header}))

    assert caught.value.code == "edxml.missing"


class Broken(io.BytesIO):
    """A file whose partner goes away while it is read."""

    def read(self, _size: int | None = -1) -> NoReturn:
        raise Unreachable(FailureClass.CONNECT, "gone")


def test_nothing_stays_of_what_failed(store: ClaimCheck) -> None:
    """Neither of what is too large nor of what broke off."""
    big, broken = Enclosure("a.pdf", io.BytesIO(bytes(LIMIT))), Enclosure("a.pdf", Broken())
    some = Enclosure("b.pdf", io.BytesIO(bytes(LIMIT // 4)))

    with pytest.raises(Rejected) as caught:
        compose(model(), [big], lambda: Fetching(store, LIMIT))
    with pytest.raises(Unreachable):
        compose(model(), [some, broken], lambda: Fetching(store, LIMIT))

    assert caught.value.code == "body.too_large"
    assert [path for path in store.bodies.rglob("*") if path.is_file()] == []
    assert list(store.spool.iterdir()) == []
