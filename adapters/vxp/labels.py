"""Transport states as the axis names them, and in Vietnamese words for people.

The outbox shows two of them for each copy, derived from its state in the journal:

========================  ============  =============
state in the journal      sendStatus    receiveStatus
========================  ============  =============
queued, held              initial       initial
sending, waiting,
in_doubt                  processing    initial
offered                   done          initial
delivered                 done          done
dead, cancelled, expired  fail          fail
========================  ============  =============

``sendStatus`` tells how far the bus has come, ``receiveStatus`` what the recipient has done.
"""

from __future__ import annotations

#: Our state -> (sendStatus, receiveStatus, words for the first).
OUTBOX = {
    "queued": ("initial", "initial", "Đã nhận, chờ chuyển"),
    "held": ("initial", "initial", "Đang tạm giữ, chờ đơn vị vận hành"),
    "sending": ("processing", "initial", "Đang chuyển"),
    "waiting": ("processing", "initial", "Chưa chuyển được, sẽ gửi lại"),
    "in_doubt": ("processing", "initial", "Đã chuyển, đang xác minh với nơi nhận"),
    "offered": ("done", "initial", "Đã đặt vào hộp thư của nơi nhận"),
    "delivered": ("done", "done", "Đã chuyển tới nơi nhận"),
    "dead": ("fail", "fail", "Không chuyển được"),
    "cancelled": ("fail", "fail", "Đã hủy"),
    "expired": ("fail", "fail", "Đã hết hạn"),
}

TRANSPORT = {
    "initial": "Chưa xử lý",
    "processing": "Đang xử lý",
    "done": "Đã nhận",
    "fail": "Không thành công",
}
