"""Standing holds as operators set and lift them."""

from __future__ import annotations

import pytest

from bus.errors import IllegalMove, NotFound, Rejected
from tests.buses import PUSHED, ROUTES, WHO, alone, ask, home, send, state
from tests.clis import bus
from tests.messages import RECIPIENT, SENDER, edoc


@pytest.fixture
def settings(tmp_path, monkeypatch):
    made = home(tmp_path)
    monkeypatch.setenv("BUS_HOME", str(made.home))
    monkeypatch.setenv("BUS_ROUTES", str(made.routes))
    return made


@pytest.fixture
def parts(settings):
    with alone(settings) as opened:
        yield opened


def test_a_hold_is_set_seen_and_lifted(parts, tmp_path):
    """Who, since when and why; what it held is released with it if that is asked, and only that."""
    hold = ask(parts, "stand", endpoint="push", reason="they move")
    held, free = send(parts, tmp_path, edoc(recipients=[PUSHED, RECIPIENT]))
    assert (state(parts, held), state(parts, free)) == ("held", "offered")
    assert (hold["by"], hold["reason"]) == (WHO, "they move")
    assert ask(parts, "holds") == {"holds": [hold], "held": 1}
    assert ask(parts, "status")["holds"] == [hold]
    ask(parts, "hold", which={"ids": [free]})

    told = ask(parts, "lift", hold=hold["hold"], release=True)
    assert (told["done"], told["refused"]) == (1, 0)
    assert (state(parts, held), state(parts, free)) == ("queued", "held")
    assert ask(parts, "holds")["holds"] == []
    assert [deed["what"] for deed in ask(parts, "audit")["deeds"]][:2] == ["lift", "hold"]
    with pytest.raises(IllegalMove):
        ask(parts, "lift", hold=hold["hold"])


def test_what_another_hold_holds_stays_held(parts, tmp_path):
    """To lift one of two that fit lets nothing go."""
    by_endpoint = ask(parts, "stand", endpoint="push", reason="a")
    by_sender = ask(parts, "stand", sender=SENDER, reason="b")
    (copy,) = send(parts, tmp_path, edoc(recipients=[PUSHED]))

    assert ask(parts, "lift", hold=by_endpoint["hold"], release=True)["done"] == 0
    assert state(parts, copy) == "held"
    assert ask(parts, "lift", hold=by_sender["hold"], release=True)["done"] == 1


def test_a_sender_is_meant_in_every_spelling(tmp_path):
    """The hold names one, the document may bear another."""
    routes = (ROUTES % 9).replace(
        f'agencies: ["{SENDER}"]', f'agencies: ["{SENDER}"], aliases: {{"{SENDER}": ["H62.05"]}}'
    )
    with alone(home(tmp_path, routes)) as parts:
        hold = ask(parts, "stand", sender="H62.05", reason="a")
        assert hold["sender"] == SENDER
        copies = [
            *send(parts, tmp_path, edoc(recipients=[PUSHED], document_id="a")),
            *send(parts, tmp_path, edoc("H62.05", [PUSHED], "b")),
        ]
        assert [state(parts, copy) for copy in copies] == ["held", "held"]
        assert ask(parts, "lift", hold=hold["hold"], release=True)["done"] == 2


def test_only_what_there_is_is_held(parts):
    """A mistyped route or endpoint would hold nothing, and nobody would know; and nothing holds everything."""
    with pytest.raises(NotFound, match="there are mailbox, push"):
        ask(parts, "stand", endpoint="psuh", reason="a")
    with pytest.raises(NotFound, match="health"):
        ask(parts, "stand", rule="nothing", reason="a")
    with pytest.raises(Rejected, match="name a rule"):
        ask(parts, "stand", reason="a")


def test_the_command_sets_lists_and_lifts(settings, tmp_path):
    """One command; wrong mixtures are wrong usage."""
    made = bus("holds", "--endpoint", "push", "--rule", "health", "--reason", "they move", "--json").json()
    with alone(settings) as parts:
        (copy,) = send(parts, tmp_path, edoc(recipients=[PUSHED]))
        assert state(parts, copy) == "held"

    assert "rule health, endpoint push" in bus("holds").out
    assert "1 copies were born held" in bus("holds").out
    assert "they move" in bus("status").out
    assert bus("holds", "--release").code == 2
    assert bus("holds", "--lift", made["hold"], "--sender", SENDER).code == 2
    assert "1 released" in bus("holds", "--lift", made["hold"], "--release").out
    assert bus("holds", "--lift", made["hold"]).code == 1
    assert bus("holds", "--json").json() == {"holds": [], "held": 0}
