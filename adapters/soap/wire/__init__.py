"""SOAP 1.1 and 1.2 as they stand on the wire: envelopes, faults, what travels beside them, and the headers of three other standards.

Nothing here knows what the calls are about.
"""
