"""Says in our words what pydantic found wrong. No value of the file is ever repeated: it could be a secret."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, get_args

from pydantic import BaseModel, BeforeValidator, ValidationError

from bus.config.problems import Finding, Path, suggest
from bus.quantity import parse_duration, parse_rate, parse_share, parse_size

_UNITS: Mapping[Any, str] = {parse_duration: "30s or 15m", parse_size: "50MB", parse_rate: "10/s", parse_share: "20%"}
#: How ``bus/secret.py`` words its refusal of anything that is not the name of a secret.
_SECRET = "never the secret itself"  # noqa: S105 - a phrase

#: Pydantic's words for types, in those of somebody who writes YAML.
_PLAIN_WORDS = {
    "a valid string": "a text in quotes",
    "a valid list": "a text in quotes, or a list of them",
    "a valid tuple": "a text in quotes, or a list of them",
    "a valid boolean": "true or false",
    "a valid dictionary": "keys with values",
    "a valid date or datetime": "a day such as 2025-07-01",
}


def complaints(error: ValidationError, model: type[BaseModel], value: object, path: Path) -> Iterator[Finding]:
    """Every finding of one validation of ``value``, which stands at ``path``; one for each key and code."""
    found: dict[tuple[str, Path], Finding] = {}
    for detail in error.errors(include_url=False, include_input=False):
        finding = _finding(dict(detail), model, value, path)
        first = found.setdefault((finding.code, (*finding.path, finding.what)), finding)
        if first.write != finding.write:  # each arm of a union says what it expects
            found[finding.code, (*finding.path, finding.what)] = replace(
                first, write=f"{first.write}, or {finding.write}"
            )
    yield from found.values()


def bare_numbers(model: type[BaseModel], value: object, path: Path) -> Iterator[Finding]:
    """Numbers where a quantity needs its unit: pydantic would take ``poll: 3`` as three seconds."""
    for name, given in value.items() if isinstance(value, dict) else ():
        field = model.model_fields.get(name)
        unit = _unit(field.metadata, field.annotation) if field else None
        if unit and isinstance(given, int | float) and not isinstance(given, bool):
            yield Finding("routes.unit", (*path, name), f"the number of '{name}' has no unit", f"it like {unit}")


def _unit(metadata: list[Any], annotation: Any) -> str | None:
    for item in metadata:
        if isinstance(item, BeforeValidator) and item.func in _UNITS:
            return _UNITS[item.func]
    arguments = get_args(annotation)
    return next((unit for part in arguments if (unit := _unit(list(get_args(part)), part))), None)


def _finding(detail: dict[str, Any], model: type[BaseModel], value: object, path: Path) -> Finding:
    loc: Path = detail["loc"]
    where = (*path, *_present(value, loc))
    if detail["type"] == "extra_forbidden":
        key = str(loc[-1])
        return Finding(
            "routes.unknown_key", where, f"unknown key '{key}'", suggest(key, _keys_at(model, loc[:-1])), at_key=True
        )
    if detail["type"] == "missing":
        return Finding(
            "routes.missing_key", where, f"the key '{loc[-1]}' is missing", f"'{loc[-1]}: …' here", at_key=True
        )
    key, expected = _key(where), _expected(detail["msg"])
    if expected.endswith(_SECRET):
        return Finding("routes.inline_secret", where, f"'{key}' does not name a secret", expected)
    code = "routes.type" if detail["type"].endswith(("_type", "_parsing")) else "routes.value"
    return Finding(code, where, f"'{key}' has a wrong {code.removeprefix('routes.')}", expected)


def _present(value: object, loc: Path) -> Path:
    """The steps that stand in the file; pydantic adds names of its own for unions and the like."""
    steps: list[str | int] = []
    for step in loc:
        if _holds(value, step):
            value = value[step]  # type: ignore[index]
            steps.append(step)
    return tuple(steps)


def _holds(value: object, step: str | int) -> bool:
    return step in value if isinstance(value, dict) else isinstance(value, list) and step in range(len(value))


def _key(path: Path) -> str:
    return str(next((step for step in reversed(path) if isinstance(step, str)), ""))


def _expected(message: str) -> str:
    """Both pydantic and our own validators say what they expect; what they got stays out."""
    text = re.sub(r"^(Value error, )?(expected |Input should be )?", "", message)
    text = re.sub(r", got .*$", "", text, flags=re.DOTALL)
    return _PLAIN_WORDS.get(text.partition(",")[0], text)


def _keys_at(model: type[BaseModel], loc: Path) -> set[str]:
    """The keys of the model that stands at ``loc`` below another."""
    models = [model]
    for step in loc:
        fields = [found.model_fields[step] for found in models if isinstance(step, str) and step in found.model_fields]
        below = [found for field in fields for found in _models_in(field.annotation)]
        models = below or models
    return {field.alias or name for found in models for name, field in found.model_fields.items()}


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models_in(part)
