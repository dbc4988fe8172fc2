"""Copies a register into a table of its own, as somebody else's program would: over HTTP, by nothing but Python's own library.

usage: copying.py WATCH_URL KEY_FILE TABLE_FILE

It goes on after the last sequence that the table holds. Every message is one transaction: a kill at any moment leaves a whole
copy. A gap, a repeat, or a refusal that no wait can mend ends it, with words on its standard error."""

import http.client
import json
import pathlib
import sqlite3
import sys
import threading
import urllib.error
import urllib.request

# A stream that is silent for so long, though it promised to speak every second, has lost its other end.
SILENT_SECONDS = 10
TOO_MANY_REQUESTS = 429
TABLES = """
CREATE TABLE IF NOT EXISTS record (
  name TEXT PRIMARY KEY, revision INTEGER NOT NULL, record_json TEXT NOT NULL, sequence INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS change (
  sequence INTEGER PRIMARY KEY, name TEXT NOT NULL, revision INTEGER NOT NULL, request_id TEXT NOT NULL, method TEXT NOT NULL,
  time TEXT NOT NULL, record_json TEXT NOT NULL, hash TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS stream (number INTEGER PRIMARY KEY, after INTEGER NOT NULL);
"""


def open_table(file):
    """The copy in this file; its readers and its writer do not wait for each other."""
    table = sqlite3.connect(file, timeout=60)
    table.execute("PRAGMA journal_mode = WAL")
    table.executescript(TABLES)
    return table


def sequence_of(table):
    """The place up to which the copy holds the register."""
    return table.execute("SELECT COALESCE(MAX(sequence), 0) FROM change").fetchone()[0]


def take(table, message):
    """Writes one message of the stream into the copy, all of it or nothing."""
    before, place, change = sequence_of(table), int(message.get("sequence", 0)), message.get("change")
    if place != before + (change is not None):
        sys.exit(f"{'the change' if change else 'progress to'} {place} came after change {before}")
    if change is None:
        return
    name, revision, text = change["record"], int(change["revision"]), change.get("recordJson", "")
    with table:
        table.execute("INSERT INTO change VALUES (?, ?, ?, ?, ?, ?, ?, ?)", (
            int(change["sequence"]), name, revision, change.get("requestId", ""), change["method"], change["time"], text,
            change["hash"]))
        if text:
            table.execute("REPLACE INTO record VALUES (?, ?, ?, ?)", (name, revision, text, place))
        else:
            table.execute("DELETE FROM record WHERE name = ?", (name,))


def follow(table, url, key):
    """Reads one stream until it ends."""
    after = sequence_of(table)
    with table:
        table.execute("INSERT INTO stream (after) VALUES (?)", (after,))
    request = urllib.request.Request(f"{url}?after={after}&progressSeconds=1", headers={"Authorization": f"Bearer {key}"})
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=SILENT_SECONDS) as answer:
        for line in answer:
            message = json.loads(line)
            if "error" in message:
                return
            take(table, message)


def main(url, key_file, table_file):
    key = pathlib.Path(key_file).read_text().strip()
    table = open_table(table_file)
    pacer = threading.Event()
    while True:
        try:
            follow(table, url, key)
        except urllib.error.HTTPError as error:
            if error.code < 500 and error.code != TOO_MANY_REQUESTS:
                sys.exit(f"{error.code}: {error.read().decode()}")
        except (OSError, http.client.HTTPException):
            pass  # the stream is broken, and begins again where it was
        pacer.wait(0.1)


if __name__ == "__main__":
    main(*sys.argv[1:])
