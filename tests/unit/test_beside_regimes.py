"""``bus check`` looks at rules for reports beside the regimes."""

from __future__ import annotations

from pathlib import Path

from bus.cli.beside_regimes import odd
from tests.owing import FINANCE, OFFICE, REGIME, regime, regimes_text
from tests.unit.routes_models import routes_of

ROUTES = f"""
endpoints: {{mailbox: {{kind: mailbox}}}}
partners: {{p: {{agencies: ["{OFFICE}", "{FINANCE}"], aliases: {{"{FINANCE}": ["H62.07"]}}}}}}
routes: [{{name: inside, when: {{recipient: {{partner: any}}}}, to: mailbox}}]
expectations: [{{name: bao-cao, on: report, since: 2026-01-01, regimes: [BC-MOT-CAU], aggregate: ["{OFFICE}", H62.07]}}]
"""


def test_rules_that_no_regime_answers_are_told_with_the_closest(tmp_path: Path) -> None:
    """A regime there is none of, and a unit that owes nothing; a unit under another spelling is the unit."""
    file, found = tmp_path / "regimes.yaml", routes_of(ROUTES)
    file.write_text(regimes_text(regime()), encoding="utf-8")
    of_regime, of_unit = odd(found, file)

    assert ("BC-MOT-CAU" in of_regime, f"'{REGIME}'" in of_regime) == (True, True)
    assert OFFICE in of_unit
    assert not list(odd(routes_of(ROUTES.partition("expectations")[0]), file))


def test_a_file_of_regimes_that_is_not_there_or_wrong_is_told(tmp_path: Path) -> None:
    """Nobody would owe anything, and nothing else would say so."""
    file, found = tmp_path / "regimes.yaml", routes_of(ROUTES)
    (missing,) = odd(found, file)
    file.write_text("regimes: [", encoding="utf-8")
    (wrong,) = odd(found, file)

    assert ("BUS_REGIMES" in missing, "regimes.yaml:" in wrong) == (True, True)
