"""What questions and orders answer, as JSON: the contract of ``--json``, of the socket and of ``/api/v1/control``.

Instants are ISO 8601 in UTC. A key may be added, none taken away or given another meaning. Nothing here has a body in it.
"""
