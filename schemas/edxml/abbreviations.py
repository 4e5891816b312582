"""The abbreviations of types of document in Decree 30/2020/ND-CP, appendix III.

Its list is not the standard's annex (``document_types``): each has names the other has not.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from schemas.edxml.document_types import Group, Kind, named

#: Abbreviation to name. Công văn and thư công have none.
TYPES: Mapping[str, str] = MappingProxyType(
    {
        "NQ": "Nghị quyết",
        "QĐ": "Quyết định",
        "CT": "Chỉ thị",
        "QC": "Quy chế",
        "QyĐ": "Quy định",
        "TC": "Thông cáo",
        "TB": "Thông báo",
        "HD": "Hướng dẫn",
        "CTr": "Chương trình",
        "KH": "Kế hoạch",
        "PA": "Phương án",
        "ĐA": "Đề án",
        "DA": "Dự án",
        "BC": "Báo cáo",
        "BB": "Biên bản",
        "TTr": "Tờ trình",
        "HĐ": "Hợp đồng",
        "CĐ": "Công điện",
        "BGN": "Bản ghi nhớ",
        "BTT": "Bản thỏa thuận",
        "GUQ": "Giấy ủy quyền",
        "GM": "Giấy mời",
        "GGT": "Giấy giới thiệu",
        "GNP": "Giấy nghỉ phép",
        "PG": "Phiếu gửi",
        "PC": "Phiếu chuyển",
        "PB": "Phiếu báo",
    },
)

#: The forms of a copy.
COPIES: Mapping[str, str] = MappingProxyType({"SY": "Sao y", "TrS": "Trích sao", "SL": "Sao lục"})


def in_annex(abbreviation: str) -> Kind | None:
    """The line of the annex for that type; it has none for a Phiếu báo. Raises ``KeyError`` for no abbreviation."""
    return named(TYPES[abbreviation], Group.ADMINISTRATIVE)
