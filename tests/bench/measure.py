"""Runs of the load generator on running processes, each with the processor time that every process spent on it."""

import json
import os
import pathlib
import statistics
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))

from suite import ROOT  # noqa: E402

TOOLS = ROOT / "build/tests"
TICK = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid):
    """Processor time of a process so far."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def resident_bytes(pid):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    return 0


class Floor:
    """A floor that runs until close()."""

    def __init__(self, *arguments):
        self.process = subprocess.Popen([str(TOOLS / "kechuang-floor"), *arguments], stdout=subprocess.PIPE, text=True)
        self.address = f"127.0.0.1:{int(self.process.stdout.readline())}"

    @property
    def pid(self):
        return self.process.pid

    def close(self):
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()


def token_of_page(page, **flags):
    """The token of a page of a list."""
    words = [f"--{key}={value}" for key, value in flags.items()]
    done = subprocess.run([str(TOOLS / "kechuang-load"), f"--page={page}", *words], check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout)["token"]


class Failed(Exception):
    """A load whose calls failed, or that could not run."""


class Load:
    """One load under way. pids: name -> process to watch."""

    def __init__(self, pids, **flags):
        self.pids, self.name = pids, flags["load"]
        self.before = {name: cpu_seconds(pid) for name, pid in pids.items()}
        words = [f"--{key}={value}" for key, value in flags.items()]
        self.process = subprocess.Popen([str(TOOLS / "kechuang-load"), *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                        text=True)

    def end(self):
        """Ends a load at a rate before its time."""
        self.process.terminate()

    def result(self):
        """What it measured, once it has ended, with "cpu": process -> microseconds per call."""
        out, problem = self.process.stdout.read(), self.process.stderr.read()
        _, _, usage = os.wait4(self.process.pid, 0)
        self.process.stdout.close()
        self.process.stderr.close()
        lines = out.splitlines()  # what the database library logs comes first
        result = json.loads(lines[-1]) if lines and lines[-1].startswith("{") else {}
        if not result or result["failed"]:
            raise Failed(f"{self.name}: {result.get('first_failure', '')} {problem.strip()}\n" + "\n".join(lines[:3]))
        per_call = 1e6 / result["calls"]
        result["cpu"] = {name: (cpu_seconds(pid) - self.before[name]) * per_call for name, pid in self.pids.items()}
        result["cpu"]["load"] = (usage.ru_utime + usage.ru_stime) * per_call
        return result


def run_load(pids, **flags):
    """The result of one load."""
    return Load(pids, **flags).result()


def take_turns(rounds, variants):
    """Runs every variant (name -> function that gives a result) once a round; name -> list of results."""
    results = {name: [] for name in variants}
    for _ in range(rounds):
        for name, run in variants.items():
            results[name].append(run())
    return results


def median(results, *path):
    """The median of a figure over results: median(results, "cpu", "contract")."""
    return statistics.median(figure(result, path) for result in results)


def spread(results, *path):
    """(max - min) / median of a figure, as a part of 1."""
    values = [figure(result, path) for result in results]
    middle = statistics.median(values)
    return (max(values) - min(values)) / middle if middle else 0.0


def figure(result, path):
    for key in path:
        result = result[key]
    return result
