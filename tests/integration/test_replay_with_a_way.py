"""What a source brought and no rule took is routed again when it is replayed (semantics 9)."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bus.control.parts import Parts
from bus.journal.take import Fetch
from bus.message import Claim, Inbound, RemoteId, ReturnAddress
from tests.buses import PATIENCE, ROUTES, WHO, alone, ask, home
from tests.messages import RECIPIENT, SENDER, edoc, read

STRANGER, MINISTRY = "000.00.31.G09", "000.00.00.G22"
PUSHED = ROUTES % 9 + "  - {name: late, when: {recipient: any}, to: push}\n"
FETCHED = ROUTES % 9 + "  - {name: late, when: {recipient: any}, to: mailbox}\n"


def fetch(parts: Parts, by: str = "axis") -> str:
    """A document for somebody no rule knows comes in from a source; its copy."""
    body = edoc(MINISTRY, [STRANGER], "VB-1")
    claim = Claim(hashlib.sha256(body).hexdigest(), len(body), body)
    inbound = Inbound(
        ReturnAddress(by), read(body), claim, (STRANGER,), remote=RemoteId(by, "edoc", "1"), from_source=True
    )
    receipt = parts.ingress.accept(inbound).result(PATIENCE)
    assert [copy.state for copy in receipt.copies] == ["dead"]
    return receipt.copies[0].doc_id


def replay(parts: Parts, copy: str, **more: Any) -> dict[str, Any]:
    told: dict[str, Any] = ask(parts, "replay", which={"ids": [copy]}, **more)
    return told


def test_without_a_rule_it_stays_where_it_is(tmp_path: Path) -> None:
    """And says what is missing, when asked first and when done."""
    with alone(home(tmp_path)) as parts:
        copy = fetch(parts)

        (shown,) = replay(parts, copy, dry_run=True)["copies"]
        assert shown["refused"] == "it has no route: recipient.unknown"
        assert replay(parts, copy)["refused"] == 1


@pytest.mark.parametrize(("routes", "endpoint", "state"), [(PUSHED, "push", "queued"), (FETCHED, "mailbox", "offered")])
def test_with_a_rule_it_goes_that_way(tmp_path: Path, routes: str, endpoint: str, state: str) -> None:
    """By the routes as they are now, which the copy records; the account stays balanced."""
    settings = home(tmp_path)
    with alone(settings) as parts:
        copy = fetch(parts)
    settings.routes.write_text(routes, encoding="utf-8")
    with alone(settings) as parts:
        (shown,) = replay(parts, copy, dry_run=True)["copies"]
        assert (shown["refused"], shown["endpoint"], shown["rule"]) == ("", endpoint, "late")
        assert replay(parts, copy)["done"] == 1

        (now,) = ask(parts, "messages", which={"ids": [copy]})["copies"]
        assert (now["endpoint"], now["rule"], now["state"]) == (endpoint, "late", state)
        assert ask(parts, "verify")["differences"] == []


def test_a_mailbox_it_was_given_later_is_a_mailbox(tmp_path: Path) -> None:
    """Its recipient fetches it like any other copy; before that it learns nothing of it."""
    settings = home(tmp_path)
    with alone(settings) as parts:
        copy = fetch(parts)
        request = Fetch(copy, frozenset({STRANGER}), WHO)
        assert parts.journal.fetch(request).exception(PATIENCE) is not None
    settings.routes.write_text(FETCHED, encoding="utf-8")
    with alone(settings) as parts:
        replay(parts, copy)
        assert parts.journal.fetch(request).result(PATIENCE).fetched_at is not None
        assert parts.journal.fetch(replace(request, agencies=frozenset({SENDER, RECIPIENT}))).exception(PATIENCE)


def test_it_does_not_go_back_where_it_came_from(tmp_path: Path) -> None:
    """Many are replayed at once, and nobody looks at each; a rule may say that this one may."""
    settings = home(tmp_path)
    with alone(settings) as parts:
        copy = fetch(parts, by="push")
    settings.routes.write_text(PUSHED, encoding="utf-8")
    with alone(settings) as parts:
        (shown,) = replay(parts, copy, dry_run=True)["copies"]
        assert shown["refused"] == "its route leads back where it came from, to push"
        assert replay(parts, copy)["refused"] == 1
    settings.routes.write_text(PUSHED.replace("to: push}\n", "to: push, return: true}\n"), encoding="utf-8")
    with alone(settings) as parts:
        assert replay(parts, copy)["done"] == 1
