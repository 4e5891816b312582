"""A platform that forgets tokens, loses answers and says no with HTTP 200: what goes through it arrives once."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from adapters.http.rehearsal import Rehearsal
from adapters.http.rehearsal.orders import Mode, Order
from adapters.lgsp.sandbox import Platform
from bus.clock import SystemClock
from bus.daemon import Daemon
from tests.adapters.lgsp_driver import LgspDriver, client_of
from tests.adapters.lgsp_partner import CLIENT, PlatformPartner, platform
from tests.adapters.vxp_driver import VxpDriver
from tests.adapters.vxp_driver import client_of as vxp_client
from tests.buses import until
from tests.contracts.face import NOI_VU, TAI_CHINH
from tests.contracts.sink import Kept, digest
from tests.daemons import WITH_LGSP, running
from tests.messages import edoc

BO = "000.00.00.G22"
ENDPOINT = """
  lgsp: {{kind: lgsp, url: "{url}", system_id: "{system}", secret: "env:LGSP_OF_TEST", sign_in: token, idempotency: id,
         allow: ["127.0.0.1"], own: ["{own}"], poll: 100ms, idle_timeout: 1s}}
routes:
  - {{name: outside, when: {{recipient: "{bo}"}}, to: lgsp}}
"""
RETRY = 'retry: {default: {first: 50ms, cap: 100ms, jitter: "0%"}}\n'


@pytest.fixture
def sandbox() -> Iterator[Rehearsal[Platform]]:
    played = platform(SystemClock())
    played.start()
    yield played
    played.stop()


@pytest.fixture
def daemon(sandbox: Rehearsal[Platform], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Daemon]:
    monkeypatch.setenv("LGSP_OF_TEST", CLIENT.secret)
    lines = ENDPOINT.format(url=sandbox.url, system=CLIENT.system_id, own=TAI_CHINH.agency, bo=BO)
    with running(tmp_path, WITH_LGSP.replace("\nroutes:\n", lines) + RETRY) as daemon:
        yield daemon


def delivered(daemon: Daemon, number: int) -> bool:
    return daemon.home.browse.counts().get(("lgsp", "delivered")) == number


ORDERS = (
    Order(mode=Mode.BUSY, seconds=0, times=1),
    Order(mode=Mode.REFUSE, code="20", times=2),
    Order(mode=Mode.LOST, call="sendEdoc", times=1),
    Order(mode=Mode.FAULT, call="sendEdoc", times=1),
    Order(mode=Mode.HTML, call="sendEdoc", times=1),
)


def test_each_document_arrives_once(daemon: Daemon, sandbox: Rehearsal[Platform]) -> None:
    """In by the form, out by the form, and whatever happens on the way the platform has one document of these bytes."""
    papers = [edoc(recipients=(BO,), document_id=f"VB-{number}") for number in range(len(ORDERS))]
    with client_of(daemon.doors) as client:
        for number, (order, paper) in enumerate(zip(ORDERS, papers, strict=True), 1):
            sandbox.tell(lambda played: played.tokens.forget())
            sandbox.order(order)
            LgspDriver(client, NOI_VU).send(paper)
            until(partial(delivered, daemon, number))

    assert [kept.sha256 for kept in PlatformPartner(sandbox).kept()] == [digest(paper) for paper in papers]


def test_a_document_of_the_platforms_waits_for_its_agency(daemon: Daemon, sandbox: Rehearsal[Platform]) -> None:
    """Fetched under a token that ended meanwhile, done after it is on disk, and handed out by another protocol."""
    body = edoc(BO, (TAI_CHINH.agency,))
    sandbox.tell(lambda played: played.shelves.offer(body))
    with vxp_client(daemon.doors) as client:
        there = VxpDriver(client, TAI_CHINH)
        until(lambda: len(there.listed()) == 1)
        sandbox.tell(lambda played: played.tokens.forget())
        assert there.fetch(there.listed()[0].doc_id).body == body
        (offered,) = sandbox.tell(lambda played: list(played.shelves.offered))
        until(lambda: offered.state == "done")


def test_a_no_inside_a_200_is_told_to_operators(daemon: Daemon, sandbox: Rehearsal[Platform]) -> None:
    """It is dead, and never sent again."""
    sandbox.order(Order(mode=Mode.REFUSE, code="18", call="sendEdoc"))
    with client_of(daemon.doors) as client:
        LgspDriver(client, NOI_VU).send(edoc(recipients=(BO,)))
    until(lambda: daemon.home.browse.counts().get(("lgsp", "dead")) == 1)
    assert PlatformPartner(sandbox).kept() == list[Kept]()
