"""SOAP, from both sides: ``wire`` is what both speak, ``door`` is called by anyone's client, ``client`` calls by a partner's WSDL."""

from adapters.soap.client.endpoint import build_sink, build_source
from adapters.soap.client.probe import probe
from adapters.soap.client.settings import SoapSettings
from adapters.soap.door.face import SoapFace
from adapters.soap.door.settings import SoapDoor
from adapters.soap.door.trial import trial
from bus.endpoint import Adapter

ADAPTER = Adapter(
    kind="soap",
    settings=SoapSettings,
    sink=build_sink,
    source=build_source,
    probe=probe,
    face=SoapFace,
    door=SoapDoor,
    trial=trial,
)
