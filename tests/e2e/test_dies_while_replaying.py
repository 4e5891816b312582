"""SIGKILL while many dead copies are replayed: the plan is finished by whoever comes next, and each goes once."""

from __future__ import annotations

from typing import Any

import pytest

from bus.clock import SystemClock
from bus.journal import Journal
from bus.journal.migrate import upgrade
from bus.journal.store import Store
from tests.e2e import accounts
from tests.e2e.conftest import Begin
from tests.e2e.lives import Life
from tests.e2e.places import CONTRACTS, Place
from tests.replays import dead

#: A partner that is asked about doubts has everything once, whatever dies when.
PARTNER = "asked"


@pytest.mark.parametrize(
    ("count", "rate"), [(300, 200), pytest.param(5000, 500, marks=[pytest.mark.long, pytest.mark.timeout(300)])]
)
def test_a_replay_is_finished_and_nothing_goes_twice(place: Place, begin: Begin, count: int, rate: int) -> None:
    """Killed before and after a portion is on disk and amid the calls: in the end the partner has each copy once."""
    copies = refused(place, count)
    first = begin("release_written")
    replay = first.ask("replay", which={"endpoint": PARTNER}, rate=rate, reason="khóa mới")["replay"]["replay"]
    first.died()
    assert accounts.kept(place, PARTNER) == {}
    Life(place, "release_committed").died()  # it goes on with the plan, maybe before anybody sees it ready
    amid = begin()
    amid.until(lambda: len(accounts.kept(place, PARTNER)) > count // 3, "a third had gone")
    amid.kill()

    last = begin()
    last.until(lambda: told(last, replay)["state"] == "done", "the replay was done")
    assert told(last, replay)["outcomes"] == {"delivered": count}
    assert set(accounts.kept(place, PARTNER)) == set(copies)
    assert accounts.times(place, PARTNER) == [1] * count
    assert accounts.balanced(last) == {"delivered": count}


def told(life: Life, replay: str) -> dict[str, Any]:
    """A replay as it is now."""
    shown: dict[str, Any] = life.ask("replay_show", id=replay)
    return shown


def refused(place: Place, count: int) -> list[str]:
    """So many documents that the partner refused before this bus was begun."""
    store = Store(f"sqlite:///{place.home / 'journal.db'}")
    upgrade(store)
    journal = Journal(store, SystemClock())
    journal.start()
    try:
        return dead(journal, count, PARTNER, recipient=CONTRACTS[PARTNER])
    finally:
        journal.close()
