"""Replicas of every register behind one gateway, stopped one after the other under load: no call fails."""

import os
import signal
import threading
import unittest
import urllib.request

from setting import LONG, FaultTest, Program, answers, chance, wait_until

from catalogue import method
from load import Door
from suite import HTTP_OFFSET, REGISTERS, free_port_base

import grpc
from google.protobuf import json_format

ROUNDS = 5 if LONG else 1
CALLERS = 8
CALLS_BETWEEN = 300


def ask(door, name, request):
    return door.send(name, json_format.ParseDict(request, method(name).input()), timeout=20)


def calls_of(program):
    """How many calls a service has answered since its start."""
    with urllib.request.urlopen(f"http://127.0.0.1:{program.port + HTTP_OFFSET}/metrics", timeout=10) as answer:
        lines = answer.read().decode().splitlines()
    return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith("kechuang_calls_total"))


class Callers:
    """Callers that create, read and list without a pause and never repeat a call; every failure is kept."""

    def __init__(self, suite):
        self.door = Door(suite)
        self.calls, self.failures = 0, []
        self.stopped = threading.Event()
        self.lock = threading.Lock()
        self.threads = [threading.Thread(target=self.run, args=(number,)) for number in range(CALLERS)]
        for thread in self.threads:
            thread.start()

    def run(self, caller):
        number = 0
        while not self.stopped.is_set():
            number += 1
            name = f"c{caller}-{number}"
            self.call("CreateBank", {"bank_id": name, "bank": {"bank_name": f"{name}银行"}})
            self.call("GetBank", {"name": f"banks/{name}"})
            self.call("CreateContract", {"contract_id": name, "contract": {"contract_name": f"合同 {name}"}})
            self.call("GetContract", {"name": f"contracts/{name}"})
            self.call("ListEnterprises", {"page_size": 10})

    def call(self, name, request):
        try:
            ask(self.door, name, request)
        except grpc.RpcError as error:
            with self.lock:
                self.failures.append(f"{name}: {error.code().name}: {error.details()}")
        with self.lock:
            self.calls += 1

    def stop(self):
        self.stopped.set()
        for thread in self.threads:
            thread.join()
        self.door.close()


class RollingStop(FaultTest):
    def setUp(self):
        state = self.suite.folder / "replica"
        state.mkdir(mode=0o700, exist_ok=True)
        for shared in ("bureau.key", "secrets"):
            if not (state / shared).exists():
                os.symlink(self.suite.state / shared, state / shared)
        base = free_port_base()
        self.replicas = {}
        for area in REGISTERS:
            first = self.take_over(area)
            second = Program(self.suite, area, f"--database=unix://{self.suite.state}/mariadb.sock", state=state, port=base)
            self.addCleanup(second.end)
            self.replicas[area] = (first, second.start())
        addresses = {area: ",".join(f"127.0.0.1:{program.port}" for program in programs)
                     for area, programs in self.replicas.items()}
        self.take_over("gateway", *(f"--{area}_address={address}" for area, address in addresses.items()))
        self.healthy()

    def test_no_call_fails_while_each_replica_is_stopped_in_turn(self):
        order = [(area, number) for area in REGISTERS for number in (0, 1)]
        chance("rolling").shuffle(order)
        callers = Callers(self.suite)
        try:
            for area, number in order * ROUNDS:
                self.flow(callers)
                program = self.replicas[area][number]
                program.end(signal.SIGTERM)
                self.assertEqual(program.process.returncode, 0)
                self.flow(callers)
                program.start()
                self.served_by(area, number)
        finally:
            callers.stop()
        self.assertEqual(callers.failures, [])
        self.suite.assert_verified()

    def test_no_read_fails_when_a_replica_is_killed(self):
        door = Door(self.suite)
        self.addCleanup(door.close)
        ask(door, "CreateBank", {"bank_id": "read", "bank": {"bank_name": "示例银行"}})
        for number in (0, 1) * ROUNDS:
            for count in range(200):
                if count == 100:
                    self.replicas["loan"][number].end()
                self.assertEqual(ask(door, "GetBank", {"name": "banks/read"}).bank_name, "示例银行")
            self.replicas["loan"][number].start()
            self.served_by("loan", number)

    def flow(self, callers):
        """Waits until many more calls have been made."""
        seen = callers.calls
        wait_until(lambda: callers.calls > seen + CALLS_BETWEEN, 60, "calls to go on")

    def served_by(self, area, number):
        """Waits until this replica answers calls that come through the gateway."""
        program = self.replicas[area][number]
        wait_until(lambda: answers(program.port + HTTP_OFFSET), 30, "its metrics")
        path = {"enterprise": "ListEnterprises", "loan": "ListBanks", "contract": "ListContracts"}[area]
        door = Door(self.suite)
        self.addCleanup(door.close)

        def reached():
            before = calls_of(program)
            for _ in range(4):
                ask(door, path, {"page_size": 1})
            return calls_of(program) > before

        wait_until(reached, 30, f"the gateway to find replica {number} of {area}")


if __name__ == "__main__":
    unittest.main()
