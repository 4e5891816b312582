"""The national document axis's protocol (VXP), from both sides.

Its face is for software that speaks it through the official SDK; its sink sends to the axis itself.
"""

from adapters.vxp.endpoint_settings import VxpSettings
from adapters.vxp.face import VxpFace
from adapters.vxp.settings import VxpDoor
from adapters.vxp.sink import build_sink
from adapters.vxp.source import build_source
from bus.endpoint import Adapter

ADAPTER = Adapter(
    kind="vxp",
    settings=VxpSettings,
    sink=build_sink,
    fan_out="one_call",
    source=build_source,
    face=VxpFace,
    door=VxpDoor,
)
