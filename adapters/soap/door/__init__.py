"""``/soap/documents`` and ``/soap/reports``: the bus called by anyone's SOAP client."""
