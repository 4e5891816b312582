"""The standard's annex of document types (amendment 1:2022), and how a type is told from what a message says.

In messages the codes are used in conflicting ways, so the name decides and the codes are asked after it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from types import MappingProxyType

from schemas.edxml.models.header import DocumentType


class Group(IntEnum):
    """DocumentType/Type."""

    LEGAL = 1
    ADMINISTRATIVE = 2


@dataclass(frozen=True, slots=True)
class Kind:
    """One line of the annex; ``index`` is DocumentType/TypeDetail."""

    group: Group
    index: int
    name: str


_LEGAL = (
    "Hiến pháp",
    "Luật",
    "Pháp lệnh",
    "Lệnh",
    "Nghị quyết",
    "Nghị quyết liên tịch",
    "Nghị định",
    "Quyết định",
    "Thông tư",
    "Thông tư liên tịch",
    "Chỉ thị",
    "Bộ luật",
    "Văn bản quy phạm pháp luật của chính quyền địa phương ở đơn vị hành chính - kinh tế đặc biệt",
)
# Nghị quyết and Quyết định are here those about single cases ("cá biệt").
_ADMINISTRATIVE = (
    "Nghị quyết",
    "Quyết định",
    "Chỉ thị",
    "Quy chế",
    "Quy định",
    "Thông cáo",
    "Thông báo",
    "Hướng dẫn",
    "Chương trình",
    "Kế hoạch",
    "Phương án",
    "Đề án",
    "Dự án",
    "Báo cáo",
    "Biên bản",
    "Tờ trình",
    "Hợp đồng",
    "Công văn",
    "Công điện",
    "Bản ghi nhớ",
    "Bản cam kết",
    "Bản thỏa thuận",
    "Giấy chứng nhận",
    "Giấy ủy quyền",
    "Giấy mời",
    "Giấy giới thiệu",
    "Giấy nghỉ phép",
    "Giấy đi đường",
    "Giấy biên nhận hồ sơ",
    "Phiếu gửi",
    "Phiếu chuyển",
    "Thư công",
)

KINDS: Mapping[Group, tuple[Kind, ...]] = MappingProxyType(
    {
        group: tuple(Kind(group, index, name) for index, name in enumerate(names, 1))
        for group, names in ((Group.LEGAL, _LEGAL), (Group.ADMINISTRATIVE, _ADMINISTRATIVE))
    },
)


def document_type(name: str, group: Group = Group.ADMINISTRATIVE) -> DocumentType:
    """The type of that name as it is written. Raises ``KeyError`` for a name the annex has not in that group."""
    kind = named(name, group)
    if kind is None:
        raise KeyError(name)
    return DocumentType(type=int(kind.group), type_detail=kind.index, type_name=kind.name)


def recognise(said: DocumentType) -> Kind | None:
    """The line of the annex a message means: by the name, else by the codes; ``None`` if neither tells."""
    groups = sorted((Group.ADMINISTRATIVE, Group.LEGAL), key=lambda group: group != said.type)
    by_name = (named(said.type_name, group) for group in groups)
    return next(filter(None, by_name), None) or _by_codes(said)


def named(name: str, group: Group) -> Kind | None:
    """The line of that group with that name, however it is written."""
    wanted = _folded(name)
    return next((kind for kind in KINDS[group] if _folded(kind.name) == wanted), None)


def _by_codes(said: DocumentType) -> Kind | None:
    kinds = KINDS[Group(said.type)] if said.type in set(Group) else ()
    return next((kind for kind in kinds if kind.index == said.type_detail), None)


def _folded(name: str) -> str:
    plain = unicodedata.normalize("NFC", name).casefold().removesuffix("(cá biệt)")
    return " ".join(plain.split())
