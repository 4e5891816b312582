"""Every packet by its type, and the 13 of QCVN 125 by their names: models, JSON Schema, and what its numbers are in ours."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from pydantic import TypeAdapter

from schemas.report.catalogue import Catalogue
from schemas.report.data import Data, Narrative, Status
from schemas.report.form import Form, OutlineForm
from schemas.report.kpi import KpiData, KpiSet
from schemas.report.regime import Regime

#: What is sent, by the type of its message.
MODELS: Mapping[str, Any] = MappingProxyType(
    {
        "report.regime.v1": Regime,
        "report.form.v1": Form,
        "report.outline-form.v1": OutlineForm,
        "report.catalog.v1": Catalogue,
        "report.data.v1": Data,
        "report.narrative.v1": Narrative,
        "report.status.v1": Status,
        "kpi.set.v1": KpiSet,
        "kpi.data.v1": KpiData,
    }
)

#: The packets of QCVN 125 by name, each as a type of ours and, where one type is several of them, its ``kind``.
QCVN_125: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "chế độ báo cáo": ("report.regime.v1", ""),
        "biểu mẫu báo cáo": ("report.form.v1", ""),
        "biểu mẫu báo cáo đề cương": ("report.outline-form.v1", ""),
        "số liệu báo cáo": ("report.data.v1", "matrix"),
        "số liệu báo cáo danh sách": ("report.data.v1", "list"),
        "gửi đề cương báo cáo": ("report.narrative.v1", ""),
        "trạng thái báo cáo": ("report.status.v1", ""),
        "danh mục kỳ báo cáo": ("report.catalog.v1", "period"),
        "danh mục chỉ tiêu báo cáo": ("report.catalog.v1", "indicator"),
        "bộ chỉ số (KPI)": ("kpi.set.v1", ""),
        "danh mục nhóm chỉ số": ("report.catalog.v1", "group"),
        "danh mục phân tổ chỉ số": ("report.catalog.v1", "breakdown"),
        "dữ liệu chỉ số (KPI)": ("kpi.data.v1", ""),
    }
)


def json_schema(type_: str) -> dict[str, Any]:
    """The JSON Schema of a packet (2020-12), made of its model. Raises ``KeyError`` for a type there is none of."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": type_,
        **TypeAdapter(MODELS[type_]).json_schema(by_alias=True),
    }
