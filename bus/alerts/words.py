"""What people are told of each kind of alert: what it is, whose side, what to do, where to look. Vietnamese, then English."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from bus.clock import MICROS

#: What a rule names that is about copies which no route took.
NOWHERE = "(không có đường đi · no route)"
_UNITS = ((86_400, "ngày", "d"), (3600, "giờ", "h"), (60, "phút", "min"), (1, "giây", "s"))


@dataclass(frozen=True, slots=True)
class Said:
    """What is said of a kind in one language: what goes on, whose side it is on, what to do."""

    what: str
    side: str
    todo: str


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one kind. ``look`` is a command; ``{thing}`` in it is what the alert is about."""

    vi: Said
    en: Said
    look: str

    def of(self, language: Language) -> Said:
        """In one of the two."""
        return self.vi if language is VIETNAMESE else self.en


@dataclass(frozen=True, slots=True)
class Language:
    """What every letter says around it."""

    new: str
    since: str
    more: str
    side: str
    todo: str
    over: str
    look: str
    again: str


VIETNAMESE = Language(
    new="MỚI: ",
    since="từ",
    more="và {} mục nữa",
    side="Phía nào",
    todo="Cần làm",
    over="Đã hết",
    look="Xem thêm",
    again="Nếu vẫn còn, nhắc lại sau {}. Tạm không báo: bus alerts snooze {} 2h",
)
ENGLISH = Language(
    new="NEW: ",
    since="since",
    more="and {} more",
    side="Whose side",
    todo="What to do",
    over="Over",
    look="Look further",
    again="Told again after {} if it goes on. To hear nothing for a while: bus alerts snooze {} 2h",
)

