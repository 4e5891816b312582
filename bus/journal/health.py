"""Whether the database can be worked with. Its own trouble passes; what was asked is at no fault and may come again."""

from __future__ import annotations

import errno
import sqlite3

import psycopg
from sqlalchemy.exc import DBAPIError

from bus import log

_log = log.get()

#: Primary result codes of SQLite (https://sqlite.org/rescode.html), by what they mean here.
_SQLITE = {
    sqlite3.SQLITE_FULL: "its disk is full",
    sqlite3.SQLITE_IOERR: "its disk fails",
    sqlite3.SQLITE_READONLY: "its disk is read-only",
    sqlite3.SQLITE_CANTOPEN: "its file cannot be opened",
    sqlite3.SQLITE_BUSY: "another program has it locked",
}
#: Codes and classes of SQLSTATE (PostgreSQL, appendix A); the code goes before its class.
_POSTGRES = {
    "08": "its connection was lost",
    "53": "its server has no resources left",
    "53100": "its disk is full",
    "57": "its server is stopping or starting",
    "58": "its disk fails",
    "25006": "its server is read-only",
}
_SYSTEM = {errno.ENOSPC: "its disk is full", errno.EDQUOT: "its disk is full", errno.EIO: "its disk fails"}


def trouble(error: BaseException) -> str:
    """What is wrong with the database itself; empty where the error is about what was asked."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    match cause:
        case sqlite3.Error():
            return _SQLITE.get(getattr(cause, "sqlite_errorcode", 0) & 0xFF, "")
        case psycopg.OperationalError(sqlstate=None):
            return "its server cannot be reached"
        case psycopg.Error():
            state = cause.sqlstate or ""
            return _POSTGRES.get(state) or _POSTGRES.get(state[:2], "")
        case OSError():
            return _SYSTEM.get(cause.errno or 0, "")
    return ""


class Health:
    """How the journal's database was when it was last worked with. What changes is logged once."""

    def __init__(self) -> None:
        #: What is wrong; empty when nothing is.
        self.trouble = ""

    def failed(self, error: BaseException) -> str:
        """Take note of a failure; what is wrong with the database, empty where nothing is."""
        reason = trouble(error)
        if reason and not self.trouble:
            _log.error("journal.down", reason=reason, error=repr(error))
        self.trouble = reason or self.trouble
        return reason

    def wrote(self) -> None:
        """Something was written."""
        if self.trouble:
            _log.warning("journal.up", after=self.trouble)
            self.trouble = ""
