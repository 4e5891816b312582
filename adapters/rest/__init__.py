"""The push protocol: the bus posts each document to a partner's URL (semantics 14)."""

from adapters.rest.settings import RestSettings
from adapters.rest.sink import build
from bus.endpoint import Adapter

ADAPTER = Adapter(kind="rest", settings=RestSettings, sink=build)
