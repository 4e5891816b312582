"""``bus check`` looks at rules for reports beside the regimes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bus.cli.beside_regimes import odd, told_of
from tests.owing import FINANCE, OFFICE, REGIME, regime, regimes_text
from tests.unit.routes_models import routes_of

ROUTES = f"""
endpoints: {{mailbox: {{kind: mailbox}}}}
partners: {{p: {{agencies: ["{OFFICE}", "{FINANCE}"], aliases: {{"{FINANCE}": ["H62.07"]}}}}}}
routes: [{{name: inside, when: {{recipient: {{partner: any}}}}, to: mailbox}}]
expectations: [{{name: bao-cao, on: report, since: 2026-01-01, regimes: [BC-MOT-CAU], aggregate: ["{OFFICE}", H62.07]}}]
"""


def told(file: Path, routes: str = ROUTES) -> tuple[dict[str, Any], list[str]]:
    """What is told of the regimes, and of the rules beside them."""
    said: dict[str, Any] = {"ok": True, "problems": []}
    library = told_of(file, said)
    return said, list(odd(routes_of(routes), library, file))


def test_rules_that_no_regime_answers_are_told_with_the_closest(tmp_path: Path) -> None:
    """A regime there is none of, and a unit that owes nothing; a unit under another spelling is the unit."""
    file = tmp_path / "regimes.yaml"
    file.write_text(regimes_text(regime()), encoding="utf-8")
    said, (of_regime, of_unit) = told(file)

    assert (said["ok"], bool(said["regimes_version"])) == (True, True)
    assert ("BC-MOT-CAU" in of_regime, f"'{REGIME}'" in of_regime) == (True, True)
    assert OFFICE in of_unit
    assert told(file, ROUTES.partition("expectations")[0])[1] == []


def test_a_file_of_regimes_that_is_not_there_or_wrong_is_told_once(tmp_path: Path) -> None:
    """Nobody would owe anything, and nothing else would say so."""
    file = tmp_path / "regimes.yaml"
    none, (missing,) = told(file)
    file.write_text("regimes: [", encoding="utf-8")
    wrong, beside = told(file)

    assert (none["ok"], "BUS_REGIMES" in missing) == (True, True)
    assert (wrong["ok"], [one["file"] for one in wrong["problems"]], beside) == (False, ["regimes.yaml"], [])
