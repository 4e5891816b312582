"""The native API: for software written for this bus, and for whoever wants to try it with curl."""

from adapters.api.face import ApiFace
from adapters.api.settings import ApiDoor
from adapters.api.trial import trial
from bus.endpoint import Adapter

ADAPTER = Adapter(kind="api", face=ApiFace, door=ApiDoor, trial=trial)
