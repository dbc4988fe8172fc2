"""The database goes away and comes back under load."""

import os
import pathlib
import signal
import subprocess
import threading
import time
import unittest

import grpc

from suite import REGISTERS, Suite, error_details, messages, wait_until

WRITERS = 8


class Load:
    """Writers that create contracts without a pause until told to stop, and keep what they were told."""

    def __init__(self, suite, run):
        self.suite = suite
        self.run = run  # the first letter of what this load writes
        self.stopped = threading.Event()
        self.acknowledged = []
        self.errors = []
        self.threads = [threading.Thread(target=self.write, args=(number,)) for number in range(WRITERS)]
        for thread in self.threads:
            thread.start()

    def write(self, writer):
        api = messages("contract")
        create = self.suite.stub("contract").CreateContract
        pacer = threading.Event()
        number = 0
        while not self.stopped.is_set():
            number += 1
            request = api.CreateContractRequest(contract_id=f"{self.run}w{writer}-{number}",
                                                request_id=f"{self.run}w{writer}-{number}")
            request.contract.contract_name = f"第{number}份"
            try:
                self.acknowledged.append(self.suite.call(create, request, timeout=10).name)
            except grpc.RpcError as error:
                self.errors.append(error)
                pacer.wait(0.05)

    def stop(self):
        self.stopped.set()
        for thread in self.threads:
            thread.join()


class Outage(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.suite = Suite()
        cls.suite.start()
        cls.addClassCleanup(cls.suite.close)

    def restart_database(self, argv):
        process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                   start_new_session=True)
        # Collected when it ends, so that no dead process stands in the way of a later check.
        threading.Thread(target=process.wait, daemon=True).start()
        wait_until(self.suite.database_answers, 60, "the database to answer")

    def outage(self, how, run):
        argv = pathlib.Path(f"/proc/{self.suite.processes()['mariadb']}/cmdline").read_bytes().decode().split("\0")[:-1]
        load = Load(self.suite, run)
        try:
            wait_until(lambda: len(load.acknowledged) > 200, 60, "writes to flow")
            os.kill(self.suite.processes()["mariadb"], how)
            wait_until(lambda: "mariadb" not in self.suite.processes(), 60, "the database to end")
            ended = time.monotonic()
            wait_until(lambda: self.suite.healthz() == 503, 5, "health to turn bad")
            turned_bad = time.monotonic() - ended
            seen = len(load.errors)
            wait_until(lambda: len(load.errors) > seen + WRITERS * 3, 60, "calls to fail")
            self.restart_database(argv)
            answered = time.monotonic()
            wait_until(lambda: self.suite.healthz() == 200, 5, "health to turn good")
            turned_good = time.monotonic() - answered
            before = len(load.acknowledged)
            wait_until(lambda: len(load.acknowledged) > before + 200, 60, "writes to flow again")
        finally:
            load.stop()

        self.assertLess(turned_bad, 2)
        self.assertLess(turned_good, 2)
        for error in load.errors:
            self.assertEqual(error.code(), grpc.StatusCode.UNAVAILABLE, error)
            self.assertIn("RetryInfo", error_details(error), error)
            self.assertGreater(error_details(error)["RetryInfo"].retry_delay.ToNanoseconds(), 0)
        stored = {row[0] for row in self.suite.sql("SELECT name FROM kechuang_contract.contract")}
        self.assertEqual(set(load.acknowledged) - stored, set())
        self.assertEqual(len(load.acknowledged), len(set(load.acknowledged)))
        self.suite.assert_verified()

    def test_stopped_cleanly_and_started_again(self):
        self.outage(signal.SIGTERM, "s")

    def test_killed_and_started_again(self):
        # The fate of a commit under way is not known to the service then; request ids settle it.
        self.outage(signal.SIGKILL, "k")

    def test_reads_fail_in_the_same_words(self):
        argv = pathlib.Path(f"/proc/{self.suite.processes()['mariadb']}/cmdline").read_bytes().decode().split("\0")[:-1]
        self.suite.kill("mariadb", signal.SIGTERM)
        try:
            for area in REGISTERS:
                with self.subTest(area):
                    with self.assertRaises(grpc.RpcError) as refused:
                        self.suite.head(area)
                    self.assertEqual(refused.exception.code(), grpc.StatusCode.UNAVAILABLE)
                    self.assertIn("RetryInfo", error_details(refused.exception))
        finally:
            self.restart_database(argv)
        wait_until(lambda: self.suite.healthz() == 200, 5, "health to turn good")


if __name__ == "__main__":
    unittest.main()
