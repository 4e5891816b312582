"""The event loop of load and sink: uvloop's where it is installed, for they are to cost little."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from importlib import import_module
from importlib.util import find_spec
from typing import Any, TypeVar

T = TypeVar("T")


def name() -> str:
    """Which it is."""
    return "uvloop" if find_spec("uvloop") else "asyncio"


def run(work: Coroutine[Any, Any, T]) -> T:
    """What ``work`` gives."""
    factory = import_module("uvloop").new_event_loop if find_spec("uvloop") else None
    with asyncio.Runner(loop_factory=factory) as runner:
        return runner.run(work)
