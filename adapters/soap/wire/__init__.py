"""SOAP 1.1 and 1.2 as they stand on the wire: envelopes, faults, what travels beside them, and the headers of two other standards.

Nothing here knows what the calls are about.
"""
