"""``bus bench`` against the real thing: a daemon, a sender and sinks in processes of their own."""

from __future__ import annotations

import pytest

from bus.bench.documents import document
from bus.bench.failed import BenchFailed
from bus.bench.load import Job, send
from bus.bench.pace import Pace
from bus.bench.plan import Plan
from bus.bench.requests import Address, template
from bus.bench.scenarios import measure
from bus.bench.sink import free_port, sink
from tests.clis import bus

TINY = Plan(scale=0.01)


def test_throughput_of_a_daemon_of_its_own():
    """Every size is taken in and arrives; what was spent is told for each process."""
    rows = {row.case: row.figures for row in measure(TINY, ["throughput"])}

    assert list(rows) == ["1 KB", "20 KB", "100 KB", "1 MB"]
    for figures in rows.values():
        assert figures["accepted"] > 0
        assert figures["delivered"] > 0
        assert {"documents", "megabytes", "cpu_daemon", "cpu_load", "cpu_sink", "commits"} <= figures.keys()


def test_a_sender_alone_with_a_sink():
    """All that is sent arrives, each once and under its id, at its time."""
    with sink() as there:
        job = Job(Address(there.host, there.port), template(Address("h", 1), document(1000)), Pace(0.2, 100.0), 4)
        sent = send(job)
        arrived = there.arrived()

    assert sent.given == 20
    assert set(sent.accepted) == set(arrived.at)
    assert not arrived.again
    assert sent.since == [pytest.approx(sent.began + number / 100.0) for number in range(20)]
    assert all(arrived.at[name] >= since for name, since in sent.due.items())


def test_a_sender_gives_up_where_nobody_answers():
    """It does not try for ever, and says what it tried."""
    with sink() as there:
        there.refuse()
        job = Job(Address(there.host, there.port), template(Address("h", 1), document(1000)), Pace(0.1, 100.0), 1, 0.5)
        with pytest.raises(BenchFailed, match="answers nothing"):
            send(job)


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["nosuch"], 2, "there is no nosuch; there are throughput"),
        (["--target", "127.0.0.1:1"], 2, "expected http://HOST:PORT"),
        (["--target", "http://127.0.0.1:1"], 2, "say where the sinks are"),
        (
            ["--target", f"http://127.0.0.1:{free_port()}", "--sink-listen", f"127.0.0.1:{free_port()}"],
            1,
            "cannot be reached",
        ),
        (["--sink-listen", "here"], 2, "expected HOST:PORT"),
    ],
)
def test_bad_input_is_answered_with_a_sentence(words, code, told):
    """Wrong usage is exit 2, a bus that cannot be measured exit 1; both say what is wrong."""
    ended = bus("bench", *words)

    assert ended.code == code
    assert told in " ".join(ended.err.split())


def test_routes_for_a_bus_elsewhere_are_printed():
    """Without an address of the sinks nothing can be sent; what the other bus needs is shown."""
    told = bus("bench", "--target", "http://127.0.0.1:1").err

    assert "kind: rest" in told
    assert 'url: "http://HOST:9101/edoc"' in told
