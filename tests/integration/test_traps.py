"""Files that would hurt whoever unwraps them: refused at every door, kept back from a source, carried to nobody."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.buses import ask
from tests.contracts.face import NOI_VU
from tests.contracts.raw_server import claim
from tests.roads import BO, Road, road

BAD = Path(__file__).parents[1] / "data" / "messages" / "bad"
TRAPS = {"zip_bomb": "body.too_large", "zip_path": "edxml.attachment_name", "zip_two_minds": "edxml.value"}


@pytest.fixture
def way(tmp_path: Path) -> Iterator[Road]:
    with road(tmp_path) as way:
        yield way


def test_a_trap_is_refused_in_the_words_of_the_door(way: Road) -> None:
    """Each door tells code and file in its own envelope, and nothing was taken."""
    office = way.noi_vu
    for name, code in TRAPS.items():
        body = (BAD / f"{name}.edxml").read_bytes()
        problem = office.api.call("POST", "/messages", body)

        assert office.vxp.send(body).code == code
        assert (problem.headers["content-type"], problem.json()["code"]) == ("application/problem+json", code)
        assert "the ZIP of cong-van.doc" in problem.json()["detail"]
    assert way.states() == {}


def test_a_trap_from_a_source_is_kept_back(way: Road) -> None:
    """It can be looked at, is told with its code, and goes to nobody."""
    for name in TRAPS:
        way.far._client.send("edoc", BO, (NOI_VU.agency,), claim((BAD / f"{name}.edxml").read_bytes()))

    assert way.poll() == 0
    items = ask(way.daemon.parts(), "quarantine")["items"]
    assert sorted((item["code"], item["kept"]) for item in items) == sorted((code, True) for code in TRAPS.values())
    assert way.states() == {}
    assert [one.state for one in way.went()] == ["initial"] * len(TRAPS)
