"""``expectations``: what must arrive by when, and what has not."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from bus.cli import show, words
from bus.cli.guard import add
from bus.cli.line import opened
from bus.cli.options import Home, Json, settings


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    add(app, expectations)


def expectations(
    rule: Annotated[str, typer.Option(help="Of this rule under expectations: in routes.yaml.")] = "",
    who: Annotated[str, typer.Option(help="Owed by this agency.")] = "",
    office: Annotated[str, typer.Option(help="Followed by this agency.")] = "",
    overdue: Annotated[bool, typer.Option("--overdue", help="Only what is overdue.")] = False,
    closed: Annotated[bool, typer.Option("--closed", help="What came, or is owed no more; the latest first.")] = False,
    limit: Annotated[int, typer.Option(help="So many at the most.", min=1, max=10_000)] = 50,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """What must arrive by when: receipts, answers and reports that are owed, and who is silent.

    Examples:  bus expectations --overdue   ·   bus expectations --who 000.00.07.H62
    """
    with opened(settings(home)) as line:
        told = line.call("expectations", rule=rule, who=who, office=office, overdue=overdue, closed=closed, limit=limit)
    if as_json:
        show.as_json(told)
    else:
        _page(told)


def _page(told: dict[str, Any]) -> None:
    for one in told["rules"]:
        since = f", quá hạn từ · since {words.when(one['overdue_since'])}" if one["overdue"] else ""
        show.say(
            f"{one['rule']} ({one['on']}): {one['owed']} còn chờ · owed, {one['overdue']} quá hạn · overdue{since}"
        )
    for one in told["silence"]:
        silent = "im lặng · silent" if one["silent"] else "có tin · heard"
        show.say(f"{one['rule']}: {one['source']} {silent}, {words.when(one['heard_at'])}")
    rows(told["rows"])


def rows(some: list[dict[str, Any]]) -> None:
    """What is owed, as a table."""
    show.table(
        ("due", "", "rule", "who", "name", "for", "version", "reminders"),
        [
            (
                words.until(one["due_at"]),
                _stands(one),
                one["rule"],
                f"{one['who']} {one['who_name']}".rstrip(),
                one["name"],
                one["key"],
                one["version"] or "",
                one["reminders"] or "",
            )
            for one in some
        ],
    )


def _stands(one: dict[str, Any]) -> str:
    if one["waived_at"] and not one["closed_at"]:
        return f"miễn · waived ({one['waived_by']}: {one['waived_reason']})"
    if one["closed_at"]:
        late = one["outcome"] == "fulfilled" and one["closed_at"] > one["due_at"]
        return "đến muộn · late" if late else one["outcome"]
    return "QUÁ HẠN · OVERDUE" if one["overdue"] else "chờ · owed"
