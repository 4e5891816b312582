"""The national document axis's protocol (VXP), from both sides.

Its face is for software that speaks it through the official SDK; its sink sends to the axis itself, its source
fetches from it, and its directory is the axis's list of agencies.
"""

from adapters.vxp.directory import build_directory
from adapters.vxp.endpoint_settings import VxpSettings
from adapters.vxp.face import VxpFace
from adapters.vxp.probe import probe
from adapters.vxp.settings import VxpDoor
from adapters.vxp.sink import build_sink
from adapters.vxp.source import build_source
from adapters.vxp.trial import trial
from bus.endpoint import Adapter

ADAPTER = Adapter(
    kind="vxp",
    settings=VxpSettings,
    sink=build_sink,
    fan_out="one_call",
    source=build_source,
    directory=build_directory,
    probe=probe,
    face=VxpFace,
    door=VxpDoor,
    trial=trial,
)
