"""The benchmark: every load beside its floor, taken in turn in one run, on real processes and a database of its own.

Throughput, latency and processor time are told as a ratio to the floor, because a shared machine is never the same twice.
"""

import argparse
import contextlib
import datetime
import json
import subprocess
import sys
import time
import types

from filling import FLOOR_SCHEMA, Slices, fill, fill_alone, generate, like_tables, settle, workbook
from http_load import run_http_load
from measure import Failed, Floor, Load, median, resident_bytes, run_load, spread, take_turns, token_of_page
from table import Line, print_head, print_line, write_json

from suite import BIN, HTTP_OFFSET, OFFSETS, ROOT, Suite, free_port_base, wait_until  # noqa: E402

import grpc

NAMES_MAX = 20_000
SERVICE = "/kechuang.contract.v1.ContractService/"
SERVING = b"\x08\x01"  # a grpc.health.v1.HealthCheckResponse
NO_RATE_LIMIT = "caller_rate = 0\n"  # the load is one caller
SMALL = 10_000  # records of the register beside which a large one is held
ANSWER_LEAST_BYTES = 1000  # of the totals of a year that has contracts
# The sizes on the way to the last one, up to each of which the import is measured.
SIZES = (10_000, 100_000, 1_000_000, 10_000_000)


def serves(address):
    """Whether a service says of itself that it serves. Every try has a channel of its own, which waits for no other."""
    with grpc.insecure_channel(address, options=[("grpc.use_local_subchannel_pool", 1)]) as channel:
        try:
            return channel.unary_unary("/grpc.health.v1.Health/Check")(b"", timeout=1) == SERVING
        except grpc.RpcError:
            return False


