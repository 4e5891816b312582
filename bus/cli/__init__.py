"""The command line: thin pages over ``bus.control``.

In reading order: ``app`` (all commands), ``options`` and ``words`` (what is written, what is read), ``guard`` (how a
command ends), ``line`` (the running daemon, or the home itself), then one file a group of commands, and ``demo``.
"""

import os


def main() -> None:
    """The command ``bus``. What it writes is its owner's and nobody else's: bodies, journal, secrets, logs."""
    os.umask(0o077)
    from bus.cli.app import application  # noqa: PLC0415 - nothing of a command is imported before it is wanted

    application()()
