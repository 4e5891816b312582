"""The door for reports: packets and filled forms in, what is owed and what became of it out. Its calls are guarded and
described as those of the native API.
"""

from adapters.api.reports.face import ReportsFace
from adapters.api.reports.settings import ReportsDoor
from adapters.api.reports.trial import trial
from bus.endpoint import Adapter

ADAPTER = Adapter(kind="reports", face=ReportsFace, door=ReportsDoor, trial=trial)