# A table: a row a kind: what, side and what to do in Vietnamese, the same in English, and where to look.
# fmt: off
_ROWS = {
    "dead": (
        "có văn bản không giao được, trục không tự gửi lại nữa", "bên nhận hoặc cấu hình của trục: lý do ghi ở từng nhóm",
        "xem lý do, khắc phục rồi gửi lại (bus replay) hoặc hủy (bus cancel)",
        "documents could not be delivered and are not tried again", "the recipient's, or our settings: each group has its reason",
        "look at the reasons, put the cause right, then replay or cancel",
        "bus dead --endpoint {thing}"),
    "kept_back": (
        "trục giữ lại, chờ người vận hành quyết định", "nội dung trùng mã, đi vòng, hoặc bản tin từ nguồn không đọc được",
        "xem từng bản: bus messages --state held, bus quarantine; rồi cho đi tiếp (bus release) hoặc hủy (bus cancel)",
        "something is kept back and waits for your word", "a sender's: another content under a known id, a circle, or what cannot be read",
        "look at each: bus messages --state held, bus quarantine; then release, cancel, or tell the source",
        "bus messages --state held"),
    "oldest_waiting": (
        "văn bản chờ gửi quá lâu", "thường là hệ thống bên nhận không trả lời",
        "xem kênh có bị ngắt hoặc tạm dừng không, liên hệ đơn vị quản lý hệ thống đó",
        "something has waited too long to be sent", "mostly the recipient's system, which does not answer",
        "see whether the endpoint is paused or its breaker open, and call those who run it",
        "bus messages --endpoint {thing} --state waiting"),
    "unfetched": (
        "văn bản nằm trong hộp thư mà đơn vị chưa lấy", "phần mềm của đơn vị nhận",
        "nhắc đơn vị kiểm tra lịch lấy văn bản và tài khoản kết nối",
        "documents lie in the mailbox and are not fetched", "the recipient's software",
        "ask the partner whether its software still fetches, and with which key",
        "bus messages --state offered"),
    "failure_rate": (
        "quá nhiều cuộc gọi tới hệ thống bên nhận bị lỗi", "hệ thống bên nhận hoặc đường truyền",
        "xem lỗi gần nhất của kênh; nếu họ đang bảo trì thì tạm dừng (bus pause)",
        "too many calls to the endpoint fail", "the recipient's system, or the line to it",
        "look at its latest failures; if they are at work on it, pause the endpoint",
        "bus messages --endpoint {thing} --state waiting"),
    "silence": (
        "không nhận được gì trong khoảng thời gian lẽ ra phải có", "phần mềm hoặc đường truyền của nơi gửi",
        "hỏi nơi gửi xem phần mềm có chạy không; kiểm tra kết nối và tài khoản",
        "nothing came in a time in which something should have", "the sender's software, or the line from it",
        "ask whether their software runs; check the connection and its key",
        "bus messages --since 2d"),
    "overdue": (
        "có thứ phải đến đúng hạn mà chưa đến: báo cáo, trạng thái tiếp nhận hoặc văn bản trả lời", "đơn vị phải gửi",
        "xem đơn vị nào còn nợ rồi nhắc (bus reports remind) hoặc liên hệ trực tiếp",
        "something that was to arrive by now has not: reports, statuses, answers", "of those who owe it",
        "see who owes what, then remind them (bus reports remind) or call",
        "bus expectations --overdue"),
    "breaker": (
        "trục tạm ngừng gọi hệ thống bên nhận", "hệ thống bên nhận không trả lời, hoặc từ chối tất cả",
        "liên hệ đơn vị quản lý; khi xong trục tự gọi lại, nếu bị tạm dừng thì bus resume",
        "the bus has stopped calling an endpoint", "the recipient's system: it does not answer, or refuses everything",
        "call those who run it; an open breaker closes by itself, a pause ends with bus resume",
        "bus status"),
    "certificate": (
        "chứng thư số sắp hết hạn hoặc đã hết hạn", "chủ của chứng thư: bên nhận, hoặc trục nếu là chứng thư của ta",
        "xin cấp mới và thay trước ngày hết hạn",
        "a certificate ends soon, or has ended", "whoever owns it: the partner, or we where it is the one we show",
        "have it renewed and put in place before that day",
        "bus check --connect"),
    "disk": (
        "đĩa của trục sắp đầy; khi đầy trục sẽ không nhận thêm văn bản", "máy chủ của trục",
        "giải phóng hoặc mở rộng đĩa; xem thời hạn lưu (BUS_KEEP_*)",
        "a disk of the bus is nearly full; when it is, nothing more is taken in", "our machine",
        "make room or enlarge it; see how long things are kept (BUS_KEEP_*)",
        "df -h"),
    "account": (
        "sổ của trục không khớp: biên nhận, bản gửi và sự kiện nói khác nhau", "trục",
        "chạy bus verify, giữ nguyên dữ liệu và báo người phát triển",
        "the account does not balance: receipts, copies and events differ", "ours",
        "run bus verify, keep everything as it is, and tell those who make the bus",
        "bus verify"),
    "clock": (
        "đồng hồ máy chủ bị chỉnh", "máy chủ của trục",
        "kiểm tra dịch vụ đồng bộ giờ (NTP)",
        "somebody set the machine's clock", "our machine",
        "look at its time service (NTP)",
        "timedatectl"),
    "bus": (
        "trục hoạt động không bình thường", "trục hoặc máy chủ của trục",
        "xem từng dòng dưới đây; văn bản đã nhận vẫn an toàn",
        "the bus itself is not in order", "ours, or our machine's",
        "see the lines below; what was accepted is safe",
        "bus status"),
}
# fmt: on
WORDS: Mapping[str, Words] = MappingProxyType(
    {kind: Words(Said(*row[:3]), Said(*row[3:6]), row[6]) for kind, row in _ROWS.items()}
)

#: What does not fit, by the codes of ``bus verify``.
DIFFERENCES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "account.copies": ("số bản theo biên nhận khác số bản đang có", "receipts count other copies than there are"),
        "account.births": (
            "số bản theo biên nhận khác số bản theo sự kiện",
            "receipts count other copies than the events tell of",
        ),
        "account.moves": (
            "trạng thái của bản khác với sự kiện cuối cùng",
            "a copy is elsewhere than its last event says",
        ),
        "account.lost": ("sự kiện nói về bản không còn", "the events tell of a copy that is not there"),
        "account.orphan": ("bản thuộc về văn bản không còn", "a copy of a message that is not there"),
        "body.missing": ("thiếu nội dung đã ghi nhận", "a body that is recorded is not there, or not as large"),
    }
)


def lasted(duration: int) -> tuple[str, str]:
    """A duration in microseconds, in its two largest units, in both languages."""
    left = max(duration // MICROS, 0)
    parts: list[tuple[str, str]] = []
    for length, vi, en in _UNITS:
        number, left = divmod(left, length)
        if number or parts:
            parts.append((f"{number} {vi}", f"{number} {en}"))
    shown = [part for part in parts[:2] if not part[0].startswith("0 ")] or [("0 giây", "0 s")]
    return " ".join(vi for vi, _ in shown), " ".join(en for _, en in shown)


def one_line(text: str, at_most: int = 200) -> str:
    """Text of somewhere else without control characters, so that it can break no line, and bounded."""
    clean = "".join(letter if letter.isprintable() else " " for letter in text)
    return clean if len(clean) <= at_most else f"{clean[: at_most - 1]}…"
