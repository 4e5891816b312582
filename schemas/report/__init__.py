"""Reports as messages: versioned contracts, shaped on the 13 packets of QCVN 125:2021, whose field tables are not public.

The field names are ours (PROPOSED); what a peer calls them is a mapping of the adapter that speaks to it. In reading order:
``periods`` (what a report is about), ``deadlines`` (by when it is owed), ``peer_periods`` (what partners call a period), ``regime`` (the rule).
"""
