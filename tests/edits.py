"""Somebody with the database in hand, while no server runs."""

import contextlib
import os
import sqlite3
import subprocess

import pg
from server import PATIENCE_SECONDS, engine


def sql(server, statement):
    """The rows that it gives, as texts."""
    server.edited = True
    if engine() == 'postgres':
        done = subprocess.run(
            [os.path.join(pg.programs(), 'psql'), '-qAtX', '-F', '\t',
             '-v', 'ON_ERROR_STOP=1', '-d', server.store, '-c', statement],
            check=True, stdout=subprocess.PIPE, timeout=PATIENCE_SECONDS)
        return [line.split('\t') for line in
                done.stdout.decode().splitlines()]
    with contextlib.closing(sqlite3.connect(
            os.path.join(server.data, 'truc.db'))) as connection:
        rows = connection.execute(statement).fetchall()
        connection.commit()
    return [[str(value) for value in row] for row in rows]
