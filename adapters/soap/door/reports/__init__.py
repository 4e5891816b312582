"""``/soap/reports``: reports in, and what is owed and what became of them out, for anyone's SOAP client."""
