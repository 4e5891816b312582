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

SIGN_IN = pytest.mark.parametrize("sign_in", ["headers", "token"])


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[Daemon]:
    with running(tmp_path, WITH_LGSP) as daemon:
        yield daemon


@pytest.fixture
def means(daemon: Daemon, tmp_path: Path) -> Iterator[Tools]:
    transport = FastTransport()
    yield tools(transport, tmp_path, daemon.home.clock)
    transport.close()


def settings(daemon: Daemon, partner: Partner, sign_in: str) -> LgspSettings:
    secret = daemon.home.settings.home.parent / "secrets" / partner.name
    secret.write_bytes(partner.secret)
    secret.chmod(0o600)
    host, port = daemon.home.settings.address
    written = {
        "url": f"http://{host}:{port}/lgsp",
        "allow": [host],
        "secret": f"file:{secret.name}",
        "sign_in": sign_in,
    }
    return LgspSettings.model_validate({"system_id": partner.system_id, **written})


def sink_of(daemon: Daemon, means: Tools, partner: Partner = NOI_VU, sign_in: str = "headers") -> Sink:
    assert ADAPTER.sink is not None
    return ADAPTER.sink("lgsp", settings(daemon, partner, sign_in), means)


def source_of(daemon: Daemon, means: Tools, partner: Partner = TAI_CHINH, sign_in: str = "headers") -> Source:
    assert ADAPTER.source is not None
    return ADAPTER.source("lgsp", settings(daemon, partner, sign_in), means)


@SIGN_IN
def test_a_document_goes_in_and_comes_out(daemon: Daemon, means: Tools, sign_in: str) -> None:
    """Sent by one partner's bus, fetched and acked by another's: the same bytes, once."""
    body = edoc(attachments=[("bản đồ.bin", bytes(range(256)) * 4000)])
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
    wrong = Partner("x", NOI_VU.agency, NOI_VU.system_id, b"guessed", b"")
    with pytest.raises(Unreachable) as caught:
        sink_of(daemon, means, wrong, sign_in).send(delivery(edoc()))
    assert caught.value.failure is FailureClass.AUTH
    assert not isinstance(caught.value, OutcomeUnknown)
