"""The disk of the database is full under load, and has room again."""

import os
import shutil
import subprocess
import unittest

from setting import LONG, Database, FaultTest, Suite, chance, wait_until

import aftermath
from follower import follow
from load import Load, Notebook

ROOM = "3G"
ROUNDS = 5 if LONG else 1
LEFT_BYTES = 1 << 20    # of the disk when it gets tight


def mount(*arguments):
    return subprocess.run(["mount", *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)


class DiskFull(FaultTest):
    @classmethod
    def setUpClass(cls):
        cls.suite = Suite()
        cls.suite.state.mkdir()
        mounted = mount("-t", "tmpfs", "-o", f"size={ROOM},mode=0700", "kechuang-faults", str(cls.suite.state))
        if mounted.returncode != 0:
            cls.suite.discard()
            raise unittest.SkipTest(f"this machine lets nobody mount a small disk: {mounted.stdout.strip()}")
        cls.addClassCleanup(cls.unmount)
        cls.suite.start()
        cls.addClassCleanup(cls.suite.close)

    @classmethod
    def unmount(cls):
        subprocess.run(["umount", str(cls.suite.state)], check=True)
        shutil.rmtree(cls.suite.folder)

    def resize(self, size):
        done = mount("-o", f"remount,size={size}", str(self.suite.state))
        self.assertEqual(done.returncode, 0, done.stdout)

    def fill(self):
        """Leaves so little room that the database soon has none."""
        disk = os.statvfs(self.suite.state)
        self.resize((disk.f_blocks - disk.f_bfree) * disk.f_frsize + LEFT_BYTES)

    def test_full_and_back(self):
        random = chance("disk")
        database = Database(self.suite)
        notebook = Notebook()
        followers = follow(self)
        with Load(self.suite, notebook, "disk"):
            for _ in range(ROUNDS):
                reached = notebook.acknowledged + random.randrange(100, 300)
                wait_until(lambda: notebook.acknowledged >= reached, 60, "writes to flow")
                self.fill()
                failed = notebook.unknown + 30
                wait_until(lambda: notebook.unknown >= failed, 120, "the disk to be full")
                self.resize(ROOM)
                if "mariadb" not in self.suite.processes():
                    database.start()
                reached = notebook.acknowledged + 100
                wait_until(lambda: notebook.acknowledged >= reached, 60, "writes to flow again")
        aftermath.check(self, self.suite, notebook, followers, internal_allowed=True)


if __name__ == "__main__":
    unittest.main()
