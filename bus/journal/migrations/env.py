"""Run by Alembic, always over a connection handed in by :func:`bus.journal.migrate.bring`."""

from __future__ import annotations

from alembic import context

from bus.journal.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
