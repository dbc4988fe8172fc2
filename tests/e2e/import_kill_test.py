"""One import that is killed again and again, on every side, at random moments, and sent again with the same command."""

import os
import random
import signal
import subprocess
import unittest

from suite import BIN, Stubs, Suite, wait_until

# The full proof: KECHUANG_E2E_IMPORT_ROWS=200000 KECHUANG_E2E_IMPORT_KILLS=20. A failure prints the seed to give back.
ROWS = int(os.environ.get("KECHUANG_E2E_IMPORT_ROWS", "20000"))
KILLS = int(os.environ.get("KECHUANG_E2E_IMPORT_KILLS", "4"))
SEED = int(os.environ.get("KECHUANG_E2E_SEED", random.randrange(1 << 31)))
VICTIMS = ("kc", "gateway", "contract", "mariadb")


class ImportKilledAgainAndAgain(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.suite = Suite()
        cls.suite.start()
        cls.addClassCleanup(cls.suite.close)
        cls.file = cls.suite.folder / "合同.csv"
        subprocess.run([str(BIN / "kechuang-sample"), "--contracts", str(ROWS), "--out", str(cls.file)], check=True)

    def count(self):
        return int(self.suite.sql("SELECT COUNT(*) FROM kechuang_contract.contract")[0][0])

    def head(self):
        """How many changes the journal holds: one for each contract, and to count those would take longer the more there are."""
        return int(self.suite.sql("SELECT sequence FROM kechuang_contract.head")[0][0])

    def imports(self):
        request = Stubs.module("kechuang.ledger.v1.import_pb2").ListImportsRequest()
        return list(self.suite.call(self.suite.stub("contract", "journal").ListImports, request).imports)

    def kill_at(self, victim, moment):
        """Runs the import until so many contracts are there, kills the victim, and mends the suite."""
        run = self.suite.kc_started("import", "contracts", self.file)
        wait_until(lambda: run.poll() is not None or self.head() >= moment, 600, f"{moment} contracts", pause=0.01)
        if victim == "kc":
            run.send_signal(signal.SIGKILL)
        else:
            self.suite.kill(victim)
        words = run.communicate(timeout=600)[0]
        self.assertIn(run.returncode, (0, 3, -signal.SIGKILL), words)
        self.suite.start()
        self.assertGreaterEqual(self.count(), moment, f"rows were lost with {victim}")
        return run.returncode != 0

    def test_it_is_exact_in_the_end(self):
        chance = random.Random(SEED)
        with self.subTest(seed=SEED):
            moments = sorted(chance.randrange(ROWS * 9 // 10) for _ in range(KILLS))
            first = chance.randrange(len(VICTIMS))
            cut = [self.kill_at(VICTIMS[(first + i) % len(VICTIMS)], moment) for i, moment in enumerate(moments)]
            self.assertTrue(any(cut), "no kill came before the end of the import")

            self.suite.kc("import", "contracts", self.file)
            self.assertEqual(self.count(), ROWS)
            numbers = self.suite.sql("SELECT COUNT(DISTINCT registration_number) FROM kechuang_contract.contract")
            self.assertEqual(int(numbers[0][0]), ROWS)
            self.suite.assert_verified()

            ours, = self.imports()
            finished = Stubs.module("kechuang.ledger.v1.import_pb2").Import.STATE_FINISHED
            self.assertEqual(ours.state, finished)
            counts = (ours.inserted_count, ours.changed_count, ours.unchanged_count, ours.rejected_count)
            self.assertEqual(counts, (ROWS, 0, 0, 0))
            self.assertEqual((ours.first_sequence, ours.last_sequence), (1, ROWS))

            head = self.suite.head("contract")
            self.suite.kc("import", "contracts", self.file)
            self.assertEqual(self.suite.head("contract"), head)


if __name__ == "__main__":
    unittest.main()
