"""A form as a spreadsheet: handed out empty or begun, filled in by a department, read into a packet; XLSX and CSV alike.

In reading order: ``layout`` (where things stand), ``writing`` (out), ``grid`` (a file as cells), ``header``, ``lines`` and ``figures`` (what is in them,
and what people did to them), ``reading`` (all of it to a packet, checked).
"""
