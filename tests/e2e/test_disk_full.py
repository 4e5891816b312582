"""A disk that gets full: what was accepted is delivered and settled, nothing is promised that is not on disk, and all resumes."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from adapters.rest.sandbox import RestSandbox
from adapters.vxp.signing import hash_file, sign
from tests.e2e import accounts, places, pressing
from tests.e2e.conftest import Begin
from tests.e2e.lives import Life
from tests.e2e.partners import Document, document
from tests.e2e.places import CONTRACTS, FETCHER, SECRETS, SENDER, SYSTEM, Place
from tests.e2e.pressing import Answer, Presser
from tests.e2e.small_disk import SmallDisk, small_disk

pytestmark = [pytest.mark.long, pytest.mark.timeout(600)]

_MEGABYTES, _RESERVE = 160, 32
#: Bytes of attachments: some documents lie in the journal, some in files.
_SIZES = (0, 30_000, 400_000)


@dataclass(frozen=True, slots=True)
class SmallPlace(Place):
    """A home on a small disk; its log is elsewhere."""

    reserve: int

    @property
    def environment(self) -> Mapping[str, str]:
        return {"BUS_DISK_RESERVE": f"{self.reserve}MB"}

    @property
    def log(self) -> Path:
        return self.folder.parent / "bus.log"


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    with small_disk(tmp_path, _MEGABYTES) as disk:
        yield disk


@pytest.fixture
def reserve() -> int:
    """Megabytes that are kept free."""
    return _RESERVE


@pytest.fixture
def place(disk: SmallDisk, reserve: int) -> Iterator[Place]:
    sandbox = RestSandbox()
    sandbox.start()
    made = places.make(disk.folder, sandbox)
    yield SmallPlace(made.folder, made.sandbox, made.port, reserve)
    sandbox.stop()


def signed(place: Place, paper: Document) -> Answer:
    """Through the axis's door, once."""
    logical = {
        "timestamp": "02032026T081500+0042",
        "systemid": SYSTEM,
        "servicetype": "eDoc",
        "messagetype": "edoc",
        "hash-file": hash_file(paper.sha256),
        "from": SENDER,
    }
    return pressing.post(place, "/vxp/sendEdoc", sign(logical, SECRETS["axis"].encode()), paper.body + b"\r\n")


def events(place: Place) -> list[str]:
    """What the log tells of room, in order."""
    told = ("disk.short", "disk.enough", "journal.down", "journal.up")
    lines = place.log.read_text(errors="replace").splitlines()
    return [event for line in lines for event in told if f'"{event}"' in line]


def filled(place: Place) -> dict[str, Document]:
    """Send until there is no room for more; what has a receipt."""
    accepted: dict[str, Document] = {}
    for number in itertools.count():
        paper = document(f"fill-{number}", size=_SIZES[number % len(_SIZES)])
        answer = pressing.attempt(place, paper)
        if answer.come_again:
            return accepted
        assert answer.status == 202, answer
        accepted[str(answer.told["id"])] = paper
    raise AssertionError


def test_a_disk_filled_by_documents(place: Place, begin: Begin, disk: SmallDisk) -> None:
    """Before it is too late nothing more is taken in, at no door; there is space for all that follows from what was."""
    disk.take(40 << 20)
    life = begin()
    accepted = filled(place)
    assert signed(place, document("signed")).come_again
    assert pressing.missing(place) == ["the disk of BUS_HOME is nearly full"]

    accounts.settled(life)
    accounts.complete(life, accepted)
    offered = accounts.copies(life, next(iter(accepted)))["mailbox"]["copy"]
    life.ask("cancel", which={"ids": [offered]}, reason="while it is full")
    assert accounts.balanced(life)["cancelled"] == 1
    assert pressing.attempt(place, document("later")).come_again

    disk.clear()
    life.until(lambda: pressing.attempt(place, document("later")).status == 202, "it took something in again")
    assert life.ready
    accounts.settled(life)
    account = accounts.balanced(life)
    assert sum(account.values()) == (len(accepted) + 1) * (1 + len(CONTRACTS))
    assert disk.free > 0
    assert events(place) == ["disk.short", "disk.enough"]


@pytest.mark.parametrize("reserve", [0])
@pytest.mark.parametrize("killed", [False, True])
def test_a_disk_filled_by_somebody_else(place: Place, begin: Begin, disk: SmallDisk, *, killed: bool) -> None:
    """To the last byte, while documents come and go: nothing can be written, and nothing with a receipt is lost."""
    life = begin()
    with ExitStack() as stack:
        pressers = [stack.enter_context(Presser(place, f"phong-{number}", _SIZES)) for number in range(4)]
        life.until(lambda: all(len(one.receipts) > 5 for one in pressers), "all had sent something")
        disk.fill()
        life.until(lambda: any("journal" in one for one in pressing.missing(place)), "nothing could be written")
        before = [one.refused for one in pressers]
        life.until(lambda: all(one.refused > n for one, n in zip(pressers, before, strict=True)), "all were refused")
        if killed:
            life.kill()
        disk.clear()
        life = begin() if killed else life
        life.until(lambda: life.ready, "it was ready again")
        sent = [len(one.receipts) for one in pressers]
        life.until(
            lambda: all(len(one.receipts) > n for one, n in zip(pressers, sent, strict=True)), "all had sent more"
        )
    _complete(life, pressers, killed=killed)
    assert events(place)[:1] == ["journal.down"]
    assert killed or events(place)[-1] == "journal.up"


def _complete(life: Life, pressers: list[Presser], *, killed: bool) -> None:
    assert [one.odd for one in pressers] == [[]] * len(pressers)
    accepted = {message: paper for one in pressers for message, paper in one.receipts.items()}
    if killed:
        accounts.settled_but_for_operators(life)
    else:
        accounts.settled(life)
    accounts.complete(life, accepted, doubted=["once"] if killed else [])
    assert FETCHER in next(iter(accepted.values())).recipients
