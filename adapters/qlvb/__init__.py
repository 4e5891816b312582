"""The link between document-management systems (QLVB, HSCV) and one-stop software, in the one-stop software's place.

Documents go there as dossiers to be signed; what was signed waits as packets, which are listed, fetched and acked.
"""

from adapters.http.directory import build_directory
from adapters.qlvb.probe import probe
from adapters.qlvb.settings import QlvbSettings
from adapters.qlvb.sink import build_sink
from adapters.qlvb.source import build_source
from bus.endpoint import Adapter

ADAPTER = Adapter(
    kind="qlvb",
    settings=QlvbSettings,
    sink=build_sink,
    source=build_source,
    directory=build_directory,
    probe=probe,
)
