"""SIGKILL on the way through a platform that is guarded by tokens and lies as such platforms do: what goes through arrives once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from adapters.http.rehearsal import Rehearsal
from adapters.http.rehearsal.orders import Mode, Order
from adapters.lgsp.sandbox import Platform
from adapters.rest.sandbox import RestSandbox
from bus.clock import SystemClock
from tests.adapters.lgsp_partner import CLIENT, PlatformPartner, platform
from tests.e2e import accounts, partners, places
from tests.e2e.conftest import Begin
from tests.e2e.partners import document
from tests.e2e.places import FETCHER, SENDER, Place
from tests.messages import edoc

FAR = "000.00.00.G22"
_ROUTES = """
endpoints:
  mailbox: {{kind: mailbox}}
  lgsp: {{kind: lgsp, url: "{url}", system_id: "{system}", secret: "env:LGSP_OF_TEST", sign_in: token, idempotency: id,
         allow: ["127.0.0.1"], own: ["{own}"], poll: 200ms, idle_timeout: 10s}}
partners:
  sender: {{agencies: ["{sender}"], doors: {{vxp: {{system_id: "{at_axis}", secret: "file:axis"}}}}}}
  fetcher: {{agencies: ["{own}"], doors: {{api: {{key: "file:fetcher"}}}}}}
routes:
  - {{name: inside, when: {{recipient: {{partner: any}}}}, to: mailbox}}
  - {{name: outside, when: {{recipient: any}}, to: lgsp}}
retry: {{default: {{first: 100ms, factor: 2, cap: 500ms, jitter: 20%, horizon: 1h}}}}
"""


@dataclass(frozen=True, slots=True)
class LgspPlace(Place):
    """A home whose one partner outside is a platform."""

    url: str = ""

    @property
    def environment(self) -> Mapping[str, str]:
        return {"LGSP_OF_TEST": CLIENT.secret}

    def write_routes(self, more: str = "") -> None:
        names = {"system": CLIENT.system_id, "own": FETCHER, "sender": SENDER, "at_axis": places.SYSTEM}
        self.routes.write_text(_ROUTES.format(url=self.url, **names) + more, encoding="utf-8")


@pytest.fixture
def sandbox() -> Iterator[Rehearsal[Platform]]:
    played = platform(SystemClock())
    played.start()
    yield played
    played.stop()


@pytest.fixture
def place(tmp_path: Path, sandbox: Rehearsal[Platform]) -> Place:
    bare = places.make(tmp_path, RestSandbox())
    place = LgspPlace(bare.folder, bare.sandbox, bare.port, sandbox.url)
    place.write_routes()
    return place


def test_a_document_goes_up_once(place: Place, begin: Begin, sandbox: Rehearsal[Platform]) -> None:
    """Killed while the platform is at it; then its token is forgotten, it says no with HTTP 200, and loses an answer."""
    sandbox.order(Order(mode=Mode.HANG, call="sendEdoc"))
    life, paper = begin(), document("len-lgsp", FAR)
    message = partners.send_signed(place, paper)
    far = PlatformPartner(sandbox)
    life.until(lambda: len(far.kept()) == 1, "the platform was at it")
    life.kill()

    sandbox.tell(lambda played: played.tokens.forget())
    sandbox.order(Order(mode=Mode.REFUSE, code="20", call="sendEdoc"))
    life = begin()
    life.until(lambda: _calls(sandbox) >= 3, "it was refused")
    sandbox.tell(lambda played: played.tokens.forget())
    sandbox.order(Order(mode=Mode.LOST, call="sendEdoc", times=1))
    accounts.settled(life)

    (kept,) = far.kept()
    assert kept.sha256 == paper.sha256
    assert accounts.copies(life, message)["lgsp"]["state"] == "delivered"
    accounts.balanced(life)


def test_a_document_comes_down_once(place: Place, begin: Begin, sandbox: Rehearsal[Platform]) -> None:
    """Killed when it was said to be done and nobody heard the answer: it is in its recipient's mailbox, and once."""
    body = edoc(FAR, (FETCHER,))
    sandbox.order(Order(mode=Mode.HANG, call="updateStatus"))
    sandbox.tell(lambda played: played.shelves.offer(body))
    life = begin()
    life.until(lambda: _calls(sandbox, "updateStatus") >= 1, "it was said to be done")
    life.kill()

    sandbox.tell(lambda played: setattr(played.shelves.offered[0], "state", "initial"))
    sandbox.order(Order())
    life = begin()
    life.until(lambda: _calls(sandbox, "updateStatus") >= 2, "it was said again")
    (doc_id,) = partners.waiting(place)
    assert partners.fetch(place, doc_id) == body
    accounts.balanced(life)


def _calls(sandbox: Rehearsal[Platform], name: str = "sendEdoc") -> int:
    calls = sandbox.account()["calls"]
    assert isinstance(calls, dict)
    return int(calls.get(name, 0))
