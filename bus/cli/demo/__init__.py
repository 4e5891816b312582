"""``bus run --demo``: the whole bus on one machine, with partners that send, fetch and misbehave.

In reading order: ``run`` (the story), ``keys`` (secrets for every name in the routes), ``sandbox`` (partners that are
called, and the national axis), ``axis`` (who calls that), ``offices`` (partners that call, through the real doors),
``documents`` (what they send), ``traffic`` (who does what when), ``screen`` (what is seen of it). ``alone`` is ``bus
sandbox``, ``dialects``, ``reporting`` and ``soap`` what of it is only played when asked for, and ``manual`` what it
prints.
"""
