"""Partners that speak HTTP with JSON, forms or XML, as ``routes.yaml`` says; and what adapter folders share.

The one folder of adapters that others may import. A dialect is :class:`~adapters.http.settings.HttpSettings` made of
a few settings of its own, for which :func:`~adapters.http.sink.build_sink`,
:func:`~adapters.http.source.build_source` and :func:`~adapters.http.probe.probe` do the work.
"""
