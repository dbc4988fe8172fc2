"""A process of its own that follows Watch into its own table has what the register has, whoever is killed meanwhile."""

import functools
import json
import pathlib
import subprocess
import sys
import time
import unittest

from setting import LONG, FaultTest, chance, wait_until

import aftermath
from copying import open_table, sequence_of
from load import Door, Load, Notebook
from suite import HTTP_OFFSET, REGISTERS, Stubs

from google.protobuf import json_format

SECONDS = 3600 if LONG else 10
KILLS_OF_A_COPY = 8 if LONG else 2
KILLS_OF_SERVICES = 8 if LONG else 2
REST = 0.3 if LONG else 0   # an hour's commands must fit the memory of whoever compares them
# How a register tells everything that it holds.
LISTS = {
    "enterprise": {"ListEnterprises": {"show_deleted": True}, "ListCertifications": {"parent": "enterprises/-"},
                   "ListAnnualStatements": {"parent": "enterprises/-"}},
    "contract": {"ListContracts": {}},
    "loan": {"ListPools": {}, "ListPostings": {"parent": "pools/-"}, "ListBanks": {}, "ListBorrowers": {}, "ListLoans": {},
             "ListDisbursements": {"parent": "loans/-"}, "ListRepayments": {"parent": "loans/-"}},
}


class Copier:
    """The process that copies one register, and what its table holds: a follower, as aftermath.py knows them."""

    def __init__(self, suite, area):
        self.area = area
        self.log = suite.folder / f"{area}-copy.log"
        file = suite.folder / f"{area}-copy.sqlite"
        self.argv = [sys.executable, str(pathlib.Path(__file__).resolve().parent / "copying.py"),
                     f"http://127.0.0.1:{suite.port + HTTP_OFFSET}/v1/{area}Journal:watch", str(suite.state / "bureau.key"),
                     str(file)]
        self.table = open_table(file)
        self.kills = 0
        self.start()

    def start(self):
        self.begun_at = self.sequence
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(self.argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def kill(self):
        """Kills it in the middle of its work, and starts it again."""
        self.catch_up(self.begun_at + 1)
        self.process.kill()
        self.process.wait()
        self.kills += 1
        self.start()

    def stop(self):
        self.process.kill()
        self.process.wait()

    def catch_up(self, sequence, seconds=120):
        """Waits until the table has this place of the journal."""
        wait_until(lambda: self.sequence >= sequence or self.process.poll() is not None, seconds,
                   f"the copy of {self.area} to reach {sequence}")
        if self.process.poll() is not None:
            raise AssertionError(f"the copying of {self.area} ended: {self.log.read_text()}")

    @property
    def sequence(self):
        return sequence_of(self.table)

    @property
    def wrong(self):
        return self.log.read_text().splitlines()

    @property
    def resumed(self):
        return self.table.execute("SELECT COUNT(*) - 1 FROM stream").fetchone()[0]

    @functools.cached_property
    def entries(self):
        """Every change that was followed, in the order of the journal."""
        stamp = Stubs.module("google.protobuf.timestamp_pb2").Timestamp()
        found = []
        for *before, text, record, digest in self.table.execute(
                "SELECT sequence, name, revision, request_id, method, time, record_json, hash FROM change ORDER BY sequence"):
            stamp.FromJsonString(text)
            found.append((*before, stamp.ToNanoseconds(), record, digest))
        return found

    def rows(self):
        """The table: record -> (revision, its JSON)."""
        return {name: (revision, text)
                for name, revision, text in self.table.execute("SELECT name, revision, record_json FROM record")}

    def records(self):
        return {name: json.loads(text) for name, (_, text) in self.rows().items()}


class Follow(FaultTest):
    def check_lists(self, copier):
        """The table has what the register lists: every record at its revision and word by word, and no other."""
        door = Door(self.suite, direct=True)
        self.addCleanup(door.close)
        copy = copier.rows()
        for name, request in LISTS[copier.area].items():
            for record in door.everything(name, **request):
                self.assertIn(record.name, copy)
                revision, text = copy.pop(record.name)
                self.assertEqual(revision, record.revision, record.name)
                held = json_format.Parse(text, type(record)())
                held.etag = record.etag  # the journal has no etags: they follow from the revision
                self.assertEqual(held, record)
        self.assertEqual(sorted(copy), [], f"copied, but not listed by {copier.area}")

    def test_a_copy_equals_its_register(self):
        random = chance("follow")
        programs = [self.take_over(name) for name in (*REGISTERS, "gateway")]
        self.healthy()
        copiers = [Copier(self.suite, area) for area in REGISTERS]
        for copier in copiers:
            self.addCleanup(copier.stop)
        kills = [copier.kill for copier in copiers] * KILLS_OF_A_COPY
        kills += [program.restart for program in random.choices(programs, k=KILLS_OF_SERVICES)]
        random.shuffle(kills)
        moments = sorted(random.uniform(0, SECONDS) for _ in kills)

        notebook = Notebook()
        with Load(self.suite, notebook, "follow", rest=REST):
            began = time.monotonic()
            for moment, kill in zip(moments, kills):
                wait_until(lambda: time.monotonic() > began + moment, SECONDS, "the moment of a kill")
                kill()
            wait_until(lambda: time.monotonic() > began + SECONDS, SECONDS, "the end of the load")
            lasted = time.monotonic() - began
        aftermath.check(self, self.suite, notebook, copiers)
        for copier in copiers:
            self.check_lists(copier)
        print(f"{lasted:.0f} s of commands; " + "; ".join(
            f"{copier.area}: {len(copier.entries)} changes to {len(copier.rows())} records, {copier.kills} kills"
            for copier in copiers), file=sys.stderr)


if __name__ == "__main__":
    unittest.main()
