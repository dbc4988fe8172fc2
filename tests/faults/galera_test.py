"""The suite on a three-node Galera cluster: a node dies, freezes or is cut off under load, nothing is lost, writes go on soon."""

import re
import sys
import time
import unittest

from setting import LONG, FaultTest, chance, wait_until

import aftermath
from follower import follow
from galera import NODES, Cluster
from load import ACKNOWLEDGED, Door, Load, Notebook
from records import credit_code
from suite import REGISTERS, SqlSession, in_parallel

RECOVERY_SECONDS = 10
ROUNDS = 3 if LONG else 1
FLOWING = 40
MEETINGS, PATIENCE_SECONDS = (3000, 1200) if LONG else (300, 120)
# Fewer than elsewhere in the short form: three nodes share the machine.
WRITERS = {} if LONG else {"contracts": 4, "loans": 2, "enterprises": 1}
CONFLICT = re.compile(r"database error \w+ \[1213\]")
ON_CLUSTER = (*REGISTERS, "identity")
ACCOUNTS = [f"kechuang_{area}" for area in ON_CLUSTER]
# What becomes of a node, and what undoes it.
HARMS = {
    "killed": (Cluster.kill, Cluster.restart),
    "frozen": (Cluster.freeze, Cluster.thaw),
    "cut off": (Cluster.isolate, Cluster.join),
}
SHORT = (("killed", True), ("cut off", True), ("frozen", True), ("killed", False))


class OnCluster(FaultTest):
    """The registers of one suite on a cluster; its own database is down, so that nothing can lean on it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cluster = Cluster(cls.suite.folder / "galera")
        cls.addClassCleanup(cls.cluster.end)
        cls.cluster.run("start")
        cls.cluster.run("prepare", "--state", cls.suite.state)
        cls.suite.kill("mariadb")
        cls.notebook = Notebook()   # one for all tests: each looks at the whole journal in the end

    def setUp(self):
        self.look_at(1)
        self.programs = {area: self.take_over(area, f"--database={self.cluster.addresses()}") for area in ON_CLUSTER}
        self.healthy()

    def look_at(self, node):
        """Makes this node the one that the aftermath reads."""
        self.suite.database_socket = self.cluster.socket(node)

    def await_flow(self):
        reached = self.notebook.acknowledged + FLOWING
        wait_until(lambda: self.notebook.acknowledged >= reached, 60, "writes to flow")

    def by_use(self):
        """The nodes, from the one that most registers are connected to. Registers share no row, so they may be on several."""
        def found():
            connected = self.cluster.connected(ACCOUNTS)
            everyone = set().union(*connected.values()) == set(ACCOUNTS)
            return sorted(NODES, key=lambda node: -len(connected[node])) if everyone else None
        return wait_until(found, 30, "all registers to be connected", pause=0.2)

    def check_nodes_agree(self):
        """All nodes hold the same rows in all tables."""
        self.cluster.await_whole()
        tables = self.cluster.sql(1, "SELECT CONCAT(TABLE_SCHEMA, '.', TABLE_NAME) FROM information_schema.TABLES "
                                     f"WHERE TABLE_SCHEMA IN ({', '.join(repr(name) for name in ACCOUNTS)}) ORDER BY 1")
        sums = [self.cluster.sql(node, "SET SESSION wsrep_sync_wait = 15; SELECT COUNT(*) FROM kechuang_loan.head; "
                                       f"CHECKSUM TABLE {', '.join(row[0] for row in tables)}") for node in NODES]
        self.assertGreater(len(sums[0]), 20)
        for node in NODES[1:]:
            self.assertEqual(sums[node - 1], sums[0], f"node {node} and node 1")

    def writes_again(self, load, random, began):
        """Seconds from began until a new change of every register is acknowledged."""
        number = load.fresh()
        changes = [
            ("CreateEnterprise", {"enterprise": {
                "credit_code": credit_code(990000 + number % 10000), "enterprise_name": f"宁夏复{number}科技有限公司",
                "located_division_code": "640105"}}),
            ("CreateBank", {"bank_id": f"again-{number}", "bank": {"bank_name": f"复{number}银行"}}),
            ("CreateContract", {"contract_id": f"again-{number}", "contract": load.new_contract(random)}),
        ]

        def seconds(index):
            name, request = changes[index]
            self.assertEqual(load.ask(load.command(name, **request), random).outcome, ACKNOWLEDGED)
            return time.monotonic() - began

        return max(in_parallel(len(changes), seconds))

    def hurt(self, load, harm, is_written, random):
        self.await_flow()
        nodes = self.by_use()
        node = nodes[0] if is_written else nodes[-1]
        do, undo = HARMS[harm]
        began = time.monotonic()
        do(self.cluster, node)
        taken = self.writes_again(load, random, began)
        self.await_flow()
        back = time.monotonic()
        undo(self.cluster, node)
        self.cluster.await_whole()
        print(f"node {node}{' (written to)' if is_written else ''} {harm}: writes again after {taken:.1f} s, now to node "
              f"{self.by_use()[0]}; back after {time.monotonic() - back:.1f} s", file=sys.stderr, flush=True)
        self.assertLess(taken, RECOVERY_SECONDS, f"node {node} {harm}")

    def test_nodes_are_lost_and_come_back(self):
        random = chance("galera")
        harms = [(harm, written) for harm in HARMS for written in (True, False)] if LONG else list(SHORT)
        followers = follow(self)
        with Load(self.suite, self.notebook, "galera", **WRITERS) as load:
            for _ in range(ROUNDS):
                for harm, is_written in random.sample(harms, len(harms)):
                    self.hurt(load, harm, is_written, random)
            self.await_flow()
        self.assertGreater(self.notebook.unknown, 0, "no harm met a call under way")
        self.look_at(self.by_use()[0])
        aftermath.check(self, self.suite, self.notebook, followers)
        self.check_nodes_agree()

    def test_conflicts_between_nodes_are_run_again(self):
        base, _ = self.replica(1, self.cluster.addresses(first=2))
        followers = follow(self, [Door(self.suite, direct=True, port=port) for port in (base, self.suite.port, base)])
        doors = [Door(self.suite, direct=True), Door(self.suite, direct=True, port=base)]
        before = self.conflicts()
        with Load(self.suite, self.notebook, "two-nodes", doors, **WRITERS):
            reached = self.notebook.acknowledged + MEETINGS
            wait_until(lambda: self.notebook.acknowledged >= reached, PATIENCE_SECONDS, "writes to flow")
        self.assertGreater(self.conflicts(), before, "the nodes never met")
        aftermath.check(self, self.suite, self.notebook, followers)
        self.check_nodes_agree()

    def conflicts(self):
        return sum(len(CONFLICT.findall((self.suite.state / "logs" / f"{area}.log").read_text())) for area in REGISTERS)

    def test_a_head_changed_and_changed_back_keeps_out_a_commit_of_another_node(self):
        head = "kechuang_loan.head"
        with SqlSession(self.cluster.sql_command(1)) as slow, SqlSession(self.cluster.sql_command(2)) as fence:
            slow.run("SET innodb_lock_wait_timeout = 1")
            slow.run("BEGIN")
            slow.run(f"UPDATE {head} SET sequence = sequence + 1")
            fence.run("BEGIN")
            fence.run(f"UPDATE {head} SET sequence = sequence + 1")
            fence.run(f"UPDATE {head} SET sequence = sequence - 1")
            fence.run("COMMIT")
            with self.assertRaises(AssertionError):
                slow.run("COMMIT")
        self.check_nodes_agree()


if __name__ == "__main__":
    unittest.main()
