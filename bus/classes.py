"""Every reason a copy can fail for: whose side it is on, what the bus does by itself, what happened and what to do, and what to
ask of the other agency.

The class of a failure is a fact of the protocol or of the bus, never found in the words of a text. ``docs/errors.md`` shows the same
rows; a test keeps the two in step.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from bus.errors import FailureClass
from bus.journal.copy import Copy
from bus.journal.fingerprint import parsed
from bus.journal.states import REASONED, Reason, State


class Side(StrEnum):
    """Who can put it right."""

    PARTNER = "partner"
    SENDER = "sender"
    OPERATOR = "operator"
    NOBODY = "nobody"


class Policy(StrEnum):
    """What the bus does by itself."""

    #: Tried again until the time for trying is over.
    RETRIED = "retried"
    #: Never tried again, unless an operator says so.
    NEVER = "never"
    #: What the endpoint's ``idempotency`` says: asked about, sent again, or left to an operator.
    CONTRACT = "contract"
    #: Left until an operator says something.
    OPERATOR = "operator"
    #: It is over, and nothing is to be done.
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Class:
    """One kind of failure. ``ask`` is what the agency to write to (the recipient's where the side is the partner's, else the
    sender's) is asked for.
    """

    name: str
    side: Side
    policy: Policy
    what: str
    todo: str
    ask: str
    what_vi: str
    todo_vi: str
    ask_vi: str


_F, _R = FailureClass, Reason
_PARTNER, _SENDER, _OPERATOR, _NOBODY = Side.PARTNER, Side.SENDER, Side.OPERATOR, Side.NOBODY
_NOTHING, _NOTHING_VI = (
    "nothing is asked of you; this is for your information",
    "không cần làm gì thêm; xin thông báo để quý đơn vị biết",
)
_WE, _WE_VI = (
    "nothing is asked of you; we are putting it right and will send it on",
    "không cần làm gì thêm; chúng tôi đang khắc phục và sẽ chuyển tiếp",
)

# A table: a row a class, in columns as the fields of Class stand.
# fmt: off
_ROWS = (
    # calls to partners
    (_F.CONNECT, _PARTNER, Policy.RETRIED, "no connection could be made to the partner's system",
     "check url and network with `bus check --connect`; if others reach it neither, write to them",
     "please check that your system is running and that its port is open to ours",
     "không kết nối được tới hệ thống của đơn vị", "kiểm tra url và đường truyền bằng `bus check --connect`; nếu vẫn không được thì báo đơn vị",
     "kiểm tra hệ thống đang hoạt động và đã mở cổng kết nối cho trục"),
    (_F.TLS, _PARTNER, Policy.RETRIED, "the connection to the partner's system could not be made safe",
     "compare certificate, name and authority (ca_file, cert_file) with what they use now",
     "please check whether your certificate has expired or was changed, and send us the new one",
     "không thiết lập được kết nối an toàn (TLS) tới hệ thống của đơn vị", "đối chiếu chứng thư, tên máy chủ và ca_file, cert_file với cấu hình hiện tại của đơn vị",
     "kiểm tra chứng thư số đã hết hạn hoặc thay đổi hay chưa và gửi chứng thư mới cho chúng tôi"),
    (_F.TIMEOUT_BEFORE_SEND, _PARTNER, Policy.RETRIED, "the partner's system took too long to accept a connection; nothing was sent",
     "look whether it is overloaded or a firewall drops packets; connect_timeout says how long is waited",
     "please check the load of your system and the firewall before it",
     "hệ thống của đơn vị chấp nhận kết nối quá chậm; chưa gửi dữ liệu nào", "kiểm tra tải hoặc tường lửa phía đơn vị; connect_timeout là thời gian chờ",
     "kiểm tra tải của hệ thống và tường lửa phía trước"),
    (_F.TIMEOUT_AFTER_SEND, _PARTNER, Policy.CONTRACT, "the document went out and no answer came that can be understood: it may have arrived",
     "what waits for an operator: ask them whether they have it, then `bus settle`",
     "please tell us whether your system has received it, by the ids above",
     "đã gửi nhưng không nhận được phản hồi hiểu được: có thể văn bản đã tới", "nếu chờ người vận hành: hỏi đơn vị đã nhận chưa rồi dùng `bus settle`",
     "cho biết hệ thống của quý đơn vị đã nhận được văn bản có mã nêu trên hay chưa"),
    (_F.AUTH, _OPERATOR, Policy.RETRIED, "the partner does not accept our key or signature, or ours cannot be read; where it said so for good, the copy is dead",
     "compare the secret with theirs, put it right, then replay what is dead",
     "please confirm the key or system id that our calls must carry, and that it is not locked",
     "đơn vị không chấp nhận khóa hoặc chữ ký của trục, hoặc trục không đọc được khóa", "đối chiếu và sửa khóa bí mật, rồi gửi lại các bản đã dừng",
     "xác nhận khóa hoặc mã hệ thống mà trục phải dùng, và khóa này không bị chặn"),
    (_F.QUOTA, _PARTNER, Policy.RETRIED, "the partner says that we call too often",
     "agree on a rate with them and write it as rate of the endpoint",
     "please tell us how many calls a second or a day are allowed to us",
     "đơn vị báo trục gọi quá nhiều", "thống nhất tần suất với đơn vị và ghi vào rate của điểm kết nối",
     "cho biết số lượt gọi cho phép mỗi giây hoặc mỗi ngày"),
    (_F.SERVER_FAULT, _PARTNER, Policy.RETRIED, "the partner's system reports a fault of its own",
     "wait; if it lasts, write to them with their own words",
     "please look into the fault that your system answered with, quoted here",
     "hệ thống của đơn vị báo lỗi nội bộ", "chờ; nếu kéo dài thì gửi đơn vị nguyên văn phản hồi",
     "kiểm tra lỗi mà hệ thống quý đơn vị đã phản hồi như trên"),
    (_F.CLIENT_FAULT, _OPERATOR, Policy.NEVER, "the partner says that our call is wrong (a path, a method, a size), or the body is no longer kept here",
     "compare url and settings with their manual, put them right, then replay",
     "please tell us what in our call is not as your system expects it",
     "đơn vị báo lời gọi của trục sai (đường dẫn, phương thức, dung lượng), hoặc nội dung không còn lưu tại trục", "đối chiếu url và cấu hình với tài liệu của đơn vị, sửa rồi gửi lại",
     "cho biết lời gọi của trục sai ở điểm nào so với yêu cầu của hệ thống"),
    (_F.SCHEMA, _SENDER, Policy.NEVER, "the partner's system does not take the document's format",
     "find out with their words what is wrong: the sender's software, or their check; then have it sent anew, or replay",
     "please check the document that your software made against QCVN 102:2016, and send it anew",
     "hệ thống nhận không chấp nhận định dạng văn bản", "xem phản hồi để biết lỗi do phần mềm gửi hay do phía nhận kiểm tra; sau đó đề nghị gửi mới hoặc gửi lại",
     "kiểm tra bản tin do phần mềm của quý đơn vị tạo theo QCVN 102:2016 và gửi lại bản tin mới"),
    (_F.BUSINESS_REJECT, _PARTNER, Policy.NEVER, "the partner's system understood the document and will not take it",
     "ask them why, in their own words; replay when they have agreed to take it, or cancel it",
     "please tell us why it was not taken, and what the sender should do",
     "hệ thống của đơn vị đã hiểu nhưng từ chối nhận văn bản", "hỏi lý do; gửi lại khi đơn vị đồng ý nhận, hoặc hủy",
     "cho biết lý do không nhận và đơn vị gửi cần làm gì"),
    (_F.DUPLICATE, _NOBODY, Policy.OVER, "the partner says that it has this document already",
     "nothing: it counts as delivered", _NOTHING,
     "đơn vị báo đã có văn bản này", "không cần làm gì: được tính là đã giao", _NOTHING_VI),
    # what the bus says itself
    (_R.CONFLICT, _SENDER, Policy.OPERATOR, "another content was accepted before under the same DocumentId of this sender",
     "compare the two with `bus trace`; release it if both are meant, else cancel it",
     "please tell us which of the two contents holds; send the other, if it is meant, under a DocumentId of its own",
     "đã có nội dung khác cùng mã định danh văn bản của đơn vị gửi", "so sánh bằng `bus trace`; nếu cả hai đều đúng thì cho đi tiếp, nếu không thì hủy",
     "cho biết nội dung nào đúng; nội dung còn lại nếu cần thì gửi với mã định danh khác"),
    (_R.LOOP, _OPERATOR, Policy.OPERATOR, "it would go back where it came from, or keeps coming in by the same source",
     "put the rule right (or say return: true), then release or cancel it", _WE,
     "văn bản sẽ quay lại nơi đã gửi hoặc liên tục vào lại từ cùng một nguồn", "sửa tuyến (hoặc ghi return: true) rồi cho đi tiếp hoặc hủy", _WE_VI),
    (_R.OPERATOR, _OPERATOR, Policy.OPERATOR, "an operator decided so",
     "`bus trace` says who and why", _NOTHING,
     "do người vận hành quyết định", "`bus trace` cho biết ai và lý do", _NOTHING_VI),
    (_R.HORIZON, _PARTNER, Policy.NEVER, "the time for trying is over, and the partner could not be reached in all of it",
     "when the partner is back, replay; what need not arrive any more is cancelled",
     "please check your system: it could not be reached for as long as we try; tell us when it can, and we send again",
     "đã hết thời gian gửi lại mà vẫn không tới được hệ thống của đơn vị", "khi đơn vị hoạt động lại thì gửi lại; văn bản không còn cần thì hủy",
     "kiểm tra hệ thống và báo lại khi đã hoạt động để trục gửi lại"),
    (_R.EXPIRED, _SENDER, Policy.OVER, "the time that its sender gave it had passed before it could be delivered",
     "nothing, unless the sender wants to send it anew", "please send it anew with a later expiry, if it is still needed",
     "đã quá thời hạn do đơn vị gửi đặt trước khi giao được", "không cần làm gì, trừ khi đơn vị gửi muốn gửi mới", "gửi lại với thời hạn mới nếu vẫn cần"),
    (_R.NO_ROUTE, _OPERATOR, Policy.NEVER, "the recipient is known, but no rule of the routes takes this message",
     "add a rule, try it with `bus route FILE`, then replay", _WE,
     "đã biết đơn vị nhận nhưng chưa có tuyến chuyển", "bổ sung tuyến, thử bằng `bus route`, rồi gửi lại", _WE_VI),
    (_R.CLOSED, _SENDER, Policy.NEVER, "the recipient's code is closed",
     "tell the sender the successor; if the code should be open, put the agency list right and replay",
     "please send it to the successor of that agency",
     "mã đơn vị nhận đã đóng", "báo đơn vị gửi mã kế thừa; nếu mã chưa đóng thì sửa danh mục rồi gửi lại", "gửi tới đơn vị kế thừa"),
    (_R.UNKNOWN, _SENDER, Policy.NEVER, "no route leads to the recipient's code",
     "look it up with `bus directory find`; if it is right, add it to the routes and replay",
     "please check the recipient's code against the list of agencies",
     "không có đường chuyển tới mã đơn vị nhận", "tra bằng `bus directory find`; nếu mã đúng thì bổ sung tuyến rồi gửi lại", "kiểm tra mã đơn vị nhận theo danh mục"),
    (_R.TOO_LARGE, _SENDER, Policy.NEVER, "it is larger than the endpoint on its way takes",
     "if the partner takes more by now, raise max_bytes and replay; else it must come in parts",
     "please send it with fewer or smaller attachments",
     "văn bản lớn hơn dung lượng điểm kết nối cho phép", "nếu đơn vị nhận được lớn hơn thì tăng max_bytes rồi gửi lại; nếu không phải tách nhỏ", "gửi lại với ít hoặc nhỏ tệp đính kèm hơn"),
    (_R.NOT_YOURS, _SENDER, Policy.NEVER, "a status or recall of an agency that neither sent nor received the document",
     "compare ResponseFor with the document by `bus trace`; their software names the wrong document or agency",
     "please check DocumentId and OrganId in ResponseFor of the messages that your software makes",
     "trạng thái hoặc thu hồi của đơn vị không gửi và không nhận văn bản đó", "đối chiếu ResponseFor với văn bản bằng `bus trace`; phần mềm gửi ghi sai văn bản hoặc đơn vị",
     "kiểm tra DocumentId và OrganId trong ResponseFor do phần mềm của quý đơn vị tạo"),
    (_R.RECIPIENT_FAILED, _PARTNER, Policy.NEVER, "the recipient fetched it and said that it could not take it",
     "ask them why; replay puts it back into their mailbox",
     "please tell us why your software could not take it",
     "đơn vị nhận đã lấy văn bản và báo không nhận được", "hỏi lý do; gửi lại sẽ đưa văn bản về hộp chờ lấy", "cho biết lý do phần mềm của quý đơn vị không nhận được"),
    (_R.RECALLED, _NOBODY, Policy.OVER, "its sender took it back before it was sent or fetched", "nothing", _NOTHING,
     "đơn vị gửi đã thu hồi trước khi giao", "không cần làm gì", _NOTHING_VI),
    (_R.RECALLED_UNKNOWN, _PARTNER, Policy.OVER, "its sender took it back, and nobody could say whether it had arrived",
     "nothing: the recall goes to the recipient as well", "please make sure that the document is not worked on, for its sender took it back",
     "đơn vị gửi đã thu hồi và không rõ văn bản đã tới hay chưa", "không cần làm gì: bản tin thu hồi cũng được gửi tới đơn vị nhận", "không xử lý văn bản này vì đơn vị gửi đã thu hồi"),
    (_R.NOTHING_TO_RECALL, _NOBODY, Policy.OVER, "a recall, for a recipient that has nothing to give back", "nothing", _NOTHING,
     "bản tin thu hồi cho đơn vị chưa nhận văn bản", "không cần làm gì", _NOTHING_VI),
    (_R.LEASE_ENDED, _OPERATOR, Policy.CONTRACT, "the bus died, or lost its hold, while the call was under way: it may have arrived",
     "what waits for an operator: ask them whether they have it, then `bus settle`",
     "please tell us whether your system has received it, by the ids above",
     "trục bị ngắt khi đang gửi: có thể văn bản đã tới", "nếu chờ người vận hành: hỏi đơn vị đã nhận chưa rồi dùng `bus settle`", "cho biết hệ thống của quý đơn vị đã nhận được văn bản có mã nêu trên hay chưa"),
    (_R.STOPPED, _OPERATOR, Policy.CONTRACT, "the bus was stopped while the call was under way: it may have arrived",
     "what waits for an operator: ask them whether they have it, then `bus settle`",
     "please tell us whether your system has received it, by the ids above",
     "trục được dừng khi đang gửi: có thể văn bản đã tới", "nếu chờ người vận hành: hỏi đơn vị đã nhận chưa rồi dùng `bus settle`", "cho biết hệ thống của quý đơn vị đã nhận được văn bản có mã nêu trên hay chưa"),
    (_R.RETRY_AFTER, _PARTNER, Policy.RETRIED, "the partner said when to come again, and is left that time",
     "nothing; if it says so for long, ask its people",
     "nothing is asked of you; your system said when it takes more",
     "hệ thống của đơn vị hẹn gửi lại sau một thời gian", "không cần làm gì; nếu kéo dài thì hỏi đơn vị", "không cần làm gì thêm; hệ thống của quý đơn vị đã hẹn thời điểm nhận tiếp"),
    (_R.RESTORED, _OPERATOR, Policy.OPERATOR, "it was open when the backup was made from which the bus was restored: it may have arrived since",
     "`bus recovery`: have partners asked, or release it",
     "please tell us whether your system has received it, by the ids above",
     "trục được khôi phục từ bản sao lưu: có thể văn bản đã tới sau thời điểm sao lưu", "dùng `bus recovery`: hỏi các đơn vị hoặc cho gửi tiếp", "cho biết hệ thống của quý đơn vị đã nhận được văn bản có mã nêu trên hay chưa"),
    (_R.PARTNER_UNSURE, _PARTNER, Policy.OPERATOR, "the partner was asked and could not say whether it has the document",
     "ask its people, then `bus settle`",
     "please tell us whether your system has received it, by the ids above; it could not say so itself",
     "đã hỏi nhưng hệ thống của đơn vị không trả lời được đã nhận hay chưa", "hỏi trực tiếp rồi dùng `bus settle`", "cho biết hệ thống của quý đơn vị đã nhận được văn bản có mã nêu trên hay chưa"),
)
# fmt: on

CLASSES: Mapping[str, Class] = MappingProxyType({row[0]: Class(*row) for row in _ROWS})
#: In these an unknown outcome is asked about at the recipient's, whoever is to blame.
_ASKED = frozenset({FailureClass.AUTH, FailureClass.CLIENT_FAULT, Reason.LEASE_ENDED, Reason.STOPPED, Reason.RESTORED})


def of_copy(copy: Copy, failed_as: str | None) -> Class | None:
    """What a copy failed of; None where it has not. ``failed_as``: its group, if it is known. A reason that is no class is
    somebody's words: an operator's, or a recipient's about what it had fetched.
    """
    if copy.state not in REASONED:
        return None
    group = parsed(failed_as) if failed_as and copy.state in (State.DEAD, State.IN_DOUBT) else None
    if group and group.class_ in CLASSES:
        return CLASSES[group.class_]
    if copy.reason in CLASSES:
        return CLASSES[copy.reason]
    refused = copy.state == State.DEAD and copy.usual == State.OFFERED
    return CLASSES[Reason.RECIPIENT_FAILED if refused else Reason.OPERATOR] if copy.reason else None


def to_recipient(class_: Class) -> bool:
    """Whether the recipient's agency is the one to write to; else the sender's."""
    return class_.side == Side.PARTNER or class_.name in _ASKED
