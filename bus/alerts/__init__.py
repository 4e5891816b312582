"""People are told what they should know, and that it is over: by rules, sparingly, in both languages.

In reading order: ``found`` (what goes on), the questions in ``copies``, ``endpoints``, ``silence``, ``late``, ``certificates``,
``account`` and ``machine``, ``troubles`` (of the bus itself), ``judging`` (what is to be told of it now), ``words`` and ``letters``
(the texts), ``watcher`` (the rounds), ``post``
(letters on their way) with its carriers ``mail``, ``webhook`` and ``by_bus``, ``statement`` and ``daily`` (an agency's day),
``making`` and ``office`` (all of it
as one part of the daemon).
"""
