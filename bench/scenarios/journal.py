"""What the writer of the journal spends on a document, by stage. PostgreSQL only where ``--database`` names an empty one."""

from __future__ import annotations

from collections.abc import Iterator

from bench.options import Options
from bus.bench.road import median
from bus.bench.row import Row

_DOCUMENTS = 4000


def measure(options: Options) -> Iterator[Row]:
    """Each database alone and beside a busy thread."""
    databases = {"SQLite": ""} | ({"PostgreSQL": options.database} if options.database else {})
    for name, url in databases.items():
        for busy, beside in enumerate(("alone", "beside a busy thread")):
            told = median(url, busy, options.count(_DOCUMENTS), options.rounds(3))
            accept, lease, settle = (seconds * 1e6 for seconds in (told.accept, told.lease, told.settle))
            note = f"accept {accept:.0f}, lease {lease:.0f}, settle {settle:.0f} microseconds of the writer"
            yield Row("journal", f"{name}, {beside}", {"rate": told.rate, "cpu": told.cpu * 1000}, note)
