"""What people look for by words."""

from __future__ import annotations

from sqlalchemy import Column, Index, PrimaryKeyConstraint, Table, Text
from sqlalchemy.dialects.postgresql import TSVECTOR

from bus.journal.schema.base import BIG, metadata, number

search = Table(
    "search",
    metadata,
    Column("seq", BIG, primary_key=True, autoincrement=False),
    Column("words", Text().with_variant(TSVECTOR(), "postgresql"), nullable=False),
)
#: On SQLite a table of words of its own is kept beside it by triggers (migration 0003).
Index("search_words", search.c.words, postgresql_using="gin", postgresql_with={"fastupdate": False}).ddl_if(
    "postgresql"
)

search_vocabulary = Table(
    "search_vocabulary",
    metadata,
    Column("word", Text().with_variant(Text(collation="C"), "postgresql"), nullable=False),
    number("copies"),
    PrimaryKeyConstraint("word", name="search_vocabulary_word"),
)

search_times = Table(
    "search_times",
    metadata,
    Column("block", BIG, primary_key=True, autoincrement=False),
    number("first_at"),
    number("last_at"),
)
