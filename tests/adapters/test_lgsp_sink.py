"""The platform's sink keeps the sink contract, and knows what each of the guide's codes decides."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from adapters.http.rehearsal import Rehearsal
from adapters.http.rehearsal.orders import Mode, Order
from adapters.lgsp.dialect import engine_settings
from adapters.lgsp.sandbox import Platform
from bus.clock import HandClock
from bus.endpoint import Answer, Sink, Tools
from bus.errors import FailureClass, OutcomeUnknown, Refused, Unreachable
from bus.message import CopyOut
from bus.transport.fast import FastTransport
from tests import messages
from tests.adapters.lgsp_partner import PlatformPartner, platform, settings, sink_to, tools
from tests.adapters.rest_partner import nowhere
from tests.contracts.sink import BODY, SinkContract, asked, delivery, digest, sent


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def sandbox(clock: HandClock) -> Iterator[Rehearsal[Platform]]:
    running = platform(clock)
    running.start()
    yield running
    running.stop()


@pytest.fixture
def partner(sandbox: Rehearsal[Platform]) -> PlatformPartner:
    return PlatformPartner(sandbox)


@pytest.fixture
def means(tmp_path: Path, clock: HandClock) -> Iterator[Tools]:
    transport = FastTransport()
    yield tools(transport, tmp_path, clock)
    transport.close()


@pytest.fixture
def sink(sandbox: Rehearsal[Platform], means: Tools) -> Sink:
    return sink_to(sandbox.url, means, sign_in="token")


@pytest.fixture
def plain(sandbox: Rehearsal[Platform], means: Tools) -> Sink:
    return sink_to(sandbox.url, means)


@pytest.fixture
def lost_sink(means: Tools) -> Sink:
    return sink_to(nowhere(), means)


class TestLgspSink(SinkContract):
    def test_two_copies_are_two_documents(self, sink: Sink, partner: PlatformPartner) -> None:  # type: ignore[override]
        """Here they are one call and one document: the platform hands it to whom it names."""
        parcel = delivery()
        both = replace(parcel, copies=(*parcel.copies, CopyOut("doc-2", "000.00.08.H62", 1)))
        outcomes = sink.send(both)
        assert outcomes["doc-1"] == outcomes["doc-2"]
        assert [kept.times for kept in partner.kept()] == [1]

    @pytest.mark.parametrize("how", ["drop_after_reading", "drop_before_reading"])
    def test_ask_knows_what_arrived(self, sink: Sink, partner: PlatformPartner, how: str) -> None:  # type: ignore[override]
        """These calls have no question for it, so nothing is claimed."""
        partner.misbehave(how)
        with pytest.raises(OutcomeUnknown):
            sink.send(delivery())
        partner.misbehave("ok")
        assert asked(sink, delivery()) is Answer.UNKNOWN

    def test_ask_knows_what_did_not(self, sink: Sink, partner: PlatformPartner) -> None:  # type: ignore[override]
        """Nor is anything claimed of what never went out."""
        assert asked(sink, delivery()) is Answer.UNKNOWN

    def test_ask_of_a_partner_that_does_not_listen(self, lost_sink: Sink) -> None:
        """Nobody is asked."""
        assert asked(lost_sink, delivery()) is Answer.UNKNOWN


def test_a_contract_that_asks_is_refused() -> None:
    """It would wait for answers that never come."""
    with pytest.raises(ValidationError, match="no such question"):
        settings("https://lgsp.example.vn", idempotency="ask_first")


@pytest.mark.parametrize(
    ("key", "given"),
    [
        ("url", {"url": "http://169.254.169.254/latest"}),
        ("token", {"url": "https://lgsp.example.vn", "sign_in": "token", "token": "http://127.0.0.2/token"}),
        ("system_id", {"url": "https://lgsp.example.vn", "system_id": "a:b"}),
        ("url", {"url": "https://user:secret@lgsp.example.vn"}),
        ("key_file", {"url": "https://lgsp.example.vn", "key_file": "/k.pem"}),
    ],
)
def test_a_place_that_must_not_be_called_is_refused(key: str, given: dict[str, Any]) -> None:
    """And an id that could not be told from its key, before anything is called; the fault names its key."""
    with pytest.raises(ValidationError, match=key):
        settings(**given)


def test_all_that_is_set_reaches_the_engine() -> None:
    """A limit that was lost on the way would be no limit."""
    given = {
        "rate": "10/s",
        "flood": {"dead": 3},
        "max_bytes": "10MB",
        "poll": "1m",
        "retry": "patient",
        "mode": "observe",
    }
    more = {"cert_file": "/c.pem", "ca_file": "/a.pem", "connect_timeout": "3s", "fail_after": "1d", "concurrency": 2}
    written = settings("https://lgsp.example.vn", **given, **more)
    made = engine_settings(written)
    assert {key: getattr(made, key) for key in {**given, **more}} == {
        key: getattr(written, key) for key in {**given, **more}
    }
    assert (made.url, made.limit) == ("https://lgsp.example.vn", 10 << 20)


def test_the_platform_is_told_what_it_gets(plain: Sink, partner: PlatformPartner) -> None:
    """A status is sent as one, and the id the platform gives is kept."""
    parcel = delivery(messages.status())
    told = sent(plain, replace(parcel, message=replace(parcel.message, type="status")))
    (kept,) = partner.taken()
    assert (kept["type"], kept["doc_id"]) == ("status", told.remote_id)


@pytest.mark.parametrize("status", [200, 400, 500])
@pytest.mark.parametrize(
    ("code", "failure"),
    [
        ("10", FailureClass.SCHEMA),
        ("18", FailureClass.BUSINESS_REJECT),
        ("19", FailureClass.BUSINESS_REJECT),
        ("22", FailureClass.SCHEMA),
        ("23", FailureClass.BUSINESS_REJECT),
    ],
)
def test_a_no_is_a_no_whatever_the_status(
    plain: Sink, sandbox: Rehearsal[Platform], code: str, failure: FailureClass, status: int
) -> None:
    """The guide's code decides, and is kept for the operator with its words."""
    sandbox.order(Order(mode=Mode.REFUSE, code=code, status=status))
    with pytest.raises(Refused) as caught:
        plain.send(delivery())
    assert (caught.value.failure, caught.value.code) == (failure, code)
    assert "Đơn vị nhận không tồn tại" in caught.value.words


