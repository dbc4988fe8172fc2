"""The clock of the services steps back and forth by an hour under load."""

import pathlib
import struct
import subprocess
import time
import unittest

from setting import LONG, FaultTest, chance, wait_until

import aftermath
from follower import follow
from load import Load, Notebook
from suite import REGISTERS

HOUR = 3600
STEPS = 30 if LONG else 4
WRITES = 60     # that must be acknowledged after each step
SECONDS = 10    # within which they must
# Messages that tell of no progress, one a second: more than come before a process has noticed the step.
PROGRESSES = 5


class Clock(FaultTest):
    def set_clock(self, offset):
        """All services are this many seconds before or behind, from now on."""
        with open(self.file, "r+b") as file:
            file.write(struct.pack("<q", offset * 10**9))

    def wrong_clock(self):
        """The environment of a service whose clock set_clock() sets."""
        library = self.suite.folder / "stepped_clock.so"
        source = pathlib.Path(__file__).resolve().parent / "stepped_clock.cc"
        subprocess.run(["c++", "-std=c++20", "-O1", "-shared", "-fPIC", "-o", str(library), str(source), "-ldl"], check=True)
        self.file = self.suite.folder / "clock"
        self.file.write_bytes(bytes(8))
        return {"LD_PRELOAD": str(library), "KECHUANG_CLOCK_FILE": str(self.file)}

    def test_steps_of_an_hour(self):
        environment = self.wrong_clock()
        for area in REGISTERS:
            self.take_over(area, environment=environment)
        self.healthy()

        random = chance("clock")
        notebook = Notebook()
        followers = follow(self)
        offset = 0
        with Load(self.suite, notebook, "clock"):
            for _ in range(STEPS):
                offset = random.choice([other for other in (-HOUR, 0, HOUR) if other != offset])
                self.set_clock(offset)
                reached = notebook.acknowledged + WRITES
                wait_until(lambda: notebook.acknowledged >= reached, SECONDS, f"writes after a step to {offset:+d} s")
                wait_until(lambda: all(self.clock_of(follower) == offset for follower in followers), SECONDS,
                           f"journals to show the step to {offset:+d} s")
        self.await_progress(followers, offset)
        aftermath.check(self, self.suite, notebook, followers)

    @staticmethod
    def clock_of(follower):
        """By how many seconds, in whole hours, the newest entry of a journal is before or behind."""
        return round((follower.entries[-1][5] - time.time_ns()) / 10**9 / HOUR) * HOUR

    def await_progress(self, followers, offset):
        """Followers hear that nothing happens while nothing happens, even when the clock goes back."""
        for step in (offset, offset - HOUR, 0):
            self.set_clock(step)
            heard, resumed = [follower.heard for follower in followers], [follower.resumed for follower in followers]
            wait_until(lambda: all(follower.heard >= before + PROGRESSES for follower, before in zip(followers, heard)),
                       PROGRESSES * 3, f"followers to hear of the progress after a step to {step:+d} s")
            self.assertEqual([follower.resumed for follower in followers], resumed, "a watch fell silent, and began anew")


if __name__ == "__main__":
    unittest.main()
