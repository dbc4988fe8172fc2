"""Imports are objects: listed, read, taken back, and told truly after a kill and beside other writers."""

import json
import os
import signal
import unittest

from import_support import contract, counts, write_csv
from suite import Suite, messages, wait_until

ROWS = int(os.environ.get("KECHUANG_E2E_BATCH_ROWS", "4000"))


class Batches(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.suite = Suite()
        cls.suite.start()
        cls.addClassCleanup(cls.suite.close)

    def result(self, file, *flags):
        return json.loads(self.suite.kc("import", "contracts", file, "--output", "json", *flags).stdout)

    def get(self, name):
        return self.suite.kc_json("contracts", "get", name)

    def amend(self, name, **fields):
        """Changes a contract as a person at a desk does."""
        request = messages("contract").AmendContractRequest(reason="更正")
        request.contract.name = name
        for field, value in fields.items():
            setattr(request.contract, field, value)
            request.update_mask.paths.append(field)
        self.suite.call(self.suite.stub("contract").AmendContract, request)

    def test_a_revert_restores_what_nobody_changed_and_lists_the_rest(self):
        first = self.result(write_csv(self.suite.folder / "一.csv", [contract(1), contract(2), contract(3)]))
        second = self.result(write_csv(self.suite.folder / "二.csv", [contract(1, c1="改一"), contract(2, c1="改二"), contract(4)]))
        self.assertEqual((second["inserted"], second["changed"]), (1, 2))
        self.amend("contracts/2022640105000002", contract_name="人改的名")

        name = f"imports/{second['importId']}"
        head = self.suite.head("contract")
        dry = self.suite.kc("imports", "revert", name, "--dry-run", expect=1)
        self.assertEqual(self.suite.head("contract"), head)
        done = self.suite.kc("imports", "revert", name, "--reason", "文件选错了", expect=1)
        for told in (dry, done):
            self.assertIn("contracts/2022640105000002", told.stdout)
            self.assertIn("1 restored, 1 taken back, 1 left alone", told.stdout + told.stderr)
        self.assertEqual(self.get("contracts/2022640105000001")["contract_name"], "合同1")
        self.assertEqual(self.get("contracts/2022640105000002")["contract_name"], "人改的名")
        self.suite.kc("contracts", "get", "contracts/2022640105000004", expect=3)
        listed = json.loads(self.suite.kc("imports", "list", "--output", "json").stdout)["imports"]
        states = {each["name"]: each["state"] for each in listed}
        self.assertEqual(states[name], "STATE_REVERTED")
        self.assertEqual(states[f"imports/{first['importId']}"], "STATE_FINISHED")
        self.suite.kc("imports", "get", "imports/absent", expect=3)
        self.suite.assert_verified()

    def test_a_killed_import_sent_again_ends_as_if_never_killed(self):
        file = write_csv(self.suite.folder / "杀.csv", [contract(number) for number in range(10001, 10001 + ROWS)])
        count = "SELECT COUNT(*) FROM kechuang_contract.contract WHERE registration_number >= '2022640105010001'"
        run = self.suite.kc_started("import", "contracts", file)
        wait_until(lambda: int(self.suite.sql(count)[0][0]) > 0 or run.poll() is not None, 120, "rows", pause=0.01)
        run.send_signal(signal.SIGKILL)
        run.communicate()
        done = self.suite.kc("import", "contracts", file)
        self.assertIn(counts(done), ((ROWS, 0, 0, 0, 0), (0, 0, ROWS, 0, 0)))
        again = self.suite.kc("import", "contracts", file)
        self.assertEqual(counts(again), (0, 0, ROWS, 0, 0))
        self.assertEqual(int(self.suite.sql(count)[0][0]), ROWS)

    def test_what_somebody_changed_since_is_a_conflict(self):
        self.result(write_csv(self.suite.folder / "甲.csv", [contract(31)]))
        self.amend("contracts/2022640105000031", contract_name="人改的名")
        file = write_csv(self.suite.folder / "乙.csv", [contract(31, c1="表里的名")])
        self.assertEqual(counts(self.suite.kc("import", "contracts", file, expect=1)), (0, 0, 0, 0, 1))
        self.assertEqual(self.get("contracts/2022640105000031")["contract_name"], "人改的名")
        self.assertEqual(counts(self.suite.kc("import", "contracts", file, "--overwrite")), (0, 1, 0, 0, 0))
        self.assertEqual(self.get("contracts/2022640105000031")["contract_name"], "表里的名")


if __name__ == "__main__":
    unittest.main()
