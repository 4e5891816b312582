"""Dialects of SOAP against played partners: the NSS Gateway, and a service that wants three headers and one order."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from adapters.http import dialects
from adapters.http.rehearsal import Rehearsal
from adapters.http.rehearsal.orders import Mode, Order
from adapters.http.rehearsal.tokens import Tokens
from adapters.soap.rehearsal import rehearsal
from adapters.soap.rehearsal.citizens import OPERATION, Citizens
from adapters.soap.rehearsal.nss import PATH, NssGateway
from bus.clock import HandClock
from bus.endpoint import Tools
from bus.errors import FailureClass, OutcomeUnknown, Refused, Unreachable
from bus.message import Inbound
from bus.transport.fast import FastTransport
from tests import messages
from tests.adapters.soap_partner import sink_of, source_of, tools
from tests.contracts.sink import BODY, delivery, digest, sent
from tests.contracts.source import HERE, RECEIPT, THERE, body_of, document

_DIALECTS = "adapters.soap.client.dialects"
_ACCESS = {"AccessKey": "a", "SecretKey": "b", "AppName": "c", "PartnerCode": "d", "PartnerCodeCus": "e"}


@pytest.fixture
def given(tmp_path: Path) -> Iterator[Tools]:
    transport = FastTransport()
    made = tools(transport, tmp_path)
    secrets = {
        "nss": b"m\xe1\xba\xadt",
        "hash": base64.b64encode(b"user:pass"),
        "lgsp": orjson.dumps(_ACCESS),
        "client": b"s",
    }
    for name, secret in secrets.items():
        path = tmp_path / "secrets" / name
        path.write_bytes(secret)
        path.chmod(0o600)
    yield made
    transport.close()


@pytest.fixture
def gateway() -> Iterator[Rehearsal[NssGateway]]:
    played = rehearsal(NssGateway("so-tc", "mật", HandClock().now))
    played.start()
    yield played
    played.stop()


@pytest.fixture
def citizens() -> Iterator[Rehearsal[Citizens]]:
    tokens = Tokens("id", "s", HandClock().now, header="accessToken")
    played = rehearsal(Citizens(tokens, "user", "pass", _ACCESS))
    played.start()
    yield played
    played.stop()


def nss(played: Rehearsal[NssGateway], **more: Any) -> dict[str, Any]:
    return {
        "kind": "soap",
        "dialect": "nss-gateway",
        "url": f"{played.url}{PATH}",
        "auth": [{"kind": "basic", "user": "so-tc", "password": "file:nss"}],
        "allow": ["127.0.0.1"],
        "idle_timeout": "1s",
        **more,
    }


def dan_cu(played: Rehearsal[Citizens], **more: Any) -> dict[str, Any]:
    parameters = {"SoDinhDanh": "{subject}", "MaCanBo": "cb", "MaTichHop": "th", "MaDVC": "dvc"}
    return {
        "kind": "soap",
        "dialect": "dan-cu",
        "url": played.url,
        "auth": [
            {"kind": "lgsp_access_token", "secret": "file:lgsp"},
            {"kind": "header", "value": "file:hash"},
            {"kind": "oauth2", "token": "/token", "client_id": "id", "client_secret": "file:client"},
        ],
        "send": {"call": {"parameters": parameters}},
        "allow": ["127.0.0.1"],
        **more,
    }


def fetched(played: Rehearsal[NssGateway], tools: Tools) -> list[Inbound]:
    return [item.inbound() for item in source_of(nss(played), tools).poll()]


def test_nss_takes_a_message_as_text(gateway: Rehearsal[NssGateway], given: Tools) -> None:
    """Whole, and its id is kept."""
    assert sent(sink_of(nss(gateway), given), delivery()).remote_id == "NSS-S-1"
    (taken,) = gateway.tell(lambda played: list(played.shelves.taken.values()))
    assert (taken.sha256, taken.times) == (digest(BODY), 1)


@pytest.mark.parametrize("count", [0, 1, 3])
def test_nss_lists_what_is_there(gateway: Rehearsal[NssGateway], given: Tools, count: int) -> None:
    """An array of ids is a list however many are in it; what is fetched is what was offered."""
    offered = [document(number) for number in range(count)]
    for body in offered:
        gateway.tell(lambda played, body=body: played.shelves.offer(body))
    assert [body_of(one) for one in fetched(gateway, given)] == offered


def test_nss_hears_what_became_of_it(gateway: Rehearsal[NssGateway], given: Tools) -> None:
    """Done is told, and then it is listed no more."""
    gateway.tell(lambda played: played.shelves.offer(messages.edoc(THERE, (HERE,))))
    (item,) = source_of(nss(gateway), given).poll()
    item.inbound()
    item.settle(RECEIPT)
    assert fetched(gateway, given) == []


def test_nss_that_does_not_know_us_keeps_documents_waiting(gateway: Rehearsal[NssGateway], given: Tools) -> None:
    """The WSDL lies behind the same password."""
    wrong = nss(gateway, auth=[{"kind": "basic", "user": "another", "password": "file:nss"}])
    with pytest.raises(Unreachable) as caught:
        sink_of(wrong, given).send(delivery())
    assert not isinstance(caught.value, OutcomeUnknown)


def test_nss_whose_answer_is_lost_is_unknown(gateway: Rehearsal[NssGateway], given: Tools) -> None:
    """It cannot be asked: an operator decides."""
    sink = sink_of(nss(gateway), given)
    gateway.order(Order(mode=Mode.LOST))
    with pytest.raises(OutcomeUnknown):
        sink.send(delivery())
    gateway.order(Order(mode=Mode.CUT))
    with pytest.raises(OutcomeUnknown):
        sink.send(delivery(doc_id="doc-2"))


def test_order_is_the_services_and_not_the_pages(citizens: Rehearsal[Citizens], given: Tools) -> None:
    """Elements go in the order of the WSDL, whatever order YAML has them in; the request's id is the same for all attempts."""
    sink = sink_of(dan_cu(citizens), given)
    for attempt in (1, 2):
        sent(sink, delivery(attempt=attempt))
    first, second = citizens.tell(lambda played: list(played.asked))
    assert list(first) == ["MaYeuCau", "MaDVC", "MaTichHop", "MaCanBo", "SoDinhDanh"]
    assert first == second


