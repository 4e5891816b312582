"""What every source promises, against a partner that has things for us and can be told to misbehave.

A test file gives three fixtures: ``source``, ``far`` (a :class:`Far`) and ``lost_source`` (a source whose
partner does not listen). The test plays the runner: it polls, fetches, accepts in its mind, and settles.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Protocol

import pytest

from bus.endpoint import Item, Source
from bus.errors import Rejected, Unreachable
from bus.message import Inbound, Receipt
from schemas.content import Content
from tests import messages

HERE, THERE = "000.00.05.H62", "000.00.00.G22"
RECEIPT = Receipt("m-1", 1, ())


class Far(Protocol):
    """The far side."""

    def offer(self, body: bytes, type_: str = "edoc") -> None:
        """Put this into the queue of :data:`HERE`, after what is there; a moment passes."""
        ...

    def misbehave(self, how: str) -> None:
        """``down``, ``busy``, ``empty``, ``html``, ``nulls``, ``lies``; ``ok`` ends it."""
        ...

    def states(self) -> Sequence[tuple[str, str]]:
        """State (``open``, ``done``, ``fail``) and reason of all that was offered, oldest first."""
        ...


def document(number: int) -> bytes:
    return messages.edoc(THERE, (HERE,), f"{THERE},2025/11/03,{number}/QĐ-TTg")


def report(number: int) -> bytes:
    return messages.status(THERE, HERE, f"{HERE},2025/11/03,{number}/QĐ-UBND")


def bodies(source: Source) -> list[bytes]:
    """What a poll brings, fetched."""
    return [body_of(item.inbound()) for item in source.poll()]


def body_of(inbound: Inbound) -> bytes:
    with inbound.claim.open() as reader:
        return reader.read()


def the_one(source: Source) -> Item:
    (item,) = source.poll()
    return item


class SourceContract:
    """One class of rules for all protocols. One that carries no bytes as they are says by what a message is known there, and
    one that has other things for us than documents and statuses says what these are.
    """

    #: The type of a word on something else, and what cannot be read.
    word_type = "status"
    unreadable = b"<edXML>not one"

    def document(self, number: int) -> bytes:
        """One of several things."""
        return document(number)

    def word(self, number: int) -> bytes:
        """A word on such a thing."""
        return report(number)

    def large(self) -> bytes:
        """A large one."""
        return messages.edoc(THERE, (HERE,), attachments=(("a.pdf", bytes(range(256)) * 4000),))

    def for_more(self) -> bytes:
        """One that is for others, too."""
        return messages.edoc(THERE, (HERE, "000.00.09.H62"))

    def content(self, body: bytes) -> Content:
        """What one says."""
        return messages.read(body)

    def known(self, inbound: Inbound) -> object:
        """What came, as far as it is the partner's."""
        return body_of(inbound)

    def wanted(self, body: bytes) -> object:
        """The same of what was offered."""
        return body

    def came(self, source: Source) -> list[object]:
        """What a poll brings, fetched."""
        return [self.known(item.inbound()) for item in source.poll()]

    def test_nothing_there(self, source: Source, far: Far) -> None:
        """An empty queue is no items and no error."""
        assert list(source.poll()) == []

    def test_bytes_arrive_unchanged(self, source: Source, far: Far) -> None:
        """What the partner has is what is handed to the bus, byte for byte, with its digest and what it says."""
        body = self.large()
        far.offer(body)
        inbound = the_one(source).inbound()
        assert body_of(inbound) == body
        assert (inbound.claim.sha256, inbound.claim.size) == (hashlib.sha256(body).hexdigest(), len(body))
        assert inbound.content == self.content(body)

    def test_inbound_says_where_from(self, source: Source, far: Far) -> None:
        """It is from a source, for the agency whose queue it stood in, and known by a key that a repeat has too."""
        far.offer(self.for_more())
        first, again = the_one(source).inbound(), the_one(source).inbound()
        assert first.from_source
        assert first.recipients == (HERE,)
        assert first.came_by.partner == ""
        assert first.remote is not None
        assert first.remote == again.remote

    def test_keys_differ(self, source: Source, far: Far) -> None:
        """Two things are two calls, whatever their type."""
        for offered in (self.document(1), self.document(2)):
            far.offer(offered)
        far.offer(self.word(1), self.word_type)
        assert len({item.inbound().remote for item in source.poll()}) == 3

    def test_documents_before_statuses_oldest_first(self, source: Source, far: Far) -> None:
        """A status may be about a document of the same poll."""
        far.offer(self.word(1), self.word_type)
        far.offer(self.document(1))
        far.offer(self.word(2), self.word_type)
        far.offer(self.document(2))
        assert self.came(source) == [
            *map(self.wanted, (self.document(1), self.document(2), self.word(1), self.word(2)))
        ]

    def test_looking_and_fetching_removes_nothing(self, source: Source, far: Far) -> None:
        """Until it is settled it comes again."""
        far.offer(self.document(1))
        assert self.came(source) == self.came(source) == [self.wanted(self.document(1))]
        assert far.states() == [("open", "")]

    def test_accepted_is_acked_once_it_is_said(self, source: Source, far: Far) -> None:
        """After a receipt the partner is told done, and the item is gone."""
        far.offer(self.document(1))
        the_one(source).settle(RECEIPT)
        assert far.states() == [("done", "")]
        assert list(source.poll()) == []

    def test_ack_may_be_repeated(self, source: Source, far: Far) -> None:
        """A lost ack is said again by an item that was not fetched."""
        far.offer(self.document(1))
        item = the_one(source)
        item.settle(RECEIPT)
        item.settle(RECEIPT)
        assert far.states() == [("done", "")]

    def test_rejected_is_told_with_its_reason(self, source: Source, far: Far) -> None:
        """A refusal goes back with its code."""
        far.offer(self.document(1))
        the_one(source).settle(Rejected("xml.malformed", "dòng 3"))
        ((state, reason),) = far.states()
        assert state == "fail"
        assert "xml.malformed" in reason

    def test_unreadable_is_rejected_and_stays(self, source: Source, far: Far) -> None:
        """What cannot be read is said so, keeps nobody behind it, and is not acked by itself."""
        far.offer(self.unreadable)
        far.offer(self.document(2))
        bad, good = source.poll()
        with pytest.raises(Rejected):
            bad.inbound()
        assert self.known(good.inbound()) == self.wanted(self.document(2))
        assert far.states() == [("open", "")] * 2

    @pytest.mark.parametrize("how", ["down", "busy", "empty", "html"])
    def test_no_list_is_no_empty_list(self, source: Source, far: Far, how: str) -> None:
        """A partner that does not answer the question is unreachable; nothing is lost by it."""
        far.offer(self.document(1))
        far.misbehave(how)
        with pytest.raises(Unreachable):
            list(source.poll())
        far.misbehave("ok")
        assert self.came(source) == [self.wanted(self.document(1))]

    @pytest.mark.parametrize("how", ["down", "busy", "empty", "html"])
    def test_fetch_that_fails_comes_again(self, source: Source, far: Far, how: str) -> None:
        """An answer that holds no document is not a document that cannot be read."""
        far.offer(self.document(1))
        item = the_one(source)
        far.misbehave(how)
        with pytest.raises(Unreachable):
            item.inbound()
        far.misbehave("ok")
        assert self.known(item.inbound()) == self.wanted(self.document(1))

    @pytest.mark.parametrize("how", ["down", "busy", "empty", "html"])
    def test_ack_that_fails_is_said(self, source: Source, far: Far, how: str) -> None:
        """An ack that was not heard is an error, and the item comes again."""
        far.offer(self.document(1))
        item = the_one(source)
        far.misbehave(how)
        with pytest.raises(Unreachable):
            item.settle(RECEIPT)
        far.misbehave("ok")
        item.settle(RECEIPT)
        assert far.states() == [("done", "")]

    @pytest.mark.parametrize("how", ["nulls", "lies"])
    def test_lists_that_lie_are_read_item_by_item(self, source: Source, far: Far, how: str) -> None:
        """A null or a wrong type spoils one item at the most."""
        far.offer(self.document(1))
        far.misbehave(how)
        assert self.came(source) == [self.wanted(self.document(1))]

    def test_partner_that_does_not_listen(self, lost_source: Source) -> None:
        """Where nobody listens nothing can be had."""
        with pytest.raises(Unreachable):
            list(lost_source.poll())
