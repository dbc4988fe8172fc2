"""Several replicas of every register on one database, all writing to the same records."""

import unittest

from setting import LONG, FaultTest, chance, wait_until

import aftermath
from follower import follow
from load import Door, Load, Notebook
from suite import REGISTERS

WRITES = 5000 if LONG else 500
PATIENCE_SECONDS = 1200 if LONG else 120    # for half of them


class Replicas(FaultTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.notebook = Notebook()   # one for all tests: each looks at the whole journal in the end

    def write_through(self, count, run):
        """Writers that take any of so many replicas for every attempt, while one of the replicas is killed and comes back."""
        database = f"unix://{self.suite.state}/mariadb.sock"
        others = [self.replica(number, database) for number in range(1, count)]
        bases = [self.suite.port, *(base for base, _ in others)]
        random = chance(run)
        followers = follow(self, [Door(self.suite, direct=True, port=base) for base in random.choices(bases, k=len(REGISTERS))])
        began = self.notebook.acknowledged
        doors = [Door(self.suite), *(Door(self.suite, direct=True, port=base) for base in bases)]
        with Load(self.suite, self.notebook, run, doors):
            wait_until(lambda: self.notebook.acknowledged > began + WRITES // 2, PATIENCE_SECONDS, "writes to flow")
            random.choice(others)[1][random.choice(REGISTERS)].restart()
            wait_until(lambda: self.notebook.acknowledged > began + WRITES, PATIENCE_SECONDS, "writes to flow again")
        aftermath.check(self, self.suite, self.notebook, followers)

    def test_two_replicas(self):
        self.write_through(2, "two")

    def test_three_replicas(self):
        self.write_through(3, "three")


if __name__ == "__main__":
    unittest.main()
