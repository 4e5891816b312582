"""The structure a form's data follow, as an SDMX-ML 3.0 message: code lists, concepts and the definition itself, by pysdmx.

pysdmx comes with the extra ``sdmx``. Figures go in and out without it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from schemas.report.form import Form
from schemas.report.regime import DataType
from schemas.report.sdmx.shape import (
    LAST_DIMENSION,
    MEASURE,
    OBS_ATTRIBUTES,
    OTHER_FREQ,
    VERSION,
    WHOLE,
    WHOLE_ATTRIBUTES,
    Shape,
    shape_of,
)

if TYPE_CHECKING:
    from pysdmx.model import Codelist, Component, Concept, ConceptScheme, DataStructureDefinition, Role

_CONCEPTS = "CS_REPORT"
_NAMES = {
    "FREQ": "Tần suất",
    "REPORTING_UNIT": "Đơn vị báo cáo",
    "INDICATOR": "Chỉ tiêu",
    "DATA_TYPE": "Loại số liệu",
    LAST_DIMENSION: "Kỳ báo cáo",
    MEASURE: "Giá trị",
    "UNIT_MEASURE": "Đơn vị tính",
    "OBS_STATUS": "Trạng thái số liệu",
    "COMMENT_OBS": "Ghi chú",
    "REGIME": "Chế độ báo cáo",
    "PERIOD_BASIS": "Cách tính kỳ số liệu",
    "DATA_FROM": "Số liệu từ ngày",
    "DATA_TO": "Số liệu đến ngày",
    "REPORT_ID": "Mã báo cáo",
    "REPORT_VERSION": "Lần báo cáo",
    "SUPERSEDES": "Thay thế lần",
    "DEADLINE": "Thời hạn gửi",
}
_FREQ = {"M": "Tháng", "Q": "Quý", "S": "Nửa năm", "A": "Năm", OTHER_FREQ: "Khác"}
_STATUS = {"A": "Bình thường", "P": "Tạm tính", "O": "Thiếu số liệu", "M": "Không áp dụng"}
_DATA_TYPE = {
    DataType.PLAN: "Kế hoạch",
    DataType.ESTIMATE: "Ước tính",
    DataType.PERFORMED: "Thực hiện",
    DataType.OFFICIAL: "Chính thức",
}


class Unavailable(RuntimeError):
    """This bus was installed without pysdmx; says what to install."""

    def __init__(self) -> None:
        super().__init__("the structure is written by pysdmx, which is not installed here: install lienthong-bus[sdmx]")


def written(form: Form, prepared: datetime) -> bytes:
    """The structure message of a matrix. Raises Unwritable for a list, Unavailable."""
    shape = shape_of(form)
    try:
        from pysdmx.io.xml.sdmx30.writer.structure import write  # noqa: PLC0415 - an extra, and a third of a second
        from pysdmx.model.message import Header  # noqa: PLC0415 - as above
    except ImportError:
        raise Unavailable from None
    message = Header(id=shape.id, prepared=prepared)
    text = write([*_lists(shape).values(), _concepts(shape), _definition(shape)], header=message)
    # It says of each name that it is English.
    return str(text).replace('xml:lang="en"', 'xml:lang="vi"').encode()


def _lists(shape: Shape) -> Mapping[str, Codelist]:
    """Code lists by the components they are of."""
    form = shape.form
    names = {one.code: one.name for one in form.indicators}
    lists = {
        "FREQ": _FREQ,
        "INDICATOR": {name: names[code] for code, name in shape.indicators.items()},
        "DATA_TYPE": {str(one): text for one, text in _DATA_TYPE.items()},
        "OBS_STATUS": _STATUS,
    }
    for name, dimension in shape.breakdowns.items():
        members = {member: _member(form, name, code) for code, member in shape.members(name).items()}
        lists[dimension] = {WHOLE: "Tổng số", **members}
    return {component: _list(shape, component, codes) for component, codes in lists.items()}


def _member(form: Form, name: str, code: str) -> str:
    """A member is called as the column that is of it alone."""
    return next((one.name for one in form.columns if one.breakdown == {name: code}), code)


def _list(shape: Shape, component: str, codes: Mapping[str, str]) -> Codelist:
    from pysdmx.model import Code, Codelist  # noqa: PLC0415 - as above

    items = [Code(id=name, name=text) for name, text in codes.items()]
    return Codelist(id=f"CL_{component}_{shape.id}", agency=shape.agency, version=VERSION, name=component, items=items)


def _concept(shape: Shape, component: str) -> Concept:
    from pysdmx.model import Concept  # noqa: PLC0415 - as above

    scheme = f"{shape.agency}:{_CONCEPTS}_{shape.id}({VERSION})"
    named = {dimension: name for name, dimension in shape.breakdowns.items()}
    name = _NAMES.get(component) or named[component]
    return Concept(
        id=component, name=name, urn=f"urn:sdmx:org.sdmx.infomodel.conceptscheme.Concept={scheme}.{component}"
    )


def _concepts(shape: Shape) -> ConceptScheme:
    from pysdmx.model import ConceptScheme  # noqa: PLC0415 - as above

    items = [_concept(shape, component) for component in shape.columns]
    return ConceptScheme(
        id=f"{_CONCEPTS}_{shape.id}", agency=shape.agency, version=VERSION, name=shape.form.name, items=items
    )


def _definition(shape: Shape) -> DataStructureDefinition:
    from pysdmx.model import Components, DataStructureDefinition  # noqa: PLC0415 - as above

    return DataStructureDefinition(
        id=shape.id,
        agency=shape.agency,
        version=VERSION,
        name=shape.form.name,
        components=Components(list(_components(shape))),
    )


def _components(shape: Shape) -> Iterator[Component]:
    from pysdmx.model import Role  # noqa: PLC0415 - as above

    lists = _lists(shape)
    for name in shape.dimensions:
        yield _component(shape, name, Role.DIMENSION, lists, required=True)
    yield _component(shape, MEASURE, Role.MEASURE, lists, required=False)
    for attributes, level in ((OBS_ATTRIBUTES, "O"), (WHOLE_ATTRIBUTES, "D")):
        for name, required in attributes.items():
            yield _component(shape, name, Role.ATTRIBUTE, lists, required=required, level=level)


def _component(
    shape: Shape, name: str, role: Role, lists: Mapping[str, Codelist], *, required: bool, level: str | None = None
) -> Component:
    from pysdmx.model import Component, DataType  # noqa: PLC0415 - as above

    kinds = {LAST_DIMENSION: DataType.PERIOD, MEASURE: DataType.DECIMAL}
    coded = lists.get(name)
    return Component(
        name,
        required,
        role,
        _concept(shape, name),
        None if coded else kinds.get(name, DataType.STRING),
        local_codes=coded,
        attachment_level=level,
    )
