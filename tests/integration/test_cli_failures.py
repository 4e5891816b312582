"""What fails, on the command line: groups, letters, doubts, endpoints, counts and exports."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bus.cli import exporting
from bus.journal.states import State
from tests.buses import PUSHED, alone, home, running, send, settle
from tests.clis import bus
from tests.messages import edoc

SCHEMA = "push/schema/-/answer"


@pytest.fixture
def settings(tmp_path, monkeypatch):
    made = home(tmp_path)
    monkeypatch.setenv("BUS_HOME", str(made.home))
    monkeypatch.setenv("BUS_ROUTES", str(made.routes))
    return made


@pytest.fixture
def copies(settings, tmp_path):
    """One dead, one in doubt."""
    with alone(settings) as parts:
        (dead,) = send(parts, tmp_path, edoc(recipients=[PUSHED], document_id="=1+1", subject="@SUM(A1)"))
        settle(parts, dead, State.DEAD, "schema")
        (doubtful,) = send(parts, tmp_path, edoc(recipients=[PUSHED], document_id="d2"))
        settle(parts, doubtful, State.IN_DOUBT, "timeout_after_send")
    return dead, doubtful


def test_a_group_is_taken_noted_snoozed_and_found_again(copies):
    """By commands alone; what was not said of it stays."""
    assert SCHEMA in bus("groups").out
    told = bus("group", SCHEMA, "--own", "lan", "--ticket", "https://t.local/17", "--note", "đã gọi")
    assert told.code == 0
    assert all(word in told.out for word in ("lan", "https://t.local/17", "đã gọi", copies[0], "Kính gửi", "schema"))
    assert "To: " in bus("group", SCHEMA, "--lang", "en").out
    assert bus("group", SCHEMA, "--snooze", "3d").code == 0
    assert SCHEMA not in bus("groups").out
    assert [one["owner"] for one in bus("groups", "--all", "--json").json()["groups"]] == ["lan", ""]
    assert bus("group", SCHEMA, "--snooze", "no", "--own", "").code == 0
    assert SCHEMA in bus("groups").out
    assert bus("group", SCHEMA, "--json").json()["owner"] == ""
    assert bus("group", "nothing/of/that/name").code == 1


def test_a_letter_is_text_and_nothing_else(copies):
    """In either language; a copy that has not failed has none."""
    assert bus("letter", copies[0]).out.startswith("Kính gửi: ")
    assert bus("letter", copies[0], "--lang", "en").out.startswith("To: ")
    assert bus("letter", "nobody").code == 1


def test_doubts_are_shown_and_settled(copies):
    """A look first, then the word."""
    assert copies[1] in bus("doubts").out
    dry = bus("settle", "--endpoint", "push", "--as", "delivered", "--dry-run")
    assert (dry.code, "1 would be settled" in dry.out) == (0, True)
    assert bus("doubts", "--json").json()["copies"][0]["copy"] == copies[1]
    assert bus("settle", "--endpoint", "push", "--as", "delivered").code == 0
    assert bus("doubts", "--json").json()["copies"] == []
    assert bus("settle", "--as", "delivered", "--dry-run").code == 2


def test_what_it_means_is_said_where_it_is_shown(copies):
    """By dead and by trace, in both languages."""
    for told in (bus("dead"), bus("trace", copies[0])):
        assert "format" in told.out
        assert "định dạng" in told.out


def test_one_filter_counts_lists_and_exports(copies):
    """The same words everywhere."""
    assert bus("messages", "--group", SCHEMA, "--count").out == "1\n"
    assert bus("messages", "--rule", "health", "--attempts", "1", "--count", "--json").json() == {
        "count": 2,
        "more": False,
    }
    assert bus("messages", "--unchanged", "2h", "--count").out == "0\n"
    assert [one["copy"] for one in bus("messages", "--group", SCHEMA, "--json").json()["copies"]] == [copies[0]]
    assert bus("replay", "--group", SCHEMA, "--dry-run", "--json").json()["count"] == 1
    assert bus("cancel", "--text", "sum a1").code == 0
    assert bus("messages", "--group", SCHEMA, "--count").out == "0\n"


def test_an_export_has_all_that_fits_and_no_formula(copies, monkeypatch):
    """Over any number of pages; a cell that a spreadsheet would run is text."""
    monkeypatch.setattr(exporting, "_PAGE", 1)
    told = bus("messages", "--endpoint", "push", "--csv", "--limit", "1")

    rows = list(csv.DictReader(io.StringIO(told.out)))
    assert [row["copy"] for row in rows] == [copies[1], copies[0]]
    assert (rows[1]["document_id"], rows[1]["subject"], rows[1]["group"]) == ("'=1+1", "'@SUM(A1)", SCHEMA)
    assert bus("messages", "--csv", "--json").code == 2


@given(st.text() | st.none() | st.integers())
def test_no_cell_is_a_formula(value):
    """Whatever it holds; what is none stays as it is."""
    cell = exporting.safe(value)

    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert cell.removeprefix("'") == ("" if value is None else str(value)).removeprefix("'")


def test_endpoints_are_listed_by_a_daemon_too(settings):
    """And their conditions are those of the running bus."""
    with running(settings):
        assert bus("pause", "push", "--reason", "bảo trì").code == 0
        told = {one["endpoint"]: one for one in bus("endpoints", "--json").json()["endpoints"]}
        assert "paused by" in bus("endpoints").out
    assert told["push"]["pause_reason"] == "bảo trì"
    assert (told["mailbox"]["kind"], told["push"]["breaker"]) == ("mailbox", "closed")
