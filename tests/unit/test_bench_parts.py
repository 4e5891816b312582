"""What ``bus bench`` counts with: its pace, its requests, its figures and tables."""

from __future__ import annotations

import io
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from bus.bench.documents import RECIPIENT, document
from bus.bench.pace import Pace
from bus.bench.requests import Address, template
from bus.bench.row import Row, percentile, spread
from bus.bench.sent import PLACE, id_of
from bus.bench.table import FIGURES, as_json, tables

RATES = st.floats(min_value=0.1, max_value=5000)
TIMES = st.floats(min_value=0, max_value=3600)


@given(rate=RATES, seconds=TIMES, elapsed=TIMES)
def test_open_loop_sends_by_the_clock(rate, seconds, elapsed):
    """Whatever was answered: due is exactly what the plan has at or before now, and never more than the whole."""
    pace = Pace(seconds, rate)
    due = pace.due(elapsed)

    assert 0 <= due <= pace.total
    assert all(pace.at(number) <= elapsed + 1e-6 for number in range(max(0, due - 2), due))
    assert due == pace.total or pace.at(due) > elapsed - 1e-6


@given(rate=RATES)
def test_open_loop_keeps_its_distance(rate):
    """Documents of an open loop are equally far apart, from the beginning on."""
    pace = Pace(60.0, rate)
    instants = [pace.at(number) for number in range(50)]

    assert instants[0] == 0.0
    assert all(later - sooner == pytest.approx(1 / rate) for sooner, later in pairwise(instants))


def test_as_fast_as_taken_ends_by_time_or_count():
    """Without a rate the next is always due, until the time is over or all have been sent."""
    assert Pace(10.0).due(9.9) > 10**9
    assert Pace(10.0).due(10.0) == 0
    assert Pace(10.0, documents=5).due(0.0) == 5
    assert not Pace(10.0).over(10**6, 9.9)
    assert Pace(10.0).over(1, 10.0)
    assert Pace(10.0, documents=5).over(5, 0.1)


def test_requests_differ_in_their_id_only():
    """The id of a document stands in its header and in its call, and everything else stays, its length too."""
    address = Address("127.0.0.1", 8080, key="secret")
    made = template(address, document(1000))
    one, other = made.of(id_of("abcdefgh", 1)), made.of(id_of("abcdefgh", 2))
    head, _, body = one.partition(b"\r\n\r\n")

    assert one.count(id_of("abcdefgh", 1).encode()) == 2
    assert one.replace(id_of("abcdefgh", 1).encode(), PLACE) == other.replace(id_of("abcdefgh", 2).encode(), PLACE)
    assert f"Content-Length: {len(body)}".encode() in head
    assert b"X-Bus-Key: secret" in head
    assert RECIPIENT.encode() in body


def test_percentiles_are_of_what_was_seen():
    """A percentile is one of the values; of nothing it is nothing."""
    values = [float(value) for value in range(1, 101)]

    assert percentile(values, 0.5) == 51.0
    assert percentile(values, 0.99) == 100.0
    assert percentile([], 0.99) == 0.0
    assert spread([0.002, 0.001]) == {"p50": 2.0, "p95": 2.0, "p99": 2.0, "max": 2.0}


def test_a_table_has_the_columns_it_has_figures_for():
    """One table a scenario; a column that no row has is not drawn, and nothing is shown as nought that was not measured."""
    rows = [
        Row("latency", "a", {"p50": 1.5}),
        Row("latency", "b", {"p99": 2.0}, "[b]"),
        Row("large", "c", {"peak": 3.0}),
    ]
    page = Console(file=io.StringIO(), width=120)
    drawn = list(tables(rows))
    for table in drawn:
        page.print(table)
    told = page.file.getvalue()

    assert [table.title for table in drawn] == ["latency", "large"]
    assert "p50 ms" in told
    assert "p95 ms" not in told
    assert "[b]" in told
    assert "0.0" not in told


def test_json_has_the_figures_by_name():
    """Machines get rows flat, beside what the machine was."""
    told = as_json([Row("latency", "a", dict.fromkeys(FIGURES, 1.0))], {"cores": 2})

    assert told["cores"] == 2
    assert told["rows"] == [{"scenario": "latency", "case": "a", **dict.fromkeys(FIGURES, 1.0), "note": ""}]
