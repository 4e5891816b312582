"""The document standard QCVN 102:2016 on the wire: tolerant when it reads, strict when it writes.

There are two readers. ``reader`` is the doors' own: fast, it keeps what the bus decides by and makes the identity of
content (``digest``). ``load`` reads a message whole into its ``models``, and its files into sinks; ``passing`` gives
the files alone, as they are asked for. ``writer`` writes models; ``trace`` puts a hop into bytes. ``fields`` has a
model as a flat dictionary in the standard's names, ``field_words`` in the bus's own words, and ``fields_in`` makes a
model of it. The code lists are ``codes``, ``statuses``, ``document_types``, ``abbreviations``, ``media_types``;
``agency_codes`` suggests what a code is in the other generation's form; ``number`` is number and symbol by Decree 30.
"""
