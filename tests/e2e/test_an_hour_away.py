"""A partner that is away for an hour and comes back: what waited goes in order, at the rate it allows, and beside it others flow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from adapters.rest.sandbox import RestSandbox
from bus.config import load_settings
from tests.buses import alone
from tests.e2e import accounts, places
from tests.e2e.conftest import Begin
from tests.e2e.lives import Life
from tests.e2e.places import Place
from tests.e2e.standing import VARIABLE, StandingClock
from tests.messages import edoc
from tests.papers import fill

AWAY, NEAR = "000.00.08.H62", "000.00.09.H62"
RATE = 500
#: How often a partner that is away is looked at: the longest its breaker stays open.
PROBED = 300
HOUR = 3600
#: Calls that are made to a partner that is away: until its breaker opens, and as probes. What they carried has waits of its own.
CALLS = 5 + HOUR // PROBED + 1
ROUTES = f"""
endpoints:
  away: {{{{kind: rest, url: "http://127.0.0.1:{{port}}/away/edoc", idempotency: id, concurrency: 1, rate: {RATE}/s}}}}
  near: {{{{kind: rest, url: "{{near}}", idempotency: id}}}}
partners:
  so-noi-vu: {{{{agencies: ["000.00.05.H62"]}}}}
routes:
  - {{{{name: away, when: {{{{recipient: "{AWAY}"}}}}, to: away}}}}
  - {{{{name: near, when: {{{{recipient: "{NEAR}"}}}}, to: near}}}}
"""


@dataclass(frozen=True, slots=True)
class AwayPlace(Place):
    """A home with a partner that is away, and one that is there. Time passes when the test says so."""

    away: RestSandbox
    clock: StandingClock

    @property
    def environment(self) -> Mapping[str, str]:
        return {VARIABLE: str(self.clock.path)}

    def fill(self, number: int) -> list[str]:
        """Have so many documents for who is away accepted; their digests, in this order."""
        with alone(load_settings(home=self.home, routes=self.routes), self.clock) as parts:
            return [digest for digest, _ in fill(parts.ingress, number, (AWAY,))]

    def came(self) -> list[tuple[str, list[str]]]:
        """What who was away has, in the order it came: digest, and the attempts that brought it."""
        documents: Any = self.away.account("away")["documents"]
        return [(document["sha256"], document["attempts"]) for document in documents.values()]


@pytest.fixture
def place(tmp_path: Path) -> Iterator[AwayPlace]:
    """In place of the fixture of this folder: ``begin`` begins lives here."""
    near, port = RestSandbox(), places.free_port()
    near.start()
    place = AwayPlace(tmp_path, near, places.free_port(), RestSandbox(port=port), StandingClock(tmp_path / "clock"))
    place.home.mkdir(mode=0o700)
    place.routes.write_text(ROUTES.format(port=port, near=near.url("near")), encoding="utf-8")
    yield place
    place.away.stop()
    near.stop()


def breaker(life: Life) -> Mapping[str, Any]:
    return next(one for one in life.ask("status")["endpoints"] if one["endpoint"] == "away")


def outlast(place: AwayPlace, life: Life) -> None:
    """An hour without the partner, probed whenever that is due."""
    place.clock.move(1)  # so that there may be more calls than one
    life.until(lambda: breaker(life)["breaker"] == "open", "the breaker had opened")
    for _ in range(HOUR // PROBED):
        before = breaker(life)["breaker_until"]
        place.clock.move(PROBED)
        life.until(lambda before=before: breaker(life)["breaker_until"] > before, "the partner was probed")


def others_flow(place: AwayPlace, life: Life, name: str) -> None:
    """A document for the other partner arrives, though no time passes."""
    file = place.folder / "near.edxml"
    file.write_bytes(edoc(recipients=[NEAR], document_id=name))
    (copy,) = life.ask("send", file=str(file), partner="so-noi-vu")["copies"]
    life.until(lambda: copy["doc_id"] in place.sandbox.account("near")["documents"], f"{name} had arrived")


# More than a rate's worth, so that it shows.
@pytest.mark.parametrize("number", [700, pytest.param(10_000, marks=[pytest.mark.long, pytest.mark.timeout(600)])])
def test_an_hour_away(place: AwayPlace, begin: Begin, number: int) -> None:
    """Nothing goes while it is away, afterwards everything in order of acceptance but for the few that were tried, and in no
    second more than its rate.
    """
    wanted = place.fill(number)
    life = begin()
    others_flow(place, life, "before")
    outlast(place, life)
    others_flow(place, life, "meanwhile")

    place.away.start()
    place.clock.move(PROBED)
    life.until(lambda: breaker(life)["breaker"] == "closed", "it was seen to be back")
    seconds = 0
    while (before := len(place.came())) < number:
        place.clock.move(1)
        seconds += 1
        due = min(before + RATE, number)
        life.until(lambda due=due: len(place.came()) >= due, f"{due} had come")
        assert len(place.came()) <= before + 2 * RATE
        others_flow(place, life, f"second {seconds}")

    assert sorted(digest for digest, _ in place.came()) == sorted(wanted)
    assert {len(attempts) for _, attempts in place.came()} == {1}
    untried = [digest for digest, attempts in place.came() if attempts == ["1"]]
    assert untried == [digest for digest in wanted if digest in set(untried)]
    assert number - len(untried) <= CALLS
    assert seconds >= number // RATE - 1
    assert accounts.balanced(life)["delivered"] == number + 2 + seconds
