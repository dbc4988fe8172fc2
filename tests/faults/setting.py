"""What every fault test stands on: its seed, its form, and programs of a suite that a test starts with flags of its own."""

import os
import pathlib
import random
import signal
import socket
import subprocess
import sys
import threading
import unittest

for _folder in ("e2e", "behaviour"):
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / _folder))

from suite import BIN, OFFSETS, REGISTERS, Suite, free_port_base, wait_until  # noqa: E402

LONG = os.environ.get("KECHUANG_FAULTS_LONG", "") not in ("", "0")
SEED = int(os.environ.get("KECHUANG_FAULTS_SEED") or random.SystemRandom().randrange(1, 1_000_000))

print(f"KECHUANG_FAULTS_SEED={SEED}{' KECHUANG_FAULTS_LONG=1' if LONG else ''}", file=sys.stderr, flush=True)


def chance(*what):
    """A random source of this run's seed, another one for each purpose."""
    return random.Random("/".join(map(str, (SEED, *what))))


def answers(port):
    """True if something listens on this port of the loopback."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False


class Program:
    """One service of a suite, started by hand: with flags, a port base or an environment that deploy/up does not give."""

    def __init__(self, suite, name, *flags, state=None, port=None, environment=None):
        state, base = state or suite.state, port or suite.port
        self.argv = [str(BIN / f"kechuang-{name}"), f"--state={state}", f"--port_base={base}",
                     f"--identity_address=127.0.0.1:{suite.port + OFFSETS['identity']}", *flags]
        self.environment = {**os.environ, **(environment or {})}
        self.port = base + OFFSETS[name]
        self.log = suite.state / "logs" / f"{name}.log"
        self.process = None

    def start(self):
        """Starts it and waits until it listens."""
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(self.argv, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
                                            env=self.environment, start_new_session=True)
        wait_until(lambda: self.process.poll() is not None or answers(self.port), 60, f"{self.argv[0]} to listen")
        if self.process.poll() is not None:
            raise AssertionError(f"{' '.join(self.argv)} ended with {self.process.returncode}:\n{self.log.read_text()[-2000:]}")
        return self

    def end(self, how=signal.SIGKILL):
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(timeout=60)

    def restart(self):
        self.end()
        return self.start()


class Database:
    """The suite's database server: ended and started again as it was."""

    def __init__(self, suite):
        self.suite = suite
        self.argv = pathlib.Path(f"/proc/{suite.processes()['mariadb']}/cmdline").read_bytes().decode().split("\0")[:-1]

    def kill(self):
        self.suite.kill("mariadb")

    def start(self):
        process = subprocess.Popen(self.argv, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                   start_new_session=True)
        # Collected when it ends, so that no dead process stands in the way of a later check.
        threading.Thread(target=process.wait, daemon=True).start()
        wait_until(self.suite.database_answers, 120, "the database to answer")


class FaultTest(unittest.TestCase):
    """Tests that hurt one suite of their own."""

    maxDiff = 4000

    @classmethod
    def setUpClass(cls):
        cls.suite = Suite()
        cls.suite.start()
        cls.addClassCleanup(cls.suite.close)

    def take_over(self, name, *flags, environment=None):
        """Ends a service that deploy/up started, and starts the same one with these flags; it ends after the test."""
        program = Program(self.suite, name, *flags, environment=environment)
        self.suite.kill(name)
        self.addCleanup(program.end)
        return program.start()

    def replica(self, number, database):
        """Another set of the registers, on ports and with a state folder of their own; the ports' base and the programs."""
        state = self.suite.folder / f"replica-{number}"
        if not state.exists():
            state.mkdir(mode=0o700)
            for shared in ("bureau.key", "secrets"):
                os.symlink(self.suite.state / shared, state / shared)
        base = free_port_base()
        programs = {area: Program(self.suite, area, f"--database={database}", state=state, port=base) for area in REGISTERS}
        for program in programs.values():
            self.addCleanup(program.end)
            program.start()
        return base, programs

    def healthy(self, seconds=30):
        wait_until(lambda: self.suite.healthz() == 200, seconds, "health to turn good")
