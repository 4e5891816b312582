"""The command line as a newcomer meets it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.clis import bus

COMMANDS = [
    "run",
    "sandbox",
    "check",
    "route",
    "reload",
    "send",
    "status",
    "messages",
    "dead",
    "trace",
    "hold",
    "release",
    "cancel",
    "replay",
    "replays",
    "resend",
    "settle",
    "pause",
    "resume",
    "verify",
    "alerts",
    "statement",
    "partner",
    "bench",
]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(name):
    """Each command has a help text, and none is missing from the overview."""
    assert name in bus("--help").out
    told = bus(name, "--help")
    assert told.code == 0
    assert len(told.out.splitlines()[2].strip()) > 10


@pytest.mark.parametrize("name", ["replay", "sandbox", "bench", "doubts"])
def test_examples_stand_by_themselves(name):
    """Each on a line of its own, as it can be typed."""
    lines = bus(name, "--help").out.splitlines()
    (first,) = (place for place, line in enumerate(lines) if "Example" in line)
    examples = [line.removeprefix("  Examples:").strip() for line in lines[first : lines.index("", first)]]

    assert lines[first - 1] == ""
    assert all(one.startswith(("bus ", "curl ")) for one in examples)


def test_every_command_that_answers_takes_json():
    """All but those that stay until they are stopped can write JSON."""
    for name in set(COMMANDS) - {"run", "sandbox", "partner"}:
        assert "--json" in bus(name, "--help").out, name


def test_the_entry_point_imports_no_command():
    """Whoever imports the package pays for nothing: commands are imported when one is called."""
    program = (
        "import sys, bus.cli; print([n for n in sys.modules if n.startswith(('bus.cli.', 'typer', 'sqlalchemy'))])"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"
