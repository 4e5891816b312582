"""The edoc REST calls of a provincial service platform (LGSP), as the guide of Lang Son's describes them, from both sides.

Its face is for software that was written for such a platform.
"""

from adapters.lgsp.door_settings import LgspDoor
from adapters.lgsp.face import LgspFace
from bus.endpoint import Adapter

ADAPTER = Adapter(kind="lgsp", face=LgspFace, door=LgspDoor)
