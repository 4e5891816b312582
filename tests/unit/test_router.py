"""Per recipient the first matching rule wins, and the router can say why."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from bus.catalogue import CATALOGUE
from bus.config.models import Rule
from bus.directory import Directory
from bus.router import Explanation, Match, NoRoute, Routable, Router, Tried, Why
from tests.unit.routes_models import routes_of

NOW = int(datetime(2026, 6, 1, tzinfo=UTC).timestamp()) * 1_000_000
NEW = Routable("edoc", "new", "05")
TEXT = """
endpoints:
  mailbox: {kind: mailbox}
  so-tc: {kind: rest, url: x}
  axis: {kind: rest, url: x}
  archive: {kind: rest, url: x}
partners:
  snv: {agencies: ["05"], aliases: {"05": ["H62.05"]}}
  stc: {agencies: ["07", "071"]}
agencies:
  "09": {name: Sở Xa}
  "99": {closed: 2025-07-01, successor: "05"}
routes:
  - {name: finance, when: {recipient: "07", type: edoc}, to: so-tc}
  - {name: finance_recalls, when: {recipient: ["07", "071"], kind: "13"}, to: so-tc}
  - {name: inside, when: {recipient: {partner: any}, sender: {partner: any}}, to: mailbox}
  - {name: from_snv, when: {sender: "H62.05", kind: [new, update]}, to: axis}
taps:
  - {name: documents, when: {type: edoc}, to: archive}
  - {name: to_finance, when: {recipient: {partner: stc}}, to: archive}
"""
ROUTES = routes_of(TEXT)
ROUTER = Router(ROUTES, Directory.build(ROUTES))


def rule_for(subject: Routable, recipient: str) -> str:
    result = ROUTER.match(subject, recipient, NOW)
    return result.rule.name if isinstance(result, Match) else result.why


def test_the_first_matching_rule_wins() -> None:
    """Of several rules that would take it, the one that stands first does."""
    assert rule_for(NEW, "07") == "finance"
    assert rule_for(Routable("status", "13", "05"), "07") == "finance_recalls"
    assert rule_for(Routable("status", "01", "05"), "07") == "inside"


def test_each_recipient_goes_its_own_way() -> None:
    """One message, three recipients, three endpoints."""
    results = [ROUTER.match(NEW, code, NOW) for code in ("07", "05", "far away")]

    assert [result.endpoint for result in results if isinstance(result, Match)] == ["so-tc", "mailbox", "axis"]


def test_spellings_do_not_matter() -> None:
    """Recipient, sender and the codes of rules are compared in their canonical spelling."""
    result = ROUTER.match(Routable("edoc", "new", "H62.05"), " H62.05", NOW)

    assert isinstance(result, Match)
    assert (result.recipient, result.partner, result.rule.name) == ("05", "snv", "inside")
    assert rule_for(Routable("edoc", "update", "H62.05"), "far away") == "from_snv"


def test_three_ways_of_no_route() -> None:
    """A code nobody knows, a known one no rule takes, and a closed one are told apart."""
    stranger = Routable("edoc", "new", "stranger")

    assert ROUTER.match(stranger, "far away", NOW) == NoRoute("far away", Why.UNKNOWN)
    assert ROUTER.match(stranger, "09", NOW) == NoRoute("09", Why.NO_RULE)
    assert ROUTER.match(stranger, "99", NOW) == NoRoute("99", Why.CLOSED, "05")


def test_a_closed_code_is_closed_before_any_rule() -> None:
    """Also where a rule for everybody would take it; before its day the rule does."""
    assert rule_for(NEW, "99") == Why.CLOSED
    assert isinstance(ROUTER.match(NEW, "99", 0), Match)


def test_reasons_are_refusal_codes() -> None:
    """A door can refuse with the reason as it is."""
    assert {why.value for why in Why} <= set(CATALOGUE)


def test_explanation_names_what_did_not_hold() -> None:
    """Every rule up to the one that takes it is shown with its reason."""
    explained = ROUTER.explain(NEW, "05", NOW)

    assert explained == Explanation(
        ROUTER.match(NEW, "05", NOW),
        (
            Tried("finance", False, "recipient 05 is not 07"),
            Tried("finance_recalls", False, "recipient 05 is not 07 or 071; kind new is not 13"),
            Tried("inside", True, "all its conditions hold"),
        ),
    )


def test_explanation_of_a_closed_code_tries_no_rule() -> None:
    """No rule was asked, so none is shown."""
    assert ROUTER.explain(NEW, "99", NOW) == Explanation(NoRoute("99", Why.CLOSED, "05"), ())


RECIPIENTS = st.sampled_from(["05", "07", "071", "09", "H62.05", "far away"])
SENDERS = st.sampled_from(["05", "H62.05", "07", "09", "stranger"])
WHATS = st.sampled_from([("edoc", "new"), ("edoc", "recall"), ("status", "13"), ("status", "01"), ("report", "x")])


@given(RECIPIENTS, SENDERS, WHATS)
def test_explanation_agrees_with_the_match(recipient: str, sender: str, what: tuple[str, str]) -> None:
    """What is explained is what happens: the last rule tried is the one that matched, or none did."""
    subject = Routable(*what, sender)
    explained = ROUTER.explain(subject, recipient, NOW)

    matched = [tried.rule for tried in explained.tried if tried.matched]
    if isinstance(explained.result, Match):
        assert matched == [explained.result.rule.name] == [explained.tried[-1].rule]
    else:
        assert matched == []
        assert len(explained.tried) == len(ROUTES.routes)


@given(st.lists(st.sampled_from(ROUTES.routes), max_size=150), RECIPIENTS, SENDERS, WHATS)
def test_many_rules_are_taken_in_their_order(
    rules: list[Rule], recipient: str, sender: str, what: tuple[str, str]
) -> None:
    """However many there are, the one found at a look is the first of those whose conditions hold one by one."""
    router = Router(replace(ROUTES, routes=tuple(rules)), Directory.build(ROUTES))
    explained = router.explain(Routable(*what, sender), recipient, NOW)

    matched = [tried.matched for tried in explained.tried]
    if isinstance(explained.result, Match):
        assert matched == [False] * (len(matched) - 1) + [True]
        assert explained.result.rule is rules[len(matched) - 1]
    else:
        assert matched == [False] * len(rules)


def test_taps_listen_beside_the_routes() -> None:
    """Every tap whose conditions hold for some recipient gets one copy; routes take nothing from it."""
    assert [tap.name for tap in ROUTER.taps(NEW, ["05"])] == ["documents"]
    assert [tap.name for tap in ROUTER.taps(NEW, ["05", "07"])] == ["documents", "to_finance"]
    assert ROUTER.taps(Routable("status", "01", "07"), ["05"]) == ()
