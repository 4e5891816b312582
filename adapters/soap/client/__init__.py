"""Calls partners that speak SOAP, by their WSDL and as ``routes.yaml`` says.

The engine is that of :mod:`adapters.http`: templates, rules, families of authentication, lists and acks are the same.
``zeep`` reads the WSDL and writes envelopes (``interface``, ``description``); calls go by the bus's own transport, and
answers are read by its own parser (``reading``).
"""
