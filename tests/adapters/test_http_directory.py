"""A shared catalogue as a list of agencies: level by level, with the quirks its rows have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from adapters.http.directory import HttpDirectory, build_directory
from adapters.http.rehearsal import Rehearsal
from adapters.http.rehearsal.dmdc import Catalogue, Row
from adapters.http.rehearsal.orders import Mode, Order
from adapters.http.settings import HttpSettings
from bus.clock import HandClock
from bus.endpoint import ListedAgency
from bus.transport.fast import FastTransport
from tests.adapters.http_partner import tools
from tests.adapters.played import KEY, catalogue

FIRST, SECOND, THIRD = (f"qlvanbandieuhanhcap{level}" for level in (1, 2, 3))
LISTS: Mapping[str, list[Row]] = {
    FIRST: [{"MaDinhDanhCap1": "H30", "TenDonVi": "UBND tỉnh Hậu Giang", "Email": None, "DiaChi": None}],
    SECOND: [{"MaDinhDanhCap2": "H30.01", "MaDinhDanhCap1": "H30", "TenDonVi": "Sở Nội vụ", "Email": "snv@hg"}],
}


class Looking:
    """A catalogue that plays, and what looks at it."""

    def __init__(self, played: Rehearsal[Catalogue], directory: HttpDirectory) -> None:
        self.played = played
        self.directory = directory

    def agencies(self) -> list[ListedAgency]:
        return list(self.directory.agencies())

    def list(self, name: str, *rows: Any) -> None:
        self.played.tell(lambda it: it.lists.update({name: rows}))


@contextmanager
def looking(home: Path) -> Iterator[Looking]:
    clock, transport = HandClock(), FastTransport()
    played = catalogue(clock, LISTS)
    played.start()
    yield Looking(played, build_directory("dmdc", settings(played.url), tools(transport, home, clock)))
    played.stop()
    transport.close()


def settings(url: str) -> HttpSettings:
    auth = [{"kind": "oauth2", "client_id": KEY, "client_secret": "file:lgsp"}]
    return HttpSettings.model_validate({"dialect": "dmdc", "url": url, "auth": auth, "allow": ["127.0.0.1"]})


@pytest.fixture
def look(tmp_path: Path) -> Iterator[Looking]:
    with looking(tmp_path) as made:
        yield made


def test_levels_are_one_list(look: Looking) -> None:
    """Who is above whom where a row says it; levels that are not there are no trouble."""
    assert look.agencies() == [
        ListedAgency("H30", "", "UBND tỉnh Hậu Giang"),
        ListedAgency("H30.01", "", "Sở Nội vụ", "H30", "snv@hg"),
    ]


def test_parent_that_is_in_no_list_is_nobody(look: Looking) -> None:
    """Nor is an agency above itself."""
    look.list(SECOND, {"MaDinhDanhCap2": "A", "MaDinhDanhCap1": "Z"})
    look.list(THIRD, {"MaDinhDanhCap3": "B", "MaDinhDanhCap2": "B"})
    assert [one.parent for one in look.agencies()] == ["", "", ""]


def test_quirks_of_rows(look: Looking) -> None:
    """Numbers for codes, keys in another case, the word null; what is no row or has no code is left out."""
    look.list(
        SECOND,
        {"madinhdanhcap2": 7, "TENDONVI": " Sở Y tế ", "Email": "null"},
        None,
        "H30",
        {"TenDonVi": "không mã"},
        {"MaDinhDanhCap2": "null"},
        {"MaDinhDanhCap2": ["H30"]},
    )
    assert look.agencies()[1:] == [ListedAgency("7", "", "Sở Y tế")]


def test_lists_that_are_wrapped(look: Looking) -> None:
    """JSON in a text."""
    look.played.order(Order(mode=Mode.WRAPPED))
    assert [one.code for one in look.agencies()] == ["H30", "H30.01"]


def test_first_level_must_be_there(look: Looking) -> None:
    """Only the lower ones may be missing."""
    look.played.tell(lambda it: it.lists.pop(FIRST))
    with pytest.raises(Exception, match="404"):
        look.agencies()
