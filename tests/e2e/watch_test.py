"""The change stream as its followers get it: over HTTP line by line, and by kc through kills on either side."""

import http.client
import json
import signal
import socket
import statistics
import subprocess
import threading
import time
import unittest

from suite import HTTP_OFFSET, Stubs, Suite, messages, wait_until

import grpc


class Lines:
    """The lines of JSON that a process or an HTTP answer gives, read as they come by a thread of their own."""

    def __init__(self, source):
        self.documents = []
        self.times = []
        self.source = source
        self.thread = threading.Thread(target=self.read, daemon=True)
        self.thread.start()

    def read(self):
        with self.source:
            try:
                for line in self.source:
                    self.times.append(time.monotonic())
                    self.documents.append(json.loads(line))
            except http.client.IncompleteRead:
                pass  # the test has hung up

    def changes(self):
        return [document for document in list(self.documents) if "change" in document]

    def through(self):
        """How far the stream has come; -1 before its first message."""
        documents = list(self.documents)
        return int(documents[-1].get("sequence", 0)) if documents else -1


class Writer:
    """Creates contracts one after the other until it is stopped; a call that failed is sent again with its request id."""

    def __init__(self, suite):
        self.suite = suite
        self.created = []
        self.stopped = threading.Event()
        self.thread = threading.Thread(target=self.write)
        self.thread.start()

    def write(self):
        api = messages("contract")
        create = self.suite.stub("contract").CreateContract
        while not self.stopped.is_set():
            name = f"w-{len(self.created)}"
            request = api.CreateContractRequest(contract_id=name, request_id=name)
            request.contract.contract_name = f"合同 {name}"
            try:
                self.created.append(self.suite.call(create, request, timeout=10).name)
            except grpc.RpcError:
                self.stopped.wait(0.05)

    def stop(self):
        self.stopped.set()
        self.thread.join()


class ChangeStream(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.suite = Suite()
        cls.suite.start()
        cls.addClassCleanup(cls.suite.close)

    def create(self, name):
        api = messages("contract")
        request = api.CreateContractRequest(contract_id=name)
        request.contract.contract_name = f"合同 {name}"
        return self.suite.call(self.suite.stub("contract").CreateContract, request)

    def head(self):
        return self.suite.head("contract")[0]

    def test_over_http_a_line_comes_with_every_change(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.suite.port + HTTP_OFFSET, timeout=60)
        self.addCleanup(connection.close)
        connection.request("GET", "/v1/contractJournal:watch?fromNow=true", headers={"Authorization": f"Bearer {self.suite.key}"})
        answer = connection.getresponse()
        self.assertEqual((answer.status, answer.getheader("content-type")), (200, "application/x-ndjson"))
        lines = Lines(answer)
        self.addCleanup(lines.thread.join)
        self.addCleanup(connection.sock.shutdown, socket.SHUT_RDWR)
        wait_until(lambda: lines.through() >= 0, 10, "the mark of where it begins")
        behind = []
        for number in range(20):
            made = self.create(f"http-{number}")
            created = time.monotonic()
            wait_until(lambda: len(lines.changes()) > number, 10, "the line of a change", pause=0.002)
            behind.append(lines.times[-1] - created)
            self.assertEqual(lines.changes()[-1]["change"]["record"], made.name)
        self.assertLess(statistics.median(behind), 0.05)

    def watch_with_kc(self, after):
        process = self.suite.kc_started("watch", "contract", "--after", after, "--output", "json", stderr=subprocess.DEVNULL)
        return process, Lines(process.stdout)

    def test_no_kill_makes_a_follower_miss_or_repeat_a_change(self):
        begin = self.head()
        process, lines = self.watch_with_kc(begin)
        writer = Writer(self.suite)
        seen = []
        try:
            for _ in range(2):
                wait_until(lambda: len(lines.changes()) > 50, 60, "changes")
                self.suite.kill("contract")
                self.suite.start()
                so_far = len(lines.changes())
                wait_until(lambda: len(lines.changes()) > so_far + 50, 60, "the follower to go on by itself")
                process.send_signal(signal.SIGKILL)
                process.wait()
                lines.thread.join()
                seen += lines.changes()
                process, lines = self.watch_with_kc(seen[-1]["sequence"])
        finally:
            writer.stop()
        end = self.head()
        wait_until(lambda: lines.through() >= end, 60, "the follower to arrive")
        process.send_signal(signal.SIGTERM)
        process.wait()
        lines.thread.join()
        seen += lines.changes()

        self.assertEqual([int(one["sequence"]) for one in seen], list(range(begin + 1, end + 1)))
        self.assertEqual([one["change"]["record"] for one in seen], writer.created[:len(seen)])
        journal = self.suite.sql("SELECT sequence, name FROM kechuang_contract.journal "
                                 f"WHERE sequence > {begin} ORDER BY sequence")
        self.assertEqual([(one["sequence"], one["change"]["record"]) for one in seen], [tuple(row) for row in journal])

    def test_a_place_that_is_not_there_is_refused_with_what_is(self):
        request = Stubs.module("kechuang.ledger.v1.journal_pb2").WatchRequest(after=10 ** 9, catch_up_only=True)
        with self.assertRaises(grpc.RpcError) as refused:
            list(self.suite.call(self.suite.stub("contract", "journal").Watch, request))
        self.assertEqual(refused.exception.code(), grpc.StatusCode.OUT_OF_RANGE)


if __name__ == "__main__":
    unittest.main()
