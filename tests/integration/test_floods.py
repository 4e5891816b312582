"""A partner that refuses everything: its endpoint is paused, says so, and stays so; what it said is a group."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from adapters.rest.sandbox import RestSandbox
from adapters.rest.sandbox_partner import Mode, Order
from bus.breaker import BreakerPolicy, Cause, after_failure, paused
from bus.config import Settings
from bus.journal.notes import Condition
from tests.buses import PUSHED, ROUTES, alone, ask, home, running, send, until
from tests.journals import PATIENCE
from tests.messages import edoc


@pytest.fixture
def sandbox() -> Iterator[RestSandbox]:
    made = RestSandbox()
    made.start()
    yield made
    made.stop()


@pytest.fixture
def settings(tmp_path: Path, sandbox: RestSandbox) -> Settings:
    routes = ROUTES.replace("idempotency: id}", "idempotency: id, concurrency: 1, flood: {dead: 3}}")
    return home(tmp_path, routes % urlsplit(sandbox.url("push")).port)


def test_a_flood_of_refusals_ends_in_a_pause_and_one_group(
    settings: Settings, sandbox: RestSandbox, tmp_path: Path
) -> None:
    """So few are dead as its routes say; the others wait. Put right, resumed and replayed as a group, all arrive."""
    sandbox.order("push", Order(mode=Mode.REFUSE))
    with running(settings) as daemon:
        parts = daemon.parts()
        for number in range(8):
            send(parts, tmp_path, edoc(recipients=(PUSHED,), document_id=str(number)))
        until(lambda: daemon.gates.condition("push").paused_by == "bus")
        until(lambda: "sending" not in ask(parts, "status")["states"])
        states = ask(parts, "status")["states"]
        assert states["dead"] < 8
        assert states["dead"] + states["queued"] == 8

    with running(settings) as daemon:
        parts = daemon.parts()
        (push,) = [one for one in ask(parts, "endpoints")["endpoints"] if one["endpoint"] == "push"]
        assert (push["paused_by"], push["pause_reason"]) == (
            "bus",
            "3 bản bị từ chối liên tiếp · 3 copies refused in a row",
        )
        (group,) = ask(parts, "groups")["groups"]
        assert (group["endpoint"], group["count"]) == ("push", states["dead"])
        assert group["code"].isdigit()
        sandbox.order("push", Order(mode=Mode.OK))
        ask(parts, "resume", endpoint="push")
        ask(parts, "replay", which={"group": group["group"]})
        until(lambda: ask(parts, "status")["states"] == {"delivered": 8})
        assert ask(parts, "groups")["groups"] == []


def test_why_a_breaker_is_open_is_known_after_a_restart(settings: Settings) -> None:
    """Class, words, since when, and when the next probe goes."""
    with alone(settings) as parts:
        now = parts.clock.now()
        opened = Condition("push")
        for _ in range(5):
            opened = after_failure(opened, BreakerPolicy(), now, Cause("tls", "chứng thư hết hạn"))
        parts.journal.note_condition(opened).result(PATIENCE)
        parts.journal.note_condition(paused(Condition("mailbox"), "an", "", now)).result(PATIENCE)
    with alone(settings) as parts:
        (push,) = [one for one in ask(parts, "endpoints")["endpoints"] if one["endpoint"] == "push"]

    assert (push["breaker"], push["opened_for"], push["opened_words"]) == ("open", "tls", "chứng thư hết hạn")
    assert push["opened_at"] < push["breaker_until"]
