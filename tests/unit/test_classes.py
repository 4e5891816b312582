"""Whatever a copy can fail for has words, and what has no words is nobody's invention."""

from __future__ import annotations

import unicodedata
from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bus.classes import CLASSES, Class, Policy, Side, of_copy, to_recipient
from bus.errors import FailureClass
from bus.journal.copy import NAMES, Copy
from bus.journal.fingerprint import Fingerprint, Place, fingerprint, parsed, place_of
from bus.journal.states import Reason, State
from bus.router import Why


def copy(state: State, reason: str = "", lane: str = "lane") -> Copy:
    values = {**dict.fromkeys(NAMES, ""), "state": state, "reason": reason, "lane": lane, "recipient": "r"}
    return Copy(**values)


def test_every_class_and_every_reason_has_words() -> None:
    """The failures of calls, the bus's own reasons, and why the routes take no message; and nothing else has."""
    assert set(CLASSES) == {*map(str, FailureClass), *map(str, Reason)}
    assert set(map(str, Why)) <= set(CLASSES)


@pytest.mark.parametrize("one", CLASSES.values(), ids=lambda one: str(one.name))
def test_no_words_are_missing(one: Class) -> None:
    """Both languages, composed letters, no full stop (a letter makes the sentences), a side and a policy."""
    texts = [getattr(one, field.name) for field in fields(one)]

    assert all(texts)
    assert isinstance(one.side, Side)
    assert isinstance(one.policy, Policy)
    assert all(unicodedata.is_normalized("NFC", text) and not text.endswith(".") and "|" not in text for text in texts)


def test_what_may_have_arrived_is_asked_about_at_the_recipients() -> None:
    """Whoever is to blame for not knowing."""
    unknown = [one for one in CLASSES.values() if one.policy == Policy.CONTRACT]

    assert len(unknown) == 3
    assert all(map(to_recipient, unknown))


@pytest.mark.parametrize(
    ("stands", "failed_as", "expected"),
    [
        (copy(State.DEAD, "schema"), None, "schema"),
        (copy(State.DEAD, "horizon"), "axis/horizon/-/connect", "horizon"),
        (copy(State.DEAD, "they never had it"), "axis/operator/-/bus", "operator"),
        (copy(State.DEAD, ""), "axis/operator/-/bus", "operator"),
        (copy(State.DEAD, "schema"), "mailbox/recipient_failed/-/mailbox", "recipient_failed"),
        (copy(State.DEAD, "cannot open it", lane=""), None, "recipient_failed"),
        (copy(State.DEAD, "cannot open it"), None, "operator"),
        (copy(State.HELD, "wrong annex"), "axis/auth/401/answer", "operator"),
        (copy(State.HELD, "loop"), "axis/loop/-/intake", "loop"),
        (copy(State.WAITING, "connect"), "axis/connect/-/connect", "connect"),
        (copy(State.WAITING, ""), "axis/connect/-/connect", None),
        (copy(State.IN_DOUBT, "lease_ended"), None, "lease_ended"),
        (copy(State.CANCELLED, "sent on paper"), None, "operator"),
        (copy(State.CANCELLED, "recalled"), None, "recalled"),
        (copy(State.EXPIRED, "expired"), None, "expired"),
        (copy(State.DELIVERED, ""), "axis/connect/-/connect", None),
        (copy(State.QUEUED, "connect"), "axis/connect/-/connect", None),
    ],
)
def test_the_class_of_a_copy(stands: Copy, failed_as: str | None, expected: str | None) -> None:
    """What it failed as decides; somebody's own words are theirs, also where they read like a class."""
    found = of_copy(stands, failed_as)

    assert (found.name if found else None) == expected


_NAMES = st.text(st.sampled_from("abcz09._-"), min_size=1, max_size=64).filter(lambda name: name != "-")


@given(endpoint=_NAMES | st.just(""), class_=st.sampled_from(sorted(CLASSES)), code=st.text(max_size=60))
def test_a_fingerprint_is_read_back_from_its_name(endpoint: str, class_: str, code: str) -> None:
    """Four parts whatever a partner calls its errors, short, and of letters that need no quotes."""
    made = fingerprint(endpoint, class_, code)

    assert made.name.isascii()
    assert len(made.name.split("/")) == 4
    assert len(made.code) <= 40
    assert parsed(made.name) == (made if made.code != "-" else made._replace(code=""))


@pytest.mark.parametrize("name", ["", "a", "a/b/c", "a/b/c/d/e", "a//c/d", "/b/c/d"])
def test_what_is_no_fingerprint(name: str) -> None:
    """Is read as none."""
    assert parsed(name) is None


def test_a_class_says_where_it_fails() -> None:
    """Unless something better is known, such as that the partner was asked."""
    assert [place_of(one) for one in ("connect", "tls", "auth", "route.none", "recipient_failed", "lease_ended")] == [
        "connect", "tls", "answer", "intake", "mailbox", "bus"
    ]  # fmt: skip
    assert fingerprint("axis", "auth", "15", Place.ASK) == Fingerprint("axis", "auth", "15", "ask")
