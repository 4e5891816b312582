"""Links to calendars: one is good as long as the key it was made with, and says nothing but what it was made for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bus.calendar_links import SignedCalendars
from bus.callers import Callers
from bus.desk import Caller
from bus.errors import Rejected
from bus.secret import Secrets, make_secret

PARTNER = Caller("so-tai-chinh", frozenset({"000.00.07.H62"}), (b"new", b"old"))
OTHER = Caller("so-noi-vu", frozenset({"000.00.05.H62"}), (b"other",))


def links(folder: Path, *callers: Caller) -> SignedCalendars:
    path = folder / "secrets" / "links"
    if not path.exists():
        path.parent.mkdir(mode=0o700)
        make_secret(path)
    return SignedCalendars(Secrets(folder), "file:links", lambda: Callers(callers))


@pytest.mark.parametrize("key", PARTNER.secrets)
def test_a_link_says_whose_it_is_and_what_for(tmp_path: Path, key: bytes) -> None:
    """Made with any of the partner's keys; and the key counts as one that is in use."""
    used: list[bytes] = []
    caller = replace(PARTNER, opened=used.append)
    token = links(tmp_path, caller).make(PARTNER.partner, key, "unit=Sở\nx")
    told = links(tmp_path, OTHER, caller).read(token)
    assert (told.partner, told.agencies, told.said) == (PARTNER.partner, PARTNER.agencies, "unit=Sở\nx")
    assert used == [key]


def test_who_takes_the_key_back_takes_the_link_back(tmp_path: Path) -> None:
    """Also where the partner is gone, or has no key that can be read."""
    token = links(tmp_path, PARTNER).make(PARTNER.partner, b"old", "")
    for callers in ((replace(PARTNER, secrets=(b"new",)),), (replace(PARTNER, secrets=()),), (OTHER,), ()):
        with pytest.raises(Rejected, match="not_found"):
            links(tmp_path, *callers).read(token)


def test_nobody_makes_one_without_the_bus(tmp_path: Path) -> None:
    """Each letter of it counts; the partner's key alone is not enough, and what is no link is none."""
    made = links(tmp_path, PARTNER)
    token = made.make(PARTNER.partner, b"new", "unit=")
    changed = [f"{token[:at]}{'B' if token[at] == 'A' else 'A'}{token[at + 1 :]}" for at in range(len(token) - 1)]
    foreign = links_of_another(tmp_path).make(PARTNER.partner, b"new", "unit=")
    for wrong in (*changed, token[:-8], foreign, "", "a" * 49, "a" * 48, "ế" * 60, token + "=", "a" * 4000):
        with pytest.raises(Rejected, match="not_found"):
            made.read(wrong)


def links_of_another(folder: Path) -> SignedCalendars:
    (folder / "another").mkdir()
    return links(folder / "another", PARTNER)
