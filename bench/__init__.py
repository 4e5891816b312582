"""Parts of the bus measured by themselves, side by side in one run: ``python -m bench``. For its developers.

The whole of it is measured by ``bus bench``, whose documents, processes and tables are used here.
"""
