"""A journal as files, taken from one moment while others write, and put back into an empty database.

SQLite gives one file, a copy page by page; PostgreSQL one file a table, as ``COPY`` writes them. Readers hold up no writer on
either. In reading order: ``facts``, ``sqlite``, ``postgres``, ``taking``, ``giving`` and ``trial``.
"""
