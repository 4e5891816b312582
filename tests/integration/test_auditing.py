"""The audit as operators see it: what an order changed, who took a body out, and a chain that ``verify`` follows."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing

import pytest

from bus.control import bodies
from bus.errors import NotFound, Rejected
from tests.buses import PUSHED, WHO, alone, ask, home, send
from tests.clis import bus
from tests.messages import edoc


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


def deeds(parts, what=""):
    return ask(parts, "audit", what=what)["deeds"]


def test_an_order_tells_what_it_changed(parts, tmp_path):
    """States before and after, counted and by name; what was refused changed nothing."""
    (copy,) = send(parts, tmp_path, edoc())
    ask(parts, "hold", which={"ids": [copy, "nobody"]}, reason="nhầm phụ lục")

    (deed,) = deeds(parts, "hold")
    assert (deed["who"], deed["reason"], deed["outcome"]) == (WHO, "nhầm phụ lục", "1 done, 1 refused")
    assert deed["before"] == f'{{"states":{{"offered":1}},"copies":{{"{copy}":"offered"}}}}'
    assert deed["after"] == f'{{"states":{{"held":1}},"copies":{{"{copy}":"held"}}}}'


def test_what_a_large_order_changed_is_bounded(parts, tmp_path):
    """So many are named, all are counted."""
    ids = [send(parts, tmp_path, edoc(recipients=[PUSHED], document_id=f"d{n}"))[0] for n in range(30)]
    ask(parts, "hold", which={"ids": ids})

    (deed,) = deeds(parts, "hold")
    assert '"states":{"held":30}' in deed["after"]
    assert deed["after"].count('":"held"') == 25


def test_conditions_of_endpoints_are_told(parts):
    """Paused by whom, and that it was not before."""
    ask(parts, "pause", endpoint="push", reason="they move")

    (deed,) = deeds(parts, "pause")
    assert '"paused_by":""' in deed["before"]
    assert f'"paused_by":"{WHO}"' in deed["after"]


def test_a_body_is_handed_out_for_a_reason_that_is_kept(parts, tmp_path, monkeypatch):
    """Each piece of it; without a reason, or where nothing is called so, nothing is."""
    (copy,) = send(parts, tmp_path, edoc())
    with pytest.raises(Rejected, match="say why"):
        ask(parts, "body", id=copy, reason=" ")
    with pytest.raises(NotFound):
        ask(parts, "body", id="nobody", reason="look")
    monkeypatch.setattr(bodies, "PIECE", len(edoc()) - 10)
    first = ask(parts, "body", id=copy, reason="look")
    rest = ask(parts, "body", id=copy, reason="look", offset=first["next"])

    assert rest["next"] is None
    outcomes = [(deed["outcome"], deed["reason"]) for deed in deeds(parts, "body")]
    assert outcomes == [("done", "look")] * 2 + [("refused: not_found", "look"), ("refused: request.invalid", " ")]
    assert first["sha256"] in deeds(parts, "body")[0]["after"]


def test_a_body_comes_out_byte_for_byte(settings, tmp_path):
    """On standard output, in a file that others cannot read, and in JSON; small or large."""
    large = edoc(attachments=[("a.bin", random.Random(1).randbytes(700_000))])
    with alone(settings) as parts:
        (copy,) = send(parts, tmp_path, large)
    out = tmp_path / "out.edxml"

    told = bus("body", copy, "--out", out, "--reason", "look", "--json").json()
    assert out.read_bytes() == large
    assert out.stat().st_mode & 0o777 == 0o600
    assert (told["size"], told["out"]) == (len(large), str(out))
    assert bus("body", copy, "--reason", "look").out.encode() == large
    assert bus("body", copy, "--out", out, "--reason", "look").code == 1
    assert bus("body", copy).code == 2


def test_a_file_is_whole_or_not_there(settings, tmp_path):
    """Where nothing could be handed out no empty file stays."""
    with alone(settings):
        pass

    assert bus("body", "nobody", "--out", tmp_path / "none", "--reason", "look").code == 1
    assert not (tmp_path / "none").exists()


def test_the_audit_is_listed_in_pages(settings, tmp_path):
    """By who, what and since; each page says where the next begins."""
    with alone(settings) as parts:
        ids = send(parts, tmp_path, edoc())
        for _ in range(3):
            ask(parts, "hold", which={"ids": ids})

    first = bus("audit", "--what", "hold", "--limit", "2", "--json").json()
    rest = bus("audit", "--what", "hold", "--after", first["next"], "--json").json()
    assert [len(first["deeds"]), len(rest["deeds"]), rest["next"]] == [2, 1, None]
    assert bus("audit", "--who", "nobody", "--json").json()["deeds"] == []
    assert bus("audit", "--since", "0s", "--json").json()["deeds"] == []
    assert "hold: 1 done, 0 refused" in bus("audit").out


def test_verify_follows_the_chain(settings, tmp_path):
    """And names the first row that does not fit; a removed tail shows by the head that was noted."""
    with alone(settings) as parts:
        send(parts, tmp_path, edoc())
        ask(parts, "pause", endpoint="push")
    head = bus("audit", "--head").out.strip()
    assert bus("verify", "--head", head).code == 0
    assert bus("audit", "--head", "--json").json()["number"] == 2

    with closing(sqlite3.connect(settings.home / "journal.db")) as database, database:
        database.execute("DELETE FROM audit WHERE seq = 2")
    assert bus("verify").code == 0
    assert "row 2 of the audit: it was noted as the head and is gone" in bus("verify", "--head", head).out

    with closing(sqlite3.connect(settings.home / "journal.db")) as database, database:
        database.execute("UPDATE audit SET who = 'binh'")
    told = bus("verify", "--json")
    assert told.code == 1
    assert [one["code"] for one in told.json()["differences"]] == ["audit.chain"]
    assert bus("verify", "--head", "nonsense").code == 1


def test_nothing_of_a_body_is_in_the_audit(parts, tmp_path):
    """Digests, numbers and names of orders only."""
    (copy,) = send(parts, tmp_path, edoc(subject="V/v bí mật nhân sự"))
    ask(parts, "body", id=copy, reason="look")
    ask(parts, "cancel", which={"ids": [copy]})

    assert "nhân sự" not in str(deeds(parts))
