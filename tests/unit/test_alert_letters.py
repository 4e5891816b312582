"""The text of a letter: both languages, bounded, and nothing that could break a line."""

from __future__ import annotations

import pytest

from bus.alerts.found import Found
from bus.alerts.judging import Verdict
from bus.alerts.letters import letters
from bus.alerts.words import WORDS, lasted
from bus.clock import MICROS
from bus.config.alerts import ALERTS, Dead
from bus.journal.alerting import Row

NOW = 1_790_000_000 * MICROS  # 21:13:20 on 21/09/2026 in Vietnam
RULE = Dead(name="hong", on="dead", to=("ops", "hook"))


def found(thing: str) -> Found:
    return Found(thing, NOW - 3_900 * MICROS, "3 bản", "3 copies")


def test_a_letter_says_what_since_when_whose_side_and_what_to_do() -> None:
    """In Vietnamese first, then in English, with the command to look further; one for each channel."""
    ops, hook = letters(RULE, Verdict((), new=(found("push"),), still=(found("axis"),)), NOW)
    vi, en = ops.text.split("---- English ----")

    assert (ops.channel, hook.channel, ops.text) == ("ops", "hook", hook.text)
    assert ops.key != hook.key
    assert ops.subject == "[Trục liên thông] CẢNH BÁO · ALERT · hong (dead): push, axis"
    assert "MỚI: push: 3 bản, từ 20:08 21/09/2026 (1 giờ 5 phút)" in vi
    assert "NEW: push: 3 copies, since 20:08 21/09/2026 (1 h 5 min)" in en
    for text in (vi, en):
        assert "bus dead --endpoint push" in text
        assert "bus alerts snooze hong 2h" in text


def test_the_end_is_a_letter_of_its_own_kind() -> None:
    """With how long it lasted."""
    row = Row("hong", "push", NOW - 7200 * MICROS, NOW - 7000 * MICROS, NOW - 3600 * MICROS)
    (over, _) = letters(RULE, Verdict((), over=(row,)), NOW)

    assert over.kind == "over"
    assert over.subject == "[Trục liên thông] ĐÃ HẾT · OVER · hong (dead): push"
    assert "  - push: 19:13 21/09/2026 - 20:13 21/09/2026 (1 giờ)" in over.text


def test_of_many_things_some_are_listed() -> None:
    """And it is said how many more there are."""
    things = tuple(found(f"e{number}") for number in range(120))
    (letter, _) = letters(RULE, Verdict((), new=things), NOW)

    assert letter.subject.endswith(": e0, e1, e2 +117")
    assert "và 70 mục nữa" in letter.text
    assert "and 70 more" in letter.text
    assert len(letter.text) < 10_000


def test_names_break_no_line() -> None:
    """An agency's code may be any text."""
    (letter, _) = letters(RULE, Verdict((), new=(found("a\r\nBcc: x\x00"),)), NOW)

    assert "\r" not in letter.subject + letter.text
    assert "\n" not in letter.subject
    assert "a  Bcc: x" in letter.text


@pytest.mark.parametrize("kind", sorted(ALERTS))
def test_every_kind_has_words(kind: str) -> None:
    """All of them, in both languages."""
    words = WORDS[kind]

    assert all((words.vi.what, words.vi.side, words.vi.todo, words.en.what, words.en.side, words.en.todo, words.look))


@pytest.mark.parametrize(
    ("seconds", "vi", "en"),
    [
        (0, "0 giây", "0 s"),
        (59, "59 giây", "59 s"),
        (60, "1 phút", "1 min"),
        (3661, "1 giờ 1 phút", "1 h 1 min"),
        (86_400 * 3 + 3600 * 2 + 59, "3 ngày 2 giờ", "3 d 2 h"),
    ],
)
def test_durations_in_two_units(seconds: int, vi: str, en: str) -> None:
    """The largest two that say something."""
    assert lasted(seconds * MICROS) == (vi, en)
