"""What every sink promises, against a partner that can be told to misbehave.

A test file gives three fixtures: ``sink``, ``partner`` (a :class:`Partner`) and ``lost_sink`` (a sink
whose partner does not listen).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pytest

from bus.endpoint import Answer, Delivered, Sink
from bus.errors import FailureClass, OutcomeUnknown, Refused, Unreachable
from bus.message import Claim, CopyOut, Delivery, Message, ReturnAddress

BODY = "<edXML>Quyết định số 15\r\n</edXML>\n".encode()


@dataclass(frozen=True)
class Kept:
    """A document at the partner, and how often it came there."""

    sha256: str
    times: int


class Partner(Protocol):
    """The far side."""

    def misbehave(self, how: str) -> None:
        """``busy``, ``refuse``, ``error_in_body``, ``drop_after_reading``, ``drop_before_reading``,
        ``lie_loses``, ``hang``, ``ask_unknown``; ``ok`` ends it.
        """
        ...

    def kept(self) -> Sequence[Kept]:
        """What it has, oldest first."""
        ...


def delivery(
    body: bytes | Claim = BODY, *, doc_id: str = "doc-1", recipient: str = "000.00.07.H62", attempt: int = 1
) -> Delivery:
    """A delivery of one copy."""
    claim = body if isinstance(body, Claim) else Claim(hashlib.sha256(body).hexdigest(), len(body), body)
    message = Message("m-1", "edoc", "new", "000.00.05.H62", "d-1", "", 0, ReturnAddress("vxp", "snv"), 0)
    return Delivery("so-tc", message, claim, (CopyOut(doc_id, recipient, attempt),))


def sent(sink: Sink, parcel: Delivery) -> Delivered:
    """The outcome of the one copy, which must be a success."""
    outcome = sink.send(parcel)
    assert list(outcome) == [parcel.copies[0].doc_id]
    result = outcome[parcel.copies[0].doc_id]
    assert isinstance(result, Delivered)
    return result


def asked(sink: Sink, parcel: Delivery) -> Answer:
    return told(sink.ask(parcel, parcel.copies[0]))


def told(answer: Answer | Delivered) -> Answer:
    """The answer, with or without the partner's id."""
    return Answer.DELIVERED if isinstance(answer, Delivered) else answer


def digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


class SinkContract:
    """One class of rules for all protocols."""

    @pytest.mark.parametrize("body", [BODY, b"x", bytes(range(256)) * 8000], ids=["text", "byte", "large"])
    def test_bytes_arrive_unchanged(self, sink: Sink, partner: Partner, body: bytes) -> None:
        """What was accepted is what arrives, byte for byte."""
        sent(sink, delivery(body))
        assert [kept.sha256 for kept in partner.kept()] == [digest(body)]

    def test_stored_body_is_streamed(self, sink: Sink, partner: Partner, tmp_path: Path) -> None:
        """A body on disk goes out like one in memory."""
        path = tmp_path / "body"
        path.write_bytes(BODY)
        sent(sink, delivery(Claim(digest(BODY), len(BODY), path=path)))
        assert partner.kept() == [Kept(digest(BODY), 1)]

    def test_every_attempt_is_the_same_document(self, sink: Sink, partner: Partner) -> None:
        """A partner can tell a repeat: the id on the wire does not change, and a repeat is a success."""
        for attempt in (1, 2, 3):
            sent(sink, delivery(attempt=attempt))
        assert partner.kept() == [Kept(digest(BODY), 3)]

    def test_two_copies_are_two_documents(self, sink: Sink, partner: Partner) -> None:
        """Copies of one message for two recipients are told apart."""
        sent(sink, delivery(doc_id="doc-1"))
        sent(sink, delivery(doc_id="doc-2", recipient="000.00.08.H62"))
        assert len(partner.kept()) == 2

    def test_busy_partner_is_tried_again(self, sink: Sink, partner: Partner) -> None:
        """A partner with too much in hand is unreachable, not lost, and nothing is unknown."""
        partner.misbehave("busy")
        with pytest.raises(Unreachable) as caught:
            sink.send(delivery())
        assert not isinstance(caught.value, OutcomeUnknown)
        assert partner.kept() == []

    @pytest.mark.parametrize("how", ["refuse", "error_in_body"])
    def test_refusal_is_final(self, sink: Sink, partner: Partner, how: str) -> None:
        """A no is a no, also inside an HTTP 200, and the partner's words are kept."""
        partner.misbehave(how)
        with pytest.raises(Refused) as caught:
            sink.send(delivery())
        assert caught.value.words
        assert partner.kept() == []

    @pytest.mark.parametrize(
        ("how", "there"), [("drop_after_reading", 1), ("hang", 1), ("drop_before_reading", 0)], ids=lambda value: value
    )
    def test_lost_answer_is_unknown(self, sink: Sink, partner: Partner, how: str, there: int) -> None:
        """Without an answer nothing is claimed, whether the document got there or not; and it went out once."""
        partner.misbehave(how)
        with pytest.raises(OutcomeUnknown):
            sink.send(delivery())
        assert [kept.times for kept in partner.kept()] == [1] * there

    def test_failure_that_lies_ends_with_one_document(self, sink: Sink, partner: Partner) -> None:
        """A partner that took the document and answered an error has one document after the next attempt."""
        partner.misbehave("lie_loses")
        with pytest.raises(Unreachable):
            sink.send(delivery())
        partner.misbehave("ok")
        sent(sink, delivery(attempt=2))
        assert partner.kept() == [Kept(digest(BODY), 2)]

    def test_partner_that_does_not_listen(self, lost_sink: Sink) -> None:
        """Where nobody listens nothing was done."""
        with pytest.raises(Unreachable) as caught:
            lost_sink.send(delivery())
        assert caught.value.failure is FailureClass.CONNECT

    def test_ask_knows_what_arrived(self, sink: Sink, partner: Partner) -> None:
        """After a lost answer the partner can say that it has the document."""
        partner.misbehave("drop_after_reading")
        with pytest.raises(OutcomeUnknown):
            sink.send(delivery())
        partner.misbehave("ok")
        assert asked(sink, delivery()) is Answer.DELIVERED

    def test_ask_knows_what_did_not(self, sink: Sink, partner: Partner) -> None:
        """Only a clear no allows a resend."""
        partner.misbehave("drop_before_reading")
        with pytest.raises(OutcomeUnknown):
            sink.send(delivery())
        partner.misbehave("ok")
        assert asked(sink, delivery()) is Answer.NOT_THERE

    def test_ask_admits_not_knowing(self, sink: Sink, partner: Partner) -> None:
        """An answer that says neither is unknown."""
        sent(sink, delivery())
        partner.misbehave("ask_unknown")
        assert asked(sink, delivery()) is Answer.UNKNOWN

    def test_ask_of_a_partner_that_does_not_listen(self, lost_sink: Sink) -> None:
        """A question that does not get there is no answer."""
        with pytest.raises(Unreachable):
            asked(lost_sink, delivery())

    def test_close_twice(self, sink: Sink) -> None:
        """Closing may be repeated."""
        sink.close()
        sink.close()
