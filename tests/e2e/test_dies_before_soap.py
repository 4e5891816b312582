"""SIGKILL on the way through a partner that speaks SOAP and loses answers: what goes through arrives once, and is fetched once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from adapters.http.rehearsal import Rehearsal
from adapters.http.rehearsal.orders import Mode, Order
from adapters.rest.sandbox import RestSandbox
from adapters.soap.rehearsal.documents import Documents
from bus.clock import SystemClock
from tests.adapters.soap_partner import Exchange, exchange, receiving
from tests.e2e import accounts, partners, places
from tests.e2e.conftest import Begin
from tests.e2e.partners import document
from tests.e2e.places import FETCHER, SENDER, Place
from tests.messages import edoc

FAR = "000.00.00.G22"
_ROUTES = """
endpoints:
  mailbox: {{kind: mailbox}}
  soap: {soap}
partners:
  sender: {{agencies: ["{sender}"], doors: {{vxp: {{system_id: "{at_axis}", secret: "file:axis"}}}}}}
  fetcher: {{agencies: ["{own}"], doors: {{api: {{key: "file:fetcher"}}}}}}
routes:
  - {{name: inside, when: {{recipient: {{partner: any}}}}, to: mailbox}}
  - {{name: outside, when: {{recipient: any}}, to: soap}}
retry: {{default: {{first: 100ms, factor: 2, cap: 500ms, jitter: 20%, horizon: 1h}}}}
"""


@dataclass(frozen=True, slots=True)
class SoapPlace(Place):
    """A home whose one partner outside speaks SOAP, with documents as parts (MTOM)."""

    url: str = ""

    def write_routes(self, more: str = "") -> None:
        written = receiving(self.url, idempotency="ask_first", poll="200ms", idle_timeout="10s")
        written["receive"]["own"] = [FETCHER]
        written["send"] = {"call": {**written["send"]["call"], "attachments": "mtom"}}
        names = {"own": FETCHER, "sender": SENDER, "at_axis": places.SYSTEM}
        self.routes.write_text(_ROUTES.format(soap=json.dumps(written), **names) + more, encoding="utf-8")


@pytest.fixture
def sandbox() -> Iterator[Rehearsal[Documents]]:
    played = exchange(SystemClock(), mtom=True)
    played.start()
    yield played
    played.stop()


@pytest.fixture
def place(tmp_path: Path, sandbox: Rehearsal[Documents]) -> Place:
    bare = places.make(tmp_path, RestSandbox())
    place = SoapPlace(bare.folder, bare.sandbox, bare.port, sandbox.url)
    place.write_routes()
    return place


def test_a_document_goes_out_once(place: Place, begin: Begin, sandbox: Rehearsal[Documents]) -> None:
    """Killed while the partner is at it, and cut off before it was and after: it is asked each time, and has all of them once."""
    sandbox.order(Order(mode=Mode.HANG, call="SendDocument"))
    life, first = begin(), document("len-soap-1", FAR)
    message = partners.send_signed(place, first)
    life.until(lambda: len(Exchange(sandbox).kept()) == 1, "the partner was at it")
    life.kill()

    sandbox.order(Order(mode=Mode.DOWN, call="SendDocument", times=1))
    life = begin()
    accounts.settled(life)
    others = [document("len-soap-2", FAR), document("len-soap-3", FAR)]
    partners.send_signed(place, others[0])
    accounts.settled(life)
    sandbox.order(Order(mode=Mode.CUT, call="SendDocument", times=1))
    partners.send_signed(place, others[1])
    accounts.settled(life)

    kept = {one.sha256: one.times for one in Exchange(sandbox).kept()}
    assert kept == {paper.sha256: 1 for paper in (first, *others)}
    assert accounts.copies(life, message)["soap"]["state"] == "delivered"
    accounts.balanced(life)


def test_a_document_comes_in_once(place: Place, begin: Begin, sandbox: Rehearsal[Documents]) -> None:
    """Killed when it was said to be done and nobody heard the answer: it is in its recipient's mailbox, and once."""
    body = edoc(FAR, (FETCHER,))
    sandbox.order(Order(mode=Mode.HANG, call="UpdateStatus"))
    sandbox.tell(lambda played: played.shelves.offer(body))
    life = begin()
    life.until(lambda: _acks(sandbox) >= 1, "it was said to be done")
    life.kill()

    sandbox.tell(lambda played: setattr(played.shelves.offered[0], "state", "initial"))
    sandbox.order(Order())
    life = begin()
    life.until(lambda: _acks(sandbox) >= 2, "it was said again")
    (doc_id,) = partners.waiting(place)
    assert partners.fetch(place, doc_id) == body
    accounts.balanced(life)


def _acks(sandbox: Rehearsal[Documents]) -> int:
    calls = sandbox.account()["calls"]
    assert isinstance(calls, dict)
    return int(calls.get("UpdateStatus", 0))
