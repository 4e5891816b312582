"""What every door for documents promises its partners, whatever protocol it speaks.

A face's tests subclass :class:`FaceContract` and supply ``driver_for``: a driver that speaks the protocol as one
partner over one bus. The bus has :data:`NOI_VU` and :data:`TAI_CHINH` and no other, and carries what is
addressed to their agencies into their mailboxes.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, Protocol

import pytest

from bus.catalogue import CATALOGUE
from tests import messages

AckWord = Literal["processing", "done", "fail"]
UNKNOWN_AGENCY = "000.00.99.H62"


@dataclass(frozen=True)
class Partner:
    """A partner with its credentials at the doors: signed ones use ``system_id`` and ``secret``, plain ones ``key``."""

    name: str
    agency: str
    system_id: str
    secret: bytes
    key: bytes


NOI_VU = Partner("so-noi-vu", "000.00.05.H62", "00.05.H62", b"secret of noi vu", b"key-of-noi-vu")
TAI_CHINH = Partner("so-tai-chinh", "000.00.07.H62", "00.07.H62", b"secret of tai chinh", b"key-of-tai-chinh")


@dataclass(frozen=True)
class Said:
    """An answer: ``code`` is empty for yes; ``id`` is the message's after a send, ``body`` what a fetch brought."""

    status: int
    code: str = ""
    id: str = ""
    body: bytes = b""


@dataclass(frozen=True)
class Listed:
    doc_id: str
    sender: str
    recipient: str
    state: str


@dataclass(frozen=True)
class Outboxed:
    recipient: str
    #: In the protocol's own words for what the recipient did, mapped to ``open``, ``done`` or ``fail``.
    outcome: str
    reason: str


class FaceDriver(Protocol):
    """One partner's software, speaking one protocol."""

    def send(self, body: bytes, to: Sequence[str] = (), type_: str = "edoc") -> Said: ...

    def listed(self, type_: str = "edoc") -> list[Listed]: ...

    def fetch(self, doc_id: str) -> Said: ...

    def ack(self, doc_id: str, word: AckWord, reason: str = "") -> Said: ...

    def outbox(self, message_id: str, type_: str = "edoc") -> list[Outboxed]: ...


DriverFor = Callable[[Partner], FaceDriver]


