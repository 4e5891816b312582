"""The national document axis's protocol (VXP): its face, for software that speaks it through the official SDK."""

from adapters.vxp.face import VxpFace
from adapters.vxp.settings import VxpDoor
from bus.endpoint import Adapter

ADAPTER = Adapter(kind="vxp", face=VxpFace, door=VxpDoor)
