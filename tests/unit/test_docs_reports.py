"""The page on reports has every packet, rule, state, key and problem there is, and no other."""

from __future__ import annotations

import re
from pathlib import Path

from bus.config.regime_drafting import SECTIONS
from schemas.report.packets import QCVN_125
from schemas.report.peer_periods import PEERS
from schemas.report.regime import Regime
from schemas.report.rules import RULES
from schemas.report.states import MOVES, State
from tests.unit.test_docs import TOP, firsts, page, rows, section, words


def test_every_packet_is_told() -> None:
    """By the name QCVN 125 has for it, with our type and kind."""
    told = {row[0]: (words(row[1])[0], *words(row[2])) for row in rows(section(page("reports"), "Packets"))}

    assert told == {name: tuple(filter(None, ours)) for name, ours in QCVN_125.items()}


def test_every_rule_is_told_in_both_languages() -> None:
    """With what it costs, in the order of the code."""
    told = [[*words(row[0]), *row[1:]] for row in rows(section(page("reports"), "What may be wrong"))]
    vietnamese = [[*words(row[0]), row[1]] for row in rows(section(page("reports"), "Bằng tiếng Việt"))]

    assert told == [[one.code, f"{one.verdict}{', always' if one.fixed else ''}", one.what] for one in RULES.values()]
    assert vietnamese == [[one.code, one.what_vi] for one in RULES.values()]


def test_every_move_is_drawn() -> None:
    """The diagram has exactly the moves of the machine; each state is told."""
    text = section(page("reports"), "What becomes of a report")
    drawn = set(re.findall(r"^ +(\w+) --> (\w+)$", text, re.MULTILINE))

    assert drawn == {(before, after) for before, afters in MOVES.items() for after in afters}
    assert [words(row[0])[0] for row in rows(text)] == list(State)


def test_every_partner_with_codes_for_periods_is_told() -> None:
    """By name."""
    told = [words(row[0])[0] for row in rows(section(page("reports"), "Periods")) if len(row) == 6]

    assert told == list(PEERS)


def test_every_key_of_regimes_is_told() -> None:
    """Sections, and keys of a regime but for its code, which is the entry's, and its type, which is of the wire."""
    told = {words(row[0])[0] for row in rows(section(page("reports"), "regimes.yaml"))}
    keys = {word for row in rows(section(page("reports"), "regimes.yaml")) for word in words(row[0])}

    assert told >= set(SECTIONS)
    occasions = {"occasions"}  # told beside the periods they stand instead of
    assert keys == {*SECTIONS, *Regime.model_fields} - {"code", "type"} - occasions


def test_every_problem_of_regimes_is_told() -> None:
    """Those of the reading of YAML and of types too, under the name of this file."""
    config = Path(TOP / "bus" / "config")
    shared = "".join((config / f"{name}.py").read_text("utf-8") for name in ("reading", "complaints"))
    own = "".join((config / f"{name}.py").read_text("utf-8") for name in ("regime_drafting", "regime_checks"))
    codes = {f"regimes.{code}" for code in re.findall(r'"routes\.([a-z_]+)"', shared)}
    codes |= set(re.findall(r'"(regimes\.[a-z_]+)"', own))
    routes_only = {"regimes.unit", "regimes.inline_secret"}  # no quantity has a unit here, and no secret a place

    assert set(firsts(section(page("reports"), "Problems of regimes.yaml"))) == codes - routes_only
