"""``/soap/documents``: the bus called by anyone's SOAP client."""
