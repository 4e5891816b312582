"""The text of a letter: everything one round has to say of one rule. Vietnamese first, then English.

Says names of endpoints, partners, agencies and machines, counts and times; nothing of a document, no person, no secret.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import timedelta, timezone

from bus.alerts.found import Found
from bus.alerts.judging import Verdict
from bus.alerts.words import ENGLISH, NOWHERE, VIETNAMESE, WORDS, Language, Words, lasted, one_line
from bus.clock import instant, micros
from bus.config.alerts import Alert
from bus.journal.alerting import Letter, Row

_VIETNAM = timezone(timedelta(hours=7))
#: Things that are listed; of more it is said how many there are.
_LISTED = 50
#: Things that are named in a subject.
_NAMED = 3


def letters(rule: Alert, verdict: Verdict, now: int) -> list[Letter]:
    """One for each channel of the rule."""
    kind = "alert" if verdict.new or verdict.still else "over"
    subject, text = _subject(rule, verdict, kind), "\n".join(_text(rule, verdict, now))
    return [
        Letter(_key(rule.name, channel, now), channel, rule.name, kind, subject, text, made_at=now)
        for channel in rule.to
    ]


def when(at: int) -> str:
    """An instant as a clock in Vietnam shows it."""
    return instant(at).astimezone(_VIETNAM).strftime("%H:%M %d/%m/%Y")


def _key(rule: str, channel: str, now: int) -> str:
    return hashlib.sha256(f"{rule}\0{channel}\0{now}".encode()).hexdigest()[:32]


def _subject(rule: Alert, verdict: Verdict, kind: str) -> str:
    things = [one.thing for one in (*verdict.new, *verdict.still)] or [row.thing for row in verdict.over]
    named = ", ".join(one_line(thing, 40) for thing in things[:_NAMED])
    more = f" +{len(things) - _NAMED}" if len(things) > _NAMED else ""
    said = "CẢNH BÁO · ALERT" if kind == "alert" else "ĐÃ HẾT · OVER"
    return f"[Trục liên thông] {said} · {rule.name} ({rule.on}): {named}{more}"


def _text(rule: Alert, verdict: Verdict, now: int) -> Iterator[str]:
    yield from _in(VIETNAMESE, rule, verdict, now)
    yield "\n---- English ----"
    yield from _in(ENGLISH, rule, verdict, now)


def _in(language: Language, rule: Alert, verdict: Verdict, now: int) -> Iterator[str]:
    """All of it in one language."""
    words = WORDS[rule.on]
    said = words.of(language)
    if verdict.new or verdict.still:
        yield f"{rule.name}: {said.what}."
        lines = [_thing(language, one, now, language.new) for one in verdict.new]
        yield from _listed(language, [*lines, *(_thing(language, one, now, "") for one in verdict.still)])
        yield f"{language.side}: {said.side}."
        yield f"{language.todo}: {said.todo}."
    if verdict.over:
        yield f"{language.over}: {rule.name}, {said.what}."
        yield from _listed(language, [_ended(language, row) for row in verdict.over])
    yield f"{language.look}: {_look(words, verdict)}"
    if verdict.new or verdict.still:
        yield language.again.format(_lasted(language, micros(rule.repeat)), rule.name)


def _thing(language: Language, one: Found, now: int, mark: str) -> str:
    much = one.vi if language is VIETNAMESE else one.en
    told = f": {one_line(much)}" if much else ""
    since = f"{language.since} {when(one.since)} ({_lasted(language, now - one.since)})"
    return f"  - {mark}{one_line(one.thing)}{told}, {since}"


def _ended(language: Language, row: Row) -> str:
    ended = row.gone_at if row.gone_at is not None else row.since
    lasted_ = _lasted(language, ended - row.since)
    return f"  - {one_line(row.thing)}: {when(row.since)} - {when(ended)} ({lasted_})"


def _listed(language: Language, lines: Sequence[str]) -> Iterator[str]:
    yield from lines[:_LISTED]
    if len(lines) > _LISTED:
        yield f"  - {language.more.format(len(lines) - _LISTED)}"


def _lasted(language: Language, duration: int) -> str:
    vi, en = lasted(duration)
    return vi if language is VIETNAMESE else en


def _look(words: Words, verdict: Verdict) -> str:
    """The command for the first thing: the same goes for the others."""
    things = [*(one.thing for one in (*verdict.new, *verdict.still)), *(row.thing for row in verdict.over)]
    thing = one_line(things[0])
    return words.look.replace(" --endpoint {thing}", "" if thing == NOWHERE else f" --endpoint {thing}")
