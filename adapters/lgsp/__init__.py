"""The edoc REST calls of a provincial service platform (LGSP), as the guide of Lang Son's describes them, from both sides.

Its face is for software that was written for such a platform; its sink and source are for the platform itself, whose list
of agencies is a directory.
"""

from adapters.lgsp.client import build_directory, build_sink, build_source, probe
from adapters.lgsp.door_settings import LgspDoor
from adapters.lgsp.face import LgspFace
from adapters.lgsp.settings import LgspSettings
from adapters.lgsp.trial import trial
from bus.endpoint import Adapter

ADAPTER = Adapter(
    kind="lgsp",
    settings=LgspSettings,
    sink=build_sink,
    fan_out="one_call",
    source=build_source,
    directory=build_directory,
    probe=probe,
    face=LgspFace,
    door=LgspDoor,
    trial=trial,
)
