"""Many clients on few records, with kills in between: every record behaves as if it did one call at a time."""

import threading
import time
import unittest
import uuid

from setting import LONG, FaultTest, chance, wait_until

from linearizable import READ, WRITE, Call, linearizable
from load import FATE_UNKNOWN, Door
from suite import error_details, messages

import grpc

CLIENTS, RECORDS = 36, 4
CALLS = 20000 if LONG else 2500
KILLS = 8 if LONG else 2
PATIENCE_SECONDS = 300 if LONG else 120     # from one kill to the next
ASK_AGAIN_SECONDS = 30


class Client:
    """One client: reads, writes and conditioned writes of random records, one after the other."""

    def __init__(self, door, names, random, histories, stopped):
        self.door, self.names, self.random = door, names, random
        self.histories, self.stopped = histories, stopped
        self.api = messages("contract")
        self.seen = dict.fromkeys(names, 1)     # the newest revision that this client knows

    def run(self):
        while not self.stopped.is_set():
            name = self.random.choice(self.names)
            if self.random.random() < 0.4:
                self.read(name)
            else:
                self.write(name, conditioned=self.random.random() < 0.5, again=self.random.random() < 0.5)

    def read(self, name):
        call = Call(READ, time.monotonic())
        try:
            record = self.door.send("GetContract", self.api.GetContractRequest(name=name), 5)
        except grpc.RpcError:
            return  # it told nothing
        self.note(name, call, record)

    def note(self, name, call, record):
        call.ended = time.monotonic()
        call.revision = self.seen[name] = record.revision
        call.value = record.remark
        self.histories[name].append(call)

    def write(self, name, conditioned, again):
        """again: asks under the same request id until it is told; else the first loss leaves the fate open."""
        value = uuid.UUID(int=self.random.getrandbits(128)).hex
        expected = self.seen[name] if conditioned else 0
        request = self.api.UpdateContractRequest(request_id=value, etag=f"r{expected}" if conditioned else "")
        request.contract.name, request.contract.remark = name, value
        request.update_mask.paths.append("remark")
        call = Call(WRITE, time.monotonic(), value=value, expected=expected)
        deadline = call.began + ASK_AGAIN_SECONDS
        while True:
            try:
                return self.note(name, call, self.door.send("UpdateContract", request, 5))
            except grpc.RpcError as error:
                info = error_details(error).get("ErrorInfo")
                if error.code() not in FATE_UNKNOWN and info is not None:
                    return self.note_refused(name, call, info)
            if not again or time.monotonic() > deadline:
                return self.histories[name].append(call)

    def note_refused(self, name, call, info):
        if info.reason != "ETAG_MISMATCH":
            raise AssertionError(f"a write was refused with {info.reason}")
        call.ended, call.refused = time.monotonic(), True
        call.revision = self.seen[name] = int(info.metadata["etag"].removeprefix("r"))
        self.histories[name].append(call)


class Linearizable(FaultTest):
    def make_records(self, door):
        api = messages("contract")
        names = []
        for number in range(RECORDS):
            request = api.CreateContractRequest(contract_id=f"hot-{number}")
            request.contract.contract_name = f"第 {number} 份"
            names.append(door.send("CreateContract", request, 20).name)
        return names

    def test_few_records_under_kills(self):
        programs = [self.take_over("contract"), self.take_over("gateway")]
        self.healthy()
        doors = [Door(self.suite), Door(self.suite, direct=True)]
        names = self.make_records(doors[0])
        histories = {name: [] for name in names}
        stopped, broken = threading.Event(), []

        def run(number):
            try:
                Client(doors[number % 2], names, chance("client", number), histories, stopped).run()
            except Exception as error:  # told below: a thread's own words go nowhere
                broken.append(error)

        threads = [threading.Thread(target=run, args=(number,)) for number in range(CLIENTS)]
        for thread in threads:
            thread.start()
        count = lambda: sum(len(history) for history in histories.values())
        for kill in range(1, KILLS + 1):
            wait_until(lambda: count() > CALLS * kill // (KILLS + 1) or broken, PATIENCE_SECONDS, "calls to be made")
            programs[kill % 2].restart()
        wait_until(lambda: count() > CALLS or broken, PATIENCE_SECONDS, "calls to be made")
        stopped.set()
        for thread in threads:
            thread.join()
        for door in doors:
            door.close()

        self.assertEqual(broken, [])
        unknown = sum(not call.known for history in histories.values() for call in history)
        self.assertGreater(unknown, 0, "no kill met a call under way")
        for name, history in histories.items():
            self.assertTrue(linearizable(history, (1, "")), f"{len(history)} calls on {name}")
        self.suite.assert_verified()


class Checker(unittest.TestCase):
    """The checker itself: it must be able to say no."""

    def test_takes_calls_that_overlap_in_either_order(self):
        history = [Call(WRITE, 0, 9, "a", revision=2), Call(READ, 1, 2, "", revision=1), Call(READ, 3, 4, "a", revision=2)]
        self.assertTrue(linearizable(history, (1, "")))

    def test_refuses_a_read_of_the_past(self):
        history = [Call(WRITE, 0, 1, "a", revision=2), Call(READ, 2, 3, "", revision=1)]
        self.assertFalse(linearizable(history, (1, "")))

    def test_refuses_a_lost_write(self):
        history = [Call(WRITE, 0, 1, "a", revision=2), Call(WRITE, 2, 3, "b", revision=2)]
        self.assertFalse(linearizable(history, (1, "")))

    def test_refuses_two_writes_on_one_condition(self):
        history = [Call(WRITE, 0, 9, "a", 1, 2), Call(WRITE, 0, 9, "b", 1, 3)]
        self.assertFalse(linearizable(history, (1, "")))

    def test_refuses_a_mismatch_where_the_condition_held(self):
        self.assertFalse(linearizable([Call(WRITE, 0, 1, "a", 1, 1, refused=True)], (1, "")))

    def test_refuses_a_mismatch_with_what_never_stood_there(self):
        self.assertTrue(linearizable([Call(WRITE, 0, 1, "a", 7, 1, refused=True)], (1, "")))
        self.assertFalse(linearizable([Call(WRITE, 0, 1, "a", 7, 2, refused=True)], (1, "")))

    def test_lets_a_write_of_unknown_fate_happen_late_or_never(self):
        lost = Call(WRITE, 0, value="a")
        self.assertTrue(linearizable([lost, Call(READ, 5, 6, "", revision=1)], (1, "")))
        self.assertTrue(linearizable([lost, Call(READ, 5, 6, "", revision=1), Call(READ, 7, 8, "a", revision=2)], (1, "")))
        self.assertFalse(linearizable([lost, Call(READ, 5, 6, "a", revision=2), Call(READ, 7, 8, "", revision=1)], (1, "")))


if __name__ == "__main__":
    unittest.main()
