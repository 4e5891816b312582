"""One document through a whole daemon, on each of the two stacks: embedded, and PostgreSQL with RabbitMQ."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from adapters.rest.sandbox import RestSandbox
from adapters.rest.sandbox_partner import Mode, Order
from bus.daemon import Daemon
from bus.journal.verify import Verifier, total
from tests.buses import until
from tests.contracts.face import NOI_VU
from tests.daemons import PARTNERS, call, running
from tests.messages import edoc

AGENCY = "so-tai-chinh"
ROUTES = (
    PARTNERS
    + """
endpoints:
  so-tc: {kind: rest, url: "%s", idempotency: ask_first, idle_timeout: 500ms}
routes:
  - {name: finance, when: {recipient: {partner: any}}, to: so-tc}
retry: {default: {first: 100ms, cap: 200ms, horizon: 1h}}
"""
)


@pytest.fixture
def sandbox() -> Iterator[RestSandbox]:
    partner = RestSandbox()
    partner.start()
    yield partner
    partner.stop()


@pytest.fixture(params=["embedded", "services"])
def daemon(request: pytest.FixtureRequest, tmp_path: Path, sandbox: RestSandbox) -> Iterator[Daemon]:
    settings: dict[str, Any] = {"ask_after": "100ms"}
    if request.param == "services":
        settings["database_url"] = request.getfixturevalue("postgres_url")
        settings["broker_url"] = request.getfixturevalue("broker_url")
    with running(tmp_path, ROUTES % sandbox.url(AGENCY), **settings) as daemon:
        yield daemon


def send(daemon: Daemon, body: bytes) -> str:
    answer = call(daemon, "POST", "/api/v1/messages", body, {"X-Bus-Key": NOI_VU.key.decode()})
    assert answer.status == 202
    return str(answer.json()["id"])


def states(daemon: Daemon) -> dict[str, int]:
    return {state: count for (_, state), count in daemon.home.browse.counts().items()}


def documents(sandbox: RestSandbox) -> dict[str, Any]:
    found: Any = sandbox.account(AGENCY)
    return dict(found["documents"])


def test_a_document_arrives_unchanged(daemon: Daemon, sandbox: RestSandbox) -> None:
    """In at the plain door, out by a push: the same bytes, once, and the account is balanced."""
    body = edoc(NOI_VU.agency, ("000.00.07.H62",), "VB-1")
    send(daemon, body)

    until(lambda: states(daemon) == {"delivered": 1})
    (document,) = documents(sandbox).values()
    assert document["sha256"] == hashlib.sha256(body).hexdigest()
    assert not total(Verifier(daemon.home.journal.store, daemon.home.claims).portions()).differences


def test_an_unknown_outcome_is_asked_about(daemon: Daemon, sandbox: RestSandbox) -> None:
    """The partner read it and hung up: it is asked, says that it has it, and gets nothing twice."""
    sandbox.order(AGENCY, Order(mode=Mode.DROP_AFTER_READING, times=1))
    message = send(daemon, edoc(NOI_VU.agency, ("000.00.07.H62",), "VB-2"))

    until(lambda: states(daemon) == {"delivered": 1})
    (document,) = documents(sandbox).values()
    copies = [listed.copy.id for listed in daemon.home.browse.copies_of(message)]
    assert document["times"] == 1
    assert [(a.what, a.outcome) for a in daemon.home.browse.attempts(copies)] == [
        ("send", "unknown"),
        ("ask", "delivered"),
    ]


def test_a_partner_that_comes_back_gets_what_waited(daemon: Daemon, sandbox: RestSandbox) -> None:
    """Refused for a while by a busy partner: every document waits and arrives, once each."""
    sandbox.order(AGENCY, Order(mode=Mode.BUSY, seconds=0, times=3))
    for number in range(5):
        send(daemon, edoc(NOI_VU.agency, ("000.00.07.H62",), f"VB-{number}"))

    until(lambda: states(daemon) == {"delivered": 5})
    assert sorted(document["times"] for document in documents(sandbox).values()) == [1] * 5
