"""Whatever is told to people is told in Vietnamese and in English: of every rule, with what it found, and that it is over."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from sqlalchemy import text

from bus.alerts.judging import Verdict
from bus.alerts.letters import letters
from bus.alerts.troubles import JOURNAL_VI
from bus.alerts.words import DIFFERENCES
from bus.breaker import BreakerPolicy, after_dead
from bus.clock import MICROS
from bus.config.alerts import ALERTS
from bus.daemon import Daemon
from bus.journal import health
from bus.journal.alerting import Row
from bus.journal.notes import Condition
from bus.journal.states import State
from tests.alerted import alerted, mail_to, move, told
from tests.buses import PUSHED, ask, free_port
from tests.contracts.certificates import Authority
from tests.integration.test_alert_questions import HOUR, Set, call, condition, document, write
from tests.messages import RECIPIENT

#: Every kind of rule, and what makes it find something in what the test does.
RULES = {
    **dict.fromkeys(sorted(ALERTS), ""),
    "breaker": ", longer_than: 0s",
    "certificate": ", within: 9999d",
    "disk": ", less_than: 5GB",
    "failure_rate": ", at_least: 1, within: 1d",
    "oldest_waiting": ", longer_than: 1h",
    "silence": ", longer_than: 1h, during: always, partner: so-noi-vu",
    "unfetched": ", longer_than: 1h",
}
#: An answer that is long due.
_OWED = """
INSERT INTO expectations (id, rule, kind, who, asker, key, message, office, name, opened_at, due_at, closed_by, outcome,
    version, returned, reminders) VALUES ('e', 'tra-loi', 'answer', 'a', 'b', 'd', 'm', '', '15', 1, 2, '', '', 0, 0, 0)
"""
DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture
def told_of(tmp_path: Path) -> Mapping[str, str]:
    """By kind of rule the letter of a bus on which everything goes on that rules are about."""
    ca = Authority(tmp_path / "ca").pair.cert
    rules = [f"name: {kind}, on: {kind}{more}" for kind, more in RULES.items()]
    other = mail_to(free_port()).replace("tls: none", f"ca_file: {ca}")
    clock = Set()
    owed = "expectations: [{name: tra-loi, on: answer}]\n"
    routes = told(free_port(), *rules, more=f"  khac: {other}\n") + owed
    with alerted(tmp_path, routes, clock) as daemon:
        move(daemon, 1)
        _everything(daemon, tmp_path)
        clock.set(60)
        move(daemon, 2 * HOUR)
        move(daemon, 1)
        with daemon.home.journal.store.reading() as connection:
            return {row.rule: row.text for row in connection.execute(text("SELECT rule, text FROM alert_letters"))}


def _everything(daemon: Daemon, folder: Path) -> None:
    """Trouble of every kind but that of the clock, which comes by itself."""
    daemon.alerts.machine.free = lambda _folder: 1 << 30
    ask(daemon.parts(), "pause", endpoint="push")
    call(daemon, folder, "dead", State.DEAD)
    document(daemon, folder, "waits", PUSHED)
    document(daemon, folder, "offered", RECIPIENT)
    (held,) = document(daemon, folder, "held", PUSHED)
    write(daemon, f"UPDATE copies SET state = 'held', reason = 'conflict' WHERE id = '{held}'")
    write(daemon, "UPDATE messages SET copies_accepted = 2 WHERE key = 'offered'")
    write(daemon, _OWED)
    daemon.room._disks._free = lambda _folder: 0
    condition(daemon, after_dead(Condition("push"), BreakerPolicy(dead=1), daemon.home.clock.now()))


def test_every_rule_speaks_both_languages(told_of: Mapping[str, str]) -> None:
    """Line by line: what goes on, what was found, whose side, what to do. English has no Vietnamese in it, and no line of the
    Vietnamese is English.
    """
    assert sorted(told_of) == sorted(ALERTS)
    for kind, letter in told_of.items():
        vi, en = (half.strip().splitlines() for half in letter.split("---- English ----"))
        assert len(vi) == len(en), kind
        for line, same in zip(vi, en, strict=True):
            assert_both(line, same)


def assert_both(vi: str, en: str) -> None:
    """A line in both languages; of a thing what is said of it, between its name and since when."""
    if found := re.fullmatch(r"  - MỚI: (?P<thing>.+?): (?P<what>.+), từ .+", vi):
        same = re.fullmatch(rf"  - NEW: {re.escape(found['thing'])}: (.+), since .+", en)
        assert same, (vi, en)
        vi, en = found["what"], same[1]
    assert en.isascii(), en
    assert not vi.isascii(), vi


@pytest.mark.parametrize("kind", sorted(ALERTS))
def test_the_end_is_told_in_both_languages(kind: str) -> None:
    """As what began."""
    row = Row(kind, "push", MICROS, 2 * MICROS, 3 * MICROS)
    rule = ALERTS[kind].model_construct(name=kind, on=kind, to=("ops",))
    (letter,) = letters(rule, Verdict((), over=(row,)), 10 * MICROS)
    vi, en = (half.strip().splitlines() for half in letter.text.split("---- English ----"))

    assert vi[0].startswith("Đã hết: ")
    assert en[0].startswith("Over: ")
    assert_both(vi[0], en[0])


def test_what_the_account_and_the_journal_say_of_themselves() -> None:
    """Every difference an alert can find, and every trouble of a database."""
    codes = set(re.findall(r"^\| `(account\.\w+|body\.missing)` \|", (DOCS / "errors.md").read_text(), re.MULTILINE))
    troubles = {*health._SQLITE.values(), *health._POSTGRES.values(), *health._SYSTEM.values()}

    assert codes == set(DIFFERENCES)
    assert troubles <= set(JOURNAL_VI)
    for vi, en in [*DIFFERENCES.values(), *((vi, en) for en, vi in JOURNAL_VI.items() if en)]:
        assert_both(vi, en)
