"""Signs of life of long work, on standard error: one line a step and tenth."""

from __future__ import annotations

from bus.cli import show


class Progress:
    """Told how far something is, says so now and then."""

    def __init__(self) -> None:
        self._said: tuple[str, int] = ("", -1)

    def __call__(self, what: str, done: int, total: int) -> None:
        """``done`` of ``total`` of a step."""
        tenth = 10 * done // total if total else 10
        if (what, tenth) != self._said:
            self._said = (what, tenth)
            show.complain(f"{what}: {10 * tenth} %")
