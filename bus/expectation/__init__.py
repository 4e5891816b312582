"""What must arrive by when: receipts, answers and reports. That something is overdue is derived, never a state.

In reading order: ``times`` (deadlines and reminders on the working calendar), ``duties`` (who owes which report, from the regimes)
and ``regimes`` (their file), ``rules`` (what the routes say of it), ``reported`` (what a message says of a report), ``standing_in``
(whose versions count), ``following`` (what each event of the journal opens
and closes: pure), ``opening`` (what the calendar opens), ``reminding`` (the letters), ``rounds`` (the thread that does all of it),
``at_doors`` (what partners ask of their reports), ``agenda`` (deadlines for calendars), ``kept``
(their bytes).

Silence is watched by the alert ``silence``: it listens to what is accepted, and nothing here listens again.
"""
