"""A big import that is killed on either side, and then sent again."""

import os
import signal
import subprocess
import unittest

from suite import BIN, Suite, wait_until

# Sanitizers make everything some ten times slower; the builds with them ask for fewer.
CONTRACTS = int(os.environ.get("KECHUANG_E2E_CONTRACTS", "100000"))


class KilledImport(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.suite = Suite()
        cls.suite.start()
        cls.addClassCleanup(cls.suite.close)
        cls.file = cls.suite.folder / "合同.xlsx"
        subprocess.run([str(BIN / "kechuang-sample"), "--contracts", str(CONTRACTS), "--out", str(cls.file)], check=True)

    def count(self):
        return int(self.suite.sql("SELECT COUNT(*) FROM kechuang_contract.contract")[0][0])

    def import_until(self, reached):
        """Starts the import and waits until so many contracts are there; the process, still at work."""
        run = self.suite.kc_started("import", "contracts", self.file)
        wait_until(lambda: self.count() >= reached or run.poll() is not None, 600, f"{reached} contracts", pause=0.05)
        self.assertIsNone(run.poll(), run.stdout.read() if run.poll() is not None else "")
        return run

    def test_a_killed_import_sent_again_is_applied_exactly_once(self):
        run = self.import_until(CONTRACTS // 10)
        run.send_signal(signal.SIGKILL)
        run.communicate()
        after_kc = self.count()
        self.assertLess(after_kc, CONTRACTS, "kc ended before it was killed")

        run = self.import_until(after_kc + CONTRACTS // 10)
        self.suite.kill("contract")
        words = run.communicate(timeout=600)[0]
        self.assertEqual(run.returncode, 3, words)
        after_service = self.count()
        self.assertLess(after_service, CONTRACTS)

        self.suite.start()
        self.suite.kc("import", "contracts", self.file)
        self.assertEqual(self.count(), CONTRACTS)
        numbers = self.suite.sql("SELECT COUNT(DISTINCT registration_number) FROM kechuang_contract.contract")
        self.assertEqual(int(numbers[0][0]), CONTRACTS)
        self.suite.assert_verified()

        head = self.suite.heads()
        self.suite.kc("import", "contracts", self.file)
        self.assertEqual(self.suite.heads(), head)


if __name__ == "__main__":
    unittest.main()
