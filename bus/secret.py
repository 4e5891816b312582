"""A secret is a name, never a value: ``file:NAME`` under ``BUS_HOME/secrets``, ``env:NAME`` in the environment.

Values are read when they are used and kept for a second, so a rotated file counts at once, and never leave
this module's callers: nothing here has a ``repr`` that shows one.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex, token_urlsafe
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator

from bus.errors import BusError, SecretMissing

#: Seconds a value is kept.
_KEPT = 1.0
_NAME = re.compile(r"(file|env):[A-Za-z0-9._-]{1,100}")


def _check_name(name: str) -> str:
    if not _NAME.fullmatch(name):
        msg = "expected file:NAME (a file under BUS_HOME/secrets) or env:NAME, never the secret itself"
        raise ValueError(msg)
    return name


def as_list(value: object) -> object:
    """A list of one, where a text stands for it."""
    return [value] if isinstance(value, str) else value


SecretName = Annotated[str, AfterValidator(_check_name)]
#: One name or several: the first is used to send, any of them opens a door (rotation without a gap).
SecretNames = Annotated[list[SecretName], BeforeValidator(as_list)]


def make_secret(path: Path, *, replace: bool = False) -> str:
    """A fresh secret in a file that only its owner can read. Raises BusError where there is one already."""
    value = token_urlsafe(32)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with private_file(path) as fresh:
        _write(fresh, value + "\n")
        _put(fresh, path, replace=replace)
    return value


@contextmanager
def private_file(path: Path) -> Iterator[Path]:
    """An empty file beside a path that only its owner can read, to be filled and put in its place; else it is gone."""
    fresh = path.with_name(f".{path.name}.{token_hex(4)}")
    os.close(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        yield fresh
    finally:
        fresh.unlink(missing_ok=True)


def _write(fresh: Path, text: str) -> None:
    """On disk before it has its name: half a secret would lock somebody out, or let anybody in."""
    with fresh.open("w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _put(fresh: Path, path: Path, *, replace: bool) -> None:
    if replace:
        fresh.replace(path)
        return
    try:
        path.hardlink_to(fresh)
    except FileExistsError:
        raise BusError(f"{path} exists already; --replace overwrites it") from None


class Secrets:
    """Looks secrets up by name below one ``BUS_HOME``."""

    def __init__(self, home: Path, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._folder = home / "secrets"
        self._monotonic = monotonic
        self._kept: dict[str, tuple[float, bytes]] = {}

    def value(self, name: str) -> bytes:
        """The secret's bytes, without a final line break.

        Raises :class:`SecretMissing` where the file or variable does not exist, is empty, or where
        the file can be read by others than its owner.
        """
        now = self._monotonic()
        read_at, value = self._kept.get(name, (0.0, b""))
        if not value or now - read_at > _KEPT:
            value = self._read(name)
            self._kept[name] = (now, value)
        return value

    def values(self, names: list[str]) -> list[bytes]:
        """All that can be read; raises :class:`SecretMissing` only where none can."""
        found = [value for name in names if (value := self._try(name))]
        if not found:
            raise SecretMissing(", ".join(names))
        return found

    def _read(self, name: str) -> bytes:
        source, _, key = name.partition(":")
        value = self._from_file(name, key) if source == "file" else os.environb.get(key.encode(), b"")
        if not value:
            raise SecretMissing(name)
        return value

    def _try(self, name: str) -> bytes | None:
        try:
            return self.value(name)
        except SecretMissing:
            return None

    def _from_file(self, name: str, key: str) -> bytes:
        path = self._folder / key
        try:
            if path.stat().st_mode & 0o077:
                raise SecretMissing(name, f"{path} can be read by others: chmod 600 {path}")
            return path.read_bytes().rstrip(b"\r\n")
        except OSError as error:
            raise SecretMissing(name, f"{path}: {error.strerror}") from error
