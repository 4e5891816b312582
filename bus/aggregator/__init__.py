"""Units' reports into the report of whoever receives them: complete, or released by an operator with those that are missing named in it.

In reading order: ``tasks`` (whose reports are made of whose: the regimes and routes say it), ``taking`` (what each message brings: pure), ``standing``
(what is there, and who is missing), ``packet`` (what is made of that), ``making`` (reports in, a report out), ``rounds`` (the thread that does all of it).
"""
