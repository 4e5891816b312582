"""Orders about what is kept."""

from __future__ import annotations

from bus.control.answers.keeping import BackedUp
from bus.control.parts import Parts


def backed_up(parts: Parts, folder: str, position: int, bytes: int, with_secrets: bool) -> BackedUp:  # noqa: A002
    """Note that a backup was made: it is made by the command's own process, which only reads."""
    return {"folder": folder, "position": position, "bytes": bytes, "with_secrets": with_secrets, "by": parts.who}
