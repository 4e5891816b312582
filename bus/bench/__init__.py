"""``bus bench``: measures a bus from outside, with a sender and partners in processes of their own.

Rates are this machine's and this moment's; what stands beside each other in one run can be compared. In reading order:
``plan`` (what is asked for), ``scenarios`` (what is measured, one file each), ``stage`` (a bus and two sinks), ``run`` (one
load through it, and what everybody spent), ``together`` (two at once), ``load`` · ``loading`` · ``pace`` · ``requests`` ·
``sent`` (the sender), ``sink`` · ``partner`` (who takes the documents), ``documents``, ``home`` · ``process`` · ``proc`` (a
real daemon), ``counted`` (one that counts), ``questions`` (operators), ``road`` (the journal's writer alone), ``child`` ·
``loops``, ``row`` · ``table`` · ``about`` (what is shown), ``failed``.
"""
