"""Replays for people: what one would do, how far it is, what became of each copy."""

from __future__ import annotations

import csv
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from bus.cli import show, words
from bus.cli.line import Line

Told = dict[str, Any]
#: Seconds between looks, and copies of one page of CSV.
_EVERY, _PAGE = 1.0, 5000

PHASES: Mapping[str, str] = MappingProxyType(
    {
        "freezing": "đang lập danh sách",
        "running": "đang gửi lại",
        "asking": "chờ cho phép",
        "paused": "tạm dừng",
        "stopped": "đã dừng hẳn",
        "done": "xong",
    }
)
OUTCOMES: Mapping[str, str] = MappingProxyType({**words.STATES, "refused": "không gửi được", "left": "chưa gửi"})
#: Why a copy does not go.
REFUSED: Mapping[str, str] = MappingProxyType(
    {
        "not_dead": "not dead any more · không còn ở trạng thái không giao được",
        "not_settled": "not settled · chưa kết thúc",
        "recalled": "recalled · đã bị thu hồi",
        "expired": "expired · đã hết hạn",
        "planned": "in another replay · đang trong đợt gửi lại khác",
        "sent_again": "being sent again · đang được gửi lại",
        "body_gone": "body kept no more · không còn nội dung",
        "no_route": "no route · không có đường đi",
        "goes_back": "would go back where it came from · sẽ quay về nơi gửi",
        "endpoint_gone": "endpoint not in the routes · điểm kết nối không còn",
        "out_of_order": "out of order, needs --yes · sai thứ tự, cần --yes",
        "unknown": "not there · không tìm thấy",
    }
)
#: Why a partner may get a copy a second time.
TWICE: Mapping[str, str] = MappingProxyType(
    {
        "delivered": "delivered before · đã giao trước đó",
        "doubted": "in doubt once · từng chưa rõ kết quả",
        "no_contract": "the partner promises nothing (idempotency: none) · bên nhận không bảo đảm lọc trùng",
    }
)


def preview(told: Told) -> None:
    """What would be, before it is."""
    show.say(f"{told['count']:,} would be replayed in {_duration(told['seconds'])}, oldest first · sẽ gửi lại")
    show.table(
        ("count", "endpoint", "class", "rule"),
        [(group["count"], group["endpoint"], group["reason"], group["rule"]) for group in told["groups"]],
    )
    for line in _warnings(told):
        show.say(line)
    show.table(
        ("copy", "state", "subject", "note"),
        [(one["copy"], words.state(one["state"]), one.get("subject", "")[:60], _note(one)) for one in told["copies"]],
    )


def begun(told: Told) -> None:
    """What became of an order. What a plan is still to send is not done."""
    goes_on = bool(told["replay"] and told["replay"]["planned"])
    taken = "in the replay below · đã đưa vào đợt gửi lại" if goes_on else "done"
    show.say(f"{told['done']:,} {taken}, {told['refused']:,} refused")
    if told["copies"]:
        show.table(
            ("copy", "state", "refused"),
            [(one["copy"], words.state(one["state"]), one["refused"]) for one in told["copies"]],
        )
    if goes_on:
        page(told["replay"])


def page(told: Told) -> None:
    """One replay."""
    for line in _page(told):
        show.say(line)


def table(replays: Sequence[Told]) -> None:
    """Many, newest first."""
    show.table(
        ("begun", "replay", "by", "state", "of", "gone", "arrived", "dead", "reason"),
        [
            (
                words.when(one["created_at"]),
                one["replay"],
                one["by"],
                _phase(one["state"]),
                f"{one['count']:,}",
                f"{one['count'] - one['planned'] - one['outcomes'].get('left', 0):,}",
                f"{_arrived(one):,}",
                f"{one['outcomes'].get('dead', 0):,}",
                one["reason"],
            )
            for one in replays
        ],
    )


def follow(line: Line, replay: str) -> None:
    """Show how far it is until nothing moves by itself any more. Ctrl-C ends the showing, not the replay."""
    try:
        _bar(line, replay)
    except KeyboardInterrupt:
        show.complain(f"the replay goes on: bus replays show {replay} --follow")
    page(line.call("replay_show", id=replay))


