"""A whole suite of its own for a test: brought up by deploy/up in a folder that goes away, spoken to by kc, stubs and SQL."""

import concurrent.futures
import importlib
import json
import os
import pathlib
import random
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request

os.environ.setdefault("GRPC_ENABLE_FORK_SUPPORT", "0")
os.environ.setdefault("LC_ALL", "C.UTF-8")

import google  # noqa: E402
import grpc  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ.get("KECHUANG_BIN", ROOT / "build/bin"))
OFFSETS = {"gateway": 0, "enterprise": 1, "loan": 2, "contract": 3, "report": 4, "identity": 5}
REGISTERS = ("enterprise", "loan", "contract")
HTTP_OFFSET = 80
# What never stands in a log, whatever a test asked: a mobile number, the number of an identity card.
PERSONAL = re.compile(rb"(?<![0-9A-Za-z])(1[3-9]\d{9}|[1-9]\d{5}(19|20)\d{2}(0[1-9]|1[0-2])([0-2]\d|3[01])\d{3}[\dXx])(?![0-9A-Za-z])")
SANITIZER = re.compile(r"(AddressSanitizer|LeakSanitizer|runtime error:|ThreadSanitizer|UndefinedBehaviorSanitizer)")


def wait_until(condition, seconds, what, pause=0.02):
    """Waits until condition() is true, which it gives back; fails after so many seconds, naming what was waited for."""
    deadline = time.monotonic() + seconds
    pacer = threading.Event()
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds} s in vain for {what}")
        pacer.wait(pause)


def count_peak_from_now(process):
    """Forgets the most memory that a process held so far."""
    pathlib.Path(f"/proc/{process}/clear_refs").write_text("5")


def peak_bytes(process):
    """The most memory that a process held, since count_peak_from_now if that was called."""
    return int(re.search(r"VmHWM:\s+(\d+) kB", pathlib.Path(f"/proc/{process}/status").read_text())[1]) * 1024


def free_base(offsets):
    """A port base below the ephemeral range, whose ports at these offsets are free just now."""
    while True:
        base = random.randrange(20000, 32000)
        try:
            for offset in offsets:
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", base + offset))
            return base
        except OSError:
            continue


def free_port_base():
    """A port base for a suite."""
    return free_base([extra + offset for extra in (0, HTTP_OFFSET) for offset in OFFSETS.values()])


class Stubs:
    """Python stubs generated from proto/ by protoc, as any client would; in a folder that lives as long as the tests."""

    _folder = None
    _lock = threading.Lock()

    @classmethod
    def _generate(cls):
        folder = tempfile.TemporaryDirectory(prefix="kechuang-stubs-")
        out = folder.name
        roots = [ROOT / "proto", ROOT / "build/npm/googleapis"]
        files = [str(path) for root in roots for path in sorted(root.rglob("*.proto")) if "node_modules" not in path.parts]
        subprocess.run(
            ["protoc", *[f"-I{root}" for root in roots], f"--python_out={out}", f"--grpc_out={out}",
             "--plugin=protoc-gen-grpc=/usr/bin/grpc_python_plugin", *files], check=True)
        sys.path.insert(0, out)
        google.__path__.append(f"{out}/google")
        cls._folder = folder

    @classmethod
    def module(cls, name):
        """The generated module of a proto: module("kechuang.loan.v1.loan_service_pb2_grpc")."""
        with cls._lock:
            if cls._folder is None:
                cls._generate()
        return importlib.import_module(name)


def messages(area):
    return Stubs.module(f"kechuang.{area}.v1.{area}_service_pb2")


def error_details(error):
    """The google.rpc details of a failed call, by message name without the package."""
    status_pb2 = Stubs.module("google.rpc.status_pb2")
    details_pb2 = Stubs.module("google.rpc.error_details_pb2")
    found = {}
    for key, value in error.trailing_metadata() or ():
        if key != "grpc-status-details-bin":
            continue
        for detail in status_pb2.Status.FromString(value).details:
            name = detail.type_url.rpartition(".")[2]
            message = getattr(details_pb2, name)()
            detail.Unpack(message)
            found[name] = message
    return found


