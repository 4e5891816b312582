"""Backups: a home as files that stand by themselves, made while the bus runs, checked, and made into a new home.

In reading order: ``files`` (copied, hashed and on disk), ``manifest`` (what a backup says of itself), ``bodies`` (the large
ones), ``make``, ``check``, ``mark`` (of a home that is not whole yet), ``restore`` and ``ordered`` (of the running bus).
"""
