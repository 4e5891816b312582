"""The dialect of an API gateway keeps both contracts, straight and through either kind of security server."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from adapters.http.directory import build_directory
from adapters.http.rehearsal import Rehearsal
from adapters.http.rehearsal.gate_orders import GateOrder
from adapters.http.rehearsal.gates import AdapterGate, SecurityServer
from adapters.http.rehearsal.orders import Mode, Order
from adapters.http.rehearsal.quang_nam import QuangNam
from adapters.http.roads.xroad import message_id
from adapters.http.settings import HttpSettings
from adapters.http.stage import House
from bus.clock import HandClock
from bus.endpoint import Delivered, ListedAgency, Sink, Source
from bus.errors import FailureClass, OutcomeUnknown, Refused, Unreachable
from bus.transport import Transport
from tests.adapters.http_partner import nowhere, sink_of, source_of, tools
from tests.adapters.played import KEY, ORDERS, UNIT_SECRET, UNITS, tokens
from tests.contracts.sink import Kept, SinkContract, asked, delivery, digest, sent
from tests.contracts.source import SourceContract

PROVIDER, CLIENT, SERVICE, CODE = (
    "https://api.example",
    "VN/GOV/000.00.00.H62/bus",
    "VN/GOV/H47/qn/edoc",
    "VN:GOV:H47:qn",
)


class Exchange:
    """A played exchange in the words of the contracts."""

    def __init__(self, clock: HandClock, road: str = "") -> None:
        self.clock = clock
        self.road = road
        self.gate: Any = None
        partner = QuangNam(tokens(clock), UNIT_SECRET.encode().hex(), clock.now, UNITS)
        self.played = Rehearsal(partner, before=self._before)
        self.played.start()

    @property
    def written(self) -> dict[str, Any]:
        """What the endpoint says of the way there."""
        url = self.played.url
        if self.road == "xrd_adapter":
            through = {"kind": self.road, "url": f"{url}/XrdAdapter/RestService/forward", "dstcode": CODE}
            return {"url": PROVIDER, "through": through}
        if self.road == "xroad":
            return {"url": PROVIDER, "through": {"kind": self.road, "url": url, "client": CLIENT, "service": SERVICE}}
        return {"url": url}

    def misbehave(self, how: str) -> None:
        self.played.order(ORDERS.get(how) or Order(mode=Mode(how)))

    def kept(self) -> Sequence[Kept]:
        return [Kept(one.sha256, one.times) for one in self.played.tell(lambda it: list(it.shelves.taken.values()))]

    def offer(self, body: bytes, type_: str = "edoc") -> None:
        self.played.tell(lambda it: it.shelves.offer(body, type_))
        self.clock.move(1)

    def states(self) -> Sequence[tuple[str, str]]:
        words = {"initial": "open", "done": "done", "fail": "fail"}
        return [(words[one.state], one.reason) for one in self.played.tell(lambda it: it.shelves.offered)]

    def _before(self, house: House) -> House:
        if self.road == "xrd_adapter":
            self.gate = AdapterGate(house, CODE, PROVIDER)
        if self.road == "xroad":
            self.gate = SecurityServer(house, frozenset({CLIENT}), SERVICE)
        return self.gate or house


def settings(written: Mapping[str, Any], home: Path, **more: Any) -> HttpSettings:
    path = home / "secrets" / "don-vi"
    path.parent.mkdir(exist_ok=True)
    path.write_text(UNIT_SECRET.encode().hex())
    path.chmod(0o600)
    auth = [
        {"kind": "oauth2", "client_id": KEY, "client_secret": "file:lgsp"},
        {"kind": "header", "value": "file:don-vi"},
    ]
    usual = {"kind": "http", "dialect": "quang-nam", "auth": auth, "allow": ["127.0.0.1"], "idle_timeout": "1s"}
    return HttpSettings.model_validate({**usual, "receive": {"own": ["000.00.05.H62"]}, **written, **more})


@pytest.fixture(params=["", "xrd_adapter", "xroad"], ids=["straight", "xrd_adapter", "xroad"])
def road(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def partner(road: str) -> Iterator[Exchange]:
    running = Exchange(HandClock(), road)
    yield running
    running.played.stop()


@pytest.fixture
def sink(partner: Exchange, transport: Transport, tmp_path: Path) -> Sink:
    return sink_of(settings(partner.written, tmp_path), transport, tmp_path, partner.clock)


class TestSink(SinkContract):
    """Every rule of the contract, but for questions: the exchange can be asked nothing."""

    @pytest.fixture
    def lost_sink(self, transport: Transport, tmp_path: Path) -> Sink:
        return sink_of(settings({"url": nowhere()}, tmp_path), transport, tmp_path)

    def test_failure_that_lies_ends_with_one_document(self, sink: Sink, partner: Any) -> None:
        """A 500 after the document was sent is an unknown outcome; a repeat is known for one."""
        partner.misbehave("lie_loses")
        with pytest.raises(OutcomeUnknown):
            sink.send(delivery())
        partner.misbehave("ok")
        sent(sink, delivery(attempt=2))
        assert [one.times for one in partner.kept()] == [2]

    def test_ask_knows_what_arrived(self, sink: Sink, partner: Any) -> None:
        """It is never said to have arrived."""
        self._cannot_be_asked(sink)

    test_ask_knows_what_did_not = test_ask_knows_what_arrived
    test_ask_admits_not_knowing = test_ask_knows_what_arrived

    @staticmethod
    def _cannot_be_asked(sink: Sink) -> None:
        with pytest.raises(Unreachable):
            asked(sink, delivery())


class TestSource(SourceContract):
    """Every rule of the contract."""

    @pytest.fixture
    def road(self) -> str:
        return ""

    @pytest.fixture
    def far(self, partner: Exchange) -> Exchange:
        return partner

    @pytest.fixture
    def source(self, far: Exchange, transport: Transport, tmp_path: Path) -> Source:
        return source_of(settings(far.written, tmp_path), transport, tmp_path, far.clock)

    @pytest.fixture
    def lost_source(self, transport: Transport, tmp_path: Path) -> Source:
        return source_of(settings({"url": nowhere()}, tmp_path), transport, tmp_path)


def test_a_forgotten_token_costs_nothing(sink: Sink, partner: Exchange) -> None:
    """The fault is met by one more token and the same call again: one document, one outcome."""
    sent(sink, delivery(doc_id="a"))
    partner.played.tell(lambda it: it.tokens.forget())
    sent(sink, delivery(b"other", doc_id="b"))
    assert [one.times for one in partner.kept()] == [1, 1]
    assert partner.played.tell(lambda it: it.tokens.made) == 2


def test_wrong_unit_secret(sink: Sink, partner: Exchange, tmp_path: Path) -> None:
    """No document is at fault for it: it waits, with the exchange's own words."""
    (tmp_path / "secrets" / "don-vi").write_text("x")
    with pytest.raises(Unreachable, match="Sai mã bí mật") as caught:
        sink.send(delivery())
    assert (caught.value.failure, caught.value.code) == (FailureClass.AUTH, "15")


