"""Figures of a matrix as SDMX (ISO 17369, TCVN 7981): SDMX-CSV and SDMX-ML out and in, and the structure they follow.

In reading order: ``names`` (codes as SDMX spells them), ``shape`` (a form as dimensions, measure and attributes), ``writing`` (a packet to
rows and bytes), ``records`` (what a file says, whichever it is), ``csv_in`` and ``ml_in`` (bytes to that), ``reading`` (that to a packet), ``structure`` (the definition, by pysdmx).

Figures stay the text they are. That is why pysdmx writes the structure and not the data: its data frames take ``1.10`` for 1.1 and the code
``01`` for 1.
"""
