"""The header of the Ministry of Finance: the sinks' contract under it, what each hop says, secrets in their place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from adapters.http.rehearsal import Rehearsal
from adapters.http.rehearsal.ministry import HEADER, Ministry
from adapters.http.rehearsal.orders import Mode, Order
from adapters.http.settings import HttpSettings
from bus.clock import HandClock
from bus.endpoint import Sink
from bus.errors import FailureClass, OutcomeUnknown, Refused, Unreachable
from bus.transport import Transport
from tests.adapters.figures import MONTH, packet, secret
from tests.adapters.http_partner import nowhere, sink_of
from tests.adapters.played import ORDERS
from tests.contracts.sink import Kept, SinkContract, delivery, sent

USER, PASSWORD = "so-tai-chinh", "mật khẩu của dịch vụ"
OURS = {"Sender_Code": "000.00.00.H62", "Receiver_Code": "BTC", "Tran_Code": "BCG01", "Path": "{sender};000.00.00.H62"}
SHOWN = {"SPARE1": "{secret.user}", "SPARE2": "{secret.password}"}
ASK: Mapping[str, Any] = {
    "call": {"method": "GET", "path": "/thong-diep/{docId}"},
    "answers": {
        "found": {"status": 200, "path": "HEADER.Finish_Code", "values": ["00"]},
        "not_found": {"status": 404, "path": "HEADER.Notes", "values": ["Không có"]},
    },
}


class Played:
    """The played ministry in the words of the contract."""

    def __init__(self) -> None:
        self.played = Rehearsal(Ministry(HandClock().now, USER, PASSWORD))
        self.played.start()

    def misbehave(self, how: str) -> None:
        self.played.order(ORDERS[how])

    def kept(self) -> Sequence[Kept]:
        return [Kept(one.sha256, one.times) for one in self.played.tell(lambda it: list(it.shelves.taken.values()))]


@pytest.fixture
def partner() -> Iterator[Played]:
    running = Played()
    yield running
    running.played.stop()


def settings(url: str, home: Path, header: Mapping[str, Any], **more: Any) -> HttpSettings:
    named = {"user": secret(home, "btc-user", USER), "password": secret(home, "btc", PASSWORD)}
    body = {"value": {"HEADER": {**OURS, **SHOWN, **header}, **more.pop("value", {})}}
    said = {"dialect": "bo-tai-chinh", "url": url, "allow": ["127.0.0.1"], "idle_timeout": "300ms"}
    said |= {"auth": [{"kind": "secrets", "named": named}], "send": {"call": {"body": body}}}
    return HttpSettings.model_validate({**said, **more})


class TestTheHeader(SinkContract):
    """Every rule of sinks: any message under the header, as a file, with the question the partner agreed to."""

    @pytest.fixture
    def sink(self, partner: Played, transport: Transport, tmp_path: Path) -> Sink:
        return sink_of(_of_files(partner.played.url, tmp_path), transport, tmp_path)

    @pytest.fixture
    def lost_sink(self, transport: Transport, tmp_path: Path) -> Sink:
        return sink_of(_of_files(nowhere(), tmp_path), transport, tmp_path)


def _of_files(url: str, home: Path) -> HttpSettings:
    return settings(url, home, {"Tran_Num": 1}, value={"BODY": "{edxml.base64}"}, ask=ASK, idempotency="ask_first")


def test_rows_go_under_the_header(partner: Played, transport: Transport, tmp_path: Path) -> None:
    """What stays the same on all hops, what is ours, how many rows; nothing of it is missing."""
    given = settings(partner.played.url, tmp_path, {}, report={"rows": {"MA": "ma", "SO": "so"}, "numbers": ["SO"]})
    rows = [{"values": {"ma": "1001", "so": "12.5"}}, {"values": {"ma": "1002"}}]
    done = sent(sink_of(given, transport, tmp_path), delivery(packet(*MONTH, kind="list", rows=rows)))
    (kept,) = partner.played.tell(lambda it: list(it.shelves.taken.values()))
    header: Any = kept.said["HEADER"]
    assert header.keys() == HEADER.keys()
    assert (header["Msg_ID"], header["Msg_RefID"], header["Original_Code"]) == ("doc-1", "m-1", "000.00.05.H62")
    assert (header["Path"], header["Tran_Num"]) == ("000.00.05.H62;000.00.00.H62", 2)
    assert header["Export_Date"] == "01/01/1970 07:00:00"
    assert kept.said["BODY"] == [{"MA": "1001", "SO": 12.5}, {"MA": "1002", "SO": None}]
    assert done.remote_id == kept.doc_id


def test_a_no_is_kept_without_the_secrets(partner: Played, transport: Transport, tmp_path: Path) -> None:
    """A header that cannot be is the partner's no; a partner that repeats the password does not get it written down."""
    given = settings(partner.played.url, tmp_path, {"Tran_Code": "longer than ten"}, report={"rows": {}})
    with pytest.raises(Refused, match="Tran_Code") as caught:
        sink_of(given, transport, tmp_path).send(delivery(packet(*MONTH, kind="list", rows=[])))
    assert (caught.value.failure, caught.value.code) == (FailureClass.BUSINESS_REJECT, "21")
    partner.played.order(Order(mode=Mode.REFUSE, code=PASSWORD))
    with pytest.raises(Refused) as caught:
        sink_of(given, transport, tmp_path).send(delivery(packet(*MONTH, kind="list", rows=[])))
    assert PASSWORD not in f"{caught.value.code}{caught.value.words}"


def test_a_wrong_password_keeps_reports_waiting(partner: Played, transport: Transport, tmp_path: Path) -> None:
    """No report is at fault for it."""
    given = settings(partner.played.url, tmp_path, {"SPARE2": "another"})
    with pytest.raises(Unreachable) as caught:
        sink_of(given, transport, tmp_path).send(delivery(packet(*MONTH, kind="list", rows=[])))
    assert caught.value.failure is FailureClass.AUTH
    assert partner.kept() == []


def test_an_answer_without_a_word_is_no_yes(partner: Played, transport: Transport, tmp_path: Path) -> None:
    """HTTP 200 alone says nothing."""
    partner.misbehave("ask_unknown")
    given = settings(partner.played.url, tmp_path, {})
    with pytest.raises(OutcomeUnknown):
        sink_of(given, transport, tmp_path).send(delivery(packet(*MONTH, kind="list", rows=[])))


def test_secrets_stand_in_bodies_and_nowhere_else(tmp_path: Path) -> None:
    """An address is written into logs; and a name that is no secret is a fault of the file."""
    given = {"header": {}, "url": "https://x.example", "home": tmp_path}
    with pytest.raises(ValidationError, match="expected names"):
        settings(**given, send={"call": {"query": {"p": "{secret.password}"}}}, auth=_named(tmp_path))
    with pytest.raises(ValidationError, match=r"secret\.user"):
        settings("https://x.example", tmp_path, {"SPARE1": "{secret.usr}"})


def _named(home: Path) -> list[dict[str, Any]]:
    return [{"kind": "secrets", "named": {"password": secret(home, "btc", PASSWORD)}}]
