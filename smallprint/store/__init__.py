"""The store: opens and migrates the database, and saves and loads what a workspace keeps, grouped by subject.

Each module holds functions over a connection; ``Store.read`` and ``Store.write`` give one, and what happens in one
``with`` block is one transaction::

    with store.write() as connection:
        source_id = documents.save_source(connection, source)

``find_x`` gives None for what is unknown, ``load_x`` raises, ``list_x`` reads everything, ``stream_x`` row by row.
SQLite by default (WAL, foreign keys on), PostgreSQL by URL. A later run never overwrites what a person decided.
"""

from sqlalchemy import Connection

from smallprint.store.transactions import Store, open_store

__all__ = ["Connection", "Store", "open_store"]
