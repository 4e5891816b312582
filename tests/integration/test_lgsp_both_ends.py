"""What we send to a platform is what our own door for such software takes, and the reverse."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.lgsp import ADAPTER
from adapters.lgsp.settings import LgspSettings
from bus.daemon import Daemon
from bus.endpoint import Sink, Source, Tools
from bus.errors import FailureClass, OutcomeUnknown, Refused, Unreachable
from bus.transport.fast import FastTransport
from tests.adapters.http_partner import tools
from tests.contracts.face import NOI_VU, TAI_CHINH, UNKNOWN_AGENCY, Partner
from tests.contracts.sink import delivery, sent
from tests.contracts.source import RECEIPT, body_of, the_one
from tests.daemons import WITH_LGSP, running
from tests.messages import edoc, read

WRONG = Partner("wrong", NOI_VU.agency, NOI_VU.system_id, b"guessed", b"")
SIGN_IN = pytest.mark.parametrize("sign_in", ["headers", "token"])


@pytest.fixture(scope="module")
def daemon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daemon]:
    with running(tmp_path_factory.mktemp("bus"), WITH_LGSP) as daemon:
        yield daemon


@pytest.fixture
def means(daemon: Daemon, tmp_path: Path) -> Iterator[Tools]:
    transport = FastTransport()
    yield tools(transport, tmp_path, daemon.home.clock)
    transport.close()


def settings(daemon: Daemon, partner: Partner, sign_in: str) -> LgspSettings:
    host, port = daemon.home.settings.address
    written = {"url": f"http://{host}:{port}/lgsp", "allow": [host], "secret": secret_of(partner), "sign_in": sign_in}
    return LgspSettings.model_validate({"system_id": partner.system_id, **written})


def secret_of(partner: Partner) -> str:
    return f"env:LGSP_{partner.name.replace('-', '_')}"


@pytest.fixture(autouse=True)
def _secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    """What each of them shows."""
    for partner in (NOI_VU, TAI_CHINH, WRONG):
        monkeypatch.setenv(secret_of(partner).removeprefix("env:"), partner.secret.decode())


def sink_of(daemon: Daemon, means: Tools, partner: Partner = NOI_VU, sign_in: str = "headers") -> Sink:
    assert ADAPTER.sink is not None
    return ADAPTER.sink("lgsp", settings(daemon, partner, sign_in), means)


def source_of(daemon: Daemon, means: Tools, partner: Partner = TAI_CHINH, sign_in: str = "headers") -> Source:
    assert ADAPTER.source is not None
    return ADAPTER.source("lgsp", settings(daemon, partner, sign_in), means)


@SIGN_IN
def test_a_document_goes_in_and_comes_out(daemon: Daemon, means: Tools, sign_in: str) -> None:
    """Sent by one partner's bus, fetched and acked by another's: the same bytes, once."""
    body = edoc(document_id=sign_in, attachments=[("bản đồ.bin", bytes(range(256)) * 4000)])
    told = sent(sink_of(daemon, means, sign_in=sign_in), delivery(body))
    assert told == sent(sink_of(daemon, means, sign_in=sign_in), delivery(body, attempt=2))

    source = source_of(daemon, means, sign_in=sign_in)
    item = the_one(source)
    inbound = item.inbound()
    assert (body_of(inbound), inbound.content, inbound.recipients) == (body, read(body), (TAI_CHINH.agency,))
    item.settle(RECEIPT)
    assert list(source.poll()) == []


@pytest.mark.parametrize(
    ("body", "failure", "code"),
    [
        (b"not xml", FailureClass.SCHEMA, "10"),
        (edoc(recipients=(UNKNOWN_AGENCY,)), FailureClass.BUSINESS_REJECT, "18"),
        (edoc(TAI_CHINH.agency, (NOI_VU.agency,)), FailureClass.BUSINESS_REJECT, "19"),
        (b"<a/>", FailureClass.SCHEMA, "22"),
    ],
)
def test_a_no_of_ours_is_understood(
    daemon: Daemon, means: Tools, body: bytes, failure: FailureClass, code: str
) -> None:
    """What the door refuses for good is not sent again."""
    with pytest.raises(Refused) as caught:
        sink_of(daemon, means).send(delivery(body))
    assert (caught.value.failure, caught.value.code) == (failure, code)


@SIGN_IN
def test_wrong_credentials_wait_for_somebody(daemon: Daemon, means: Tools, sign_in: str) -> None:
    """No document is at fault for them."""
    with pytest.raises(Unreachable) as caught:
        sink_of(daemon, means, WRONG, sign_in).send(delivery(edoc()))
    assert caught.value.failure is FailureClass.AUTH
    assert not isinstance(caught.value, OutcomeUnknown)
