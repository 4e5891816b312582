"""Known dialects of SOAP, as :mod:`adapters.http.dialects` has those of HTTP: one file of settings each."""
