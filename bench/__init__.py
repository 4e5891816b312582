"""Measurements, side by side in one run: ``python -m bench`` (``make bench``). No part of the bus itself.

Rates are this machine's and this moment's; what stands beside each other in one table can be compared.
In reading order: ``row`` (one line of the table), ``scenarios`` (what is measured), ``home`` · ``process`` (a real
daemon), ``load`` · ``sink`` (partners in processes of their own), ``documents``, ``table``.
"""
