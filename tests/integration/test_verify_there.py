"""``verify --at``: a partner is asked what it has of what was delivered to it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.rest.sandbox import RestSandbox
from adapters.rest.sandbox_partner import Mode, Order
from bus.config import Settings
from bus.daemon import Daemon
from tests.buses import PUSHED, ROUTES, ask, home, running, send, state, until
from tests.clis import bus
from tests.messages import edoc


@pytest.fixture
def sandbox() -> Iterator[RestSandbox]:
    sandbox = RestSandbox()
    sandbox.start()
    yield sandbox
    sandbox.stop()


@pytest.fixture
def settings(tmp_path: Path, sandbox: RestSandbox) -> Settings:
    port = int(sandbox.url("push").split(":")[2].split("/")[0])
    return home(tmp_path, (ROUTES % port).replace("idempotency: id}", "idempotency: ask_first}"))


@pytest.fixture
def daemon(settings: Settings) -> Iterator[Daemon]:
    with running(settings) as started:
        yield started


def deliver(daemon: Daemon, folder: Path, name: str) -> str:
    (copy,) = send(daemon.parts(), folder, edoc(document_id=name, recipients=[PUSHED]))
    until(lambda: state(daemon.parts(), copy) == "delivered")
    return copy


def test_a_partner_that_lied_is_found(daemon: Daemon, settings: Settings, sandbox: RestSandbox, tmp_path: Path) -> None:
    """It said that it took a document and has nothing of it; what it has is no difference, and nothing moves."""
    deliver(daemon, tmp_path, "kept")
    sandbox.order("push", Order(mode=Mode.LIE_ACCEPTS))
    lost = deliver(daemon, tmp_path, "lost")
    sandbox.order("push", Order())
    deliver(daemon, tmp_path, "kept too")

    told = bus("verify", "--at", "push", "--json", "--home", settings.home)

    assert (told.code, told.json()["copies"], told.json()["unsure"]) == (1, 3, 0)
    (difference,) = told.json()["differences"]
    assert (difference["code"], difference["copy"]) == ("remote.missing", lost)
    assert state(daemon.parts(), lost) == "delivered"
    assert "remote.missing" in bus("verify", "--at", "push", "--home", settings.home).out


def test_who_cannot_say_is_counted(daemon: Daemon, settings: Settings, sandbox: RestSandbox, tmp_path: Path) -> None:
    """That is no difference."""
    deliver(daemon, tmp_path, "one")
    sandbox.order("push", Order(mode=Mode.ASK_UNKNOWN))

    told = bus("verify", "--at", "push", "--json", "--home", settings.home)

    assert (told.code, told.json()["unsure"], told.json()["differences"]) == (0, 1, [])


def test_only_who_can_be_asked_is(daemon: Daemon, settings: Settings) -> None:
    """An endpoint that is not there, and a mailbox."""
    for name in ("nothing", "mailbox"):
        assert "not_found" in bus("verify", "--at", name, "--home", settings.home).err
    assert ask(daemon.parts(), "verify_there", endpoint="push") == {
        "copies": 0, "unsure": 0, "differences": [], "next": None,
    }  # fmt: skip


def test_without_a_daemon_nobody_is_asked(settings: Settings) -> None:
    """Calls are the daemon's."""
    told = bus("verify", "--at", "push", "--home", settings.home)

    assert told.code == 1
    assert "none without a daemon" in told.err
