"""``body``: a stored document handed out, for a reason that is kept."""

from __future__ import annotations

import os
import sys
from base64 import b64decode, b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from bus.cli import show
from bus.cli.guard import add
from bus.cli.line import Line, opened
from bus.cli.options import Home, Json, settings
from bus.errors import BusError


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    add(app, body)


def body(
    id: Annotated[str, typer.Argument(help="A copy: its body as it is now. A message: as it came.")],  # noqa: A002 - the word people use
    reason: Annotated[str, typer.Option(help="Why you look at it; kept in the audit.")],
    out: Annotated[Path | None, typer.Option(help="A new file for it (0600); else standard output.")] = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """A stored document, byte for byte. Who took it out, and why, is in the audit before the first byte is.

    Example:  bus body 01kbz6y3v5d8w3k0q2m4n6p8r2 --out cong-van.edxml --reason "they say it cannot be read"
    """
    with opened(settings(home)) as line:
        taken = pieces(line, id, reason)
        if out:
            told = _save(taken, out)
            show.as_json(told) if as_json else show.say(f"{told['size']} bytes, SHA-256 {told['sha256']}, in {out}")
        elif as_json:
            show.as_json(_whole(taken))
        else:
            for _, data in taken:
                sys.stdout.buffer.write(data)


def _save(taken: Iterator[tuple[dict[str, Any], bytes]], out: Path) -> dict[str, Any]:
    """Write a body into a new file, whole or not at all."""
    told: dict[str, Any] = {}
    try:
        with os.fdopen(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            try:
                for told, data in taken:  # noqa: B007 - the last word on it
                    file.write(data)
            except BaseException:
                out.unlink()
                raise
    except OSError as error:
        raise BusError(f"{out} cannot be written: {error.strerror}") from error
    return {"sha256": told["sha256"], "size": told["size"], "out": str(out)}


def _whole(taken: Iterator[tuple[dict[str, Any], bytes]]) -> dict[str, Any]:
    all_ = list(taken)
    data = b"".join(piece for _, piece in all_)
    told, _ = all_[-1]
    return {"sha256": told["sha256"], "size": told["size"], "data": b64encode(data).decode()}


def pieces(line: Line, id_: str, reason: str) -> Iterator[tuple[dict[str, Any], bytes]]:
    """A body piece by piece, each with what is said of it. Raises BusError where it changes meanwhile."""
    offset, sha256 = 0, ""
    while offset is not None:
        told = line.call("body", id=id_, reason=reason, offset=offset)
        if sha256 not in ("", told["sha256"]):
            raise BusError(f"the body of {id_} was changed while it was handed out: ask again")
        yield told, b64decode(told["data"])
        offset, sha256 = told["next"], told["sha256"]
