"""Every refusal a sender can see: a stable code, whose side it is on, what happened and what to do.

``docs/errors.md`` shows the same rows; a test keeps the two in step.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Side(StrEnum):
    """Who can put it right."""

    SENDER = "sender"
    BUS = "bus"
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class Entry:
    """One kind of refusal. ``http`` is the status on doors that speak HTTP plainly."""

    code: str
    http: int
    side: Side
    what: str
    todo: str
    what_vi: str
    todo_vi: str


_S, _B, _O = Side.SENDER, Side.BUS, Side.OPERATOR

# A table: a row a code, in columns as the fields of Entry stand.
# fmt: off
_ROWS = (
    # who is calling
    ("auth.unknown_partner", 401, _S, "no partner is known by this system id or key", "check the system id or key with the bus's operators",
     "không có đơn vị nào dùng mã hệ thống hoặc khóa này", "kiểm tra lại mã hệ thống hoặc khóa với đơn vị vận hành trục"),
    ("auth.signature", 401, _S, "the signature does not fit the signed headers", "sign the exact bytes of the sign-header with the secret agreed for this system id",
     "chữ ký không khớp với các header đã ký", "ký đúng chuỗi byte của sign-header bằng khóa bí mật đã thống nhất"),
    ("auth.skew", 401, _S, "the signed timestamp is too far from the bus's clock", "set the clock of the calling system",
     "thời điểm ký lệch quá xa so với đồng hồ của trục", "chỉnh lại đồng hồ hệ thống gửi"),
    ("auth.throttled", 429, _S, "too many failed sign-ins from this address", "put the credentials right, then wait a minute",
     "quá nhiều lần xác thực sai từ địa chỉ này", "sửa thông tin xác thực rồi chờ một phút"),
    ("auth.expired", 401, _S, "the access token's time has passed", "ask for a new one, once, and call again with it",
     "mã truy cập đã hết hạn", "lấy mã truy cập mới rồi gọi lại một lần"),
    ("auth.replayed", 401, _S, "this token was shown before", "make a new one, with a nonce and a time of its own, for each call",
     "mã xác thực này đã được dùng", "tạo mã mới với nonce và thời điểm riêng cho mỗi lần gọi"),
    ("auth.token", 401, _S, "no operator is known by this token", "check the token; it is listed under operators in routes.yaml",
     "không có người vận hành nào dùng mã truy cập này", "kiểm tra mã truy cập; khai báo tại mục operators của routes.yaml"),
    ("operator.may_not", 403, _O, "this operator may look and not order", "have 'may: operate' written for the operator in routes.yaml",
     "người vận hành này chỉ được xem, không được ra lệnh", "đề nghị cấp quyền 'may: operate' trong routes.yaml"),
    ("operator.other_office", 403, _O, "this operator follows what its own office follows, and no other's", "leave the office out, or ask an operator of that one",
     "người vận hành này chỉ theo dõi phần việc của cơ quan mình", "bỏ mã cơ quan khác, hoặc đề nghị người vận hành của cơ quan đó"),
    ("agency.not_yours", 403, _S, "this partner does not act for the agency it names as sender", "send for your own agencies, or ask the operators to add the agency to this partner",
     "đơn vị gửi không thuộc phạm vi của hệ thống này", "gửi đúng mã đơn vị của mình hoặc đề nghị bổ sung mã đơn vị"),
    ("agency.by_operator", 403, _O, "agencies are entered by the bus's operators only", "send the operators the code and name of the agency",
     "danh mục đơn vị chỉ do đơn vị vận hành trục cập nhật", "gửi mã và tên đơn vị cho đơn vị vận hành"),
    # the request
    ("request.invalid", 400, _S, "the request lacks a needed header or parameter, or has a wrong one", "correct what the detail names",
     "yêu cầu thiếu hoặc sai tham số", "sửa tham số được nêu trong chi tiết"),
    ("request.header_too_large", 431, _S, "the headers are larger than this door takes", "name fewer recipients in one call",
     "phần header vượt quá giới hạn", "giảm số đơn vị nhận trong một lần gửi"),
    ("call.key_reused", 409, _S, "this call key was used before with another body", "use a new key for a new body",
     "khóa cuộc gọi này đã dùng cho nội dung khác", "dùng khóa mới cho nội dung mới"),
    ("request.media_type", 415, _S, "this call does not take bodies of that Content-Type", "send what the detail names",
     "hàm này không nhận nội dung có Content-Type đó", "gửi đúng kiểu được nêu trong chi tiết"),
    ("method.unknown", 404, _S, "there is no such call at this door", "check the path against the door's list of calls",
     "không có hàm này", "kiểm tra lại đường dẫn"),
    ("soap.version", 400, _S, "the envelope is not of the version of SOAP that its Content-Type names", "send SOAP 1.1 as text/xml, or SOAP 1.2 as application/soap+xml",
     "phong bì không đúng phiên bản SOAP ghi trong Content-Type", "gửi SOAP 1.1 với text/xml hoặc SOAP 1.2 với application/soap+xml"),
    ("soap.must_understand", 400, _S, "a block of the envelope's header must be understood and is not known here", "send it without the block named in the detail",
     "phần đầu phong bì có khối bắt buộc phải hiểu mà trục không hỗ trợ", "gửi lại không kèm khối được nêu"),
    # the body
    ("body.empty", 400, _S, "the body is empty", "send the document as the body",
     "nội dung rỗng", "gửi văn bản trong phần thân yêu cầu"),
    ("body.too_large", 413, _S, "the body, or what a file in it unpacks to, is larger than this door or a destination takes", "send fewer or smaller attachments",
     "nội dung, hoặc tệp nén trong đó sau khi giải nén, vượt quá dung lượng cho phép", "giảm số lượng hoặc dung lượng tệp đính kèm"),
    ("body.truncated", 400, _S, "the body ended before its announced length", "send it again, whole",
     "nội dung bị cắt giữa chừng", "gửi lại đầy đủ"),
    ("body.hash_mismatch", 400, _S, "the body does not fit the hash that was sent with it", "compute the hash over the bytes that are sent",
     "mã băm không khớp với nội dung", "tính mã băm trên đúng nội dung gửi"),
    ("xml.malformed", 422, _S, "the body is not well-formed XML in UTF-8", "correct the XML at the line and column named",
     "nội dung không phải XML hợp lệ (UTF-8)", "sửa XML tại dòng và cột được nêu"),
    ("xml.dtd_forbidden", 422, _S, "the XML has a document type or an entity of its own", "send it without DOCTYPE",
     "XML chứa DOCTYPE hoặc thực thể riêng", "bỏ DOCTYPE rồi gửi lại"),
    ("xml.too_deep", 422, _S, "the XML is nested too deeply or one of its tags is too large", "send XML as the standard describes it",
     "XML lồng quá sâu hoặc có thẻ quá lớn", "tạo XML đúng quy chuẩn"),
    ("edxml.not_edxml", 422, _S, "the XML is not an edXML message of QCVN 102:2016", "send an edXML envelope in the standard's namespace",
     "XML không phải bản tin edXML theo QCVN 102:2016", "gửi đúng cấu trúc và namespace của quy chuẩn"),
    ("edxml.missing", 422, _S, "the message lacks an element it must have", "fill the element named in the detail",
     "bản tin thiếu thành phần bắt buộc", "bổ sung thành phần được nêu"),
    ("edxml.value", 422, _S, "an element has a value it may not have", "correct the element named in the detail",
     "giá trị của thành phần không hợp lệ", "sửa giá trị được nêu"),
    ("edxml.header_too_large", 422, _S, "the header's text is larger than is taken", "shorten the header",
     "phần đầu bản tin quá lớn", "rút gọn phần đầu bản tin"),
    ("edxml.too_many", 422, _S, "too many recipients or attachments in one message", "split the message",
     "quá nhiều đơn vị nhận hoặc tệp đính kèm", "tách thành nhiều bản tin"),
    ("edxml.bad_base64", 422, _S, "an attachment is not valid base64", "encode the attachment named in the detail again",
     "tệp đính kèm không phải base64 hợp lệ", "mã hóa lại tệp được nêu"),
    ("edxml.attachment_name", 422, _S, "an attachment's name holds a path or control characters", "give the bare file name",
     "tên tệp đính kèm chứa đường dẫn hoặc ký tự điều khiển", "chỉ ghi tên tệp"),
    # uploads in pieces, and links
    ("upload.offset", 409, _S, "the piece does not begin where the upload stands", "ask where it stands (HEAD) and go on from there",
     "phần gửi lên không bắt đầu đúng vị trí hiện tại", "hỏi lại vị trí (HEAD) rồi gửi tiếp từ đó"),
    ("upload.in_use", 409, _S, "another call on this upload is under way", "wait a moment, ask where it stands (HEAD) and go on from there",
     "đang có lời gọi khác trên lượt tải lên này", "chờ một lát, hỏi lại vị trí (HEAD) rồi gửi tiếp"),
    ("upload.incomplete", 409, _S, "bytes of the upload are still to come", "send the rest, then ask again",
     "lượt tải lên chưa đủ nội dung", "gửi nốt phần còn lại rồi gọi lại"),
    ("upload.too_many", 429, _S, "too many uploads, or too many bytes of them, are under way for this partner", "finish or delete one; GET /api/v1/uploads lists them",
     "đơn vị đang có quá nhiều lượt tải lên dở dang", "hoàn tất hoặc hủy bớt; xem GET /api/v1/uploads"),
    ("upload.version", 412, _S, "the tus protocol's version is not spoken here", "send Tus-Resumable: 1.0.0",
     "không hỗ trợ phiên bản giao thức tus này", "gửi Tus-Resumable: 1.0.0"),
    ("link.gone", 410, _S, "the link's time has passed, or the file is no longer kept", "ask whoever gave you the link for another",
     "liên kết đã hết hạn hoặc tệp không còn được lưu", "xin lại liên kết từ nơi đã cung cấp"),
    ("range.unsatisfiable", 416, _S, "nothing of the range that was asked for is there", "ask for bytes below the size in Content-Range",
     "không có phần nào trong khoảng byte yêu cầu", "yêu cầu khoảng byte nhỏ hơn kích thước trong Content-Range"),
    # reports
    ("report.shape", 422, _S, "the body is no packet of a report, or lacks what one must have", "correct all the detail names; docs/reports.md has the packets",
     "nội dung không phải gói tin báo cáo hợp lệ", "sửa mọi điểm nêu trong phần chi tiết"),
    ("report.refused", 422, _S, "the report breaks rules of its regime", "correct all that problems names; docs/reports.md has the rules",
     "báo cáo chưa đúng quy định của chế độ báo cáo", "sửa mọi điểm nêu trong problems"),
    ("report.unsaid", 422, _S, "the report cannot be said in that form", "ask for another form; the detail says what it has no place for",
     "báo cáo không thể hiện được ở định dạng đó", "dùng định dạng khác; phần chi tiết nêu lý do"),
    ("report.not_installed", 501, _O, "this bus was installed without the part that writes structures", "have the bus installed with the extra sdmx",
     "trục chưa được cài phần ghi cấu trúc SDMX", "đề nghị đơn vị vận hành cài đặt thêm phần sdmx"),
    # the business
    ("message.type", 415, _S, "this door does not take messages of that type", "use a type the door takes",
     "kênh này không nhận loại bản tin đó", "dùng đúng loại bản tin"),
    ("document.conflict", 409, _S, "another content was accepted before under this DocumentId of this sender", "use a new DocumentId, or send an update (BussinessDocType 2); of a report its next version",
     "mã định danh văn bản này đã dùng cho nội dung khác", "dùng mã mới hoặc gửi bản tin cập nhật; với báo cáo, gửi phiên bản kế tiếp"),
    ("not_your_document", 403, _S, "the sender of this status or recall neither sent nor received the document it speaks of",
     "speak of your own documents, and check ResponseFor/DocumentId and OrganId; of a report its reportId and version",
     "đơn vị gửi không gửi và không nhận văn bản được nêu", "kiểm tra mã văn bản và mã đơn vị trong ResponseFor; với báo cáo, reportId và version"),
    ("recipient.unknown", 422, _S, "no route leads to a recipient's code", "check the code named in the detail against the agency list",
     "không có đường chuyển tới mã đơn vị nhận", "kiểm tra mã đơn vị nhận trong danh mục"),
    ("recipient.closed", 422, _S, "a recipient's code is closed", "send to the successor named in the detail",
     "mã đơn vị nhận đã đóng", "gửi tới mã kế thừa được nêu"),
    ("recipient.none", 422, _S, "the message names no recipient", "name at least one recipient",
     "bản tin không có đơn vị nhận", "ghi ít nhất một đơn vị nhận"),
    ("route.none", 422, _O, "the recipient is known but no route takes this message", "ask the operators for a route",
     "chưa có tuyến chuyển cho đơn vị nhận này", "đề nghị đơn vị vận hành bổ sung tuyến"),
    ("secrecy.marked", 422, _S, "the message is marked as secret; secret documents never go this way", "send it by the means laid down for secret documents",
     "bản tin có dấu mật, không được gửi qua trục", "gửi theo quy định về tài liệu mật"),
    ("expired", 422, _S, "the message's time has passed", "send it with a later expiry",
     "bản tin đã hết hạn", "gửi lại với thời hạn mới"),
    ("not_found", 404, _S, "nothing of that id is here for this partner", "check the id",
     "không tìm thấy mã này", "kiểm tra lại mã"),
    ("ack.settled", 409, _S, "this item was settled otherwise before", "nothing; the first answer stands",
     "mục này đã được xác nhận trước đó", "không cần làm gì"),
    # ours
    ("bus.busy", 503, _B, "the bus has too much in hand", "send it again after the time named",
     "trục đang quá tải", "gửi lại sau"),
    ("bus.stopping", 503, _B, "the bus is stopping or starting", "send it again in a minute",
     "trục đang khởi động hoặc dừng", "gửi lại sau ít phút"),
    ("bus.fault", 500, _B, "the bus could not store the message; nothing was taken", "send it again; if it stays so, tell the operators",
     "trục không lưu được bản tin", "gửi lại; nếu vẫn lỗi hãy báo đơn vị vận hành"),
)
# fmt: on

CATALOGUE: dict[str, Entry] = {row[0]: Entry(*row) for row in _ROWS}
