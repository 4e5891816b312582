"""The endpoints of docs/dialects.md and docs/lgsp.md in one daemon: documents go through, statuses come back, and it is restarted
in between.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from adapters.http.rehearsal import Rehearsal
from adapters.http.rehearsal.dmdc import Catalogue
from adapters.http.rehearsal.gates import SecurityServer
from adapters.http.rehearsal.orders import Mode, Order
from adapters.http.rehearsal.papers import Shelves
from adapters.http.rehearsal.partner import Asked
from adapters.http.rehearsal.quang_nam import QuangNam
from adapters.http.rehearsal.tokens import Tokens
from adapters.http.stage import Head, Reply
from adapters.lgsp.sandbox import Client, Platform
from adapters.qlvb.sandbox import DocumentSystem
from bus.clock import SystemClock
from bus.daemon import Daemon
from tests.adapters.api_driver import ApiDriver
from tests.adapters.played import playing
from tests.buses import until
from tests.contracts.face import NOI_VU
from tests.contracts.sink import digest
from tests.daemons import PARTNERS, make_home, started_at
from tests.messages import edoc, read, status
from tests.roads import Wires

DOCS = Path(__file__).parents[2] / "docs"
KEY, UNIT = "key of the bus", "secret of the unit"
#: An agency behind each endpoint of the pages that is sent to.
BEHIND = {"quang-nam": "000.00.00.H47", "vpcp": "000.00.00.G22", "qlvb-tinh": "000.00.17.H62", "lgsp": "000.00.00.H22"}
HERE = NOI_VU.agency


class Inbox:
    """A provider behind X-Road that takes bytes as they are, as the page's example sends them."""

    needed = frozenset[str]()

    def __init__(self) -> None:
        self.shelves = Shelves(SystemClock().now, "G")

    def call(self, head: Head) -> str:
        return "send" if (head.method, head.path) == ("POST", "/v1/documents") else ""

    def answer(self, asked: Asked) -> Reply:
        self.shelves.take(digest(asked.body), asked.body, {})
        return Reply(200, {})

    def refusal(self, order: Order) -> Reply:
        return Reply(order.status or 422, {})

    def denial(self) -> Reply:
        return Reply(401, {})

    def leave(self, body: bytes, type_: str) -> str:
        return self.shelves.leave(body, type_)

    def account(self) -> Mapping[str, object]:
        return self.shelves.account()


@dataclass(frozen=True)
class Far:
    """Everybody the endpoints of the pages call."""

    exchange: Rehearsal[QuangNam]
    catalogue: Rehearsal[Catalogue]
    provider: Rehearsal[Inbox]
    documents: Rehearsal[DocumentSystem]
    platform: Rehearsal[Platform]

    @property
    def addresses(self) -> Mapping[str, str]:
        """By the endpoint that calls there."""
        return {
            "quang-nam": self.exchange.url,
            "danh-muc": self.catalogue.url,
            "vpcp": self.provider.url,
            "qlvb-tinh": self.documents.url,
            "lgsp": self.platform.url,
        }

    def took(self) -> dict[str, list[str]]:
        """The digests of the documents each has, in order."""
        shelves = {
            "quang-nam": self.exchange.tell(lambda it: it.shelves),
            "vpcp": self.provider.tell(lambda it: it.shelves),
            "lgsp": self.platform.tell(lambda it: it.shelves),
        }
        return {name: [one.sha256 for one in list(kept.taken.values())] for name, kept in shelves.items()}


@pytest.fixture
def far() -> Iterator[Far]:
    now = SystemClock().now
    credential = "Basic " + base64.b64encode(f"mot-cua:{KEY}".encode()).decode()
    members = {"client": "VN/GOV/000.00.00.H62/bus", "service": "VN/GOV/000.00.00.G22/vpcp/van-ban"}
    lists = {"qlvanbandieuhanhcap1": [{"MaDinhDanhCap1": "H47", "TenDonVi": "UBND tỉnh Quảng Nam"}]}
    with ExitStack() as stack:
        gate = Rehearsal(
            Inbox(), before=lambda house: SecurityServer(house, frozenset({members["client"]}), members["service"])
        )
        yield Far(
            stack.enter_context(playing(Rehearsal(QuangNam(Tokens("so-nv", KEY, now), UNIT, now)))),
            stack.enter_context(playing(Rehearsal(Catalogue(Tokens("so-nv", KEY, now), lists)))),
            stack.enter_context(playing(gate)),
            stack.enter_context(playing(Rehearsal(DocumentSystem(credential, now)))),
            stack.enter_context(playing(Rehearsal(Platform(Client("00.19.H62", KEY), now)))),
        )


def endpoints(far: Far) -> dict[str, Any]:
    """Those of the pages as they stand there, but for where they are and how often they are looked at."""
    pages = "".join((DOCS / page).read_text("utf-8") for page in ("dialects.md", "lgsp.md"))
    found: dict[str, Any] = {}
    for block in re.findall(r"```yaml\n(.*?)```", pages, re.DOTALL):
        found |= YAML(typ="safe").load(block).get("endpoints", {})
    for name, url in far.addresses.items():
        found[name] |= {"allow": ["127.0.0.1"], "poll": "100ms", "idempotency": "id"}
        if "through" in found[name]:
            found[name]["through"]["url"] = url
        else:
            found[name]["url"] = url
    return found


