"""The axis's three lists as one, and lists that come in pieces."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.http.rehearsal.orders import Mode, Order
from adapters.vxp.client import AxisClient
from adapters.vxp.directory import AxisDirectory, Merge
from adapters.vxp.rows import AgencyRow, agency
from adapters.vxp.rows_in import RowsIn
from adapters.vxp.sandbox import AxisSandbox
from adapters.vxp.sandbox_axis import Unit
from bus.clock import HandClock
from bus.endpoint import ListedAgency
from bus.errors import Refused, Unreachable
from bus.transport.fast import FastTransport
from tests.adapters.axis_partner import axis_sandbox, client_to

UNITS = (
    Unit("H62", "UBND tỉnh", old_code="000.00.00.H62", version=1),
    Unit("H62.05", "Sở Nội vụ", "H62", "snv@example.vn", "000.00.05.H62", version=2),
    Unit("H62.03", "Ban Tôn giáo", "H62", deleted=True, version=3),
)


@pytest.fixture
def sandbox() -> Iterator[AxisSandbox]:
    running = axis_sandbox(HandClock())
    running.start()
    running.list(UNITS)
    yield running
    running.stop()


@pytest.fixture
def client(sandbox: AxisSandbox, tmp_path: Path) -> Iterator[AxisClient]:
    transport = FastTransport()
    yield client_to(sandbox.url, transport, tmp_path)
    transport.close()


@pytest.fixture
def directory(client: AxisClient) -> AxisDirectory:
    return AxisDirectory(client)


def row(code: str, old: str = "", **more: Any) -> AgencyRow:
    read = agency({"code": code, "oldCode": old, **more})
    assert read is not None
    return read


def merged(*lists: list[AgencyRow]) -> dict[str, ListedAgency]:
    """The table, the plain list and the units, as far as they are given."""
    merge = Merge()
    for take, rows in zip((merge.table, merge.listed, merge.units), lists, strict=False):
        take(rows)
    return {one.code: one for one in merge.agencies()}


class TestLists:
    """Against the sandbox."""

    def test_the_lists_are_one(self, directory: AxisDirectory) -> None:
        """Names, both codes, what lies above, and the deleted, who are in one of the lists only."""
        assert list(directory.agencies()) == [
            ListedAgency("H62", "000.00.00.H62", "UBND tỉnh"),
            ListedAgency("H62.05", "000.00.05.H62", "Sở Nội vụ", "H62", "snv@example.vn"),
            ListedAgency("H62.03", "", "Ban Tôn giáo", "H62", closed=True),
        ]

    def test_the_version_is_that_of_the_units(self, directory: AxisDirectory, sandbox: AxisSandbox) -> None:
        """The same while nothing changes, another with any unit's version; '' where no unit has one."""
        first = directory.version()
        assert first == directory.version() != ""
        sandbox.list((*UNITS[:2], Unit("H62.03", "Ban Tôn giáo", "H62", deleted=True, version=4)))
        assert directory.version() not in ("", first)
        sandbox.list([Unit("H62")])
        assert directory.version() == ""

    @pytest.mark.parametrize("call", ["getAgenciesListQD20", "getSynchronizeUnit"])
    def test_a_list_this_axis_does_not_have_is_left_out(
        self, directory: AxisDirectory, sandbox: AxisSandbox, call: str
    ) -> None:
        """404 is no trouble: the other lists say what they say."""
        sandbox.order(Order(mode=Mode.REFUSE, call=call, status=404, code="404"))

        assert {"H62", "H62.05"} <= {one.code for one in directory.agencies()}

    @pytest.mark.parametrize("call", ["getAgenciesList", "getAgenciesListQD20", "getSynchronizeUnit"])
    @pytest.mark.parametrize("mode", [Mode.REFUSE, Mode.DENY, Mode.BUSY, Mode.EMPTY, Mode.HTML, Mode.DOWN])
    def test_any_other_trouble_is_the_whole_lists(
        self, directory: AxisDirectory, sandbox: AxisSandbox, call: str, mode: Mode
    ) -> None:
        """Half of three lists would be a wrong directory."""
        sandbox.order(Order(mode=mode, call=call))
        with pytest.raises((Refused, Unreachable)):
            list(directory.agencies())

    def test_nulls_and_lies_cost_their_own_rows_only(self, directory: AxisDirectory, sandbox: AxisSandbox) -> None:
        """A null item is left out; a number where text belongs is text."""
        expected = list(directory.agencies())
        sandbox.order(Order(mode=Mode.NULLS))
        assert list(directory.agencies()) == expected
        sandbox.order(Order(mode=Mode.LIES))
        assert [one.code for one in directory.agencies()] == [one.code for one in expected]


