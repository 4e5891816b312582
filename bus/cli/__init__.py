"""The command line: thin pages over ``bus.control``.

In reading order: ``app`` (all commands), ``options`` and ``words`` (what is written, what is read), ``guard`` (how a
command ends), ``line`` (the running daemon, or the home itself), then one file a group of commands, and ``demo``.
"""


def main() -> None:
    """The command ``bus``."""
    from bus.cli.app import application  # noqa: PLC0415 - nothing of a command is imported before it is wanted

    application()()