def test_units_are_agencies(partner: Exchange, transport: Transport, tmp_path: Path) -> None:
    """With their old codes, and who is above whom."""
    given = settings(partner.written, tmp_path)
    found = build_directory("qn", given, tools(transport, tmp_path, partner.clock))
    assert list(found.agencies()) == [
        ListedAgency("H47", "000.00.00.H47", "UBND tỉnh Quảng Nam"),
        ListedAgency("H47.01", "000.00.01.H47", "Sở Nội vụ", "H47"),
    ]
    assert found.version() == ""


@pytest.mark.parametrize("road", ["xrd_adapter"], indirect=True)
def test_provider_is_from_configuration_only(sink: Sink, partner: Exchange) -> None:
    """Every call, tokens too, names the provider that is configured."""
    sent(sink, delivery(recipient="https://evil.example/?providerurl=https://evil.example"))
    assert set(partner.gate.providers) == {PROVIDER}


class TestXRoad:
    """What X-Road adds."""

    @pytest.fixture(params=["xroad"])
    def road(self, request: pytest.FixtureRequest) -> str:
        return str(request.param)

    def test_all_attempts_have_one_id(self, sink: Sink, partner: Exchange) -> None:
        """And another copy another one."""
        for doc_id, attempt in (("a", 1), ("a", 2), ("b", 1)):
            sink.send(delivery(doc_id.encode(), doc_id=doc_id, attempt=attempt))
        _token, *ids = partner.gate.ids
        assert ids == [message_id("a"), message_id("a"), message_id("b")]

    def test_issue_is_what_the_call_says(self, partner: Exchange, transport: Transport, tmp_path: Path) -> None:
        """A header of the call, in letters a header takes."""
        call = {"call": {"headers": {"X-Road-Issue": "{documentId|plain}"}}}
        sent(sink_of(settings(partner.written, tmp_path, send=call), transport, tmp_path, partner.clock), delivery())
        assert partner.gate.issues[-1] == "d-1"

    def test_request_is_kept_with_the_attempt(self, sink: Sink) -> None:
        """Id, request and hash, before the partner's own words."""
        result = sent(sink, delivery())
        assert isinstance(result, Delivered)
        assert f"X-Road id {message_id('doc-1')} request request-2 hash " in result.words

    @pytest.mark.parametrize(
        ("kind", "error", "failure"),
        [
            ("Server.ServerProxy.NetworkError", Unreachable, FailureClass.CONNECT),
            ("Client.UnknownMember", Refused, FailureClass.CLIENT_FAULT),
            ("Server.ServerProxy.ServiceFailed", OutcomeUnknown, FailureClass.TIMEOUT_AFTER_SEND),
        ],
    )
    @pytest.mark.parametrize("bare", [False, True], ids=["header", "body"])
    def test_failures_of_the_road(
        self, sink: Sink, partner: Exchange, kind: str, error: type[Unreachable], failure: FailureClass, bare: bool
    ) -> None:
        """Told from the provider's, whose no is still a no behind it."""
        sent(sink, delivery(b"first", doc_id="first"))
        carried = error is OutcomeUnknown
        partner.gate.obey(GateOrder(error=kind, bare=bare, carried=carried))
        with pytest.raises(error) as caught:
            sink.send(delivery())
        assert type(caught.value) is error
        assert (caught.value.failure, caught.value.code) == (failure, kind)
        assert "6b2b4b0e-tracked" in caught.value.words
        assert len(partner.kept()) == 1 + carried
        partner.gate.obey(GateOrder())
        partner.misbehave("error_in_body")
        with pytest.raises(Refused) as refused:
            sink.send(delivery(b"again", doc_id="again"))
        assert refused.value.failure is FailureClass.BUSINESS_REJECT


def test_a_body_is_what_it_was(sink: Sink, partner: Exchange) -> None:
    """Through every road, tokens and all."""
    sent(sink, delivery(bytes(range(256))))
    assert [one.sha256 for one in partner.kept()] == [digest(bytes(range(256)))]