class TestMerge:
    """One agency, whatever each list calls it."""

    def test_the_table_decides(self) -> None:
        """What bears the old code elsewhere is the agency of the new one, and the table's pair goes before others."""
        found = merged([row("N", "O")], [row("O", name="Sở"), row("N", "another")], [row("O", mail="a@b")])

        assert found == {"N": ListedAgency("N", "O", "Sở", mail="a@b")}

    def test_an_old_code_counts_where_the_table_is_silent(self) -> None:
        """The plain list's oldCode is the axis's word too."""
        assert merged([], [row("N", "O")])["N"].old_code == "O"

    def test_an_old_code_two_claim_joins_neither(self) -> None:
        """A row under it stands for itself."""
        found = merged([row("N", "O"), row("M", "O")], [row("O", name="Sở")])

        assert (found["O"].name, found["N"].name, found["M"].name) == ("Sở", "", "")

    def test_an_agency_is_closed_where_all_its_units_are(self) -> None:
        """A unit that was set up anew under the same code is open, whichever comes first."""
        gone, here = row("N", deleted=True), row("N", deleted="false")

        assert merged([], [], [gone, gone])["N"].closed
        assert not merged([], [], [gone, here])["N"].closed
        assert not merged([], [], [here, gone])["N"].closed
        assert not merged([row("N", "O")], [], [row("O", deleted="1"), here])["N"].closed

    def test_the_agency_above_is_named_by_its_code(self) -> None:
        """Lists name it by an id of theirs or by its code; what is not in the list is not named."""
        rows = [row("A", id="17"), row("B", pid=17), row("C", pid="A"), row("D", pid="99"), row("E", pid="E")]
        found = merged([], rows)

        assert {code: one.parent for code, one in found.items()} == {"A": "", "B": "A", "C": "A", "D": "", "E": ""}


class TestPieces:
    """A list taken off as it comes is the list."""

    ITEMS = st.lists(
        st.one_of(
            st.none(),
            st.dictionaries(st.sampled_from(["code", "name", "x"]), st.text(alphabet='a}{,"[]\\ ', max_size=8)),
            st.fixed_dictionaries({"code": st.text(min_size=1), "x": st.just({"y": [{}, {"z": "},{"}]})}),
        ),
        max_size=30,
    )

    @given(items=ITEMS, size=st.integers(1, 40), wanted=st.integers(1, 60), spaced=st.booleans(), last=st.booleans())
    def test_pieces_make_the_whole(self, items: list[Any], size: int, wanted: int, spaced: bool, last: bool) -> None:
        """However it is cut, whatever stands in texts: the same rows, and the envelope without them."""
        envelope = {"status": "OK", "ErrorCode": "0"}
        told = {"data": items, **envelope} if last else {**envelope, "data": items}
        body = json.dumps(told, separators=None if spaced else (",", ":")).encode()
        taking: RowsIn[AgencyRow] = RowsIn(agency, wanted)
        for start in range(0, len(body), size):
            taking.feed(body[start : start + size])
        rest = json.loads(taking.close())
        taking.take(rest.pop("data"))

        read = [agency(item) if isinstance(item, dict) else None for item in items]
        assert taking.rows == [one for one in read if one]
        assert taking.unreadable == read.count(None)
        assert rest == envelope

    def test_rows_do_not_wait_for_the_end(self) -> None:
        """What is whole is taken off; only a piece is kept as text."""
        taking: RowsIn[AgencyRow] = RowsIn(agency, 1000)
        taking.feed(b'{"ErrorCode":"0","data":[')
        for number in range(1000):
            taking.feed(b'{"code":"H%d"},' % number)

        assert len(taking.rows) > 900
        assert len(taking.close()) < 3000
