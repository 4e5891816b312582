"""Units' reports into the province's: sums, ratios, means and picks, whatever order they come in."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.report.aggregate import Made, Source, aggregated, gathered, observations
from schemas.report.form import Form
from schemas.report.table import Table, table
from tests.recount import recount
from tests.reports import LIST, listed, packet

ROWS: list[dict[str, Any]] = [
    {"code": "1", "name": "Hồ sơ", "unit": "hồ sơ", "decimals": 3, "minimum": None},
    {"code": "2", "name": "Đúng hạn", "unit": "hồ sơ", "decimals": 3, "minimum": None},
    {"code": "3", "name": "Tỷ lệ", "unit": "%", "decimals": 2,
     "aggregate": {"by": "ratio", "numerator": "2", "denominator": "1", "factor": "100"}},
    {"code": "4", "name": "Giờ", "unit": "giờ", "decimals": 1, "aggregate": {"by": "weighted", "weight": "1"}},
    {"code": "5", "name": "Cao nhất", "unit": "đồng", "aggregate": {"by": "pick", "pick": "max"}},
    {"code": "6", "name": "Thấp nhất", "unit": "đồng", "aggregate": {"by": "pick", "pick": "min"}},
    {"code": "7", "name": "Của một đơn vị", "unit": "đồng", "aggregate": {"by": "pick", "pick": "unit", "unit": "U2"}},
    {"code": "8", "name": "Tự ghi", "unit": "%", "aggregate": {"by": "none"}},
]  # fmt: skip
FORM: dict[str, Any] = {
    "code": "T-01",
    "version": "1",
    "name": "Biểu",
    "issued_by": "P",
    "indicators": ROWS,
    "columns": [{"code": "a", "name": "A"}, {"code": "b", "name": "B", "breakdown": {"kenh": "b"}}],
    "not_applicable": ["8/b"],
}
BREAKDOWNS: tuple[dict[str, str], ...] = ({}, {"kenh": "b"})
FIGURES = st.one_of(
    st.tuples(st.none(), st.sampled_from(["missing", "not_applicable"])),
    st.tuples(
        st.decimals(-(10**6), 10**6, places=3).map(lambda one: f"{one:f}" if one else "0"),
        st.sampled_from(["normal", "normal", "provisional"]),
    ),
)


def said(
    unit: str, figures: dict[tuple[str, int], tuple[str | None, str]], version: int = 1, **more: Any
) -> dict[str, Any]:
    """A unit's report as JSON, of its figures by row and column."""
    head = {
        "type": "report.data.v1",
        "reportId": f"R-{unit}",
        "version": version,
        "supersedes": version - 1 or None,
        "regime": "R",
        "form": {"code": "T-01", "version": "1"},
        "period": {"code": "2025-Q1", "basis": "nd09", "from": "2024-12-15", "to": "2025-03-14"},
        "reportingUnit": unit,
        "recipients": ["P"],
    }
    units = {one["code"]: one["unit"] for one in ROWS}
    observations = [
        {"indicator": row, "breakdown": BREAKDOWNS[at], "value": value, "unit": units[row], "status": status}
        for (row, at), (value, status) in figures.items()
    ]
    return {**head, "observations": observations, **more}


def made(*reports: dict[str, Any], partial: bool = False) -> dict[str, Made]:
    """What is made of them, by cell."""
    sources = [Source(one["reportingUnit"], f"m{index}", packet(one)) for index, one in enumerate(reports)]
    return {one.cell: one for one in aggregated(_table(), sources, partial=partial)}


def _table() -> Table:
    return table(Form.model_validate(FORM))