class SqlSession:
    """One connection to the database, for locks; each statement is done when run() comes back."""

    DONE = "done with it"

    def __init__(self, command):
        self.process = subprocess.Popen([*command, "--unbuffered"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def run(self, statement):
        self.process.stdin.write(f"{statement};\nSELECT '{self.DONE}';\n")
        self.process.stdin.flush()
        for line in self.process.stdout:
            if line.rstrip("\n") == self.DONE:
                return
        raise AssertionError(f"the database refused: {statement}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.communicate(timeout=60)


class Suite:
    """One running suite. sample says whether it takes in the sample district at its start, tls whether it speaks TLS."""

    def __init__(self, sample=False, tls=False):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="kechuang-e2e-")).resolve()
        self.state = self.folder / "state"
        self.port = free_port_base()
        self.sample = sample
        self.tls = tls
        self.authority = self.state / "tls/authority.pem"  # of a suite that speaks TLS
        self.database_socket = self.state / "mariadb.sock"  # where sql() asks
        self._channels = {}

    # Up and down.

    def up(self, *arguments, environment=None):
        """Runs deploy/up to its end; its exit code and words."""
        command = [str(ROOT / "deploy/up"), "--state", str(self.state), *arguments]
        if "--port" not in arguments:
            command += ["--port", str(self.port)]
        if not self.sample:
            command.append("--no-sample")
        if self.tls:
            command.append("--tls")
        return subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              env={**os.environ, **(environment or {})}, timeout=900)

    def limit_callers(self, limits):
        """Gives every process these limits of callers, as lines "name = value"; one that runs has them within two seconds."""
        self.state.mkdir(exist_ok=True)
        fresh = self.folder / "limits.new"
        fresh.write_text(limits)
        fresh.rename(self.state / "limits")

    def start(self):
        done = self.up()
        if done.returncode != 0:
            logs = "\n".join(f"--- {log.name}\n{log.read_text(errors='replace')[-3000:]}"
                             for log in sorted((self.state / "logs").glob("*.log")) if "mariadb" not in log.name)
            self.discard()
            raise AssertionError(f"deploy/up ended with {done.returncode}:\n{done.stdout}\n{logs}")
        return done

    def down(self):
        return subprocess.run([str(ROOT / "deploy/down"), "--state", str(self.state)], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=300)

    def close(self):
        """Ends the suite and removes its folder; fails if a sanitizer spoke in any log, or a log holds what no log may."""
        self.hang_up()
        try:
            done = self.down()
            spoken = self.sanitizers_words()
            told = self.secrets_in_logs()
        finally:
            self.discard()
        if told:
            raise AssertionError("a log tells what no log may:\n" + "\n".join(told[:20]))
        if done.returncode != 0:
            raise AssertionError(f"deploy/down ended with {done.returncode}: {done.stdout}")
        if spoken:
            raise AssertionError("a sanitizer spoke:\n" + "\n".join(spoken[:5]))

    def sanitizers_words(self):
        """What sanitizers wrote into the logs, each from its first line to the frames that tell where."""
        spoken = []
        for log in sorted((self.state / "logs").glob("*.log")):
            lines = log.read_text(errors="replace").splitlines()
            spoken += ["\n".join([log.name, *lines[at:at + 80]]) for at, line in enumerate(lines) if SANITIZER.search(line)]
        return spoken

    def secrets_in_logs(self):
        """The lines of logs that hold a secret of the suite's files, or personal data."""
        files = [*self.state.glob("*.key"), *(path for path in (self.state / "secrets").glob("*") if path.is_file())]
        secrets = {path.name: path.read_bytes().splitlines()[0] for path in files if path.read_bytes().strip()}
        told = []
        for log in sorted((self.state / "logs").glob("*.log")):
            for line in log.read_bytes().splitlines():
                held = [name for name, secret in secrets.items() if secret in line]
                if held or PERSONAL.search(line):
                    told.append(f"{log.name}: {', '.join(held) or 'personal data'}: {line[:60]!r}...")
        return told

    def hang_up(self):
        """Closes the channels: a server that drains waits a while for idle clients to leave."""
        for channel in self._channels.values():
            channel.close()
        self._channels.clear()

    def discard(self):
        self.hang_up()
        for name in self.processes():
            self.kill(name)
        shutil.rmtree(self.folder, ignore_errors=True)

    # Processes.

    def processes(self):
        """The suite's processes: mariadb or a service's name -> process id."""
        found = {}
        for entry in pathlib.Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                argv = (entry / "cmdline").read_bytes().decode(errors="replace").split("\0")
            except OSError:
                continue
            program = pathlib.Path(argv[0]).name
            if program == "mariadbd" and f"--datadir={self.state}/mariadb" in argv:
                found["mariadb"] = int(entry.name)
            elif program.startswith("kechuang-") and f"--state={self.state}" in argv and "--migrate" not in argv:
                found[program[len("kechuang-"):]] = int(entry.name)
        return found

    def kill(self, name, how=signal.SIGKILL):
        """Sends a signal to one process of the suite and waits until it is gone."""
        found = self.processes().get(name)
        if found is None:
            return
        os.kill(found, how)
        wait_until(lambda: self.processes().get(name) != found, 60, f"{name} to end")

    def kill_everything(self):
        for name, process in self.processes().items():
            os.kill(process, signal.SIGKILL)
        wait_until(lambda: not self.processes(), 60, "everything to end")

    # Doors.

    @property
    def key(self):
        return self.secret("bureau")

    def secret(self, key):
        """The secret of one of the first keys: bureau, system, security."""
        return (self.state / f"{key}.key").read_text().strip()

    def metadata(self, key="bureau"):
        return (("authorization", f"Bearer {self.secret(key)}"),)

    def environment(self, key="bureau"):
        return {**os.environ, "KC_SERVER": f"127.0.0.1:{self.port}", "KC_KEY_FILE": str(self.state / f"{key}.key"),
                **({"KC_CA_FILE": str(self.authority)} if self.tls else {})}

    def kc(self, *arguments, expect=0, timeout=900):
        """Runs kc; fails unless it ends with the expected exit code (None: any)."""
        done = subprocess.run([str(BIN / "kc"), *map(str, arguments)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True, env=self.environment(), timeout=timeout)
        if expect is not None and done.returncode != expect:
            raise AssertionError(f"kc {' '.join(map(str, arguments))} ended with {done.returncode}, not {expect}:\n"
                                 f"{done.stdout[-4000:]}\n{done.stderr[-4000:]}")
        return done

    def kc_json(self, *arguments):
        return json.loads(self.kc(*arguments, "--output", "json").stdout)

    def kc_started(self, *arguments, stderr=subprocess.STDOUT):
        """Starts kc and gives the process, for tests that interrupt it."""
        return subprocess.Popen([str(BIN / "kc"), *map(str, arguments)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=stderr, text=True, env=self.environment())

    def channel(self, service="gateway"):
        if service not in self._channels:
            self._channels[service] = self.new_channel(service)
        return self._channels[service]

    def new_channel(self, service="gateway"):
        """A channel with a connection of its own, which the caller closes."""
        address = f"127.0.0.1:{self.port + OFFSETS[service]}"
        options = [("grpc.max_send_message_length", -1), ("grpc.initial_reconnect_backoff_ms", 100),
                   ("grpc.max_reconnect_backoff_ms", 200), ("grpc.use_local_subchannel_pool", 1)]
        if not self.tls:
            return grpc.insecure_channel(address, options)
        return grpc.secure_channel(address, grpc.ssl_channel_credentials(self.authority.read_bytes()), options)

    def stub(self, area, kind="service", door="gateway"):
        """A stub of an area's service (or its journal) at a door: the gateway, or the service itself."""
        module = Stubs.module(f"kechuang.{area}.v1.{area}_{'service' if kind == 'service' else 'journal_service'}_pb2_grpc")
        name = f"{area.capitalize()}{'Service' if kind == 'service' else 'Journal'}Stub"
        return getattr(module, name)(self.channel(door))

    def call(self, method, request, timeout=20, key="bureau"):
        return method(request, timeout=timeout, metadata=self.metadata(key))

    def heads(self):
        """Sequence and hash of every register's journal."""
        return {area: self.head(area) for area in REGISTERS}

    def head(self, area):
        request = Stubs.module("kechuang.ledger.v1.journal_pb2").GetJournalHeadRequest()
        head = self.call(self.stub(area, "journal").GetJournalHead, request, key="security" if area == "identity" else "bureau")
        return head.sequence, head.hash

    def sql_command(self):
        """The database's own client as its administrator, who may do what no service may."""
        user = subprocess.run(["id", "-un"], check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
        return ["mariadb", "--no-defaults", f"--socket={self.database_socket}", f"--user={user}", "--batch",
                "--skip-column-names", "--default-character-set=utf8mb4", "--connect-timeout=5"]

    def sql(self, statement):
        """Runs SQL as the database's administrator; the rows as lists of texts."""
        done = subprocess.run(self.sql_command(), input=statement, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              timeout=120)
        if done.returncode != 0:
            raise AssertionError(f"{statement}: {done.stderr}")
        return [line.split("\t") for line in done.stdout.splitlines()]

    def sql_session(self):
        """A session of the administrator that holds its locks until the block ends."""
        return SqlSession(self.sql_command())

    def database_answers(self):
        try:
            return self.sql("SELECT 1") == [["1"]]
        except AssertionError:
            return False

    def http(self, path, service="gateway", timeout=20, data=None, headers=None):
        """The answer of a service's HTTP port, to be closed; urllib.error.HTTPError if it is none of success."""
        handlers = [urllib.request.ProxyHandler({})]
        if self.tls:
            handlers.append(urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=self.authority)))
        url = f"http{'s' if self.tls else ''}://127.0.0.1:{self.port + HTTP_OFFSET + OFFSETS[service]}{path}"
        request = urllib.request.Request(url, data, headers or {})
        return urllib.request.build_opener(*handlers).open(request, timeout=timeout)

    def healthz(self):
        """The gateway's health: the HTTP status, 0 if it does not answer."""
        try:
            with self.http("/healthz", timeout=2) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    def assert_verified(self):
        self.kc("verify")
        self.kc("audit", "verify")


def in_parallel(count, work):
    """Runs work(0) .. work(count - 1) at once, and gives their results in order."""
    with concurrent.futures.ThreadPoolExecutor(max_workers=count) as pool:
        return list(pool.map(work, range(count)))
