"""Known dialects: settings of the engine that are the same wherever a product is spoken to, one file each.

An endpoint that names one (``dialect: quang-nam``) says only what differs: mappings are filled key by key, and an entry
of ``auth`` from the dialect's of the same kind; any other list, and any single value, stands in place of the dialect's.
What is guessed in a file is marked so there, and can be written otherwise in ``routes.yaml`` without a new release.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

_SUFFIX = ".toml"
Settings = Mapping[str, Any]


def known(package: str = __name__) -> tuple[str, ...]:
    """The names of all dialects in a folder of them."""
    found = (one.name for one in files(package).iterdir())
    return tuple(sorted(name.removesuffix(_SUFFIX) for name in found if name.endswith(_SUFFIX)))


def settings_of(name: str, package: str = __name__) -> Settings:
    """What a dialect says. Raises ValueError for a name that is none."""
    if name not in known(package):
        raise ValueError(f"expected one of the dialects {', '.join(known(package))}")
    return tomllib.loads(files(package).joinpath(name + _SUFFIX).read_text("utf-8"))


def filled(written: object, package: str = __name__) -> object:
    """An endpoint's settings with what its dialect says of the rest. Raises ValueError."""
    name = written.get("dialect") if isinstance(written, Mapping) else None
    if not isinstance(written, Mapping) or not isinstance(name, str):
        return written
    return _joined(settings_of(name, package), written)


def _joined(usual: Settings, written: Settings) -> Settings:
    return {**usual, **{key: _one(key, usual.get(key), value) for key, value in written.items()}}


def _one(key: str, usual: object, value: object) -> object:
    if isinstance(usual, Mapping) and isinstance(value, Mapping):
        return _joined(usual, value)
    if key == "auth" and isinstance(usual, list) and isinstance(value, list):
        return _each(usual, value)
    return value


def _each(usual: list[Any], written: list[object]) -> list[object]:
    """Each entry filled from the first of its kind that no entry before it took."""
    left = list(usual)
    made: list[object] = []
    for entry in written:
        kind = entry.get("kind") if isinstance(entry, Mapping) else None
        like = next((one for one in left if one["kind"] == kind), None)
        if like is not None:
            left.remove(like)
        made.append(_joined(like, entry) if like and isinstance(entry, Mapping) else entry)
    return made
