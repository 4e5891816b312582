"""The control bus: every question and order of the command line and the console as one plain function.

In reading order: ``parts`` (what control works with), ``which`` (which copies are meant), ``shown`` (how the
journal's values are told), the questions in ``overview``, ``listing``, ``trace``, ``account`` and ``routing``, the
orders in ``orders``, ``replay``, ``detour``, ``holds``, ``endpoints`` and ``sending``, ``taking`` (a file), ``bodies`` (handed out),
``editing`` with its ``diff``, ``mark`` (what an order changed) and ``auditing``,
``operations`` (the table of all), ``server`` and ``client`` (the same over the socket of a running daemon).
"""
