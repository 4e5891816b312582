"""The bus beside a stack that a good team would write by hand (``tests/bench/peer``), in turns in one run: ``make bench``.

In reading order: ``side`` (what is measured), ``bus`` · ``stack`` (the two of them), ``processor`` (what they cost), ``turn``
(one measurement), ``tools`` (the sender and the sink it is made with), ``outcome`` (medians and their ratio), ``show``.
"""