class Bench:
    """The running processes and how to load them."""

    def __init__(self, options, stack):
        self.options = options
        self.lines = []
        self.loads = 0
        self.csv_rate = None  # rows a second of the newest import from .csv
        self.suite = Suite()
        self.suite.limit_callers(NO_RATE_LIMIT)
        self.suite.start()
        stack.callback(self.suite.close)
        self.echo = Floor("echo")
        stack.callback(self.echo.close)
        self.proxy = Floor("proxy", self.address("contract"), SERVICE + "GetContract", SERVICE + "CreateContract")
        stack.callback(self.proxy.close)
        self.names_file = self.suite.folder / "names.txt"
        self.pids = {**self.suite.processes(), "echo": self.echo.pid, "proxy": self.proxy.pid}

    def address(self, service, base=None):
        return f"127.0.0.1:{(base or self.suite.port) + OFFSETS[service]}"

    def add(self, line):
        self.lines.append(line)
        print_line(line)

    def load(self, name, to, watch, in_flight, **flags):
        """The result of a load; watch: the processes whose time counts."""
        return self.start_load(name, to, watch, in_flight, **flags).result()

    def start_load(self, name, to, watch, in_flight, **flags):
        self.loads += 1
        flags = {"address": to, "in_flight": in_flight, "seconds": self.options.seconds,
                 "key_file": self.suite.state / "bureau.key", "names_file": self.names_file, "prefix": f"bench{self.loads}", **flags}
        return Load({process: self.pids[process] for process in watch}, load=name, **flags)

    def direct(self, name, in_flight, **flags):
        return lambda: self.load(name, self.address("contract"), ("contract", "mariadb"), in_flight, **flags)

    def echoed(self, name, in_flight, **flags):
        """The echo with messages of the same sizes."""
        return lambda: self.load(name, self.address("contract"), ("echo",), in_flight, echo=self.echo.address, **flags)

    def sql(self, name, in_flight, **flags):
        def run():
            self.loads += 1
            return run_load({"mariadb": self.pids["mariadb"]}, load=name, in_flight=in_flight, seconds=self.options.seconds,
                            socket=self.suite.state / "mariadb.sock", names_file=self.names_file,
                            first=self.loads * 10_000_000, **flags)
        return run

    def turns(self, **variants):
        return take_turns(self.options.rounds, variants)

    @contextlib.contextmanager
    def second_contract_service(self, **flags):
        """Another contract service on the same database, for as long as the block; its address."""
        base = free_port_base()
        words = [f"--{key}={value}" for key, value in flags.items()]
        with open(self.suite.state / "logs/second-contract.log", "w", encoding="utf-8") as log:
            process = subprocess.Popen([str(BIN / "kechuang-contract"), f"--state={self.suite.state}", f"--port_base={base}",
                                        f"--identity_address={self.address('identity')}",
                                        *words], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        try:
            wait_until(lambda: serves(self.address("contract", base)), 30, "the second service", pause=0.005)
            self.pids["second"] = process.pid
            yield self.address("contract", base)
        finally:
            process.terminate()
            process.wait()


def creates(bench):
    results = bench.turns(create=bench.direct("create-contract", 256), echo=bench.echoed("create-contract", 256))
    create, echo = results["create"], results["echo"]
    bench.add(Line("create, 256 in flight", median(create, "rate"), "calls/s", median(echo, "rate"), at_least=0.40,
                   spread=spread(create, "rate"), cpu={**medians(create), "echo": median(echo, "cpu", "echo")}))
    bench.add(Line("create, 256 in flight: service CPU", median(create, "cpu", "contract"), "us", median(echo, "cpu", "echo"),
                   at_most=3, spread=spread(create, "cpu", "contract")))
    with bench.second_contract_service(batch_size=1) as single:
        results = bench.turns(batched=bench.direct("create-contract", 256),
                              single=lambda: bench.load("create-contract", single, ("second", "mariadb"), 256))
    bench.add(Line("create, 256 in flight, over one transaction each", median(results["batched"], "rate"), "calls/s",
                   median(results["single"], "rate"), at_least=5, spread=spread(results["single"], "rate")))


def quiet_create(bench):
    create = bench.direct("create-contract", 1, prefix="model")
    create()
    with like_tables(bench, ("contract", "journal", "total", "head")):
        # The floor writes what the service wrote, under other names.
        copy = f"INSERT INTO {FLOOR_SCHEMA}.{{0}} SELECT * FROM kechuang_contract.{{0}} WHERE {{1}} LIMIT 1"
        for table in ("contract", "journal"):
            bench.suite.sql(copy.format(table, "name LIKE 'contracts/model-%'"))
        bench.suite.sql(copy.format("total", "measure = 'state' AND cut = 'state' AND cell = 'DRAFT'"))
        bench.suite.sql(copy.format("head", "TRUE"))
        # One loop of both: in a loop of its own each keeps its threads awake and its caches warm, as no create finds them.
        results = bench.turns(create=bench.direct("create-contract", 1),
                              floor=bench.sql("sql-create", 1, schema=FLOOR_SCHEMA, echo=bench.echo.address),
                              echo=bench.echoed("create-contract", 1), sql=bench.sql("sql-create", 1, schema=FLOOR_SCHEMA))
    create = median(results["create"], "p50_us")
    bench.add(Line("create, 1 in flight: p50", create, "us", median(results["floor"], "p50_us"), at_most=1.6,
                   spread=spread(results["create"], "p50_us"), cpu=medians(results["create"])))
    bench.add(Line("create, 1 in flight: p50, over echo and SQL in loops of their own", create, "us",
                   median(results["sql"], "p50_us") + median(results["echo"], "p50_us")))


def gets(bench):
    for in_flight, at_least in ((64, 0.55), (256, 0.70)):
        results = bench.turns(get=bench.direct("get-contract", in_flight), echo=bench.echoed("get-contract", in_flight),
                              sql=bench.sql("sql-get", min(in_flight, 64)))
        get, echo = results["get"], results["echo"]
        bench.add(Line(f"get, {in_flight} in flight", median(get, "rate"), "calls/s", median(echo, "rate"), at_least=at_least,
                       spread=spread(get, "rate"), cpu={**medians(get), "echo": median(echo, "cpu", "echo")}))
        bench.add(Line(f"get, {in_flight} in flight: service CPU", median(get, "cpu", "contract"), "us",
                       median(echo, "cpu", "echo"), at_most=2, spread=spread(get, "cpu", "contract")))
        bench.add(Line(f"get, {in_flight} in flight: database CPU over a SELECT each", median(get, "cpu", "mariadb"), "us",
                       median(results["sql"], "cpu", "mariadb"), at_most=0.4))
        bench.add(Line(f"get, {in_flight} in flight: knowing the caller and its permission, of the service's CPU", admission_us(),
                       "us", median(get, "cpu", "contract"), at_most=0.05))


def admission_us():
    """CPU of knowing one caller among 10,000 keys, and of looking at its permission."""
    done = subprocess.run([str(ROOT / "build/tests/kechuang-admission")], check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout)["cpu_us"]


def lists(bench):
    last = min(1000, bench.options.records // 100 - 2)
    token = token_of_page(last, load="list-contracts", address=bench.address("contract"),
                          key_file=bench.suite.state / "bureau.key")
    results = bench.turns(first=bench.direct("list-contracts", 4), deep=bench.direct("list-contracts", 4, token=token),
                          echo=bench.echoed("list-contracts", 4), sql=bench.sql("sql-list", 4))
    floor = (median(results["echo"], "cpu", "echo") + median(results["sql"], "cpu", "mariadb")
             + median(results["sql"], "cpu", "load"))
    first = total_cpu(results["first"], "contract", "mariadb")
    bench.add(Line("list, page of 100: CPU of service and database", first, "us", floor, at_most=1.5,
                   spread=spread(results["first"], "rate"), cpu=medians(results["first"])))
    bench.add(Line(f"list, page {last} over page 1: CPU", total_cpu(results["deep"], "contract", "mariadb"), "us", first,
                   at_most=1.1))


def totals(bench):
    results = bench.turns(totals=bench.direct("contract-totals", 64), echo=bench.echoed("contract-totals", 64))
    if min(result["answer_bytes"] for result in results["totals"]) < ANSWER_LEAST_BYTES:
        raise Failed("totals: the year that is asked has no contracts, so the load says nothing")
    bench.add(Line("totals of a year by two dimensions, 64 in flight", median(results["totals"], "rate"), "calls/s",
                   median(results["echo"], "rate"), at_least=0.40, spread=spread(results["totals"], "rate"),
                   cpu=medians(results["totals"])))
    with small_contract_service(bench) as small:
        results = bench.turns(here=bench.direct("contract-totals", 8),
                              small=lambda: bench.load("contract-totals", small.address, (), 8, key_file=small.key_file))
    bench.add(Line(f"totals of a year by two dimensions: p99 over that among {SMALL:,}", median(results["here"], "p99_us"),
                   "us", median(results["small"], "p99_us"), at_most=1.2, spread=spread(results["here"], "p99_us")))


@contextlib.contextmanager
def small_contract_service(bench):
    """A contract service over a small register of its own, for as long as the block: its address and its key_file."""
    suite = Suite()
    suite.limit_callers(NO_RATE_LIMIT)
    suite.start()
    try:
        file = suite.folder / "contracts.csv"
        generate(suite, "contracts", SMALL, file)
        suite.kc("import", "contracts", file, timeout=600)
        settle(suite)
        yield types.SimpleNamespace(address=bench.address("contract", suite.port), key_file=suite.state / "bureau.key")
    finally:
        suite.close()


def gateway(bench):
    watch = ("gateway", "proxy", "contract", "mariadb")
    through = bench.turns(
        gateway=lambda: bench.load("get-contract", bench.address("gateway"), watch, 16),
        proxy=lambda: bench.load("get-contract", bench.proxy.address, watch, 16))
    bench.add(Line("gateway, gRPC get, 16 in flight: added CPU", median(through["gateway"], "cpu", "gateway"), "us",
                   median(through["proxy"], "cpu", "proxy"), at_most=1.2, cpu=medians(through["gateway"])))
    bench.add(Line("gateway, gRPC get, 16 in flight: p50", median(through["gateway"], "p50_us"), "us",
                   median(through["proxy"], "p50_us"), at_most=1.15, spread=spread(through["gateway"], "p50_us")))


def rest(bench):
    url = f"http://127.0.0.1:{bench.suite.port + HTTP_OFFSET}/v1/"
    results = bench.turns(
        rest=lambda: run_http_load({"gateway": bench.pids["gateway"]}, url, bench.names_file,
                                   bench.suite.state / "bureau.key", 64, bench.options.seconds),
        grpc=lambda: bench.load("get-contract", bench.address("gateway"), ("gateway",), 64))
    bench.add(Line("gateway, REST get over gRPC get, 64 in flight", median(results["rest"], "rate"), "calls/s",
                   median(results["grpc"], "rate"), at_least=0.35, spread=spread(results["rest"], "rate"),
                   cpu=medians(results["rest"])))


def search(bench):
    """Enterprises by part of a name, at sizes that differ by ten."""
    largest = bench.options.enterprises
    slices = Slices(bench.suite, "enterprises", largest)
    cpu = {}
    for rows in (largest // 10, largest):
        bench.suite.kc("import", "enterprises", slices.up_to(rows), timeout=7200)
        settle(bench.suite)
        results = bench.turns(search=lambda: bench.load(
            "search-enterprises", bench.address("enterprise"), ("enterprise", "mariadb"), 16))["search"]
        bench.add(Line(f"search by part of a name, {rows:,}, 16 in flight: p99", median(results, "p99_us"), "us",
                       at_most=20_000, spread=spread(results, "p99_us"), cpu=medians(results)))
        cpu[rows] = total_cpu(results, "enterprise", "mariadb")
    slices.close()
    bench.add(Line(f"search, {largest:,} over {largest // 10:,}: CPU", cpu[largest], "us", cpu[largest // 10], at_most=1.5))


def xlsx(bench):
    workbook(bench, min(100_000, bench.options.records))


def honest_latency(bench):
    peak = next(line.value for line in bench.lines if line.name == "get, 256 in flight")
    result = bench.load("get-contract", bench.address("contract"), ("contract", "mariadb"), 1, rate=peak / 2)
    for name in ("p50", "p99", "p999"):
        bench.add(Line(f"get, open loop at half of the peak: {name}", result[f"{name}_us"], "us"))


def replicas(bench):
    with bench.second_contract_service() as second:
        def both():
            first = bench.direct("create-contract", 128)
            other = lambda: bench.load("create-contract", second, ("second",), 128)  # noqa: E731
            return at_once(first, other)
        results = bench.turns(one=bench.direct("create-contract", 256), two=both)
    bench.add(Line("create, two replicas over one", median(results["two"], "rate"), "calls/s", median(results["one"], "rate"),
                   at_least=0.9, spread=spread(results["two"], "rate")))


def at_once(*runs):
    import concurrent.futures
    with concurrent.futures.ThreadPoolExecutor(len(runs)) as pool:
        results = [future.result() for future in [pool.submit(run) for run in runs]]
    return {"rate": sum(result["rate"] for result in results)}


def starting(bench):
    began = time.monotonic()
    with bench.second_contract_service():
        bench.add(Line("cold start of a service", (time.monotonic() - began) * 1000, "ms", at_most=300))
    for name in ("enterprise", "loan", "report", "gateway"):
        bench.add(Line(f"resident memory of {name}, idle", resident_bytes(bench.pids[name]) / 2**20, "MiB", at_most=60))


def fill_all(bench):
    """Fills the register size by size up to the last."""
    slices = Slices(bench.suite, "contracts", bench.options.records)
    if bench.options.import_alone:
        fill_alone(bench, slices, bench.options.records)
    else:
        for rows in [size for size in SIZES if size < bench.options.records] + [bench.options.records]:
            fill(bench, slices, rows)
    slices.close()
    names = bench.suite.sql(f"SELECT name FROM kechuang_contract.contract ORDER BY RAND() LIMIT {NAMES_MAX}")
    bench.names_file.write_text("".join(f"{name}\n" for name, in names))


def medians(results):
    return {name: median(results, "cpu", name) for name in results[0]["cpu"]}


def total_cpu(results, *processes):
    return sum(median(results, "cpu", process) for process in processes)


# The start comes first: what is idle then is idle no more after the loads.
PARTS = {"start": starting, "create": creates, "quiet": quiet_create, "get": gets, "open": honest_latency, "list": lists,
         "totals": totals, "gateway": gateway, "rest": rest, "search": search, "xlsx": xlsx, "replicas": replicas}


def count(text):
    """A number of records: a size is also measured at a tenth of it."""
    if not text.isdigit() or int(text) < 10:
        raise argparse.ArgumentTypeError(f"{text} is not a number of 10 or more")
    return int(text)


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="10,000 records and short rounds: under 3 minutes")
    parser.add_argument("--records", type=count, help="contracts to fill the register with; 100,000 by default")
    parser.add_argument("--enterprises", type=count, help="enterprises to search among; 100,000 by default")
    parser.add_argument("--import-alone", action="store_true",
                        help="fill at once, with nobody at work meanwhile and no LOAD DATA beside it: an hour for 10,000,000")
    parser.add_argument("--only", help=f"parts to run, by comma: {', '.join(PARTS)}")
    options = parser.parse_args()
    options.records = options.records or (10_000 if options.quick else 100_000)
    options.enterprises = options.enterprises or (10_000 if options.quick else 100_000)
    options.seconds, options.rounds = (1, 3) if options.quick else (4, 5)
    options.parts = options.only.split(",") if options.only else list(PARTS)
    unknown = [part for part in options.parts if part not in PARTS]
    if unknown:
        parser.error(f"no such part: {', '.join(unknown)}; there are {', '.join(PARTS)}")
    return options


def main():
    options = parse_arguments()
    with contextlib.ExitStack() as stack:
        bench = Bench(options, stack)
        print_head()
        fill_all(bench)
        for part in options.parts:
            PARTS[part](bench)
        bench.suite.assert_verified()
    write_json(ROOT / "build/bench.json", bench.lines, {
        "date": datetime.date.today().isoformat(), "records": options.records, "seconds": options.seconds,
        "rounds": options.rounds})
    missed = [line.name for line in bench.lines if not line.ok]
    print(f"{len(bench.lines)} lines, {len(missed)} short of their target; verified afterwards: nothing differs")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failed as failed:
        sys.exit(f"bench: {failed}")
