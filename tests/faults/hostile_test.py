"""Callers who ask for much and read nothing, and queues that nobody serves: memory stays within its limit, and callers are told."""

import os
import pathlib
import signal
import subprocess
import sys
import unittest

from setting import OFFSETS, FaultTest, wait_until

from load import Command, Door, message_of
from shared import day
from suite import count_peak_from_now, error_details, messages, peak_bytes

import grpc

MIB = 2**20
LIMIT_MIB = 32
# Beyond the limit: sixteen workers each have a page in hand when it is reached, as rows, as a message and as bytes, and the
# allocator keeps what was freed a moment ago, more of it on a busy machine.
BESIDE_MIB = 160
ROWS = 2000
PAGE = 1000
GREEDY_CALLS = 1500     # of a page of some 800 kB each: more than a gigabyte, if somebody kept them
LARGE_CREATES = 4000
DOCUMENTS = 50


class Hostile(FaultTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        file = cls.suite.folder / "contracts.csv"
        cls.suite.kc("gen", "--kind", "contracts", "--rows", ROWS, "--output", file, timeout=300)
        cls.suite.kc("import", "contracts", file, timeout=300)

    def setUp(self):
        flag = f"--message_memory_mib={LIMIT_MIB}"
        self.programs = {name: self.take_over(name, flag) for name in ("contract", "gateway")}
        self.healthy()

    def watch(self, program, direct):
        """Counts the memory of a program from now on, and makes the door at which a decent caller asks."""
        self.program, self.pid = program, self.programs[program].process.pid
        self.door = Door(self.suite, direct=direct)
        self.addCleanup(self.door.close)
        self.assertIsNone(self.refusal())
        count_peak_from_now(self.pid)
        self.before = peak_bytes(self.pid)

    def refusal(self):
        """What a decent caller hears: an error, or nothing."""
        try:
            self.door.send("ListContracts", messages("contract").ListContractsRequest(page_size=1), 10)
        except grpc.RpcError as error:
            return error
        return None

    def exhausted(self):
        """The refusal for want of memory; nothing while calls are served, or wait."""
        error = self.refusal()
        return error if error is not None and error.code() == grpc.StatusCode.RESOURCE_EXHAUSTED else None

    def check_refusal(self, error):
        details = error_details(error)
        self.assertEqual(details["ErrorInfo"].reason, "OVERLOADED")
        self.assertGreater(details["RetryInfo"].retry_delay.ToMilliseconds(), 0)

    def check_memory(self):
        grown = (peak_bytes(self.pid) - self.before) / MIB
        print(f"{self.program} grew by {grown:.0f} MiB", file=sys.stderr)
        self.assertLess(grown, LIMIT_MIB + BESIDE_MIB)

    def check_readers(self, program, direct):
        self.watch(program, direct)
        request = messages("contract").ListContractsRequest(page_size=PAGE).SerializeToString().hex()
        caller = [sys.executable, str(pathlib.Path(__file__).resolve().parent / "greedy_caller.py"),
                  f"127.0.0.1:{self.suite.port + OFFSETS[program]}", "/kechuang.contract.v1.ContractService/ListContracts",
                  request, str(GREEDY_CALLS), str(self.suite.state / "bureau.key")]
        with subprocess.Popen(caller, stdout=subprocess.PIPE, text=True) as process:
            try:
                self.assertEqual(process.stdout.readline(), f"{GREEDY_CALLS}\n")
                self.check_refusal(wait_until(self.exhausted, 60, "the limit to be reached"))
                self.check_memory()
            finally:
                process.kill()
        wait_until(lambda: self.refusal() is None, 60, "calls to be served again")

    def test_a_service_whose_answers_nobody_reads(self):
        self.check_readers("contract", direct=True)

    def test_a_gateway_whose_answers_nobody_reads(self):
        self.check_readers("gateway", direct=False)

    def large_create(self, number):
        """A draft whose documents have long titles."""
        party = {"party_name": "银川示例电机有限公司", "party_type": "150", "division_code": "640104"}
        document = {"kind": "DOCUMENT_KIND_CONTRACT_TEXT", "title": "乙" * 60}
        return message_of(Command("CreateContract", {
            "request_id": f"hostile-{number}", "contract_id": f"hostile-{number}", "contract": {
                "contract_name": "甲", "contract_class": "CONTRACT_CLASS_DEVELOPMENT", "seller": party, "buyer": party,
                "signing_date": day(-20), "total_amount_fen": 2, "technical_amount_fen": 1,
                "technology_field": "TECHNOLOGY_FIELD_ELECTRONICS", "ip_type": "IP_TYPE_NONE",
                "documents": [document] * DOCUMENTS}}))

    def test_a_queue_that_nobody_serves(self):
        self.watch("contract", direct=True)
        database = self.suite.processes()["mariadb"]
        os.kill(database, signal.SIGSTOP)
        try:
            calls = [self.door.begin("CreateContract", self.large_create(number), 15) for number in range(LARGE_CREATES)]
            errors = [call.exception() for call in calls]
        finally:
            os.kill(database, signal.SIGCONT)
        refused = [error for error in errors if error is not None and error.code() == grpc.StatusCode.RESOURCE_EXHAUSTED]
        self.assertGreater(len(refused), LARGE_CREATES // 2, {error and error.code() for error in errors})
        for error in refused:
            self.check_refusal(error)
        self.check_memory()
        wait_until(lambda: self.refusal() is None, 60, "calls to be served again")


if __name__ == "__main__":
    unittest.main()
