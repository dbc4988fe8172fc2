"""Whatever is killed, at any moment under load, comes back with everything that was acknowledged."""

import signal
import subprocess
import unittest

from setting import BIN, LONG, Database, FaultTest, chance, wait_until

import aftermath
from follower import follow
from load import Load, Notebook
from suite import REGISTERS

KILLS = 20 if LONG else 4
IMPORTED = 20000 if LONG else 6000


class Kills(FaultTest):
    def kill_import(self):
        """kc in the middle of an import: some rows are in, and not all."""
        run = self.suite.kc_started("import", "contracts", self.file)
        before = self.imported()
        wait_until(lambda: self.imported() > before + IMPORTED // 20 or run.poll() is not None, 120, "rows to come in")
        run.send_signal(signal.SIGKILL)
        run.communicate()

    def imported(self):
        return int(self.suite.sql("SELECT COUNT(*) FROM kechuang_contract.contract WHERE source = 'IMPORT'")[0][0])

    def kill_database(self):
        self.database.kill()
        self.database.start()

    def test_killed_at_random_moments_under_load(self):
        random = chance("kills")
        self.database = Database(self.suite)
        self.file = self.suite.folder / "合同.xlsx"
        subprocess.run([str(BIN / "kechuang-sample"), "--contracts", str(IMPORTED), "--out", str(self.file)], check=True)
        programs = {name: self.take_over(name) for name in (*REGISTERS, "gateway")}
        self.healthy()
        kills = [programs[random.choice(REGISTERS)].restart, programs["gateway"].restart, self.kill_database, self.kill_import]
        if LONG:
            kills += [programs[name].restart for name in REGISTERS]
            kills += random.choices(kills, k=KILLS - len(kills))
        random.shuffle(kills)

        notebook = Notebook()
        followers = follow(self)
        with Load(self.suite, notebook, "kill"):
            for kill in kills:
                reached = notebook.acknowledged + random.randrange(30, 300)
                wait_until(lambda: notebook.acknowledged >= reached, 60, "writes to flow")
                kill()
            reached = notebook.acknowledged + 100
            wait_until(lambda: notebook.acknowledged >= reached, 60, "writes to flow again")
            self.assertEqual(len(kills), KILLS)
        self.suite.kc("import", "contracts", self.file)
        self.assertEqual(self.imported(), IMPORTED)
        numbers = self.suite.sql("SELECT COUNT(DISTINCT registration_number) FROM kechuang_contract.contract "
                                 "WHERE source = 'IMPORT'")
        self.assertEqual(int(numbers[0][0]), IMPORTED)
        self.assertGreater(notebook.unknown, 0, "no kill met a call under way")
        aftermath.check(self, self.suite, notebook, followers)


if __name__ == "__main__":
    unittest.main()