@st.composite
def some_reports(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Reports of up to four units, some in several versions, some with cells left out, in any order."""
    found = []
    for unit in draw(st.lists(st.sampled_from(["U1", "U2", "U3", "U4"]), unique=True, max_size=4)):
        cells = st.tuples(st.sampled_from([one["code"] for one in ROWS[:7]]), st.sampled_from([0, 1]))
        versions = draw(st.lists(st.dictionaries(cells, FIGURES, max_size=14), min_size=1, max_size=3))
        found += [said(unit, figures, number) for number, figures in enumerate(versions, 1)]
    return draw(st.permutations(found))


@settings(max_examples=40)
@given(some_reports(), st.booleans())
def test_it_is_what_another_count_gives(reports: list[dict[str, Any]], partial: bool) -> None:
    """Every figure and its status, of the latest versions, in whatever order they came, all units there or not."""
    found = made(*reports, partial=partial)

    assert {cell: (one.value, one.status.value) for cell, one in found.items()} == recount(
        FORM, reports, partial=partial
    )


@settings(max_examples=20)
@given(some_reports(), st.randoms(use_true_random=False))
def test_order_does_not_matter(reports: list[dict[str, Any]], chance: Any) -> None:
    """The same reports in another order make the same packet, figure by figure."""
    other = list(reports)
    chance.shuffle(other)
    numbers = {id(one): f"m{index}" for index, one in enumerate(reports)}
    one, two = (
        aggregated(_table(), [Source(each["reportingUnit"], numbers[id(each)], packet(each)) for each in order])
        for order in (reports, other)
    )

    assert one == two


@settings(max_examples=20)
@given(some_reports())
def test_each_figure_names_what_it_is_made_of(reports: list[dict[str, Any]]) -> None:
    """Unit, message and value of every cell that counted are those of the latest report of that unit, word by word."""
    latest = {
        one["reportingUnit"]: (f"m{index}", one)
        for index, one in sorted(enumerate(reports), key=lambda pair: pair[1]["version"])
    }
    for one in made(*reports).values():
        for figure in one.figures:
            message, report = latest[figure.unit]
            row, _, column = figure.cell.partition("/")
            values = [
                each["value"]
                for each in report["observations"]
                if (each["indicator"], each["breakdown"]) == (row, BREAKDOWNS[column == "b"])
            ]
            assert (figure.message, [figure.value]) == (message, values or [None])


def test_empty_is_not_zero() -> None:
    """Nobody's figure is no figure; one that is missing beside others leaves a sum that is provisional; what means nothing adds nothing."""
    nobody = made(said("U1", {("1", 0): (None, "missing")}), said("U2", {}))
    some = made(said("U1", {("1", 0): ("5", "normal")}), said("U2", {}))
    apart = made(said("U1", {("1", 0): ("5", "normal")}), said("U2", {("1", 0): (None, "not_applicable")}))
    zero = made(said("U1", {("1", 0): ("0", "normal")}))

    assert nobody["1/a"][3:5] == (None, "missing")
    assert some["1/a"][3:5] == ("5", "provisional")
    assert apart["1/a"][3:5] == ("5", "normal")
    assert zero["1/a"][3:5] == ("0", "normal")


def test_a_ratio_is_made_of_sums_and_not_of_ratios() -> None:
    """One of two on time and nine of eighteen thousand: the province's ratio is that of the sums. By nothing is not divided."""
    one = said("U1", {("1", 0): ("2", "normal"), ("2", 0): ("1", "normal"), ("3", 0): ("50", "normal")})
    two = said("U2", {("1", 0): ("18000", "normal"), ("2", 0): ("9", "normal"), ("3", 0): ("0.05", "normal")})
    none = said("U1", {("1", 0): ("0", "normal"), ("2", 0): ("0", "normal")})

    assert made(one, two)["3/a"][3:5] == ("0.06", "normal")
    assert made(none)["3/a"][3:5] == (None, "not_applicable")


def test_halves_are_rounded_away_from_zero() -> None:
    """0.125 of a percentage with two digits is 0.13, and less than nothing likewise."""
    up = said("U1", {("1", 0): ("800", "normal"), ("2", 0): ("1", "normal")})
    down = said("U1", {("1", 0): ("800", "normal"), ("2", 0): ("-1", "normal")})

    assert (made(up)["3/a"].value, made(down)["3/a"].value) == ("0.13", "-0.13")


def test_what_is_no_number_is_not_counted() -> None:
    """A figure with a comma came through where nobody checked: it is named, it adds nothing, and the sum is provisional."""
    found = made(said("U1", {("1", 0): ("1,5", "normal")}), said("U2", {("1", 0): ("2", "normal")}))["1/a"]

    assert (found.value, found.status, [one.value for one in found.figures]) == ("2", "provisional", ["1,5", "2"])


def test_large_figures_are_added_exactly() -> None:
    """Eighteen digits and nine after the point, twice."""
    big = "999999999999999999.999999999"
    found = made(said("U1", {("1", 0): (big, "normal")}), said("U2", {("1", 0): ("0.000000001", "normal")}))

    assert found["1/a"].value == "1000000000000000000"


def test_a_form_s_observations_hold_the_figures_with_their_units() -> None:
    """What is made is written as a packet has it; a cell that means nothing is left out."""
    sources = [Source("U1", "m", packet(said("U1", {("1", 1): ("5", "normal")})))]
    found = observations(_table(), aggregated(_table(), sources))

    assert [(one.indicator, dict(one.breakdown), one.value, one.unit) for one in found][1] == (
        "1",
        {"kenh": "b"},
        "5",
        "hồ sơ",
    )
    assert len(found) == len(ROWS) * 2 - 1


def test_lists_are_gathered_unit_by_unit() -> None:
    """Every row of every list, with the unit, the message and the row it came from; a correction takes the place of what it corrects."""
    one, two = listed(), {**listed(), "reportingUnit": "000.00.01.H62", "version": 2, "supersedes": 1}
    old = {**two, "version": 1, "supersedes": None, "rows": []}
    sources = [Source(each["reportingUnit"], f"m{index}", packet(each)) for index, each in enumerate((one, two, old))]
    found = gathered(sources)

    assert [(each.unit, each.message, each.number) for each in found] == [
        ("000.00.01.H62", "m1", 1),
        ("000.00.01.H62", "m1", 2),
        ("000.00.07.H62", "m0", 1),
        ("000.00.07.H62", "m0", 2),
    ]
    assert aggregated(table(Form.model_validate(LIST)), sources) == ()
