"""Every rule a report can break: a stable code, what it costs as a rule, and the words of it in Vietnamese and English.

A regime may make a refusal of a warning and the other way round, but for rules without which a report cannot be read at all (``fixed``).
``docs/reports.md`` shows the same rows; a test keeps the two in step. Words in braces are filled in where the rule was broken.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Verdict(StrEnum):
    """What a broken rule costs a report."""

    REFUSE = "refuse"
    WARN = "warn"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule."""

    code: str
    verdict: Verdict
    fixed: bool
    what: str
    what_vi: str


_R, _W = Verdict.REFUSE, Verdict.WARN

# A table: a row a rule, in columns as the fields of Rule stand.
# fmt: off
_ROWS = (
    # the packet
    ("report.shape", _R, True, "{at}: {problem}",
     "{at}: {problem_vi}"),
    ("report.regime_unknown", _R, True, "there is no regime '{given}' in force for these data",
     "không có chế độ báo cáo '{given}' còn hiệu lực cho kỳ số liệu này"),
    ("report.form_unknown", _R, True, "this unit does not owe form '{given}' by this regime; write one of: {expected}",
     "đơn vị không phải báo cáo biểu '{given}' theo chế độ này; dùng một trong các biểu: {expected}"),
    ("report.form_version", _R, False, "version '{given}' of the form is not the one in force, which is '{expected}'",
     "phiên bản biểu mẫu '{given}' không phải phiên bản đang áp dụng ('{expected}')"),
    ("report.kind", _R, True, "the form is a {expected}, the report is a {given}",
     "biểu mẫu thuộc dạng '{expected}' nhưng báo cáo ở dạng '{given}'"),
    ("report.period_unknown", _R, True, "this regime has no period '{given}'; it has {expected}, written like 2025-M01, 2025-Q1",
     "chế độ báo cáo này không có kỳ '{given}'; các kỳ: {expected}, ghi theo dạng 2025-M01, 2025-Q1"),
    ("report.period_basis", _R, False, "the data of this period run {expected}, not {given}",
     "số liệu của kỳ này tính {expected}, không phải {given}"),
    ("report.period_closed", _R, False, "period {given} is closed; ask the office that follows the regime to open it again",
     "kỳ {given} đã đóng; đề nghị đơn vị theo dõi chế độ báo cáo mở lại"),
    ("report.not_owing", _R, False, "{given} does not owe this report for this period",
     "đơn vị {given} không thuộc diện báo cáo trong kỳ này"),
    ("report.recipients", _W, False, "the regime sends this report to {expected}, not to {given}",
     "theo chế độ báo cáo, nơi nhận là {expected}, không phải {given}"),
    ("report.data_type", _R, False, "figures of the type '{given}' are not asked for; write one of: {expected}",
     "loại số liệu '{given}' không được yêu cầu; dùng một trong: {expected}"),
    ("report.late", _W, False, "the deadline was {expected}",
     "đã quá thời hạn gửi ({expected})"),
    ("report.attachment", _R, True, "attachment '{given}' is named and is not there",
     "tệp đính kèm '{given}' được nhắc đến nhưng không có"),
    ("report.signature", _R, True, "what {given} signed is not what stands in this report",
     "nội dung {given} đã ký không phải là nội dung của báo cáo này"),
    ("report.section_unknown", _R, False, "the outline has no section '{given}'",
     "đề cương không có mục '{given}'"),
    ("report.section_missing", _R, False, "section '{given}' of the outline must be written",
     "mục '{given}' của đề cương là bắt buộc"),
    # its figures
    ("report.indicator_unknown", _R, False, "the form has no indicator '{given}'",
     "biểu mẫu không có chỉ tiêu '{given}'"),
    ("report.breakdown_unknown", _R, False, "the form has no column for '{given}'",
     "biểu mẫu không có cột cho phân tổ '{given}'"),
    ("report.unit", _R, False, "the unit is '{given}' and should be '{expected}'",
     "đơn vị tính là '{given}', phải là '{expected}'"),
    ("report.cell_twice", _R, False, "this cell is filled twice",
     "ô này được khai hai lần"),
    ("report.cell_missing", _R, False, "this cell must be filled; zero is written 0",
     "ô này bắt buộc phải có số liệu; nếu bằng không thì ghi 0"),
    ("report.cell_not_applicable", _R, False, "this cell means nothing and stays empty, not '{given}'",
     "ô này không áp dụng, phải để trống, không ghi '{given}'"),
    ("report.number", _R, False, "'{given}' is no number; write it without grouping and with a point, as text: 1234.5",
     "'{given}' không phải là số hợp lệ; ghi liền, dùng dấu chấm thập phân: 1234.5"),
    ("report.decimals", _R, False, "'{given}' has more digits after the point than {expected}",
     "'{given}' có quá {expected} chữ số thập phân"),
    ("report.range", _R, False, "{given} is not {expected}",
     "{given} nằm ngoài khoảng cho phép ({expected_vi})"),
    ("report.status", _R, False, "value '{given}' and status '{expected}' contradict each other",
     "giá trị '{given}' mâu thuẫn với trạng thái '{expected}'"),
    ("report.total", _R, False, "the total is {given}, its parts add up to {expected}",
     "tổng ghi {given}, cộng các thành phần được {expected}"),
    # its rows
    ("report.field_unknown", _R, False, "the form has no field '{given}'",
     "biểu mẫu không có trường '{given}'"),
    ("report.date", _R, False, "'{given}' is no day; write it as 2025-03-14",
     "'{given}' không phải là ngày hợp lệ; ghi theo dạng 2025-03-14"),
    ("report.choice", _R, False, "'{given}' is not one of: {expected}",
     "'{given}' không thuộc danh sách: {expected}"),
    # the spreadsheet it comes as
    ("report.sheet_unreadable", _R, True, "the file cannot be read: {problem}",
     "không đọc được tệp: {problem_vi}"),
    ("report.sheet_mark", _R, True, "this is not the form '{expected}' as it was handed out; fill in an empty one anew",
     "đây không phải biểu '{expected}' do hệ thống phát hành; hãy tải biểu trống và điền lại"),
    ("report.sheet_header", _R, True, "'{given}' is no {expected}",
     "'{given}' không phải là {expected_vi} hợp lệ"),
    ("report.sheet_moved", _R, False, "'{given}' does not stand where the form has it",
     "'{given}' không nằm đúng vị trí theo biểu mẫu"),
    ("report.sheet_heading", _R, False, "the heading reads '{given}', the form has '{expected}'",
     "tiêu đề ghi '{given}', biểu mẫu là '{expected}'"),
    ("report.sheet_lost", _R, True, "'{given}' of the form is not in the sheet",
     "thiếu '{given}' của biểu mẫu trong bảng"),
    ("report.sheet_merged", _R, False, "cells are merged here ({given}); take them apart",
     "có ô bị gộp ({given}); hãy bỏ gộp ô"),
    ("report.sheet_formula", _R, False, "a formula stands here; write what it shows",
     "ô chứa công thức; hãy ghi giá trị"),
    ("report.sheet_extra", _W, False, "'{given}' stands outside the form and is not read",
     "'{given}' nằm ngoài biểu mẫu và không được đọc"),
)
# fmt: on

RULES: Mapping[str, Rule] = MappingProxyType({row[0]: Rule(*row) for row in _ROWS})