def as_csv(line: Line, replay: str) -> None:
    """Every copy of it, on standard output."""
    writer: Any = None
    for row in _copies(line, replay):
        if writer is None:
            writer = csv.DictWriter(sys.stdout, list(row))
            writer.writeheader()
        writer.writerow(row)


def _copies(line: Line, replay: str) -> Iterator[Told]:
    after: int | None = 0
    while after is not None:
        portion = line.call("replay_copies", id=replay, after=after, limit=_PAGE)
        after = portion["next"]
        yield from portion["copies"]


def _bar(line: Line, replay: str) -> None:
    with Progress(
        TextColumn("{task.description}"), BarColumn(), console=Console(stderr=True), transient=True
    ) as progress:
        task = progress.add_task("", total=None)
        while _moves(told := line.call("replay_show", id=replay)):
            ended = sum(told["outcomes"].values())
            left = f", {_duration(told['seconds_left'])} left" if told["seconds_left"] else ""
            text = f"{_phase(told['state'])}: {ended:,} of {told['count']:,}{left}"
            progress.update(task, description=text, total=told["count"], completed=ended)
            time.sleep(_EVERY)


def _moves(told: Told) -> bool:
    return told["ended_at"] is None and told["state"] not in ("asking", "paused") and not told["waits_for_daemon"]


def _page(told: Told) -> Iterator[str]:
    why = f" ({told['said_by']}: {told['why']})" if told["why"] else ""
    yield f"replay {told['replay']}: {_phase(told['state'])}{why}"
    yield f"by {told['by']} {words.when(told['created_at'])}  {told['reason']}".rstrip()
    yield f"asked: {told['asked']}  {_terms(told)}"
    outcomes = "   ".join(f"{name} · {OUTCOMES[name]}: {count:,}" for name, count in sorted(told["outcomes"].items()))
    yield f"{told['count']:,} copies: {told['planned']:,} to go, {told['out']:,} on their way   {outcomes}".rstrip()
    if told["seconds_left"]:
        yield f"the last goes in {_duration(told['seconds_left'])}"
    if told["state"] in ("asking", "paused"):
        yield f"it waits for you: bus replays resume {told['replay']}   ·   bus replays stop {told['replay']}"
    if told["waits_for_daemon"]:
        yield "it waits until the bus runs: bus run · chờ bus chạy"


def _terms(told: Told) -> str:
    said = [f"{told['rate']:g}/s", f"pauses at {told['stop_at']:.0%} failures"]
    said += [f"canary {told['canary']}"] if told["canary"] else []
    return ", ".join([*said, *(name for name in ("ask", "ramp") if told[name])])


def _warnings(told: Told) -> Iterator[str]:
    for code, count in told["twice"].items():
        yield f"may arrive twice · có thể đến hai lần: {count:,} {TWICE[code]}"
    if told["out_of_order"]:
        yield f"out of order · sai thứ tự: {told['out_of_order']:,} would arrive after something later of their document"
    if told["closed"]:
        yield f"may be refused · có thể bị từ chối: {told['closed']:,} to agencies that are closed by now"
    for code, count in told["refused"].items():
        yield f"will not go · sẽ không gửi: {count:,} {REFUSED[code]}"


def _note(one: Told) -> str:
    if one["refused"]:
        return "out of order: needs --yes" if one["code"] == "out_of_order" else f"refused: {one['refused']}"
    return "out of order" if one["out_of_order"] else ""


def _phase(name: str) -> str:
    return f"{name} · {PHASES[name]}"


def _arrived(one: Told) -> int:
    return int(one["outcomes"].get("delivered", 0) + one["outcomes"].get("offered", 0))


def _duration(seconds: float) -> str:
    hours, rest = divmod(round(seconds), 3600)
    return f"{hours} h {rest // 60} min" if hours else f"{rest // 60} min {rest % 60} s" if rest >= 60 else f"{rest} s"
