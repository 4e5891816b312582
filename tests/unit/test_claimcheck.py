"""Bodies by the SHA-256 of their bytes: small in memory, large in files that are durable before they are claimed."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bus.claimcheck import ClaimCheck, Spool, remove_unclaimed
from bus.errors import Rejected
from bus.message import Claim

LARGE = bytes(range(256)) * 8
NAME = hashlib.sha256(LARGE).hexdigest()
LONG_AGO = 1_000_000.0


@pytest.fixture
def store(tmp_path: Path) -> ClaimCheck:
    return ClaimCheck(tmp_path / "bodies", tmp_path / "spool", inline=1024)


def take(store: ClaimCheck, data: bytes, limit: int = 1 << 20, piece: int = 300) -> Claim:
    spool = store.take(limit)
    write(spool, data, piece)
    return spool.finish()


def write(spool: Spool, data: bytes, piece: int) -> None:
    for place in range(0, len(data), piece):
        spool.write(data[place : place + piece])


def everything(store: ClaimCheck) -> list[str]:
    """Names of all files there are."""
    return sorted(path.name for folder in (store.bodies, store.spool) for path in folder.rglob("*") if path.is_file())


def age(path: Path) -> None:
    os.utime(path, (LONG_AGO, LONG_AGO))


def next_life(store: ClaimCheck) -> ClaimCheck:
    """The same folders after the process died."""
    return ClaimCheck(store.bodies, store.spool, store.inline)


def test_a_small_body_makes_no_file(store: ClaimCheck) -> None:
    """Up to the limit it lies in the journal."""
    claim = take(store, b"x" * 1024)

    assert (claim.data, claim.path, everything(store)) == (b"x" * 1024, None, [])


def test_a_large_body_lies_under_its_name(store: ClaimCheck) -> None:
    """And nothing is left in the spool."""
    claim = take(store, LARGE)

    assert (claim.sha256, claim.size, claim.data) == (NAME, len(LARGE), None)
    with claim.open() as file:
        assert file.read() == LARGE
    assert everything(store) == [NAME]


@given(st.binary(max_size=4000), st.integers(1, 1000), st.integers(0, 4000))
def test_what_comes_out_is_what_went_in(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, piece: int, inline: int
) -> None:
    """However it was cut, and wherever it spilled."""
    folder = tmp_path_factory.mktemp("claims")
    claim = take(ClaimCheck(folder / "b", folder / "s", inline), data, piece=piece)

    with claim.open() as file:
        assert file.read() == data
    assert (claim.sha256, claim.size) == (hashlib.sha256(data).hexdigest(), len(data))


@pytest.mark.parametrize("limit", [100, 1500])
def test_a_body_above_its_limit_is_refused_and_leaves_nothing(store: ClaimCheck, limit: int) -> None:
    """Before or after it spilled."""
    spool = store.take(limit)
    with pytest.raises(Rejected, match=r"body\.too_large"):
        write(spool, LARGE, 300)
    spool.discard()

    assert everything(store) == []


def test_what_was_being_received_when_the_process_died_is_forgotten(store: ClaimCheck, tmp_path: Path) -> None:
    """The next owner of the home clears the spool; bodies stay."""
    take(store, LARGE)
    dying = store.take(1 << 20)
    dying.write(LARGE + b"more")
    assert len(everything(store)) == 2

    ClaimCheck(tmp_path / "bodies", tmp_path / "spool").clear_spool()
    assert everything(store) == [NAME]
    dying.discard()


def test_the_same_body_twice_is_one_file_made_young_again(store: ClaimCheck) -> None:
    """So that retention leaves it to the intake that is about to claim it."""
    first = take(store, LARGE)
    assert first.path
    age(first.path)
    second = take(store, LARGE)

    assert second.path == first.path
    assert second.path.stat().st_mtime > LONG_AGO
    assert everything(store) == [NAME]


def test_a_refused_body_goes(store: ClaimCheck) -> None:
    """Unless a message has it."""
    store.drop(take(store, LARGE), lambda _name: False)
    assert everything(store) == []

    store.drop(take(store, LARGE), lambda name: name == NAME)
    assert everything(store) == [NAME]


def test_a_refused_body_stays_while_another_intake_of_it_is_under_way(store: ClaimCheck) -> None:
    """The last of them decides."""
    first, second = take(store, LARGE), take(store, LARGE)
    store.drop(first, lambda _name: False)
    assert everything(store) == [NAME]

    store.keep(second)
    assert everything(store) == [NAME]


def test_a_body_the_journal_knows_is_found(store: ClaimCheck) -> None:
    """In the row, in the store, or not at all."""
    small = Claim("0" * 64, 1, b"x")
    kept = take(store, LARGE)

    assert store.find(small) == small
    assert store.find(Claim(NAME, len(LARGE))) == kept
    assert store.find(Claim("1" * 64, 9)) is None
    assert store.find(None) is None


def test_files_that_no_commit_came_to_claim_go(store: ClaimCheck) -> None:
    """The process died between file and commit. Young ones may still be claimed; claimed ones stay."""
    orphan, young, claimed = (take(store, LARGE + letter) for letter in (b"a", b"b", b"c"))
    for claim in (orphan, claimed):
        assert claim.path
        age(claim.path)

    removed = remove_unclaimed(next_life(store), older_than=LONG_AGO + 1, claimed=lambda name: name == claimed.sha256)

    assert removed == 1
    assert everything(store) == sorted([young.sha256, claimed.sha256])
    assert orphan.path
    assert not orphan.path.exists()


def test_a_file_claimed_while_it_was_being_removed_goes_back(store: ClaimCheck) -> None:
    """The second look decides."""
    claim = take(store, LARGE)
    assert claim.path
    age(claim.path)
    looks = iter([False, True])

    assert remove_unclaimed(next_life(store), older_than=LONG_AGO + 1, claimed=lambda _name: next(looks)) == 0
    assert store.find(Claim(NAME, len(LARGE))) == claim


def test_a_file_that_an_intake_has_in_hand_stays(store: ClaimCheck) -> None:
    """However old it is: it may be claimed at any moment."""
    claim = take(store, LARGE)
    assert claim.path
    age(claim.path)

    assert remove_unclaimed(store, older_than=LONG_AGO + 1, claimed=lambda _name: False) == 0
    store.keep(claim)
    assert remove_unclaimed(store, older_than=LONG_AGO + 1, claimed=lambda _name: False) == 1


@pytest.mark.parametrize("claimed", [True, False])
def test_what_a_dead_process_left_in_the_trash_is_looked_at_again(store: ClaimCheck, claimed: bool) -> None:
    """What somebody claims by now goes back; the rest goes."""
    path = take(store, LARGE).path
    assert path
    path.rename(store.trash / NAME)
    next_life(store).empty_trash(lambda _name: claimed)

    assert everything(store) == ([NAME] if claimed else [])
    assert path.exists() == claimed


def test_a_claim_on_a_removed_body_says_so() -> None:
    """Opening it is an error with its name."""
    with pytest.raises(FileNotFoundError, match="00"):
        Claim("00", 1).open()
