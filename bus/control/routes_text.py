"""The routes file as an order changes it: judged before it counts, replaced whole, and never over what somebody else wrote meanwhile."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path

from bus.config import RoutesFile
from bus.control.client import NoDaemon
from bus.control.parts import Parts
from bus.errors import BusError, NotFound
from bus.secret import private_file


@dataclass(frozen=True, slots=True)
class RoutesText:
    """A routes file and what it says, in force or not."""

    path: Path
    text: str
    routes: RoutesFile


def read_text(parts: Parts) -> RoutesText:
    """The file as it is now. Raises RoutesInvalid where it is wrong already, NotFound where it cannot be read."""
    path = parts.settings.routes.resolve()
    try:
        text = path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise NotFound(f"{path} cannot be read: {error}") from error
    return RoutesText(path, text, parts.planner.parse(text, path.name))


@contextmanager
def replacing(parts: Parts, before: RoutesText, text: str) -> Iterator[None]:
    """What the block does is done once the new text is on disk, and before it takes the file's place and is in force.

    Raises BusError where that cannot be, or the file has changed meanwhile; the file then is as it was.
    """
    after = parts.planner.parse(text, before.path.name)
    with ExitStack() as stack:
        with _told():
            fresh = stack.enter_context(private_file(before.path))
            _write(fresh, text, before.path)
        yield
        with _told():
            if before.path.read_bytes() != before.text.encode("utf-8"):
                raise BusError(f"{before.path} was changed meanwhile: nothing was put in it; try again")
            fresh.replace(before.path)
            _sync(before.path.parent)
    with suppress(NoDaemon):  # it takes the file when it starts
        parts.reload(after, parts.who)


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise BusError(
            f"the bus cannot change its routes file: {error}; --dry-run shows what to write by hand"
        ) from error


def diff(before: RoutesText, text: str) -> str:
    """What changes, as ``diff -u`` says it."""
    lines = unified_diff(before.text.splitlines(), text.splitlines(), before.path.name, "new", n=1, lineterm="")
    return "\n".join(lines)


def _write(fresh: Path, text: str, like: Path) -> None:
    with fresh.open("wb") as file:
        file.write(text.encode("utf-8"))
        file.flush()
        os.fsync(file.fileno())
    shutil.copymode(like, fresh)
    status = like.stat()
    with suppress(PermissionError):
        os.chown(fresh, status.st_uid, status.st_gid)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