def test_three_headers_at_once(citizens: Rehearsal[Citizens], given: Tools) -> None:
    """A token that was forgotten is had anew; another secret keeps documents waiting."""
    sink = sink_of(dan_cu(citizens), given)
    sent(sink, delivery())
    citizens.tell(lambda played: played.tokens.forget())
    sent(sink, delivery(doc_id="doc-2"))
    assert citizens.tell(lambda played: played.tokens.made) == 2
    wrong = dan_cu(citizens)
    wrong["auth"][1]["value"] = "file:nss-other"
    (given.folder / "secrets" / "nss-other").write_bytes(b"other")
    (given.folder / "secrets" / "nss-other").chmod(0o600)
    with pytest.raises(Unreachable) as caught:
        sink_of(wrong, given).send(delivery(doc_id="doc-3"))
    assert caught.value.failure is FailureClass.AUTH


def test_a_refusal_is_final(citizens: Rehearsal[Citizens], given: Tools) -> None:
    """A fault that is the caller's."""
    sink = sink_of(dan_cu(citizens), given)
    sent(sink, delivery())
    citizens.order(Order(mode=Mode.REFUSE, call=OPERATION))
    with pytest.raises(Refused, match="Từ chối"):
        sink.send(delivery(doc_id="doc-2"))


PAGE = (Path(__file__).parents[2] / "docs" / "soap-partners.md").read_text("utf-8")


def test_every_dialect_is_on_its_page() -> None:
    """docs/soap-partners.md has a line for each."""
    assert set(re.findall(r"^\| `([a-z-]+)` \| \w", PAGE, re.MULTILINE)) >= set(dialects.known(_DIALECTS))
