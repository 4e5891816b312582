"""Routes looked at without sending: what is wrong with a text, and where a document would go."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import BinaryIO

import schemas
from bus.config import Problem, RoutesFile, RoutesInvalid
from bus.control.answers.orders import Reloaded
from bus.control.answers.routes import Checked, Explained, Led, ProblemTold, Taken, Tried
from bus.control.parts import Parts
from bus.errors import NotFound, Rejected
from bus.plan import Plan
from bus.planning import Planner
from bus.router import Explanation, Match, NoRoute, Routable
from schemas.content import Content, Invalid

_PIECE = 1 << 20


def check(parts: Parts, text: str, name: str = "routes.yaml") -> Checked:
    """Every problem of a routes text."""
    return check_text(parts.planner, text, name)


def route(parts: Parts, file: str, to: tuple[str, ...] = ()) -> Explained:
    """Where the document or report in a file would go by the routes in force; ``to``: to these, and not to whom it names.
    Raises Rejected where nobody is named.
    """
    content = parts.brought.received.content if parts.brought else read(Path(file))
    return explain(parts.holder.plan, content, parts.clock.now(), to)


def reload(parts: Parts) -> Reloaded:
    """Put the routes file in force now. Raises RoutesInvalid; then nothing has changed."""
    routes = read_routes(parts.planner, parts.settings.routes)
    before = parts.plan
    changed = parts.reload(routes, parts.who)
    parts.mark.change({"routes": before.routes.version if before else None}, {"routes": routes.version})
    return {"changed": changed, "routes_version": routes.version}


def read_routes(planner: Planner, path: Path) -> RoutesFile:
    """The routes of a file. Raises RoutesInvalid, and NotFound where it cannot be read."""
    try:
        return planner.read(path)
    except OSError as error:
        raise NotFound(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise NotFound(f"{path} is not UTF-8 text") from error


def check_text(planner: Planner, text: str, name: str) -> Checked:
    """Every problem of a routes text."""
    try:
        routes = planner.parse(text, name)
    except RoutesInvalid as invalid:
        return {"ok": False, "routes_version": None, "problems": problems(invalid.problems)}
    return {"ok": True, "routes_version": routes.version, "problems": problems(routes.warnings)}


def problems(found: Iterable[Problem]) -> list[ProblemTold]:
    """Problems as JSON."""
    return [
        {
            "file": one.file,
            "line": one.place.line,
            "column": one.place.column,
            "severity": str(one.severity),
            "code": one.code,
            "what": one.what,
            "write": one.write,
        }
        for one in found
    ]


def explain(plan: Plan, content: Content, at: int, to: Sequence[str] = ()) -> Explained:
    """Per recipient: where it would go, and every rule that was tried. Raises Rejected where nobody is named."""
    recipients = tuple(to) or content.recipients
    if not recipients:
        raise Rejected("request.invalid", f"a {content.type} names no recipient: say whom it would go to (--to)")
    subject = Routable(content.type, content.kind, content.sender)
    return {
        "type": content.type,
        "kind": content.kind,
        "sender": content.sender,
        "document_id": content.document_id,
        "routes_version": plan.routes.version,
        "recipients": [_explained(code, plan.router.explain(subject, code, at)) for code in recipients],
        "taps": [tap.to for tap in plan.router.taps(subject, recipients)],
    }


def _explained(written: str, said: Explanation) -> Led:
    tried: list[Tried] = [{"rule": one.rule, "matched": one.matched, "reason": one.reason} for one in said.tried]
    result = said.result
    successor = "" if isinstance(result, Match) else result.successor
    return {
        "written": written,
        "recipient": result.recipient,
        **taken(result),
        "successor": successor,
        "tried": tried,
    }


def taken(result: Match | NoRoute) -> Taken:
    """The rule that takes something, or why none does."""
    if isinstance(result, Match):
        return {"rule": result.rule.name, "endpoint": result.endpoint, "refused": ""}
    return {"rule": "", "endpoint": "", "refused": str(result.why)}


def read(path: Path) -> Content:
    """What the document or report in a file says. Raises Rejected as a door would, NotFound where there is no such file."""
    try:
        with path.open("rb") as file:
            return _read(file)
    except OSError as error:
        raise NotFound(f"{path} cannot be read: {error.strerror}") from error
    except Invalid as invalid:
        where = f" (line {invalid.line}, column {invalid.column})" if invalid.line else ""
        raise Rejected(invalid.code, invalid.detail + where) from invalid


def _read(file: BinaryIO) -> Content:
    reader = schemas.reader("either")
    while piece := file.read(_PIECE):
        reader.feed(piece)
    return reader.close()