def test_a_no_of_a_code_nobody_knows_is_a_no(plain: Sink, sandbox: Rehearsal[Platform]) -> None:
    """The platform said that it was not successful."""
    sandbox.order(Order(mode=Mode.REFUSE, code="77"))
    with pytest.raises(Refused) as caught:
        plain.send(delivery())
    assert (caught.value.failure, caught.value.code) == (FailureClass.BUSINESS_REJECT, "77")


@pytest.mark.parametrize(("code", "failure"), [("20", FailureClass.SERVER_FAULT), ("15", FailureClass.AUTH)])
def test_what_passes_is_tried_again(
    plain: Sink, sandbox: Rehearsal[Platform], code: str, failure: FailureClass
) -> None:
    """A system error by itself; wrong credentials when an operator has put them right. No document is at fault."""
    sandbox.order(Order(mode=Mode.REFUSE, code=code))
    with pytest.raises(Unreachable) as caught:
        plain.send(delivery())
    assert not isinstance(caught.value, OutcomeUnknown)
    assert caught.value.failure is failure


@pytest.mark.parametrize(("meant", "raised"), [("unknown", OutcomeUnknown), ("wait", Unreachable), ("refuse", Refused)])
def test_what_code_21_means_is_set(
    sandbox: Rehearsal[Platform], means: Tools, meant: str, raised: type[Exception]
) -> None:
    """The guide does not say whether the file was taken."""
    sandbox.order(Order(mode=Mode.REFUSE, code="21"))
    with pytest.raises(raised) as caught:
        sink_to(sandbox.url, means, processing_error=meant).send(delivery())
    assert type(caught.value) is raised


@pytest.mark.parametrize("mode", [Mode.HTML, Mode.EMPTY])
def test_a_yes_that_says_nothing_is_no_yes(
    plain: Sink, sandbox: Rehearsal[Platform], partner: PlatformPartner, mode: Mode
) -> None:
    """HTTP 200 alone tells nothing: the document may be there."""
    sandbox.order(Order(mode=mode))
    with pytest.raises(OutcomeUnknown):
        plain.send(delivery())
    assert len(partner.kept()) == 1


def test_a_token_that_ends_meanwhile_is_had_anew(
    sandbox: Rehearsal[Platform], partner: PlatformPartner, means: Tools
) -> None:
    """Once, and the document goes out; one token serves many calls."""
    sink = sink_to(sandbox.url, means, sign_in="token")
    sent(sink, delivery())
    sent(sink, delivery(attempt=2))
    sandbox.tell(lambda played: played.tokens.forget())
    sent(sink, delivery(attempt=3))

    assert partner.kept() == [(type(partner.kept()[0]))(digest(BODY), 3)]
    assert sandbox.account()["tokens"] == 2


def test_a_gateway_that_never_knows_us_is_asked_twice_and_no_more(
    sandbox: Rehearsal[Platform], partner: PlatformPartner, means: Tools
) -> None:
    """The document waits until somebody has seen to it."""
    sink = sink_to(sandbox.url, means, sign_in="token")
    sandbox.order(Order(mode=Mode.DENY))
    with pytest.raises(Unreachable) as caught:
        sink.send(delivery())
    assert caught.value.failure is FailureClass.AUTH
    calls = sandbox.account()["calls"]
    assert isinstance(calls, dict)
    assert calls["sendEdoc"] == 2
    assert partner.kept() == []


def test_what_only_observes_sends_nothing(sandbox: Rehearsal[Platform], partner: PlatformPartner, means: Tools) -> None:
    """``mode: observe`` is for looking."""
    with pytest.raises(Unreachable):
        sink_to(sandbox.url, means, mode="observe").send(delivery())
    assert partner.kept() == []
