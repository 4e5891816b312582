"""``trace_header``: refused at its place where it could not be done."""

from __future__ import annotations

import pytest

from bus.config import RoutesFile, RoutesInvalid, parse
from tests.unit.routes_models import DOORS, ENDPOINTS

TEXT = """\
endpoints:
  so-tc: {kind: rest, url: "https://10.1.2.3/edoc", trace_header: %s}
  mailbox: {kind: mailbox%s}
partners:
  so-noi-vu: {agencies: ["000.00.05.H62"], doors: {api: {key: "file:snv"}}}
routes:
  - {name: inside, when: {recipient: {partner: any}}, to: mailbox}
  - {name: outside, when: {recipient: any}, to: so-tc}
"""


def routes_of(text: str, agency_code: str = "") -> RoutesFile:
    return parse(text, "routes.yaml", ENDPOINTS, DOORS, agency_code)


def refused(text: str, agency_code: str = "") -> list[str]:
    with pytest.raises(RoutesInvalid) as caught:
        routes_of(text, agency_code)
    return [str(problem) for problem in caught.value.problems]


def test_bytes_are_left_alone_by_default() -> None:
    """Nobody gets a hop who did not ask for it."""
    assert routes_of(TEXT.replace(", trace_header: %s", "") % "").endpoints["so-tc"].trace_header == "never"


def test_a_hop_needs_a_code() -> None:
    """Without the bus's own agency code it is refused, with what to set; with one it is taken."""
    (told,) = refused(TEXT % ("unsigned", ""))

    assert told.startswith("routes.yaml:2:67: error routes.trace_header: the bus has no agency code")
    assert told.endswith("; write 'never', or set BUS_AGENCY_CODE")
    assert routes_of(TEXT % ("unsigned", ""), "000.00.00.H62").endpoints["so-tc"].trace_header == "unsigned"
    assert routes_of(TEXT % ("never", "")).warnings == ()


def test_a_mailbox_gives_out_what_came() -> None:
    """Nobody is called there, so nothing is on its way out."""
    (told,) = refused(TEXT % ("never", ", trace_header: unsigned"), "000.00.00.H62")

    assert told.startswith("routes.yaml:3:42: error routes.trace_header: ")
