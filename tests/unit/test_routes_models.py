"""What entries mean once they are read."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bus.config import RoutesInvalid
from bus.config.models import Partner, RetryPolicy, SecrecyMarker
from bus.endpoint_settings import Flood, Idempotency
from tests.unit.routes_models import DATA, RestSettings, VxpDoor, routes_of

PROVINCE = (DATA / "good" / "province.yaml").read_text("utf-8")


def test_endpoints_and_doors_are_of_the_adapters_models() -> None:
    """Each entry is an instance of the model that was handed in for it."""
    routes = routes_of(PROVINCE)

    assert isinstance(routes.endpoints["so-tc"], RestSettings)
    assert isinstance(routes.partners["so-noi-vu"].doors["vxp"], VxpDoor)
    assert routes.endpoints["so-tc"].idempotency is Idempotency.ID


def test_an_endpoint_promises_nothing_by_default() -> None:
    """Without a word the contract of a new endpoint is ``none``."""
    assert routes_of(PROVINCE).endpoints["archive"].idempotency is Idempotency.NONE


def test_rules_keep_their_order_and_keys() -> None:
    """Rules come in the file's order with what they say."""
    rules = routes_of(PROVINCE).routes

    assert [rule.name for rule in rules] == ["finance", "inside", "recalls", "outside"]
    assert [rule.may_return for rule in rules] == [False, True, False, False]
    assert rules[3].tell_sender == "status_02"


def test_a_partner_may_let_the_bus_read_and_speak_for_it() -> None:
    """Its odd codes and its wish for a 01 are kept; without a word codes are read as they stand and nothing is said."""
    partner = routes_of(PROVINCE).partners["so-noi-vu"]

    assert (dict(partner.statuses), partner.tell_arrival) == ({"14": "15"}, "status_01")
    assert (dict(Partner(agencies=("1",)).statuses), Partner(agencies=("1",)).tell_arrival) == ({}, None)


def _flooded(text: str) -> str:
    return f'endpoints: {{push: {{kind: rest, url: "http://127.0.0.1/", flood: {text}}}}}\n'


def test_what_a_flood_is_may_be_said_of_an_endpoint() -> None:
    """Twenty in a row and no share, unless its routes say otherwise."""
    assert routes_of(PROVINCE).endpoints["so-tc"].flood == Flood(dead=20, rate=None, over=100)
    assert routes_of(_flooded("{dead: 5, rate: 50%, over: 200}")).endpoints["push"].flood == Flood(
        dead=5, rate=0.5, over=200
    )


@pytest.mark.parametrize("text", ["{deads: 5}", "{dead: 0}", "{rate: 150%}", "{rate: 0%}", "{over: 1}", "20"])
def test_what_no_flood_is(text: str) -> None:
    """A slip is told with its place."""
    with pytest.raises(RoutesInvalid) as caught:
        routes_of(_flooded(text))
    (problem,) = caught.value.problems
    assert (problem.place.line, problem.place.column) >= (
        1,
        len('endpoints: {push: {kind: rest, url: "http://127.0.0.1/", '),
    )


def test_there_is_always_a_default_policy() -> None:
    """A file without ``retry:`` gets the numbers of semantics 12."""
    policy = routes_of("endpoints: {mailbox: {kind: mailbox}}\n").retry["default"]

    assert policy == RetryPolicy()
    assert policy.horizon == timedelta(days=7)


@pytest.mark.parametrize(
    ("marker", "element", "text", "marked"),
    [
        (SecrecyMarker(element="Level"), "Level", "anything", True),
        (SecrecyMarker(element="Level"), "Other", "anything", False),
        (SecrecyMarker(element="Level", value="Mật"), "Level", " MẬT ", True),
        (SecrecyMarker(element="Level", value="Mật"), "Level", "Tuyệt mật", False),
        (SecrecyMarker(element="Level", contains="mật"), "Level", "TUYỆT MA\u0323\u0302T", True),
        (SecrecyMarker(element="Level", contains="mật"), "Level", "Thường", False),
    ],
)
def test_secrecy_markers(marker: SecrecyMarker, element: str, text: str, marked: bool) -> None:
    """An element marks by being there, by its whole value or by a word, whatever the case and Unicode form."""
    assert marker.marks(element, text) is marked