class FaceContract:
    """Inherit, and supply the fixture ``driver_for``."""

    @pytest.fixture
    def driver_for(self) -> DriverFor:
        raise NotImplementedError

    @pytest.fixture
    def noi_vu(self, driver_for: DriverFor) -> FaceDriver:
        return driver_for(NOI_VU)

    @pytest.fixture
    def tai_chinh(self, driver_for: DriverFor) -> FaceDriver:
        return driver_for(TAI_CHINH)

    def test_what_one_sends_the_other_finds_once(self, noi_vu: FaceDriver, tai_chinh: FaceDriver) -> None:
        """A document appears once in its recipient's list, named by sender and recipient, and in nobody else's."""
        assert noi_vu.send(messages.edoc()).code == ""

        (item,) = tai_chinh.listed()
        assert (item.sender, item.recipient, item.state) == (NOI_VU.agency, TAI_CHINH.agency, "initial")
        assert noi_vu.listed() == []

    def test_bytes_come_back_unchanged(self, noi_vu: FaceDriver, tai_chinh: FaceDriver) -> None:
        """What is fetched is what was sent, to the byte, small or large."""
        small = messages.edoc(document_id="small")
        large = messages.edoc(document_id="large", attachments=[("bản đồ.bin", random.Random(7).randbytes(1 << 20))])
        noi_vu.send(small)
        noi_vu.send(large)

        first, second = tai_chinh.listed()
        assert tai_chinh.fetch(first.doc_id).body == small
        assert tai_chinh.fetch(second.doc_id).body == large

    def test_a_body_that_ends_in_line_breaks_keeps_them(self, noi_vu: FaceDriver, tai_chinh: FaceDriver) -> None:
        """Line breaks at the end of a file are a part of it."""
        body = messages.edoc() + b"\r\n\r\n"
        assert noi_vu.send(body).code == ""

        assert tai_chinh.fetch(tai_chinh.listed()[0].doc_id).body == body

    def test_fetching_may_be_repeated_and_removes_nothing(self, noi_vu: FaceDriver, tai_chinh: FaceDriver) -> None:
        """Only an ack takes an item off the list."""
        noi_vu.send(messages.edoc())
        (item,) = tai_chinh.listed()

        assert tai_chinh.fetch(item.doc_id) == tai_chinh.fetch(item.doc_id)
        assert [left.doc_id for left in tai_chinh.listed()] == [item.doc_id]

    def test_done_takes_it_off_the_list_and_the_sender_sees_it(self, noi_vu: FaceDriver, tai_chinh: FaceDriver) -> None:
        """After done the list is empty and the outbox says done."""
        sent = noi_vu.send(messages.edoc())
        assert [row.outcome for row in noi_vu.outbox(sent.id)] == ["open"]

        assert tai_chinh.ack(tai_chinh.listed()[0].doc_id, "done").code == ""
        assert tai_chinh.listed() == []
        assert [(row.recipient, row.outcome) for row in noi_vu.outbox(sent.id)] == [(TAI_CHINH.agency, "done")]

    def test_fail_takes_it_off_the_list_and_its_words_reach_the_sender(
        self, noi_vu: FaceDriver, tai_chinh: FaceDriver
    ) -> None:
        """The recipient's reason is what the sender reads."""
        sent = noi_vu.send(messages.edoc())

        assert tai_chinh.ack(tai_chinh.listed()[0].doc_id, "fail", "sai noi nhan").code == ""
        assert tai_chinh.listed() == []
        (row,) = noi_vu.outbox(sent.id)
        assert row.outcome == "fail"
        assert "sai noi nhan" in row.reason

    def test_processing_leaves_it_on_the_list(self, noi_vu: FaceDriver, tai_chinh: FaceDriver) -> None:
        """Processing changes what the list shows and nothing else."""
        noi_vu.send(messages.edoc())
        (item,) = tai_chinh.listed()

        assert tai_chinh.ack(item.doc_id, "processing").code == ""
        assert tai_chinh.listed() == [replace(item, state="processing")]

    @pytest.mark.parametrize("word", ["done", "fail"])
    def test_an_ack_may_be_repeated(self, noi_vu: FaceDriver, tai_chinh: FaceDriver, word: AckWord) -> None:
        """A repeated ack gets the first answer."""
        noi_vu.send(messages.edoc())
        (item,) = tai_chinh.listed()

        assert tai_chinh.ack(item.doc_id, word, "x") == tai_chinh.ack(item.doc_id, word, "x")

    @pytest.mark.parametrize(("first", "then"), [("done", "fail"), ("fail", "done")])
    def test_an_ack_cannot_be_turned_round(
        self, noi_vu: FaceDriver, tai_chinh: FaceDriver, first: AckWord, then: AckWord
    ) -> None:
        """Fail after done, and done after fail, are refused and change nothing."""
        sent = noi_vu.send(messages.edoc())
        (item,) = tai_chinh.listed()
        tai_chinh.ack(item.doc_id, first)

        assert tai_chinh.ack(item.doc_id, then).code == "ack.settled"
        assert [row.outcome for row in noi_vu.outbox(sent.id)] == [first]

    def test_anothers_item_looks_like_an_unknown_id(self, noi_vu: FaceDriver, tai_chinh: FaceDriver) -> None:
        """Neither fetch nor ack tells whether an id exists for somebody else."""
        noi_vu.send(messages.edoc())
        (item,) = tai_chinh.listed()

        # The sender is no recipient: to it the id is as good as none.
        assert noi_vu.fetch(item.doc_id).status == noi_vu.fetch("no-such-id").status == 404
        assert noi_vu.ack(item.doc_id, "done").code == noi_vu.ack("no-such-id", "done").code == "not_found"
        assert len(tai_chinh.listed()) == 1

    def test_anothers_outbox_is_closed(self, noi_vu: FaceDriver, tai_chinh: FaceDriver) -> None:
        """Only the sender sees what became of a message."""
        sent = noi_vu.send(messages.edoc())

        assert tai_chinh.outbox(sent.id) == []

    def test_a_repeated_call_gets_the_same_id(self, noi_vu: FaceDriver, tai_chinh: FaceDriver) -> None:
        """A client that lost the answer sends again and nothing is doubled."""
        first, second = noi_vu.send(messages.edoc()), noi_vu.send(messages.edoc())

        assert first.id
        assert first == second
        assert len(tai_chinh.listed()) == 1

    def test_recipients_of_the_call_win_over_the_body(self, noi_vu: FaceDriver, tai_chinh: FaceDriver) -> None:
        """The body may list whom it likes: the call names who gets it."""
        body = messages.edoc(recipients=(UNKNOWN_AGENCY,))

        assert noi_vu.send(body, to=[TAI_CHINH.agency]).code == ""
        assert [item.recipient for item in tai_chinh.listed()] == [TAI_CHINH.agency]

    def test_a_status_goes_the_same_way(self, noi_vu: FaceDriver, tai_chinh: FaceDriver) -> None:
        """Statuses are sent, listed and fetched like documents, and kept apart from them."""
        noi_vu.send(messages.edoc())
        body = messages.status()
        assert tai_chinh.send(body, to=[NOI_VU.agency], type_="status").code == ""

        assert noi_vu.listed("edoc") == []
        (item,) = noi_vu.listed("status")
        assert noi_vu.fetch(item.doc_id).body == body

    def test_a_wrong_credential_is_refused(self, driver_for: DriverFor, tai_chinh: FaceDriver) -> None:
        """Who cannot show the secret sends, lists and fetches nothing."""
        impostor = driver_for(replace(NOI_VU, secret=b"guessed", key=b"guessed"))

        said = impostor.send(messages.edoc())
        assert (said.status, said.code.partition(".")[0]) == (401, "auth")
        assert tai_chinh.listed() == []

    def test_an_unknown_partner_is_refused_like_a_wrong_secret(self, driver_for: DriverFor) -> None:
        """The answer does not tell which names exist."""
        wrong = driver_for(replace(NOI_VU, secret=b"guessed", key=b"guessed"))
        nobody = driver_for(Partner("nobody", NOI_VU.agency, "00.99.H62", b"guessed", b"nobody's"))

        assert nobody.send(messages.edoc()) == wrong.send(messages.edoc())

    def test_an_agency_that_is_not_the_callers_is_refused(self, noi_vu: FaceDriver, tai_chinh: FaceDriver) -> None:
        """Nobody sends in another's name."""
        said = noi_vu.send(messages.edoc(sender=TAI_CHINH.agency, recipients=(NOI_VU.agency,)))

        assert (said.status, said.code) == (403, "agency.not_yours")
        assert noi_vu.listed() == tai_chinh.listed() == []

    def test_an_unknown_recipient_refuses_the_whole_message(self, noi_vu: FaceDriver, tai_chinh: FaceDriver) -> None:
        """All or nothing: one bad code and nobody gets it."""
        said = noi_vu.send(messages.edoc(recipients=(TAI_CHINH.agency, UNKNOWN_AGENCY)))

        assert (said.status, said.code) == (422, "recipient.unknown")
        assert tai_chinh.listed() == []

    def test_other_content_under_the_same_document_id_is_refused(
        self, noi_vu: FaceDriver, tai_chinh: FaceDriver
    ) -> None:
        """A DocumentId of one sender names one document."""
        noi_vu.send(messages.edoc(subject="một"))

        assert noi_vu.send(messages.edoc(subject="hai")).code == "document.conflict"
        assert len(tai_chinh.listed()) == 1

    @pytest.mark.parametrize("body", [b"", b"not xml", b"<a>", messages.edoc()[:-20], b"<a/>"])
    def test_what_is_no_message_is_refused(self, noi_vu: FaceDriver, tai_chinh: FaceDriver, body: bytes) -> None:
        """Broken or foreign XML is refused with a code of the catalogue, and nothing was taken."""
        said = noi_vu.send(body, to=[TAI_CHINH.agency])

        assert said.code.partition(".")[0] in {"body", "xml", "edxml"}
        assert said.status == CATALOGUE[said.code].http
        assert tai_chinh.listed() == []
