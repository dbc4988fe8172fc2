"""Filling the register by kc, a growing slice at a time: what an import costs, and what those feel who work meanwhile."""

import contextlib
import os
import subprocess
import tempfile
import time

from measure import resident_bytes
from table import Line

from suite import BIN, Suite, count_peak_from_now, peak_bytes, wait_until

MEMORY_MOST_MIB = 256
CREATES_A_SECOND = 20
DAY = 86_400
FLOOR_SCHEMA = "kechuang_bench"
MIB = 2**20
FEW_PAGES = 50
FILE_ROWS_MAX = 1_000_000  # kc takes 1,048,576, as Excel does


def generate(suite, kind, rows, path):
    suite.kc("gen", "--kind", kind, "--rows", rows, "--output", path, timeout=3600)


class Slices:
    """A .csv of records, handed out a slice at a time: a slice's rows are those that no slice before it had."""

    def __init__(self, suite, kind, rows):
        self.whole = suite.folder / f"{kind}.csv"
        generate(suite, kind, rows, self.whole)
        self.lines = open(self.whole, encoding="utf-8")
        self.header = self.lines.readline()
        self.rows = 0

    def up_to(self, rows):
        """A file with the rows that are missing to so many."""
        path = self.whole.with_name(f"{self.whole.stem}-{rows}.csv")
        with open(path, "w", encoding="utf-8") as out:
            out.write(self.header)
            for _ in range(rows - self.rows):
                out.write(self.lines.readline())
        self.rows = rows
        return path

    def close(self):
        self.lines.close()


class Import:
    """kc taking a file in: its rate, how much memory kc and the service took at most."""

    def __init__(self, suite, kind, file, rows, service):
        count_peak_from_now(service)
        before = resident_bytes(service)
        began = time.monotonic()
        process = subprocess.Popen([str(BIN / "kc"), "import", kind, str(file)], env=suite.environment(),
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.words = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.stdout.close()
        if status != 0:
            raise AssertionError(f"kc import ended with {status}: {self.words[-2000:]}")
        self.rate = rows / (time.monotonic() - began)
        self.kc_mib = usage.ru_maxrss / 1024
        self.service_mib = (peak_bytes(service) - before) / MIB


def fill(bench, slices, rows):
    """Takes in the contracts that are missing to so many, and tells what it cost beside LOAD DATA of all rows so far."""
    file = slices.up_to(rows)
    missing = sum(1 for _ in open(file, encoding="utf-8")) - 1
    # Somebody files contracts at a steady pace meanwhile.
    creates = bench.start_load("create-contract", bench.address("contract"), (), 1, rate=CREATES_A_SECOND, seconds=DAY)
    taken = Import(bench.suite, "contracts", file, missing, bench.pids["contract"])
    creates.end()
    bench.csv_rate = taken.rate
    size = f"import by kc from .csv, up to {rows:,}"
    bench.add(Line(size, taken.rate, "rows/s", load_data_rate(bench), at_least=0.6))
    bench.add(Line(f"{size}: most memory of kc", taken.kc_mib, "MiB", at_most=MEMORY_MOST_MIB))
    bench.add(Line(f"{size}: memory grown of the service", taken.service_mib, "MiB", at_most=MEMORY_MOST_MIB))
    bench.add(Line(f"{size}: creates meanwhile, p99", creates.result()["p99_us"], "us", at_most=100_000))
    settle(bench.suite)


def fill_alone(bench, slices, rows):
    """Takes in so many contracts with nobody at work meanwhile, in as many files as their size asks for."""
    for until in [*range(FILE_ROWS_MAX, rows, FILE_ROWS_MAX), rows]:
        count = until - slices.rows
        taken = Import(bench.suite, "contracts", slices.up_to(until), count, bench.pids["contract"])
        bench.csv_rate = taken.rate
        size = f"import by kc from .csv, up to {until:,}, nobody at work"
        if until <= FILE_ROWS_MAX:
            bench.add(Line(size, taken.rate, "rows/s", load_data_rate(bench), at_least=0.6))
        else:
            bench.add(Line(size, taken.rate, "rows/s"))
        bench.add(Line(f"{size}: most memory of kc", taken.kc_mib, "MiB", at_most=MEMORY_MOST_MIB))
        bench.add(Line(f"{size}: memory grown of the service", taken.service_mib, "MiB", at_most=MEMORY_MOST_MIB))
    settle(bench.suite)


def settle(suite):
    """Has the database write what it still owes to the disk, which would be in the way of the next load."""
    dirty = "SELECT variable_value FROM information_schema.global_status WHERE variable_name='innodb_buffer_pool_pages_dirty'"
    # As fast as it can: it writes 200 pages a second otherwise, for minutes.
    haste = {"innodb_max_dirty_pages_pct": 0, "innodb_io_capacity_max": 100_000, "innodb_io_capacity": 100_000}
    usual = {name: suite.sql(f"SELECT @@{name}")[0][0] for name in haste}
    for name, value in haste.items():
        suite.sql(f"SET GLOBAL {name}={value}")
    wait_until(lambda: int(suite.sql(dirty)[0][0]) < FEW_PAGES, 300, "the database to write its pages")
    for name in reversed(usual):
        suite.sql(f"SET GLOBAL {name}={usual[name]}")


@contextlib.contextmanager
def like_tables(bench, tables):
    """A schema with empty tables like the register's, for as long as the block."""
    bench.suite.sql(f"CREATE DATABASE {FLOOR_SCHEMA}")
    try:
        for table in tables:
            bench.suite.sql(f"CREATE TABLE {FLOOR_SCHEMA}.{table} LIKE kechuang_contract.{table}")
        yield
    finally:
        bench.suite.sql(f"DROP DATABASE {FLOOR_SCHEMA}")


def load_data_rate(bench):
    """Contracts a second of LOAD DATA LOCAL INFILE of all rows that stand there, into tables like those they stand in."""
    tables = ("contract", "journal", "record_key", "total", "total_key", "request", "head")
    with tempfile.TemporaryDirectory(dir=bench.suite.folder) as folder, like_tables(bench, tables):
        for table in tables:
            bench.suite.sql(f"SELECT * INTO OUTFILE '{folder}/{table}' CHARACTER SET utf8mb4 FROM kechuang_contract.{table}")
        contracts = int(bench.suite.sql("SELECT COUNT(*) FROM kechuang_contract.contract")[0][0])
        bench.suite.sql("SET GLOBAL local_infile = ON")
        began = time.monotonic()
        for table in tables:
            subprocess.run([*bench.suite.sql_command(), "--local-infile=1", FLOOR_SCHEMA, "--execute",
                            f"LOAD DATA LOCAL INFILE '{folder}/{table}' INTO TABLE {table} CHARACTER SET utf8mb4"], check=True)
        return contracts / (time.monotonic() - began)


def workbook(bench, rows):
    """A .xlsx into a suite of its own, beside the rate of the .csv."""
    suite = Suite()
    suite.start()
    try:
        file = suite.folder / "contracts.xlsx"
        generate(suite, "contracts", rows, file)
        taken = Import(suite, "contracts", file, rows, suite.processes()["contract"])
    finally:
        suite.close()
    bench.add(Line(f"import by kc from .xlsx, {rows:,}", taken.rate, "rows/s", bench.csv_rate, at_least=0.7))
    bench.add(Line(f"import by kc from .xlsx, {rows:,}: most memory of kc", taken.kc_mib, "MiB", at_most=MEMORY_MOST_MIB))
