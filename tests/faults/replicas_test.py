"""Several replicas of every register on one database, all writing to the same records."""

import os
import unittest

from setting import LONG, FaultTest, Program, chance, wait_until

import aftermath
from follower import follow
from load import Door, Load, Notebook
from suite import REGISTERS, free_port_base

WRITES = 5000 if LONG else 500


class Replicas(FaultTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.notebook = Notebook()   # one for all tests: each looks at the whole journal in the end

    def replica(self, number):
        """Another set of the registers, on ports and with a state folder of their own; the ports' base and the programs."""
        state = self.suite.folder / f"replica-{number}"
        if not state.exists():
            state.mkdir(mode=0o700)
            for shared in ("admin.key", "secrets"):
                os.symlink(self.suite.state / shared, state / shared)
        base = free_port_base()
        programs = {area: Program(self.suite, area, f"--database=unix://{self.suite.state}/mariadb.sock", state=state, port=base)
                    for area in REGISTERS}
        for program in programs.values():
            self.addCleanup(program.end)
            program.start()
        return base, programs

    def write_through(self, count, run):
        """Writers that take any of so many replicas for every attempt, while one of the replicas is killed and comes back."""
        others = [self.replica(number) for number in range(1, count)]
        bases = [self.suite.port, *(base for base, _ in others)]
        random = chance(run)
        followers = follow(self, [Door(self.suite, direct=True, port=base) for base in random.choices(bases, k=len(REGISTERS))])
        began = self.notebook.acknowledged
        doors = [Door(self.suite), *(Door(self.suite, direct=True, port=base) for base in bases)]
        with Load(self.suite, self.notebook, run, doors):
            wait_until(lambda: self.notebook.acknowledged > began + WRITES // 2, 120, "writes to flow")
            random.choice(others)[1][random.choice(REGISTERS)].restart()
            wait_until(lambda: self.notebook.acknowledged > began + WRITES, 120, "writes to flow again")
        aftermath.check(self, self.suite, self.notebook, followers)

    def test_two_replicas(self):
        self.write_through(2, "two")

    def test_three_replicas(self):
        self.write_through(3, "three")


if __name__ == "__main__":
    unittest.main()
