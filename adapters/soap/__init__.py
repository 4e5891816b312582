"""SOAP, from both sides: ``wire`` is what both speak, ``door`` is called by anyone's client."""

from adapters.soap.door.face import SoapFace
from adapters.soap.door.settings import SoapDoor
from adapters.soap.door.trial import trial
from bus.endpoint import Adapter

ADAPTER = Adapter(kind="soap", face=SoapFace, door=SoapDoor, trial=trial)
