"""Signing in: who it is is found in one step, however many partners there are."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from unittest import mock

import pytest

from bus.callers import Callers
from bus.desk import Caller


@dataclass(frozen=True)
class Entry:
    system_id: str


def partner(number: int) -> Caller:
    keys = (f"new-{number}".encode(), f"old-{number}".encode())
    return Caller(f"p{number}", frozenset(), keys, Entry(f"00.{number}.H62"), lambda _secret: None)


@pytest.fixture
def callers() -> Callers:
    return Callers(map(partner, range(300)))


@pytest.mark.parametrize("key", [b"new-299", b"old-299"])
def test_a_key_is_compared_once(callers: Callers, key: bytes) -> None:
    """With its owner's, in constant time; not with hundreds, and not as far as it is right."""
    with mock.patch("bus.callers.hmac.compare_digest", side_effect=hmac.compare_digest) as compared:
        owner = callers.owner(key)

    assert owner is not None
    assert owner.partner == "p299"
    assert compared.call_count == 1


@pytest.mark.parametrize("key", [b"", b"new", b"new-300", b"new-299 "])
def test_a_key_that_is_nobodys_opens_nothing(callers: Callers, key: bytes) -> None:
    """Nor does none at all, and it is compared all the same."""
    with mock.patch("bus.callers.hmac.compare_digest", side_effect=hmac.compare_digest) as compared:
        assert callers.owner(key) is None
    assert compared.call_count == 1


def test_a_system_id_is_one_partners(callers: Callers) -> None:
    """The first that has it; nobody's is nobody."""
    found = callers.named("00.7.H62")
    assert found is not None
    assert found.partner == "p7"
    assert callers.named("00.999.H62") is None


def test_a_partner_without_a_readable_secret_is_no_one_to_anybody() -> None:
    """An empty key is not its key."""
    callers = Callers([Caller("bare", frozenset(), (), Entry("00.1.H62"), lambda _secret: None)])
    assert callers.owner(b"") is None


@dataclass(frozen=True)
class Pinned:
    certificate: tuple[str, ...]
    secret: tuple[str, ...] = ()


def test_a_certificate_is_enough_only_where_no_secret_is_named() -> None:
    """Not where one is named and cannot be read; of two with one pin, the first."""
    alone, named = Pinned(("now", "next")), Pinned(("also",), secret=("file:lost",))
    callers = Callers(
        [
            Caller("alone", frozenset(), (), alone),
            Caller("named", frozenset(), (), named),
            Caller("second", frozenset(), (), Pinned(("now",))),
        ]
    )
    found = {
        pin: (caller.partner if caller else "")
        for pin in ("now", "next", "also", "")
        for caller in [callers.pinned(pin)]
    }
    assert found == {"now": "alone", "next": "alone", "also": "", "": ""}
