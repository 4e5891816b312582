"""The control bus: every question and order of the command line and the console as one plain function.

In reading order: ``parts`` (what control works with), ``which`` (which copies are meant), ``shown`` (how the
journal's values are told), the questions in ``overview``, ``listing``, ``trace``, ``account``, ``remote``, ``expecting``, ``reports`` and ``routing``, the
orders in ``orders``, ``replay`` (with ``choosing`` and ``preview``), ``replays``, ``detour``, ``holds``, ``endpoints`` and ``sending``,
``taking`` (a file; ``brought`` from afar), ``bodies`` (handed out), ``editing`` with its ``diff``, ``recovery``, ``keeping`` and ``backing``, ``mark`` (what an order changed)
and ``auditing``, ``operations`` (the table of all), ``answers`` (what they answer, as JSON: the contract), ``server`` and ``client`` (the
same over the socket of a running daemon), ``afar``, ``badge`` and ``described`` (the same over HTTP, for whom, and as OpenAPI tells it).
"""
