"""The bus beside a stack that a good team would write by hand (``tests/bench/peer``), in turns in one run: ``make bench``.

In reading order: ``side`` (what is measured), ``bus`` · ``stack`` (the two of them), ``turn`` (one measurement, with the
sender and the sink of ``bench``), ``outcome`` (medians and their ratio), ``show``.
"""
