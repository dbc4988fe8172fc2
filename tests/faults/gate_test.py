"""Connections that refuse, stall, break at the worst byte, half-close, crawl and splinter: to the database, and to services."""

import unittest

from setting import LONG, OFFSETS, FaultTest, chance, wait_until

import aftermath
from follower import follow
from gate import Gate
from load import Door, Load, Notebook
from suite import REGISTERS

ROUNDS = 5 if LONG else 1
FLOWING = 30            # acknowledgements that show that writes flow
TIMEOUT = 2             # of a call of the writers: a stall shows soon
PATIENCE_SECONDS = 300  # with a machine that is busy with other work, where few calls end in that time


class Gates(FaultTest):
    def setUp(self):
        self.gates = []

    def gate(self, upstream):
        gate = Gate(upstream)
        self.gates.append(gate)
        self.addCleanup(gate.close)
        return gate

    def await_flow(self, count=FLOWING):
        reached = self.notebook.acknowledged + count
        wait_until(lambda: self.notebook.acknowledged >= reached, PATIENCE_SECONDS, "writes to flow")

    def await_unknown(self, count=5):
        reached = self.notebook.unknown + count
        wait_until(lambda: self.notebook.unknown >= reached, PATIENCE_SECONDS, "calls to fail")

    def done(self, gate, harm):
        """Waits until the gate did this harm once more."""
        before = gate.counted.get(harm, 0)
        return lambda: wait_until(lambda: gate.counted.get(harm, 0) > before, PATIENCE_SECONDS, f"{harm} to happen")

    # The harms, each from passing to passing.

    def refuse(self, gate):
        gate.refuse()
        self.await_unknown()
        gate.open()

    def stall(self, gate):
        gate.set_mood("stall")
        self.await_unknown()
        gate.set_mood("pass")

    def linger(self, mood, gate):
        happened = self.done(gate, mood)
        gate.set_mood(mood)
        happened()
        self.await_flow(FLOWING // 3)
        gate.set_mood("pass")

    def snip(self, what, gate):
        for _ in range(3):
            happened = self.done(gate, "snipped")
            gate.set_snip(what)
            happened()

    def half_close(self, towards_server, gate):
        happened = self.done(gate, "half-closed")
        gate.half_close(towards_server)
        happened()

    def strand(self, gate):
        gate.strand()
        self.await_unknown()
        self.await_flow(1)

    HARMS = {
        "refused": refuse,
        "stalled": stall,
        "cut in the middle of a statement": lambda self, gate: self.snip("middle", gate),
        "half-closed towards the client": lambda self, gate: self.half_close(False, gate),
        "half-closed towards the server": lambda self, gate: self.half_close(True, gate),
        "slow": lambda self, gate: self.linger("slow", gate),
        "in single bytes": lambda self, gate: self.linger("bytes", gate),
    }
    # What only the connection to a database has.
    COMMIT_HARMS = {
        "cut in the middle of COMMIT": lambda self, gate: self.snip("commit", gate),
        "cut after COMMIT, before its answer": lambda self, gate: self.snip("answer", gate),
    }

    def hurt(self, run, harms, doors):
        random = chance(run)
        self.notebook = Notebook()
        followers = follow(self)
        with Load(self.suite, self.notebook, run, doors, timeout=TIMEOUT):
            for _ in range(ROUNDS):
                for name, harm in random.sample(sorted(harms.items()), len(harms)):
                    with self.subTest(name):
                        self.await_flow()
                        harm(self, random.choice(self.gates))
            self.await_flow()
        self.assertGreater(self.notebook.unknown, 0)
        aftermath.check(self, self.suite, self.notebook, followers)


class DatabaseGate(Gates):
    def test_between_services_and_database(self):
        harms = {**self.HARMS, **self.COMMIT_HARMS}
        if LONG:  # a server that is silent is given up after half a minute
            harms["forgotten"] = self.__class__.strand
        gate = self.gate(self.suite.state / "mariadb.sock")
        for area in REGISTERS:
            self.take_over(area, f"--database=tcp://127.0.0.1:{gate.port}")
        self.healthy()
        self.hurt("sqlgate", harms, doors=None)


class ServiceGate(Gates):
    def test_between_gateway_and_services(self):
        flags = [f"--{area}_address=127.0.0.1:{self.gate(self.suite.port + OFFSETS[area]).port}" for area in REGISTERS]
        self.take_over("gateway", *flags)
        self.healthy()
        self.hurt("rpcgate", self.HARMS, doors=[Door(self.suite)])


if __name__ == "__main__":
    unittest.main()
