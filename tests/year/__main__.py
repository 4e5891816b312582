"""``make year``: a reporting year of a province, played with a moved clock; the account of it, and exit 1 where it does not come out."""

from __future__ import annotations

import sys
import time

from bus import log
from tests.year.play import play
from tests.year.scenarios import three_levels, two_levels
from tests.year.told import Told


def main() -> int:
    """Play both years."""
    log.configure(level="warning")
    fine = True
    for scenario in (three_levels(), two_levels()):
        began = time.monotonic()
        told = play(scenario)
        sys.stdout.write(account(told, time.monotonic() - began))
        sys.stdout.flush()
        fine = fine and not told.wrong
    return 0 if fine else 1


def account(told: Told, seconds: float) -> str:
    """What came of a year, for people."""
    scenario = told.scenario
    levels = {level: len({one.unit for one in told.duties if one.level == level}) for level in _levels(told)}
    lines = [
        f"{scenario.name}: data that end from {scenario.begin} to {scenario.end} ({seconds:.0f} s)",
        f"  {told.regimes} regimes, {', '.join(f'{count} × {level}' for level, count in levels.items())}",
        f"  {len(told.duties)} reports owed; those of units: "
        + ", ".join(f"{count} {what}" for what, count in told.fates.most_common()),
        f"  {told.sent} reports taken at the doors: {', '.join(f'{count} {way}' for way, count in told.ways.most_common())}",
        f"  {told.refused} refused there and {told.returned} returned by the province, each with its cells named",
        f"  {told.versions} packets of the province made of them, {told.released} released with units missing",
        f"  {told.overdue} overdue at the end, and no others expected"
        if not told.wrong
        else f"  {told.overdue} overdue at the end",
        f"  {', '.join(f'the {name} holds {count}' for name, count in told.received.items())}; {told.asked} answers were lost, and asked for",
        *(f"  WRONG: {one}" for one in told.wrong[:20]),
        "  everything is accounted for" if not told.wrong else f"  {len(told.wrong)} things are not as they should be",
    ]
    return "\n".join(lines) + "\n\n"


def _levels(told: Told) -> list[str]:
    return list(dict.fromkeys(one.level for one in told.duties))


if __name__ == "__main__":
    sys.exit(main())
