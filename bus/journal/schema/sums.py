"""How many copies there are to which nothing happens any more."""

from __future__ import annotations

from sqlalchemy import Column, PrimaryKeyConstraint, Table

from bus.journal.schema.base import BIG, metadata, number, words

copy_sums = Table(
    "copy_sums", metadata, words("name"), number("count"), PrimaryKeyConstraint("name", name="copy_sums_name")
)

copies_summed = Table(
    "copies_summed",
    metadata,
    Column("block", BIG, primary_key=True, autoincrement=False),
    words("bits"),
)
