"""A follower of a register's journal that lives through every fault, and keeps its own copy of the records."""

import json
import threading

from setting import wait_until

from catalogue import message_class
from load import Door
from suite import REGISTERS, Stubs

import grpc

PROGRESS_SECONDS = 1
# A stream that is silent for so long, though it promised to speak every second, has lost its other end.
SILENT_SECONDS = 10


def follow(case, doors=None):
    """A follower of every register of the case's suite, each by its door; they end with the test at the latest."""
    followers = [Follower(case.suite, area, door) for area, door in zip(REGISTERS, doors or [None] * len(REGISTERS))]
    for follower in followers:
        case.addCleanup(follower.stop)
    return followers


class Follower:
    """Follows one register by Watch from its first entry, resuming after the last sequence whenever the stream breaks."""

    def __init__(self, suite, area, door=None):
        self.suite, self.area = suite, area
        self.door = door or Door(suite)
        self.sequence = 0       # of the last change that was dealt with
        self.entries = []       # (sequence, record, revision, request id, method, time, record_json, hash) of each change
        self.copy = {}          # record -> (revision, its JSON)
        self.wrong = []         # what the stream got wrong, in words
        self.heard = 0          # messages, those that only tell the progress among them
        self.resumed = 0
        self.stopped = threading.Event()
        self.stream = None
        self.thread = threading.Thread(target=self._follow, daemon=True)
        self.thread.start()

    def _open(self):
        journal = Stubs.module("kechuang.ledger.v1.journal_pb2")
        path = f"/kechuang.{self.area}.v1.{self.area.capitalize()}Journal/Watch"
        call = self.door.channel(self.area).unary_stream(path, journal.WatchRequest.SerializeToString,
                                                         message_class(journal.WatchResponse.DESCRIPTOR).FromString)
        return call(journal.WatchRequest(after=self.sequence, progress_seconds=PROGRESS_SECONDS),
                    metadata=self.door.metadata)

    def _follow(self):
        pacer = threading.Event()
        while not self.stopped.is_set():
            stream = self.stream = self._open()
            try:
                self._read(stream)
            except grpc.RpcError:
                self.resumed += 1
            pacer.wait(0.1)

    def _read(self, stream):
        watchdog = None
        try:
            watchdog = self._watch_over(stream)
            for message in stream:
                watchdog.cancel()
                self._take(message)
                watchdog = self._watch_over(stream)
        finally:
            watchdog.cancel()

    @staticmethod
    def _watch_over(stream):
        timer = threading.Timer(SILENT_SECONDS, stream.cancel)
        timer.daemon = True
        timer.start()
        return timer

    def _take(self, message):
        self.heard += 1
        if not message.HasField("change"):
            if message.sequence != self.sequence:
                self.wrong.append(f"progress says {message.sequence} after change {self.sequence}")
            return
        change = message.change
        if change.sequence != self.sequence + 1:
            self.wrong.append(f"change {change.sequence} came after change {self.sequence}")
        held = self.copy.get(change.record, (0, ""))[0]
        if change.revision != held + 1:
            self.wrong.append(f"revision {change.revision} of {change.record} came after revision {held}")
        self.sequence = change.sequence
        self.copy[change.record] = (change.revision, change.record_json)
        self.entries.append((change.sequence, change.record, change.revision, change.request_id, change.method,
                             change.time.ToNanoseconds(), change.record_json, change.hash))

    def catch_up(self, sequence, seconds=60):
        """Waits until it has dealt with this place of the journal."""
        wait_until(lambda: self.sequence >= sequence, seconds, f"the follower of {self.area} to reach {sequence}")

    def stop(self):
        self.stopped.set()
        if self.stream is not None:
            self.stream.cancel()
        self.thread.join()
        self.door.close()

    def records(self):
        """Its copy: record -> the record as a dict."""
        return {name: json.loads(text) for name, (_, text) in self.copy.items() if text}
