"""What the calls of ``/soap/reports`` take and give."""

from __future__ import annotations

from adapters.soap.door.service import REFUSED, Contract, Field, Record, Service

NAMESPACE = "urn:lienthong-bus:reports:1"

PROBLEM = Record(
    "Problem",
    (
        Field("rule", says="Stable: programs go by it"),
        Field("verdict", says="refuse or warn, as the regime says"),
        Field("sheet", needed=False, says="Of a spreadsheet"),
        Field("place", needed=False, says="The cell of the sheet, as D13"),
        Field("cell", needed=False, says="Row and column of the form, as I.1/online"),
        Field("what"),
        Field("whatVi"),
    ),
)
COPY = Record("Copy", (Field("recipient"), Field("transport", says="As delivered"), Field("reason", needed=False)))
WORD = Record(
    "Word",
    (
        Field("by"),
        Field("state", says="As RETURNED"),
        Field("code", needed=False),
        Field("message", needed=False),
        Field("cell", needed=False, many=True),
        Field("acceptedTime", "dateTime"),
    ),
)
VERSION = Record(
    "SentVersion",
    (
        Field("version", "int"),
        Field("state"),
        Field("messageId"),
        Field("acceptedTime", "dateTime"),
        Field("copy", COPY.name, needed=False, many=True),
        Field("word", WORD.name, needed=False, many=True, says="What recipients said of it"),
    ),
)
OWED = Record(
    "Obligation",
    (
        Field("unit"),
        Field("regime"),
        Field("form", needed=False),
        Field("period"),
        Field("name", needed=False),
        Field("dueTime", "dateTime", says="From this moment on it is late"),
        Field("overdue", "boolean"),
        Field("closed", "boolean"),
        Field("version", "int", says="The newest that came; 0: none"),
        Field("returned", "int", says="The newest that was given back; 0: none"),
    ),
)
_PROBLEMS = Field("problem", PROBLEM.name, needed=False, many=True, says="All that is wrong, 500 at the most")
REFUSAL = Record("Refusal", (*REFUSED, _PROBLEMS))

SUBMIT = Contract(
    NAMESPACE,
    "SubmitReport",
    "Takes a report in, or only looks at it. Answered once it is on disk.",
    (
        Field("formCode", needed=False, says="Of a filled form; without it the report is a packet. Before an inline report"),
        Field("version", "int", needed=False, says="Of a filled form: which version of the report it is; 1 if not said"),
        Field("recipient", needed=False, many=True, says="Agency codes, for what names none; a report goes where its regime says"),
        Field("checkOnly", "boolean", needed=False, says="Say what is wrong with it, and take nothing"),
        Field("report", "base64Binary", says="A packet (JSON) or a filled form (XLSX, CSV), inline or as a part of its own (MTOM)"),
    ),
    (
        Field("right", "boolean", says="Nothing speaks against it but warnings"),
        Field("reportId", needed=False),
        Field("version", "int", needed=False),
        Field("messageId", needed=False, says="What the bus calls it; not there where it was only looked at"),
        Field("acceptedTime", "dateTime", needed=False),
        _PROBLEMS,
    ),
)  # fmt: skip
STATUS = Contract(
    NAMESPACE,
    "GetReportStatus",
    "The versions of a report, where their copies are and what recipients said; for its unit and those it was sent to.",
    (Field("reportId"), Field("unit", needed=False, says="Whose, where several units have one of this id")),
    (
        Field("reportId"),
        Field("unit"),
        Field("regime"),
        Field("form", needed=False),
        Field("period"),
        Field("state", says="Of the newest version"),
        Field("version", VERSION.name, many=True),
    ),
)
OBLIGATIONS = Contract(
    NAMESPACE,
    "GetObligations",
    "What the caller's agencies owe, the soonest first, 1000 at the most.",
    (Field("closed", "boolean", needed=False, says="What is fulfilled instead, the latest first"),),
    (Field("obligation", OWED.name, needed=False, many=True),),
)
CONTRACTS = (SUBMIT, STATUS, OBLIGATIONS)
SERVICE = Service("Reports", "reports", NAMESPACE, CONTRACTS, REFUSAL, (PROBLEM, COPY, WORD, VERSION, OWED))
