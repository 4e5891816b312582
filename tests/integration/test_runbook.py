"""The runbook of docs/operating.md, typed line by line into a bus that has every trouble it speaks of."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from adapters.rest.sandbox import RestSandbox
from bus.cli.shapes import COMMANDS, shape
from bus.control.parts import Parts
from bus.journal.states import State
from bus.secret import make_secret
from tests.buses import PUSHED, alone, ask, home, running, send, settle
from tests.clis import Ended, bus, commands
from tests.messages import RECIPIENT, SENDER, edoc
from tests.post_offices import PostOffice

#: Exit 1 is a finding of these: nobody listens at one of the endpoints; a copy is on its way by the line before.
MAY_FAIL = ("check", "replay", "hold")
DOCS = Path(__file__).parents[2] / "docs"
_BLOCK = re.compile(r"^```sh\n(.*?)^```", re.DOTALL | re.MULTILINE)
ROUTES = f"""
endpoints:
  mailbox: {{kind: mailbox}}
  so-y-te: {{kind: rest, url: "%s", idempotency: id}}
  so-y-te-moi: {{kind: rest, url: "%s", idempotency: id}}
partners:
  so-noi-vu: {{agencies: ["{SENDER}"], doors: {{api: {{key: "file:so-noi-vu"}}}}}}
  so-tai-chinh: {{agencies: ["{RECIPIENT}"], doors: {{api: {{key: "file:so-tai-chinh"}}}}}}
  so-y-te: {{agencies: ["{PUSHED}"]}}
routes:
  - {{name: health, when: {{recipient: "{PUSHED}"}}, to: so-y-te}}
  - {{name: inside, when: {{recipient: {{partner: any}}}}, to: mailbox}}
channels:
  truc-ban: {{kind: email, host: 127.0.0.1, port: %d, tls: none, from: bus@example.vn, to: [an@example.vn]}}
alerts:
  - {{name: dead, on: dead, to: truc-ban}}
"""


def lines(page: str) -> Iterator[str]:
    """Every ``bus`` command of a page's examples, without its comment."""
    for block in _BLOCK.findall(page):
        for line in block.splitlines():
            if line.startswith("bus "):
                yield re.split(r"\s#\s", line)[0].strip()


def every_line() -> list[str]:
    pages = sorted(DOCS.glob("*.md"))
    return sorted({line for page in pages for line in lines(page.read_text(encoding="utf-8")) if "…" not in line})


def runbook() -> list[str]:
    page = (DOCS / "operating.md").read_text(encoding="utf-8")
    return list(lines(page[page.index("## Runbook") : page.index("## Day to day")]))


@pytest.mark.parametrize("line", every_line())
def test_every_example_can_be_typed(line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its command exists, with these options and these values."""
    monkeypatch.chdir(tmp_path)
    words = shlex.split(line.partition(" > ")[0])[1:]
    for word in words:
        if word.endswith((".csv", ".edxml", ".json", ".yaml")):
            Path(word).touch()
    command, parent = commands(), None
    while words and words[0] in getattr(command, "commands", ()):
        parent = command.context_class(command, parent=parent, info_name="bus")
        command, words = command.commands[words[0]], words[1:]

    command.make_context(command.name, words, parent=parent)


@pytest.mark.parametrize("as_json", [False, True], ids=["for people", "as JSON"])
def test_the_runbook_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, as_json: bool) -> None:
    """Every line does what the page says it does, in the order in which it stands there; its JSON is what its schema says, and
    not a key more.
    """
    monkeypatch.setenv("BUS_AGENCY_CODE", "000.00.00.H62")
    with PostOffice().opened() as office, sandboxed() as sandbox:
        settings = home(tmp_path, ROUTES % (sandbox.url("so-y-te"), sandbox.url("so-y-te-moi"), office.port))
        make_secret(settings.secrets / "so-tai-chinh")
        monkeypatch.setenv("BUS_ROUTES", str(settings.routes))
        with alone(settings) as parts:
            given = _troubles(parts, tmp_path) | {"/var/lib/bus-new": str(tmp_path / "new"), "/backup": str(tmp_path)}
        with running(settings):
            for line in runbook():
                _typed(line, given, settings.home, as_json=as_json)


@contextmanager
def sandboxed() -> Iterator[RestSandbox]:
    """Partners that take what they get."""
    sandbox = RestSandbox()
    sandbox.start()
    try:
        yield sandbox
    finally:
        sandbox.stop()


def _troubles(parts: Parts, folder: Path) -> dict[str, str]:
    """Documents in every state the runbook speaks of, and what its placeholders stand for: of ``ID`` for each command."""
    dead = [send(parts, folder, edoc(document_id=f"dead-{number}", recipients=[PUSHED]))[0] for number in range(5)]
    for copy in dead:
        settle(parts, copy, State.DEAD, "auth" if copy in dead[:3] else "schema")
    (doubt,) = send(parts, folder, edoc(document_id="doubt", recipients=[PUSHED]))
    settle(parts, doubt, State.IN_DOUBT, "timeout_after_send")
    (done,) = send(parts, folder, edoc(document_id="done", recipients=[PUSHED]))
    settle(parts, done, State.DELIVERED)
    send(parts, folder, edoc(document_id="offered", recipients=[RECIPIENT]))
    (group,) = {one["group"] for one in ask(parts, "groups")["groups"] if "/auth/" in one["group"]}
    ids = {"letter": dead[0], "trace": dead[0], "settle": doubt, "return": dead[3], "skip": dead[4]}
    number = ask(parts, "trace", id=dead[0])["copies"][0]["document_id"]
    return {"15/SYT-VP": number, "NAME": group, **{f"ID of {name}": id_ for name, id_ in ids.items()}}


def _fits(words: list[str], ended: Ended) -> None:
    name = next(" ".join(words[:count]) for count in (3, 2, 1) if " ".join(words[:count]) in COMMANDS)
    told = ended.json()
    assert set(told) == {"error"} or shape(name).validate_python(told) == told, words


def test_every_command_with_json_has_a_schema() -> None:
    """But for what runs until it is ended, and the schema itself."""
    having = {path for path, command in _leaves(commands()) if any(one.name == "as_json" for one in command.params)}

    assert having - {"schema"} == set(COMMANDS)
    for name in COMMANDS:
        assert bus("schema", *name.split(), "--json").json()


def _leaves(command: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    below = getattr(command, "commands", {})
    if path and (not below or command.invoke_without_command):
        yield path, command
    for name, one in below.items():
        yield from _leaves(one, f"{path} {name}".strip())


def _typed(line: str, given: dict[str, str], place: Path, *, as_json: bool) -> None:
    line = line.replace(" ID", f" {given.get(f'ID of {line.split()[1]}')}")
    for name, value in given.items():
        line = re.sub(rf"(?<![\w-]){re.escape(name)}(?![\w-])", value, line)
    words = shlex.split(line)[1:]
    if "--home" not in words:
        words += ["--home", str(place)]
    if words[0] == "recovery":
        words[words.index("--home") + 1] = given["/var/lib/bus-new"]
    told = as_json and "--csv" not in words
    ended = bus(*words, *(["--json"] if told else []))

    assert ended.code == 0 or words[0] in MAY_FAIL, (line, ended.out, ended.err)
    assert ended.code in (0, 1), (line, ended.err)
    if told:
        _fits(words, ended)
    if words[0] == "replay" and ended.code == 0 and "--dry-run" not in words:
        given["PLAN"] = bus("replays", "--home", place, "--json").json()["replays"][0]["replay"]
