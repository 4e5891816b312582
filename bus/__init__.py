"""The bus: what every message goes through, whatever protocol it came by. One idea a file.

A map in reading order; each module says at its top what it promises.

Words
    ``errors`` (what can go wrong, and what that decides), ``catalogue`` (every refusal a sender can see), ``message``
    (envelope, claim, receipt), ``clock``, ``calendar``, ``quantity``, ``secret``, ``log``, ``metrics``, ``certificate``
    (when one ends, whose key it is), ``stamp`` (whether a file is still the one it was), ``splice`` and ``bodies``
    (bytes among bytes), ``papers`` (a message as fields and files), ``parcels`` (what comes and goes in parts),
    ``reports`` (what is asked of them), ``sent`` (what a partner sent, as it may see it), ``cores`` (where threads
    run), ``words`` (text as it is looked up), ``paging`` (how a list goes on)

Ports
    ``endpoint`` (what an adapter implements) and ``endpoint_settings`` (what is written of it), ``desk`` (what a face
    may ask), ``whole`` (a call without ASGI), ``transport`` (HTTP out: narrow ports and their implementations)

Configuration
    ``config`` (settings of the machine, and ``routes.yaml`` with every problem at its place), ``directory`` (agencies
    by table), ``codebook`` (what partners' lists say of codes), ``listed``, ``refresh`` and ``refresher`` (how those
    lists are kept fresh), ``agencies`` (all there are), ``router`` (who gets it, and why), ``planning`` (the plan in
    force, swapped whole), ``watch`` (a changed file)

The store
    ``home`` (one process owns it), ``room`` and ``disks`` (whether more can be taken in), ``claimcheck`` (bodies),
    ``standstill`` (none is removed meanwhile) and ``shelf`` (those of a moment ago), ``journal`` (the only truth, and
    the only place where a state moves)

The way in
    ``ingress`` is the story: by the ``plan`` in force, ``placing`` (where each copy goes) and ``correlation`` (what a
    status is about, and the way back); ``listener`` (one server), ``tls`` (its certificate), ``entrance`` (handshakes)
    and ``connection`` (how many, and how long), ``direct`` (what comes in whole goes past ASGI), ``doors`` (the desk
    over the running parts), ``reception`` and ``fetching`` (a body piece by piece, from a caller and from a partner),
    ``uploads`` (and over hours), ``poller`` (what partners have for us), ``stragglers`` (of that, what comes last),
    ``turn`` (which process looks), ``callers`` (who may come in), ``peer`` and ``peers`` (with which certificate),
    ``calendar_links`` (who may read one thing without a key), ``throttle`` (failed sign-ins), ``notebook`` (refusals on
    their way into the journal), ``uses`` (which secrets are in use), ``mailbox`` (copies that wait to be fetched)

The way out
    ``delivery`` is the story; ``issuer`` (tickets for what is due), ``channel`` (what carries them), ``workers``
    (tickets to calls) and ``pushes`` (calls side by side on one thread) or ``crew`` (the threads of one endpoint),
    ``outlet`` (an endpoint in working order), ``gate`` and ``breaker`` (how much may be in hand), ``knocker`` (who is
    back) and ``comeback`` (what waited for it goes), ``outcome`` (what a call's end means), ``witness`` (who counts
    it), ``translator`` (what is done to a message on its way), ``attachments`` (its files one by one) and ``links`` (to
    them), ``retry`` (when again; the only retry layer), ``classes`` (what each failure means to people)

Beside the road
    ``rounds`` (a thread that looks now and then): ``sweeper`` (what time does), ``retention`` (what goes when its time
    has passed), ``keeping`` (when that is) and ``archive`` (where it is written first), ``validity`` (when certificates
    end), ``backup`` (a home as files, and a home of them), ``consequence`` (what events cause): ``teller`` (a sender is
    told of a failure) and ``arrival`` (of an arrival) by a ``reply``; ``life`` (how a document fares, as statuses tell
    it); ``indexer`` (people find what they look for, and how many there are); ``expectation`` (what must arrive by
    when), ``aggregator`` (many reports into one); ``replayer`` (many are sent again, at a ``tempo``); ``alerts``
    (people are told what goes on, and that it is over); ``exposition`` (what is counted, as it is now)

Above it
    ``control`` (every question and order as one function), ``openhome`` (a home this process owns), ``daemon`` (the
    running bus), ``assembly`` (settings become parts), ``bench`` (measures all of it from outside), ``cli``
"""
