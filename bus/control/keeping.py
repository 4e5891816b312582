"""Orders about what is kept."""

from __future__ import annotations

from typing import Any

from bus.control.parts import Parts


def backed_up(parts: Parts, folder: str, position: int, bytes: int, with_secrets: bool) -> dict[str, Any]:  # noqa: A002
    """Note that a backup was made: it is made by the command's own process, which only reads."""
    return {"folder": folder, "position": position, "bytes": bytes, "with_secrets": with_secrets, "by": parts.who}