@contextmanager
def life(folder: Path) -> Iterator[tuple[Daemon, ApiDriver]]:
    """The bus for a while, with an agency of the province at its plain door."""
    with started_at(folder) as daemon:
        client: Any = Wires(daemon)
        yield daemon, ApiDriver(client, NOI_VU)


@pytest.fixture
def folder(far: Far, tmp_path: Path) -> Path:
    """A home that has not lived yet, whose routes are those of the pages."""
    rules = [{"name": name, "when": {"recipient": code}, "to": name} for name, code in BEHIND.items()]
    inside = {"name": "inside", "when": {"recipient": {"partner": "any"}}, "to": "mailbox"}
    routes = {"endpoints": {**endpoints(far), "mailbox": {"kind": "mailbox"}}, "routes": [*rules, inside]}
    text = json.dumps(routes).removeprefix("{").removesuffix("}")
    home = make_home(tmp_path, PARTNERS + "\n".join(re.split(r", (?=\"routes\":)", text)) + "\n")
    for name, secret in {"qn-key": KEY, "qn-don-vi": UNIT, "dmdc": KEY, "qlvb": KEY, "lgsp": KEY}.items():
        (home / "secrets" / name).write_text(secret)
        (home / "secrets" / name).chmod(0o600)
    return tmp_path


def waiting(driver: ApiDriver, type_: str, number: int) -> list[bytes]:
    """What waits in the agency's mailbox, once there is so much; it is taken."""
    until(lambda: len(driver.listed(type_)) >= number)
    items = driver.listed(type_)
    bodies = [driver.fetch(item.doc_id).body for item in items]
    assert [driver.ack(item.doc_id, "done").code for item in items] == [""] * len(items)
    return bodies


def test_documents_and_statuses_go_both_ways(far: Far, folder: Path) -> None:
    """Out by each dialect and in by those that have a queue; then a restart; then what either side says of the other's."""
    papers = {name: edoc(HERE, (code,), f"VB-{name}") for name, code in BEHIND.items()}
    theirs = {name: edoc(BEHIND[name], (HERE,), f"THEIRS-{name}") for name in ("quang-nam", "lgsp")}
    far.exchange.tell(lambda it: it.shelves.offer(theirs["quang-nam"]))
    far.platform.tell(lambda it: it.shelves.offer(theirs["lgsp"]))
    packet = far.documents.tell(lambda it: it.offer(PACKET))
    far.exchange.order(Order(mode=Mode.LIES, times=2))
    with life(folder) as (daemon, here):
        for body in papers.values():
            assert here.send(body).code == ""
        until(lambda: all(daemon.home.browse.counts().get((name, "delivered")) == 1 for name in BEHIND))
        bodies = waiting(here, "edoc", 3)
        assert {digest(theirs["lgsp"]), digest(theirs["quang-nam"])} < {digest(body) for body in bodies}
        assert packet in [read(body).document_id for body in bodies]
        until(lambda: daemon.keeper.plan.directory.knows("H47"))
    assert far.took() == {name: [digest(papers[name])] for name in ("quang-nam", "vpcp", "lgsp")}
    (dossier,) = far.documents.tell(lambda it: list(it.dossiers.values()))

    said = {name: status(BEHIND[name], HERE, f"VB-{name}") for name in ("quang-nam", "lgsp")}
    far.exchange.tell(lambda it: it.shelves.offer(said["quang-nam"], "status"))
    far.platform.tell(lambda it: it.shelves.offer(said["lgsp"], "status"))
    far.documents.tell(lambda it: it.offer({**PACKET, "ThamSoAn": dossier["ThamSoAn"], "LoaiKetQua": "03"}))
    with life(folder) as (daemon, here):
        heard = [read(body) for body in waiting(here, "status", 3)]
        assert {one.document_id for one in heard} == {"VB-quang-nam", "VB-lgsp", "VB-qlvb-tinh"}
        ours = {name: status(HERE, BEHIND[name], f"THEIRS-{name}") for name in theirs}
        for body in (*ours.values(), status(HERE, BEHIND["qlvb-tinh"], packet, "02")):
            assert here.send(body, type_="status").code == ""
        until(lambda: far.documents.tell(lambda it: (packet, "04") in it.told))
        until(lambda: all(far.took()[name][1:] == [digest(body)] for name, body in ours.items()))


#: A packet of a document that was issued.
PACKET = {
    "LoaiKetQua": "01",
    "DonVi": {"Ten": "Sở Xây dựng", "MaDinhDanh": BEHIND["qlvb-tinh"]},
    "VanBanDi": {
        "TrichYeu": "V/v cấp phép",
        "LoaiVanBan": "Quyết định",
        "NgayBanHanh": "20/01/2026",
        "NguoiKy": "Trần Thị Bình",
        "ChucVu": "Giám đốc",
        "SoKyHieu": "12/QĐ-SXD",
        "DinhKem": [{"Ten": "quyet-dinh.pdf", "Base64": base64.b64encode(b"%PDF-1.4").decode()}],
    },
    "ThamSoAn": "",
}
