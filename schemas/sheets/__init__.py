"""Files of rows as people make them: CSV and XLSX, in and out. Bounded in every way, for such a file comes by mail.

``cells`` (what stands in one), ``guard`` (an XLSX package looked through before anything opens it), ``workbook`` (XLSX in) and ``text`` (CSV in and
out), ``making`` (XLSX out). The one home of openpyxl.
"""
