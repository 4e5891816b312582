"""What an agency's own security server asks of a call: the kinds of ``through``.

They change where a request goes and what it carries beside its own, and they tell the server's failures from the
partner's. What is inside the call is the dialect's; so every dialect can go through every one of them.
"""
