"""Figures as SDMX: what comes back is what was written, digit by digit; what cannot be read says where and why."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from pysdmx.io.xml.doc_validation import validate_doc
from pysdmx.io.xml.sdmx30.reader.structure import read as read_structure
from pysdmx.model import Codelist, DataStructureDefinition

from schemas.report.check import check
from schemas.report.data import Data, ObservationStatus
from schemas.report.form import Form
from schemas.report.library import Library, library
from schemas.report.problem import Problem
from schemas.report.regime import Regime
from schemas.report.sdmx import csv_in, ml_in, structure
from schemas.report.sdmx.names import named
from schemas.report.sdmx.reading import Told, read_sdmx
from schemas.report.sdmx.shape import Unwritable, shape_of
from schemas.report.sdmx.writing import written
from schemas.sheets.cells import Bounds
from tests.reports import LIST, MATRIX, REGIME, UNIT, books, listed, matrix, packet

NOW = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
KINDS = pytest.mark.parametrize("kind", ["csv", "ml"])
Kind = Literal["csv", "ml"]
#: Codes that SDMX has no letters for, and members that it would spell alike.
ODD: dict[str, Any] = {
    **MATRIX,
    "code": "06/VPCP/KSTT",
    "version": "2020 (sửa đổi)",
    "name": "Biểu 'a' \"b\" & <c> \\n",
    "indicators": [{"code": code, "name": f"{code}'\"&<", "unit": "hồ sơ", "decimals": 9, "minimum": None, "mandatory": False}
                   for code in ("I", "I.1", "I_1", "01", "1", "Đ ý")],
    "columns": [
        {"code": "a", "name": "Tổng"},
        {"code": "b", "name": "Qua mạng", "breakdown": {"hình thức": "trực tuyến", "freq": "_T"}},
        {"code": "c", "name": "C", "breakdown": {"hình thức": "truc tuyen"}},
        {"code": "d", "name": "D", "breakdown": {"1": "truc_tuyen"}},
    ],
    "not_applicable": [],
    "totals": [],
}  # fmt: skip
NUMBERS = st.from_regex(r"\A-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,9})?\Z")
NOTES = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=40).map(
    lambda text: " ".join(text.split())
)
PERIODS = {
    "2025-M03": ("2025-02-15", "2025-03-14", "2025-03", "M"),
    "2025-Q1": ("2024-12-15", "2025-03-14", "2025-Q1", "Q"),
    "2025-S2": ("2025-06-15", "2025-12-14", "2025-S2", "S"),
    "2025-N9": ("2024-12-15", "2025-09-14", "2024-12-15/P9M", "_O"),
    "2025-A1": ("2024-12-15", "2025-12-14", "2025", "A"),
}


def odd_books() -> Library:
    forms = [{"code": ODD["code"], "version": ODD["version"]}]
    regime = {**REGIME, "forms": forms, "outline": None, "periods": ["M", "Q", "S", "N9", "A1", "Y5"]}
    return library([Regime.model_validate(regime)], [Form.model_validate(ODD)])


BOOKS, ODD_BOOKS = books(), odd_books()


@st.composite
def reports(draw: Callable[..., Any]) -> Data:
    """Any figures on the odd form: every status, every column, for any period that has a label."""
    code = draw(st.sampled_from(sorted(PERIODS)))
    begin, end, *_ = PERIODS[code]
    cells = [(row["code"], one.get("breakdown", {})) for row in ODD["indicators"] for one in ODD["columns"]]
    chosen = draw(st.lists(st.sampled_from(range(len(cells))), min_size=1, unique=True))
    observations = [figure(draw, *cells[place]) for place in chosen]
    version = draw(st.integers(1, 3))
    said = {
        **matrix(),
        "form": {"code": ODD["code"], "version": ODD["version"]},
        "version": version,
        "supersedes": version - 1 or None,
        "dataType": draw(st.sampled_from(["plan", "official"])),
        "deadline": draw(st.sampled_from([None, "2025-03-18"])),
        "period": {"code": code, "basis": "nd09", "from": begin, "to": end},
        "observations": observations,
    }
    return packet(said)


def figure(draw: Callable[..., Any], indicator: str, breakdown: Mapping[str, str]) -> dict[str, Any]:
    status = draw(st.sampled_from(ObservationStatus))
    filled = status in (ObservationStatus.NORMAL, ObservationStatus.PROVISIONAL)
    value, note = draw(NUMBERS) if filled else None, draw(NOTES) or None
    return {
        "indicator": indicator,
        "breakdown": breakdown,
        "value": value,
        "unit": "hồ sơ",
        "status": status,
        "note": note,
    }


@KINDS
@settings(max_examples=20)
@given(report=reports())
def test_what_is_written_is_read_again(kind: Kind, report: Data) -> None:
    """Figures to the last digit, statuses, units, breakdowns, remarks, and what the report is about; nothing to complain of."""
    told = read_sdmx(written(report, ODD_BOOKS, kind, NOW), ODD_BOOKS)
    assert told.problems == ()
    assert told.report == report


@pytest.mark.parametrize("code", sorted(PERIODS))
def test_periods_have_the_labels_of_sdmx(code: str) -> None:
    """Nine months are a stretch from their first day; how often is told beside."""
    begin, end, label, often = PERIODS[code]
    told = rows(written(about(code, begin, end), ODD_BOOKS, "csv", NOW))[0]
    assert (told["TIME_PERIOD"], told["FREQ"], told["PERIOD_BASIS"]) == (label, often, "nd09")


def about(code: str, begin: str, end: str) -> Data:
    one = {"indicator": "I", "breakdown": {}, "value": "1", "unit": "hồ sơ"}
    form, period = (
        {"code": ODD["code"], "version": ODD["version"]},
        {"code": code, "basis": "nd09", "from": begin, "to": end},
    )
    return packet({**matrix(), "form": form, "period": period, "observations": [one]})


def rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode())))


def test_what_sdmx_has_no_way_to_say_is_not_written() -> None:
    """A period without a label, a list, a report without figures, a cell the form does not have."""
    strange = matrix()
    strange["observations"][0]["indicator"] = "IX"
    cases = [
        (about("2025-Y5", "2020-12-15", "2025-12-14"), ODD_BOOKS, "2025-Y5"),
        (packet(listed()), BOOKS, "list"),
        (packet({**matrix(), "observations": []}), BOOKS, "no figures"),
        (packet(strange), BOOKS, "IX/-"),
        (packet({**matrix(), "form": {"code": "MC-9", "version": "1"}}), BOOKS, "not known"),
        ("no packet", BOOKS, "no figures"),
    ]
    for report, known, words in cases:
        with pytest.raises(Unwritable, match=re.escape(words)):
            written(report, known, "csv", NOW)


def test_xml_has_no_place_for_some_characters() -> None:
    """A table has; white space and what XML is made of travel in both."""
    noted = matrix()
    noted["observations"][0]["note"] = "a \ufffe"
    with pytest.raises(Unwritable, match="character"):
        written(packet(noted), BOOKS, "ml", NOW)
    noted["observations"][0]["note"] = "<&#38;> \n\t\r 'a' \"b\" &amp; \xa0\\n"
    for kind in ("csv", "ml"):
        told = read_sdmx(written(packet(noted), BOOKS, kind, NOW), BOOKS)
        assert told.report == packet(noted)


def test_forms_that_are_spelled_alike_are_told_apart_by_the_regime() -> None:
    """Where it asks for one of them; else nobody knows which is meant."""
    alike = [Form.model_validate({**MATRIX, "code": code}) for code in ("MC-01", "MC 01", "MC.01")]
    asked = {**REGIME, "outline": None, "forms": [{"code": "MC 01", "version": "2"}]}
    both = {**asked, "forms": [{"code": code, "version": "2"} for code in ("MC 01", "MC.01")]}
    text = right().replace(b"MC-01_2(", b"MC_01_2(")
    told = read_sdmx(text, library([Regime.model_validate(asked)], alike))
    assert told.report is not None
    assert told.report.form.code == "MC 01"
    assert short(read_sdmx(text, library([Regime.model_validate(both)], alike)).problems) == [
        ("report.form_unknown", "", "")
    ]


def test_a_message_is_valid_sdmx_ml() -> None:
    """By the schemas of SDMX 3.0, as pysdmx has them."""
    validate_doc(written(packet(matrix()), BOOKS, "ml", NOW).decode())
    validate_doc(written(about("2025-N9", "2024-12-15", "2025-09-14"), ODD_BOOKS, "ml", NOW).decode())


@pytest.mark.parametrize("form", [MATRIX, ODD])
def test_figures_follow_the_structure(form: dict[str, Any]) -> None:
    """It is valid, and read again each component of the data is one of it, each code is in its list; names are Vietnamese."""
    model = Form.model_validate(form)
    text = structure.written(model, NOW).decode()
    validate_doc(text)
    parts = read_structure(text)
    (definition,) = (one for one in parts if isinstance(one, DataStructureDefinition))
    shape = shape_of(model)
    assert tuple(one.id for one in definition.components) == shape.columns
    lists = {
        one.id.removesuffix(f"_{shape.id}"): {code.id: code.name for code in one}
        for one in parts
        if isinstance(one, Codelist)
    }
    assert set(lists["CL_INDICATOR"]) == set(shape.indicators.values())
    assert lists["CL_INDICATOR"][shape.indicators["I"]] == form["indicators"][0]["name"]
    assert set(lists["CL_OBS_STATUS"]) == {"A", "P", "O", "M"}
    for name, dimension in shape.breakdowns.items():
        assert set(lists[f"CL_{dimension}"]) == {"_T", *shape.members(name).values()}
    assert 'lang="en"' not in text


def test_a_list_has_no_structure() -> None:
    """It tells things, not figures."""
    with pytest.raises(Unwritable, match="list"):
        structure.written(Form.model_validate(LIST), NOW)


def test_without_pysdmx_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """And figures go in and out all the same."""
    monkeypatch.setitem(__import__("sys").modules, "pysdmx.io.xml.sdmx30.writer.structure", None)
    with pytest.raises(structure.Unavailable, match=re.escape("lienthong-bus[sdmx]")):
        structure.written(Form.model_validate(MATRIX), NOW)


@settings(max_examples=40)
@given(st.lists(st.text(min_size=1, max_size=8), max_size=12))
def test_no_two_codes_have_one_name(codes: list[str]) -> None:
    """Whatever they are; and a code that SDMX may have stays as it is."""
    names = named(codes, ["_T"])
    assert len(set(names.values())) == len(set(codes))
    for code, name in names.items():
        assert re.fullmatch(r"[A-Za-z0-9_@$-]+", name)
        assert name != "_T"
        assert code in (name, "_T") or not re.fullmatch(r"[A-Za-z0-9_@$-]+", code)


def right() -> bytes:
    return written(packet(matrix()), BOOKS, "csv", NOW)


def changed(change: Callable[[list[list[str]]], object]) -> Told:
    """What is read off the file after somebody changed its cells."""
    lines = list(csv.reader(io.StringIO(right().decode())))
    change(lines)
    out = io.StringIO(newline="")
    csv.writer(out).writerows(lines)
    return read_sdmx(out.getvalue().encode(), BOOKS)


def put(column: str, text: str, row: int = 2) -> Callable[[list[list[str]]], None]:
    def change(lines: list[list[str]]) -> None:
        lines[row - 1][lines[0].index(column)] = text

    return change


def without(column: str) -> Callable[[list[list[str]]], None]:
    def change(lines: list[list[str]]) -> None:
        place = lines[0].index(column)
        for line in lines:
            del line[place]

    return change


def more(heading: str, text: str) -> Callable[[list[list[str]]], None]:
    return lambda lines: [line.append(heading if place == 0 else text) for place, line in enumerate(lines)]


def short(problems: tuple[Problem, ...]) -> list[tuple[str, str, str]]:
    """Of problems that can all be told in both languages."""
    assert all(one.text("vi") != one.text("en") for one in problems)
    return [(one.rule, one.place, one.cell) for one in problems]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (put("OBS_STATUS", "E", 3), ("report.choice", "L3", "I/online")),
        (put("TIME_PERIOD", "2025-Q2", 4), ("report.sheet_header", "I4", "")),
        (put("REPORTING_UNIT", "000.00.99.H62", 11), ("report.sheet_header", "E11", "")),
        (put("FREQ", "M", 5), ("report.sheet_header", "D5", "")),
        (more("SEX", "F"), ("report.sheet_extra", "V1", "")),
        (without("REGIME"), ("report.sheet_lost", "", "")),
        (lambda lines: [without(name)(lines) for name in ("OBS_VALUE", "OBS_STATUS")], ("report.sheet_lost", "", "")),
        (more("CHANNEL", ""), ("report.sheet_unreadable", "", "")),
        (put("STRUCTURE_ID", "VN:MC-01_9(1.0)"), ("report.form_unknown", "", "")),
        (without("STRUCTURE_ID"), ("report.sheet_unreadable", "", "")),
        (put("ACTION", "D", 3), ("report.sheet_unreadable", "", "")),
        (lambda lines: lines[3].append("beside"), ("report.sheet_unreadable", "", "")),
        (lambda lines: lines.__delitem__(slice(1, None)), ("report.form_unknown", "", "")),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_file_is_told_with_its_place(change: Any, problem: tuple[str, str, str]) -> None:
    """Its cell as any program shows it."""
    assert problem in short(changed(change).problems)


def test_what_is_wrong_everywhere_is_told_once() -> None:
    """Of another regime, period or version of the report."""

    def every(column: str, text: str) -> Told:
        return changed(lambda lines: [put(column, text, row)(lines) for row in range(2, len(lines) + 1)])

    assert short(every("REGIME", "BC-LA").problems) == [("report.regime_unknown", "N1", "")]
    for label in ("2025-M03", "2025-Q9", "2024-12-15/P7M", "now", "2025-N9"):
        assert short(every("TIME_PERIOD", label).problems) == [("report.period_unknown", "I1", "")]
    assert short(every("FREQ", "M").problems) == [("report.sheet_header", "D1", "")]
    for number in ("one", "-1", "9" * 5000, "²"):
        assert short(every("REPORT_VERSION", number).problems) == [("report.sheet_header", "S1", "")]


def test_figures_are_checked_as_those_of_a_packet_and_found_in_the_file() -> None:
    """A comma, a total that does not add up, an indicator and a member there are none of."""

    def spoil(lines: list[list[str]]) -> None:
        put("OBS_VALUE", "110,5", 3)(lines)
        put("OBS_VALUE", "121", 5)(lines)
        put("INDICATOR", "IX", 8)(lines)
        put("CHANNEL", "by post", 10)(lines)

    told = changed(spoil)
    assert told.report is not None
    found = short(told.placed(check(told.report, BOOKS)))
    assert ("report.number", "J3", "I/online") in found
    assert ("report.total", "J5", "I.1/all") in found
    assert ("report.indicator_unknown", "J8", "IX/-") in found
    assert ("report.breakdown_unknown", "J10", "I.2/channel=by post") in found


def test_what_is_wrong_with_the_whole_report_is_found_where_it_is_said() -> None:
    """The basis, the unit, the kind of figures, the version of the form."""

    def spoil(lines: list[list[str]]) -> None:
        for row in range(2, len(lines) + 1):
            for column, text in (
                ("PERIOD_BASIS", "calendar"),
                ("REPORTING_UNIT", "000.00.99.H62"),
                ("DATA_TYPE", "plan"),
            ):
                put(column, text, row)(lines)

    told = changed(spoil)
    assert told.report is not None
    found = short(told.placed(check(told.report, BOOKS)))
    assert found[:2] == [("report.period_basis", "O1", ""), ("report.not_owing", "E1", "")]
    assert ("report.data_type", "G1", "") in found


def test_what_others_write_is_read_too() -> None:
    """SDMX-CSV 1.0, headings with their names, codes as the form has them, and no more than the least."""
    text = (
        "DATAFLOW;REPORTING_UNIT;INDICATOR: Chỉ tiêu;CHANNEL;TIME_PERIOD;OBS_VALUE;REGIME\r\n"
        f"X:MC-01_2(1.0);{UNIT};I.1;online;2025-Q1;1.50;BC-MC\r\n"
        f"X:MC-01_2(1.0);{UNIT};I.2;;2025-Q1;NaN;BC-MC\r\n"
    )
    told = read_sdmx(text.encode("utf-8-sig"), BOOKS, version=2)
    assert told.problems == ()
    assert told.report is not None
    assert [
        (one.indicator, dict(one.breakdown), one.value, one.unit, one.status) for one in told.report.observations
    ] == [
        ("I.1", {"channel": "online"}, "1.50", "hồ sơ", "normal"),
        ("I.2", {}, None, "hồ sơ", "missing"),
    ]
    assert (told.report.version, told.report.supersedes) == (2, 1)
    assert told.report.report_id == f"BC-MC-MC-01-2025-Q1-{UNIT}"


def test_series_of_sdmx_ml_2_1_are_read() -> None:
    """What a data set and a series say counts for each of their observations."""
    root = "http://www.sdmx.org/resources/sdmxml/schemas/v2_1"
    text = f"""<?xml version="1.0"?><m:StructureSpecificData xmlns:m="{root}/message" xmlns:c="{root}/common" xmlns:ss="{root}/data/structurespecific">
      <m:Header><m:ID>a</m:ID><m:Structure structureID="S" dimensionAtObservation="TIME_PERIOD"><c:Structure>
        <Ref agencyID="X" id="MC-01_2" version="1.0" class="DataStructure"/></c:Structure></m:Structure></m:Header>
      <m:DataSet ss:structureRef="S" action="Replace" REGIME="BC-MC" validFromDate="2025-01-01">
        <Group NOTE="not read"/>
        <Series REPORTING_UNIT="{UNIT}" INDICATOR="I_1" CHANNEL="_T"><Obs TIME_PERIOD="2025-Q1" OBS_VALUE="7" UNIT_MEASURE="a &amp; b"/></Series>
        <Series REPORTING_UNIT="{UNIT}" INDICATOR="I_2"><Obs TIME_PERIOD="2025-Q1" OBS_STATUS="M"/></Series>
      </m:DataSet></m:StructureSpecificData>"""
    told = read_sdmx(text.encode(), BOOKS)
    assert short(told.problems) == [("report.sheet_extra", "Group", "")]
    assert told.report is not None
    assert [(one.indicator, one.value, one.unit, one.status) for one in told.report.observations] == [
        ("I.1", "7", "a & b", "normal"),
        ("I.2", None, "hồ sơ", "not_applicable"),
    ]


BOMB = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c"><!ENTITY d "&b;&b;&b;&b;">]><a>&d;</a>'
OUTSIDE = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'


#: Many attributes around many series: each series is small.
WIDE = (
    b'<m:StructureSpecificData xmlns:m="http://www.sdmx.org/resources/sdmxml/schemas/v3_0/message"><m:DataSet '
    + b" ".join(b'A%d="1"' % one for one in range(2000)) + b">" + b'<Series B="1"/>' * 2000 + b"</m:DataSet></m:StructureSpecificData>"
)  # fmt: skip


@pytest.mark.parametrize(
    "data",
    [
        b"", b"\0", b"\xff\xfe", b"<", b"<a/>", b"not,sdmx\r\n1,2\r\n", b'STRUCTURE_ID\r\n"', b"{}", BOMB, OUTSIDE,
        b"STRUCTURE_ID," + b"," * 100, WIDE, b"x" * (5 << 20) + b"x", b"<a>" * 100 + b"</a>" * 100,
    ],
)  # fmt: skip
def test_hostile_files_are_a_problem_and_nothing_else(data: bytes) -> None:
    """Not XML, not CSV, entities, too large, too wide, too deep, too long: told as unreadable, in both languages."""
    told = read_sdmx(data, BOOKS)
    assert told.report is None
    (problem,) = told.problems
    assert problem.rule == "report.sheet_unreadable"
    assert problem.text("vi") != problem.text("en")


@KINDS
def test_a_file_has_so_many_figures_and_no_more(kind: Kind, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whichever it is."""
    for module in (csv_in, ml_in):
        monkeypatch.setattr(module, "BOUNDS", Bounds(10, 60))
    (problem,) = read_sdmx(written(packet(matrix()), BOOKS, kind, NOW), BOOKS).problems
    assert problem.rule == "report.sheet_unreadable"
    assert "9 rows" in problem.text("en")


def test_a_file_without_figures_is_of_figures_that_contradict_their_status() -> None:
    """The column is gone; nothing is taken for zero."""
    told = changed(without("OBS_VALUE"))
    assert told.report is not None
    assert {one.rule for one in check(told.report, BOOKS)} == {"report.status", "report.cell_missing"}


@settings(max_examples=30)
@given(st.binary(max_size=200))
def test_nothing_is_raised_whatever_comes(data: bytes) -> None:
    """Neither by itself nor behind a beginning that looks right."""
    for one in (data, right()[:200] + data, written(packet(matrix()), BOOKS, "ml", NOW)[:900] + data):
        read_sdmx(one, BOOKS)


def test_a_message_that_takes_back_is_no_report() -> None:
    """Its action says Delete."""
    root = etree.fromstring(written(packet(matrix()), BOOKS, "ml", NOW))
    root[1].set("action", "Delete")
    (problem,) = read_sdmx(etree.tostring(root), BOOKS).problems
    assert problem.rule == "report.sheet_unreadable"
