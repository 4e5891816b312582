"""Programs in other languages, run as a partner would run them."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

#: What ``tests/data/node/package-lock.json`` names; made by ``make test``, and by ``make .node/installed`` alone.
PACKAGES = Path(__file__).parents[1] / ".node" / "node_modules"
_PATIENCE = 60


def run(*command: str) -> str:
    """What a program says that ended well."""
    assert command[0] != "node" or PACKAGES.is_dir(), "make .node/installed makes them"
    known = {**os.environ, "NODE_PATH": str(PACKAGES)}
    made = subprocess.run(command, check=False, capture_output=True, text=True, timeout=_PATIENCE, env=known)
    assert made.returncode == 0, made.stderr
    return made.stdout
