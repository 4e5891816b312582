"""The agency calls at the axis's face."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bus.desk import Agency
from tests.adapters.vxp_driver import VxpDriver, client_of, said
from tests.contracts.face import NOI_VU
from tests.fake_desk import FakeDesk


@pytest.fixture
def desk() -> FakeDesk:
    return FakeDesk()


@pytest.fixture
def noi_vu(desk: FakeDesk) -> Iterator[VxpDriver]:
    with client_of(desk) as client:
        yield VxpDriver(client, NOI_VU)


DIRECTORY = (
    Agency("H62", "UBND tỉnh", "000.00.00.H62"),
    Agency("H62.05", "Sở Nội vụ", "000.00.05.H62", parent="H62", mail="snv@example.vn"),
    Agency("H62.03", parent="H62", closed=True, successor="H62.05"),
)


def test_the_agency_lists(noi_vu: VxpDriver, desk: FakeDesk) -> None:
    """Open agencies, unknown texts empty and never null."""
    desk.directory = DIRECTORY
    plain = noi_vu.call("getAgenciesList").json()["data"]
    qd20 = noi_vu.call("getAgenciesListQD20").json()["data"]

    assert [row["code"] for row in plain] == [row["code"] for row in qd20] == ["H62", "H62.05"]
    assert plain[0] == {
        "id": "H62", "code": "H62", "name": "UBND tỉnh", "mail": "", "pid": "", "oldCode": "000.00.00.H62",
    }  # fmt: skip
    assert qd20[1]["code102"] == "000.00.05.H62"


def test_agencies_of_one_level(noi_vu: VxpDriver, desk: FakeDesk) -> None:
    """A level counts parents in the directory, not letters of a code."""
    desk.directory = (*DIRECTORY, Agency("ring", parent="ring"))

    def codes(level: str) -> list[str]:
        return [row["code"] for row in noi_vu.call("getAgenciesListQD20", level=level).json()["data"]]

    assert (codes("1"), codes("2"), codes("9")) == (["H62", "ring"], ["H62.05"], [])
    assert said(noi_vu.call("getAgenciesListQD20", level="x")).code == "request.invalid"


def test_units_to_synchronise_hold_the_closed_ones(noi_vu: VxpDriver, desk: FakeDesk) -> None:
    """Numbers and booleans are what the SDK parses them as."""
    desk.directory, desk.version = DIRECTORY, 1_790_000_000
    rows = noi_vu.call("getSynchronizeUnit").json()["data"]

    assert [row["deleted"] for row in rows] == [False, False, True]
    assert all(row["isAgency"] is True and row["version"] == 1_790_000_000 for row in rows)
    assert all(None not in row.values() for row in rows)


@pytest.mark.parametrize("count", [0, 1, 999, 1000, 1001, 2500])
def test_a_list_of_any_length_is_one_envelope(noi_vu: VxpDriver, desk: FakeDesk, count: int) -> None:
    """Pieces of an answer join to JSON wherever they end."""
    desk.directory = [Agency(f"H{number}", "Xã Đông Hòa") for number in range(count)]
    for name in ("getAgenciesList", "getAgenciesListQD20", "getSynchronizeUnit"):
        answer = noi_vu.call(name)
        assert said(answer).code == ""
        assert [row["code"] for row in answer.json()["data"]] == [f"H{number}" for number in range(count)]
        assert answer.body.isascii()


def test_a_directory_that_cannot_be_read_is_a_refusal(noi_vu: VxpDriver, desk: FakeDesk) -> None:
    """Nobody is told that all is well before the first agencies are there."""

    def broken() -> Iterator[Agency]:
        raise RuntimeError("the disk is gone")
        yield

    desk.agencies = broken  # type: ignore[method-assign]
    assert said(noi_vu.call("getAgenciesList")).code == "bus.fault"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b'{"code":"H62.05"}', ""),
        (b'{"code":"000.00.07.H62"}', "agency.by_operator"),
        (b'{"code":null}', "request.invalid"),
        (b"[]", "request.invalid"),
        (b"{", "request.invalid"),
        (b"", "request.invalid"),
    ],
)
def test_registering_is_a_yes_to_ones_own_only(noi_vu: VxpDriver, body: bytes, code: str) -> None:
    """Software registers at every start: what is there already is no fault."""
    assert said(noi_vu.call("registerAgency", body)).code == code


def test_deleting_is_the_operators_business(noi_vu: VxpDriver) -> None:
    """Not even one's own."""
    assert said(noi_vu.call("deleteAgency", b"{}", AgencyCode=NOI_VU.agency)).code == "agency.by_operator"
