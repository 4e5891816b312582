"""Agencies by table: spellings, closing, successors, search."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime

from bus.desk import Agency
from bus.directory import Closure, Directory
from tests.unit.routes_models import DATA, routes_of

DIRECTORY = Directory.build(routes_of((DATA / "good" / "province.yaml").read_text("utf-8")))


def micros(*when: int) -> int:
    return int(datetime(*when, tzinfo=UTC).timestamp()) * 1_000_000  # type: ignore[misc,arg-type]


NOW = micros(2026, 6, 1)


def test_spellings_lead_to_the_canonical_code() -> None:
    """Aliases, old codes and the code itself are one agency, white space and Unicode form apart."""
    assert DIRECTORY.canonical("H62.05") == "000.00.05.H62"
    assert DIRECTORY.canonical(" 07.H62 ") == "000.00.07.H62"
    assert DIRECTORY.canonical("000.00.05.H62") == "000.00.05.H62"


def test_an_unknown_code_is_its_own() -> None:
    """An unknown code is trimmed and NFC, and not known."""
    assert DIRECTORY.canonical(" " + unicodedata.normalize("NFD", "Xã-1")) == "Xã-1"
    assert not DIRECTORY.knows("Xã-1")
    assert DIRECTORY.knows("H62.05")


def test_partner_of_an_agency() -> None:
    """An agency belongs to the partner that lists it, under every spelling; others to nobody."""
    assert DIRECTORY.partner_of("H62.05") == "so-noi-vu"
    assert DIRECTORY.partner_of("07.H62") is None


def test_a_code_is_closed_from_midnight_in_vietnam() -> None:
    """``closed: 2025-07-01`` counts from that day's midnight, UTC+7, and not a second before."""
    midnight = micros(2025, 6, 30, 17)

    assert DIRECTORY.closed("000.00.99.H62", midnight - 1) is None
    assert DIRECTORY.closed("000.00.99.H62", midnight) == Closure("000.00.99.H62", "000.00.98.H62")


def test_the_successor_named_is_open() -> None:
    """Where the successor was closed in turn, its own successor is named."""
    assert DIRECTORY.closed("000.00.99.H62", NOW) == Closure("000.00.99.H62", "000.00.05.H62")


def test_closed_without_successor() -> None:
    """A code may end without anybody following."""
    routes = routes_of('endpoints: {}\nagencies: {"01": {closed: 2020-01-01}}\n')

    assert Directory.build(routes).closed("01", NOW) == Closure("01", "")


def test_what_is_known_of_an_agency() -> None:
    """The entry's words, closing by the instant asked for; None for a code nobody knows."""
    assert DIRECTORY.agency("07.H62", NOW) == Agency(
        "000.00.07.H62", "Sở Tài chính", "07.H62", "000.00.00.H62", "stc@example.vn"
    )
    closed = DIRECTORY.agency("000.00.99.H62", NOW)
    assert closed is not None
    assert (closed.closed, closed.successor) == (True, "000.00.98.H62")
    assert DIRECTORY.agency("nobody", NOW) is None


def test_a_partner_names_its_only_agency() -> None:
    """An agency without an entry bears its partner's name only if the partner has no other."""
    routes = routes_of('partners:\n  p: {name: Sở A, agencies: ["1"]}\n  q: {name: Sở B, agencies: ["2", "3"]}\n')

    assert [agency.name for agency in Directory.build(routes).all(NOW)] == ["Sở A", "", ""]


def test_all_agencies_by_code() -> None:
    """The list holds partners' agencies and entries, each once, by code."""
    codes = [agency.code for agency in DIRECTORY.all(NOW)]

    assert codes == ["000.00.00.H62", "000.00.05.H62", "000.00.07.H62", "000.00.98.H62", "000.00.99.H62"]


def test_find_without_accents() -> None:
    """Search minds neither accents nor case, takes words in any order, and codes too."""
    assert [agency.name for agency in DIRECTORY.find("TAI so", NOW)] == ["Sở Tài chính"]
    assert [agency.name for agency in DIRECTORY.find("ubnd tinh", NOW)] == ["Văn phòng UBND tỉnh"]
    assert [agency.code for agency in DIRECTORY.find("07.h62", NOW)] == ["000.00.07.H62"]
    assert DIRECTORY.find("không có", NOW) == ()


def test_d_with_stroke_is_found_by_d() -> None:
    """đ has no accent to take off, yet people type d for it."""
    routes = routes_of('agencies: {"1": {name: Sở Giáo dục và Đào tạo}}\n')

    assert len(Directory.build(routes).find("dao tao", NOW)) == 1
