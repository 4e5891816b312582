"""What all tables are made of."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, MetaData, Text, text

metadata = MetaData()

#: A number of 64 bits that SQLite can also count up.
BIG = BigInteger().with_variant(Integer(), "sqlite")


def seq() -> Column[int]:
    """The key of a table whose rows the database numbers."""
    return Column("seq", BIG, primary_key=True, autoincrement=True)


def words(name: str, *, null: bool = False) -> Column[str]:
    """A column of text."""
    return Column(name, Text, nullable=null)


def number(name: str, *, null: bool = False) -> Column[int]:
    """A column of whole numbers, of times too."""
    return Column(name, BIG, nullable=null)


def live(name: str, where: str, *columns: Column[object]) -> None:
    """An index over some rows only."""
    Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))
