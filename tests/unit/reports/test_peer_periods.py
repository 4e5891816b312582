"""What partners call a period, and what happens where they have no word for it."""

from __future__ import annotations

import pytest

from schemas.report.peer_periods import PEERS, NoPeerCode, PeerPeriods, read, write
from schemas.report.periods import CALENDAR, ND09, Basis, Kind, of_year, period


@pytest.mark.parametrize(
    ("peer", "code", "fields"),
    [
        ("quang-binh", "2025-M03", {"periodId": 3, "dataYear": 2025}),
        ("quang-binh", "2025-Q1", {"periodId": 13, "dataYear": 2025}),
        ("quang-binh", "2025-S2", {"periodId": 18, "dataYear": 2025}),
        ("quang-binh", "2025-A1", {"periodId": 20, "dataYear": 2025}),
        ("quang-binh", "2025-Y5", {"periodId": 21, "dataYear": 2025}),
        ("one-stop", "2025-M03", {"Month": 3, "Year": 2025, "IsMonthStatistic": True}),
        ("prices", "2025-M03", {"DINH_KY": 24, "THOI_GIAN_BC_1": 3, "THOI_GIAN_BC_2": 3, "THOI_GIAN_BC_NAM": 2025}),
        ("sdmx", "2025-M03", {"TIME_PERIOD": "2025-03"}),
        ("sdmx", "2025-Q1", {"TIME_PERIOD": "2025-Q1"}),
        ("sdmx", "2025-S1", {"TIME_PERIOD": "2025-S1"}),
        ("sdmx", "2025-N9", {"TIME_PERIOD": "2024-12-15/P9M"}),
        ("sdmx", "2025-A1", {"TIME_PERIOD": "2025"}),
    ],
)
def test_rows_checked_by_hand(peer: str, code: str, fields: dict[str, object]) -> None:
    """Each partner's fields as its papers have them."""
    assert dict(write(PEERS[peer], period(code))) == fields


def test_statistics_count_months_of_the_calendar() -> None:
    """Text all over; and a period of another basis is refused, for its figures would be of other days."""
    peer = PEERS["statistics"]

    assert write(peer, period("2025-M03", CALENDAR)) == {"LoaiThoiGian": "Tháng", "Ky": "3", "Nam": "2025"}
    assert write(peer, period("2025-A1", CALENDAR)) == {"LoaiThoiGian": "Năm", "Ky": "0", "Nam": "2025"}
    with pytest.raises(NoPeerCode, match="counts by 'calendar'"):
        write(peer, period("2025-M03"))


@pytest.mark.parametrize(
    ("peer", "code"),
    [
        ("quang-binh", "2025-N9"),
        ("statistics", "2025-N9"),
        ("one-stop", "2025-Q1"),
        ("prices", "2025-A1"),
        ("sdmx", "2025-Y5"),
    ],
)
def test_a_hole_is_an_error_and_never_a_guess(peer: str, code: str) -> None:
    """It names the partner, the period and what is known."""
    with pytest.raises(NoPeerCode, match=f"^{peer} has no code for {code}"):
        write(PEERS[peer], period(code, CALENDAR))
    with pytest.raises(NoPeerCode, match="19"):
        read(PEERS["quang-binh"], {"periodId": 19, "dataYear": 2025}, ND09)


@pytest.mark.parametrize("peer", PEERS.values(), ids=lambda peer: peer.peer)
@pytest.mark.parametrize("basis", [ND09, CALENDAR], ids=lambda basis: basis.name)
def test_what_is_written_is_read_as_the_same(peer: PeerPeriods, basis: Basis) -> None:
    """For all periods it has codes for, in numbers or in text; no two share one."""
    codes = 0
    for one in (one for kind in Kind for one in of_year(2025, kind, basis)):
        try:
            fields = write(peer, one)
        except NoPeerCode:
            continue
        codes += 1
        assert read(peer, fields, basis) == one
        assert read(peer, {name: str(value) for name, value in fields.items()}, basis) == one
    assert codes >= 12 or peer.basis not in {"", basis.name}


def test_what_means_nothing_is_refused() -> None:
    """Fields without a year, and none at all."""
    for fields in ({}, {"TIME_PERIOD": "now"}, {"TIME_PERIOD": "2025-13"}):
        with pytest.raises(NoPeerCode):
            read(PEERS["sdmx"], fields, ND09)
