"""A rule is unreachable exactly when no message can ever come to it."""

from __future__ import annotations

from itertools import product
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bus.config.codes import canonical_codes
from bus.config.models import Partner, Rule
from bus.config.reach import CodeBook, hidden

PARTNERS = {
    "p": Partner(agencies=("1", "2"), aliases={"1": ("one",)}),
    "q": Partner(agencies=("3",)),
}
BOOK = CodeBook(PARTNERS, canonical_codes(PARTNERS, {}))
CODES = ["1", "2", "3", "4", "unheard of"]

agencies = st.one_of(
    st.just("any"),
    st.sampled_from(["1", "one", "4"]),
    st.lists(st.sampled_from(["one", "2", "3", "4"]), min_size=1, max_size=3),
    st.sampled_from(["any", "p", "q", "nobody"]).map(lambda name: {"partner": name}),
)
kinds = st.sampled_from([("edoc", None), ("status", None), ("edoc", "new"), (None, ["01", "recall"]), (None, "02")])


@st.composite
def rules(draw: st.DrawFn) -> list[Rule]:
    count = draw(st.integers(1, 6))
    return [_rule(index, draw(agencies), draw(agencies), *draw(kinds)) for index in range(count)]


def _rule(index: int, recipient: Any, sender: Any, type_: Any, kind: Any) -> Rule:
    when = {"recipient": recipient, "sender": sender, "type": type_, "kind": kind}
    given_keys = {key: value for key, value in when.items() if value is not None}
    return Rule.model_validate({"name": f"r{index}", "when": given_keys, "to": "x"})


def _messages(rule: Rule) -> set[tuple[str, str, tuple[str, str]]]:
    """Every message the rule would take if it stood alone."""
    recipients, senders = (
        [code for code in CODES if (codes := BOOK.codes(condition)) is None or code in codes]
        for condition in (rule.when.recipient, rule.when.sender)
    )
    return set(product(recipients, senders, rule.when.cells()))


@given(rules())
def test_as_if_every_message_were_tried(given_rules: list[Rule]) -> None:
    """The answer is that of trying every recipient, sender, type and kind one by one."""
    found, before = [], set()
    for index, rule in enumerate(given_rules):
        messages = _messages(rule)
        if messages and messages <= before:
            found.append(index)
        before |= messages

    assert [index for index, _ in hidden(given_rules, BOOK)] == found


def test_those_who_take_it_before_are_named() -> None:
    """An operator sees which rules stand in front."""
    front = _rule(0, "1", "any", None, None), _rule(1, ["2", "3"], "any", None, None)
    late = _rule(2, {"partner": "any"}, "any", "edoc", None)

    assert list(hidden([*front, late], BOOK)) == [(2, ["r0", "r1"])]
