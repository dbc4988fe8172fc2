"""A service dies right before and right after every statement of the step that writes a batch, and nothing is lost or done twice."""

import subprocess
import sys
import threading
import unittest

from setting import BIN, FaultTest, chance

import aftermath
from crash_gate import AFTER, BEFORE, CrashGate
from follower import follow
from load import ACKNOWLEDGED, Command, Door, Notebook, settle
from records import WAN
from shared import day

TIMEOUT = 3             # of a call: one to a dead service ends at once, one to a stalled one soon
HIT_SECONDS = 60


class CrashPoints(FaultTest):
    notebook = Notebook()   # of both tests: they share the suite

    def setUp(self):
        self.random = chance("crash points")
        self.gate = CrashGate(self.suite.state / "mariadb.sock")
        self.addCleanup(self.gate.close)
        self.service = self.take_over("contract", f"--database=tcp://127.0.0.1:{self.gate.port}")
        self.healthy()
        self.door = Door(self.suite)
        self.addCleanup(self.door.close)
        self.hit = set()

    def ask(self, event, **request):
        command = Command(event, {"request_id": f"point-{len(self.notebook.commands)}", **request})
        self.notebook.commands.append(command)
        settle(command, [self.door], self.notebook, self.random, TIMEOUT, threading.Event())
        return command.answer

    def crash_at(self, transaction, statement, when, work):
        """Does the work while the service dies at this point, and brings the service back; False if it never came there."""
        self.gate.arm(self.service.process.pid, transaction, statement, when)
        worker = threading.Thread(target=work)
        worker.start()
        while worker.is_alive() and not self.gate.hit.wait(0.02):
            pass
        hit = self.gate.hit.is_set()
        if hit:
            self.service.process.wait(timeout=HIT_SECONDS)
            self.service.start()
            self.healthy()
            self.hit.add((when, self.gate.statement))
        worker.join()
        self.gate.disarm()
        return hit

    def crash_everywhere(self, transactions, prepare):
        """prepare() gives the work of one point; goes on until the work has no further point."""
        for transaction in range(1, transactions + 1):
            for when in (BEFORE, AFTER):
                statement = 1
                while self.crash_at(transaction, statement, when, prepare()):
                    statement += 1
                self.assertGreater(statement, 3, f"transaction {transaction} has hardly a statement to die at")

    def check(self, followers):
        self.healthy()
        # Whatever was hit was hit on both sides.
        self.assertEqual({text for when, text in self.hit if when == BEFORE}, {text for when, text in self.hit if when == AFTER})
        print(f"died at {len(self.hit)} points", file=sys.stderr)
        aftermath.check(self, self.suite, self.notebook, followers)

    def test_registering_a_contract(self):
        """Reads and writes records, keys, totals, the journal and the request ids: all that a batch of calls touches."""
        followers = follow(self)

        def prepare():
            number = len(self.notebook.commands)
            name = self.ask("CreateContract", contract_id=f"point-{number}", contract={
                "contract_name": f"第 {number} 份", "contract_class": "CONTRACT_CLASS_DEVELOPMENT",
                "seller": {"party_name": "宁夏示例大学", "party_type": "022", "division_code": "640105"},
                "buyer": {"party_name": f"银川示例电机 {number} 厂", "party_type": "150", "division_code": "640104"},
                "signing_date": day(-20), "total_amount_fen": 2 * WAN, "technical_amount_fen": WAN,
                "technology_field": "TECHNOLOGY_FIELD_ELECTRONICS", "ip_type": "IP_TYPE_NONE",
                "documents": [{"kind": "DOCUMENT_KIND_CONTRACT_TEXT", "title": "合同.pdf"}]}).name
            self.ask("SubmitContract", name=name)
            self.ask("AcceptContract", name=name)
            return lambda: self.ask("RegisterContract", name=name)

        self.crash_everywhere(1, prepare)
        self.assertEqual({command.outcome for command in self.notebook.commands}, {ACKNOWLEDGED})
        self.check(followers)

    def test_importing_a_row(self):
        """A row that changes a contract which an import had set: the statements that only imports have."""
        followers = follow(self)
        file = self.suite.folder / "合同.csv"
        subprocess.run([str(BIN / "kechuang-sample"), "--contracts", "1", "--out", str(file)], check=True)
        header, row = file.read_text(encoding="utf-8").splitlines()
        place = header.split(",").index("买方名称")
        versions = []
        endings = []

        def take_in():
            endings.append(self.suite.kc("import", "contracts", file, expect=None).returncode)

        def prepare():
            versions.append(f"银川第 {len(versions)} 厂")
            cells = row.split(",")
            cells[place] = versions[-1]
            file.write_text("\n".join([header, ",".join(cells)]) + "\n", encoding="utf-8")
            return take_in

        prepare()()
        transactions = self.gate.count_transactions(prepare())
        self.crash_everywhere(transactions, prepare)
        # Of the imports at each transaction's two rows of points the last met none.
        self.assertEqual(endings.count(0), 2 + 2 * transactions)
        self.suite.kc("import", "contracts", file)
        self.assertEqual(self.suite.sql("SELECT buyer_party_name FROM kechuang_contract.contract"), [[versions[-1]]])
        self.ask("CreateContract", contract_id="last", contract={
            "contract_name": "最后一份", "contract_class": "CONTRACT_CLASS_SERVICE"})
        self.check(followers)


if __name__ == "__main__":
    unittest.main()
