"""Reports as messages: versioned contracts, shaped on the 13 packets of QCVN 125:2021, whose field tables are not public.

The field names are ours (PROPOSED); what a peer calls them is a mapping of the adapter that speaks to it. In reading order:
``periods`` (what a report is about), ``deadlines`` (by when it is owed), ``peer_periods`` (what partners call a period); ``regime`` (the rule),
``form``, ``catalogue``, ``data``, ``kpi`` (the packets) on ``base`` and ``numbers``, and ``packets`` (all by their type); ``reading`` (bytes to a
packet), ``rules`` and ``problem`` (what may be wrong), ``library`` and ``table`` (what is known), ``check`` with ``check_matrix`` and ``check_list``, and ``check_kpi``
(whether a report is right); ``aggregate`` (many into one); ``canonical`` (what is signed), ``message`` and ``reader`` (a packet as the bus sees it), ``states`` (what becomes of it), ``sheet`` (a form as a spreadsheet).
"""
