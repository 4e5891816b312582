"""Links to attached files: made here only, for one file, for a while."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bus.clock import HandClock
from bus.config import load_settings
from bus.errors import Refused, Rejected, Unreachable
from bus.links import Linked, Links, links_of
from bus.secret import Secrets

URL = "https://truc.example.vn/bus"
SHA = hashlib.sha256(b"a body").hexdigest()


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def links(tmp_path: Path, clock: HandClock) -> Links:
    return links_at(tmp_path, clock)


def links_at(home: Path, clock: HandClock, url: str = URL) -> Links:
    settings = load_settings(home=home, public_url=url, link_life="2d")
    return links_of(settings, Secrets(home), clock)


def token(link: str) -> str:
    assert link.startswith(f"{URL}/api/v1/files/")
    return link.rpartition("/")[2]


def refusal(links: Links, token: str) -> str:
    with pytest.raises(Rejected) as raised:
        links.read(token)
    return raised.value.code


@pytest.mark.parametrize("place", [1, 500])
def test_a_link_leads_to_one_file(links: Links, place: int) -> None:
    """To that body and that place, and is fit for a URL."""
    made = token(links.make(SHA, place))

    assert links.read(made) == Linked(SHA, place)
    assert made.replace("-", "").replace("_", "").isalnum()


def test_it_ends_with_a_day(links: Links, clock: HandClock) -> None:
    """Not before its time, and at the end of that day; made again the same day it is the same."""
    first = links.make(SHA, 1)
    clock.move(timedelta(hours=1))
    assert links.make(SHA, 1) == first
    clock.move(timedelta(days=2) - timedelta(hours=1))
    assert links.read(token(first)) == Linked(SHA, 1)
    clock.move(timedelta(days=1))
    assert refusal(links, token(first)) == "link.gone"


@given(at=st.integers(0, 95), letter=st.sampled_from("AZaz09-_=/+ \n"))
def test_nothing_else_is_a_link(tmp_path_factory: pytest.TempPathFactory, at: int, letter: str) -> None:
    """A letter changed anywhere, one too many, one too few: nothing of that id is here."""
    links = links_at(tmp_path_factory.getbasetemp() / "links", HandClock())
    made = token(links.make(SHA, 1))
    changed = made[:at] + letter + made[at + 1 :]

    assert changed == made or refusal(links, changed) == "not_found"
    assert {refusal(links, other) for other in (made[:-1], made + "A", "", "é" * 96)} == {"not_found"}


def test_another_key_makes_other_links(links: Links, tmp_path: Path, clock: HandClock) -> None:
    """What one home signed is nothing to another, nor after its key was made anew."""
    made = token(links.make(SHA, 1))
    (tmp_path / "secrets" / "links").unlink()

    assert refusal(links_at(tmp_path, clock), made) == "not_found"


def test_the_key_is_made_once_for_its_owner_alone(links: Links, tmp_path: Path, clock: HandClock) -> None:
    """A file nobody else reads; the next start finds it and knows the links of before."""
    made = token(links.make(SHA, 1))

    assert (tmp_path / "secrets" / "links").stat().st_mode & 0o777 == 0o600
    assert links_at(tmp_path, clock).read(made) == Linked(SHA, 1)
    assert [path.name for path in (tmp_path / "secrets").iterdir()] == ["links"]


def test_a_key_that_cannot_be_read_may_be_put_right(tmp_path: Path, clock: HandClock) -> None:
    """The document waits; nobody is told that it was refused."""
    settings = load_settings(home=tmp_path, public_url=URL, link_key="env:NO_SUCH_KEY")

    with pytest.raises(Unreachable):
        links_of(settings, Secrets(tmp_path), clock).make(SHA, 1)


def test_a_folder_of_secrets_that_cannot_be_written_stops_nothing(tmp_path: Path, clock: HandClock) -> None:
    """Where secrets are handed in read-only the bus starts, and links wait for their key."""
    (tmp_path / "secrets").write_text("no folder")
    links = links_at(tmp_path, clock)

    with pytest.raises(Unreachable):
        links.make(SHA, 1)


def test_without_a_public_address_no_partner_is_sent_a_link(tmp_path: Path, clock: HandClock) -> None:
    """It would lead nowhere; whoever is at the door gets the path."""
    links = links_at(tmp_path, clock, url="")

    with pytest.raises(Refused, match="BUS_PUBLIC_URL"):
        links.make(SHA, 1)
    assert links.address(SHA, 1).startswith("/api/v1/files/")
