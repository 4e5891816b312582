"""No question that people ask reads a large table from end to end, on either database."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from sqlalchemy import Connection, event, text

from bus.journal import by_words, legal, sql
from bus.journal.ageing import Ageing
from bus.journal.browse import Browse
from bus.journal.groups import GroupReads
from bus.journal.migrate import upgrade
from bus.journal.pick import Filter
from bus.journal.statements import Statements
from bus.journal.states import State
from bus.journal.store import Store
from bus.journal.watched import Watched
from tests.journals import PATIENCE, in_file
from tests.messages import RECIPIENT, SENDER

LARGE = (
    "messages",
    "copies",
    "events",
    "attempts",
    "bodies",
    "search",
    "search_words",
    "search_vocabulary",
    "copies_summed",
)
#: Indexes over what is live, went aside, or is kept of groups: few rows, which a question may go through.
SMALL = (
    "copies_queued",
    "copies_due",
    "copies_offered",
    "copies_stuck",
    "copies_aside",
    "copies_failed",
    "copies_lane",
    "failure_groups",
    "group_notes",
    "legal_messages",
    "quarantine",
)
TIME = {"since": 1_700_000_000_000_000, "until": 1_800_000_000_000_000}

LISTS = {
    "all": Filter(),
    "further": Filter(after=1000),
    "time": Filter(**TIME),
    "text": Filter(text="bao cao th"),
    "number": Filter(number="15/QĐ-UBND", type="edoc"),
    "sender": Filter(senders=(SENDER,)),
    "recipient": Filter(recipients=(RECIPIENT, SENDER)),
    "endpoint": Filter(endpoint="axis", states=("delivered",)),
    "type": Filter(type="status", text="bao", **TIME),
    "reason": Filter(reason="schema"),
    "document": Filter(document_id="15"),
    "ids": Filter(ids=("a", "b"), senders=(SENDER,)),
    **{state: Filter(states=(state,), recipients=(RECIPIENT,), endpoint="axis", after=1000) for state in State},
    "group": Filter(group="axis/auth/15/answer", senders=(SENDER,), after=1000),
    "code": Filter(code="15"),
    "attempts": Filter(attempts=5, unchanged_since=1_700_000_000_000_000),
    "rule": Filter(rule="outside", text="bao"),
    "open": Filter(states=("queued", "waiting", "in_doubt"), senders=(SENDER,)),
}
#: What is asked for among what went aside, where that is much.
ASIDE = {"reason": Filter(reason="schema"), "dead": Filter(states=("dead", "expired"))}
QUESTIONS: dict[str, Callable[[Browse], object]] = {
    **{f"words: {name}": lambda browse, which=which: _by_words(browse, which) for name, which in ASIDE.items()},
    **{f"list: {name}": lambda browse, which=which: browse.copies(which) for name, which in LISTS.items()},
    "count": lambda browse: browse.count(Filter(states=("dead",)), 10),
    "behind": lambda browse: browse.behind(),
    "dead": lambda browse: browse.groups(Filter(states=("dead",), endpoint="axis")),
    "trace": lambda browse: browse.named("15/QĐ-UBND", 10),
    "copy": lambda browse: browse.copy("a"),
    "copies": lambda browse: browse.copies_of("a"),
    "calls": lambda browse: browse.attempts(["a", "b"]),
    "happened": lambda browse: browse.happened("a"),
    "behind what": lambda browse: browse.before_in_lane(1000, "lane"),
    "statuses": lambda browse: browse.reported(["a", "b"]),
    "overtaken": lambda browse: browse.overtaken(["a", "b"]),
    "replayed": lambda browse: browse.ids(Filter(states=("dead",), senders=(SENDER,))),
    "replayed, a group": lambda browse: browse.ids(Filter(states=("dead",), group="axis/auth/15/answer")),
    "replayed, by words": lambda browse: browse.ids(Filter(states=("dead",), text="bao cao", endpoint="none")),
    "groups": lambda browse: GroupReads(browse._store).all(),
    "group": lambda browse: GroupReads(browse._store).one("axis/auth/15/answer"),
    "held": lambda browse: browse.ids(Filter(states=("queued", "waiting", "offered"), endpoint="axis")),
    "ordered": lambda browse: browse.ids(Filter(ids=("a", "b"))),
    "counts": lambda browse: browse.counts(),
    "waiting": lambda browse: browse.waiting(),
    "work": lambda browse: browse.unfinished(),
    "unfetched": lambda browse: browse.unfetched(),
    "mailbox": lambda browse: browse.offered([RECIPIENT, SENDER], "edoc", None, None, 100),
    "mailbox, how many": lambda browse: browse.offered_count([RECIPIENT], "edoc"),
    "outbox": lambda browse: browse.sent([SENDER], "edoc", None, 100),
    "outbox, one": lambda browse: browse.sent([SENDER], None, "a", 100),
    "events": lambda browse: browse.events_after(5, 100),
    "last event": lambda browse: browse.last_event(),
    "alerts: dead": lambda browse: Watched(browse._store).dead("axis", 5),
    "alerts: held": lambda browse: Watched(browse._store).held("axis"),
    "alerts: quarantined": lambda browse: Watched(browse._store).quarantined("axis"),
    "alerts: statement": lambda browse: list(Statements(browse._store).lines([SENDER], 5, 10)),
    "alerts: waiting": lambda browse: Watched(browse._store).oldest_waiting(["axis", "push"]),
    "alerts: unfetched": lambda browse: Watched(browse._store).unfetched(RECIPIENT),
    "alerts: calls": lambda browse: Watched(browse._store).calls(5),
    "alerts: came": lambda browse: Watched(browse._store).came(5, 100),
    "alerts: last": lambda browse: Watched(browse._store).last_copy(),
    "retention: aged": lambda browse: Ageing(browse._store).portion(5, 100),
    "legal hold: walked": lambda browse: list(browse.walk(Filter(senders=(SENDER,)), 100)),
    "legal hold: bodies": lambda browse: legal.kept(browse._store, ["a", "b"]),
}


@pytest.fixture(scope="module")
def sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """SQLite plans by its tables and indexes alone, whatever is in them."""
    journal = in_file(Path(tmp_path_factory.mktemp("plans")) / "journal.db")
    for _ in range(2):
        journal.sum_up().result(PATIENCE)
    yield journal.store
    journal.close()


@pytest.fixture
def postgres(postgres_url: str) -> Iterator[Store]:
    """PostgreSQL plans by what is in the tables: so many rows, of which a few are not delivered."""
    store = Store(postgres_url)
    upgrade(store)
    with store.writer.begin() as connection:
        for table in ("messages", "bodies", "copies", "events", "attempts"):
            connection.execute(text(_filled(table, _columns(connection, table))))
        connection.execute(text("INSERT INTO search SELECT n, 'bao cao #0' FROM generate_series(1, 20000) n"))
        connection.execute(text("INSERT INTO cursors VALUES ('sums', 19000), ('sums.old', 0)"))
        connection.execute(text("INSERT INTO copies_summed SELECT n, 'f' FROM generate_series(1, 20000) n"))
        connection.execute(text("ANALYZE"))
    yield store
    store.close()


@pytest.mark.parametrize("name", QUESTIONS)
def test_sqlite_scans_no_large_table(sqlite: Store, name: str) -> None:
    """Each is searched by an index or by number; only what is small is gone through."""
    plans = _plans(sqlite, name, "EXPLAIN QUERY PLAN ")

    assert plans
    scanned = [row[-1] for plan in plans for row in plan if row[-1].startswith("SCAN ")]
    assert not [step for step in scanned if _is_large(step)]


def test_postgres_scans_no_large_table(postgres: Store) -> None:
    """The same, with more rows than it would rather read through."""
    for name in QUESTIONS:
        plans = _plans(postgres, name, "EXPLAIN (FORMAT JSON) ")

        assert plans
        assert not [step for plan in plans for step in _steps(plan[0][0][0]["Plan"]) if _goes_through(step)], name


def _plans(store: Store, name: str, explain: str) -> list[list[Any]]:
    """How each statement of a question is carried out, those given to the driver itself too."""
    found = []

    def look(driver: Any, statement: str, parameters: Any) -> None:
        if statement.startswith(("BEGIN", "ROLLBACK")):
            return
        with_plan = driver.cursor()
        if not store.is_sqlite:
            with_plan.execute("SET enable_seqscan = off")
        with_plan.execute(explain + statement, parameters)
        found.append(with_plan.fetchall())

    def asked(_connection: Any, cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        look(cursor.connection, statement, parameters)

    def run(connection: Connection, statement: str, parameters: Any) -> Any:
        look(connection.connection.dbapi_connection, statement, parameters)
        return given(connection, statement, parameters)

    given = sql._run
    with store.reading() as connection:
        engine = connection.engine
    event.listen(engine, "before_cursor_execute", asked)
    try:
        with mock.patch.object(sql, "_run", run):
            QUESTIONS[name](Browse(store))
    finally:
        event.remove(engine, "before_cursor_execute", asked)
    return found


def _by_words(browse: Browse, which: Filter) -> object:
    with browse._store.reading() as connection:
        return by_words.by_words(connection, (("bao",), ("cao",)), by_words.few(which), 0, 20_000, 10)


def _is_large(step: str) -> bool:
    """Whether a step of SQLite goes through a large table; that of the words is searched by its own means."""
    table = re.match(r"SCAN (\w+)", step)
    virtual, small = "VIRTUAL TABLE INDEX" in step, any(f"INDEX {index}" in step for index in SMALL)
    return bool(table) and table[1] in LARGE and not virtual and not small


def _steps(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", ()):
        yield from _steps(part)


def _goes_through(step: dict[str, Any]) -> bool:
    """Whether a step of PostgreSQL goes through a large table or all of an index over one."""
    if step["Node Type"] == "Seq Scan":
        return step["Relation Name"] in LARGE
    by_index = step["Node Type"] in ("Index Scan", "Index Only Scan", "Bitmap Index Scan")
    return by_index and "Index Cond" not in step and not step["Index Name"].startswith(SMALL)


def _columns(connection: Any, table: str) -> dict[str, str]:
    query = "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = :table"
    return dict(map(tuple, connection.execute(text(query), {"table": table})))


def _filled(table: str, columns: dict[str, str]) -> str:
    """Twenty thousand rows: every number another, most copies delivered, a few dead."""
    special = {
        "state": "CASE n % 500 WHEN 0 THEN 'dead' WHEN 1 THEN 'offered' ELSE 'delivered' END",
        "kind": "'primary'",
    }
    kinds = {"bigint": "n", "text": "n::text", "bytea": "NULL"}
    values = [special.get(name, kinds[kind]) for name, kind in columns.items()]
    names = ", ".join(f'"{name}"' for name in columns)
    return f"INSERT INTO {table} ({names}) SELECT {', '.join(values)} FROM generate_series(1, 20000) n"
