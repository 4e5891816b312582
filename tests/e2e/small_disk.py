"""A file system of a few megabytes that can be filled to the last byte."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_PIECES = (1 << 20, 4 << 10, 512, 1)


class SmallDisk:
    """Mounted at :attr:`folder`; what others put on it is one file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._others = folder / "of-others"

    @property
    def free(self) -> int:
        """Bytes that may be written."""
        return shutil.disk_usage(self.folder).free

    def take(self, size: int) -> None:
        """Somebody else puts so many bytes on it."""
        with self._others.open("ab") as file:
            file.write(bytes(size))
            os.fsync(file.fileno())

    def fill(self) -> None:
        """Somebody else puts on it what it can hold."""
        with self._others.open("ab", buffering=0) as file:
            for piece in _PIECES:
                _fill(file.fileno(), bytes(piece))

    def clear(self) -> None:
        """What others put on it is gone."""
        self._others.unlink()


def _fill(descriptor: int, piece: bytes) -> None:
    try:
        while os.write(descriptor, piece):
            os.fsync(descriptor)
    except OSError as error:
        assert error.errno == errno.ENOSPC, error  # noqa: PT017 - any other is no full disk


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[SmallDisk]:
    """A disk of that size: a file mounted by a loop device, or else one in memory. Fails where neither can be had."""
    mounted, image = folder / "disk", folder / "disk.img"
    mounted.mkdir()
    with image.open("wb") as file:
        file.truncate(megabytes << 20)
    why = _run("mkfs.ext4", "-q", "-m", "0", str(image)) or _run("mount", "-o", "loop", str(image), str(mounted))
    if why and (other := _run("mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(mounted))):
        pytest.fail(
            f"a small disk is needed here, run this as root with mount and mkfs.ext4: {why}; {other}", pytrace=False
        )
    try:
        yield SmallDisk(mounted)
    finally:
        _run("umount", "-l", str(mounted))


def _run(*command: str) -> str:
    """Run a command of the system; why it failed, empty where it did not."""
    if shutil.which(command[0]) is None:
        return f"there is no {command[0]}"
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stderr.strip() or f"{command[0]} ended with {done.returncode}" if done.returncode else ""
