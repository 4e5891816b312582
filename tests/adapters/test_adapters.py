"""The table of adapters: every kind loads, and a typo gets advice."""

from __future__ import annotations

import subprocess
import sys

import pytest

import adapters
from bus.errors import NotFound


def test_kind_is_its_own_name() -> None:
    """What the table calls a kind is what the adapter calls itself."""
    assert [adapter.kind for adapter in adapters.all_adapters()] == list(adapters.KINDS)


def test_typo_gets_advice() -> None:
    """A name that is nearly right is answered with the right one."""
    with pytest.raises(NotFound, match="did you mean 'rest'"):
        adapters.load("rset")


def test_unknown_kind_gets_the_list() -> None:
    """A name that is like none is answered with all."""
    with pytest.raises(NotFound, match="there are rest, vxp, api, http, qlvb, lgsp"):
        adapters.load("carrier-pigeon")


def test_nothing_is_loaded_before_it_is_asked_for() -> None:
    """Importing the table imports no adapter."""
    program = "import sys, adapters; print([name for name in sys.modules if name.startswith('adapters.')])"
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"
