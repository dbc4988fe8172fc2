"""Strangers at the door: forged keys, guesses, slow and idle connections, bombs of headers and bodies, and a caller without measure.

Each is refused cheaply, the gateway's memory stays bounded, and a good caller is served meanwhile."""

import contextlib
import http.client
import json
import resource
import select
import socket
import statistics
import sys
import threading
import time
import unittest

import grpc

from suite import HTTP_OFFSET, Stubs, Suite, count_peak_from_now, error_details, in_parallel, messages, peak_bytes, wait_until

MIB = 2**20
GROWN_MOST_MIB = 64     # of the gateway, under any of these
P99_MOST_S = 2          # of the good caller, on a machine with other work
UNKNOWN_KEYS = 20       # as by default
GUESSES = 1000
GUESSER = "127.0.0.7"   # loopback has many addresses
HEAD_MAX_S = 10         # see the table of limits in README.md
IDLE_MAX_S = 30
CONNECTIONS_MAX = 4096
SLACK_S = 15
BODY_BYTES_READ_MOST = 32 * MIB
FILES = 16384
ROUNDS = 10             # of what is over too soon to harm anybody
READ = "/v1/contracts?pageSize=1"


def read_status(wire):
    """The status of the next answer on a socket; 0 if the server closes without one."""
    text = b""
    with contextlib.suppress(OSError):
        while b"\r\n" not in text:
            piece = wire.recv(4096)
            if not piece:
                break
            text += piece
    return int(text.split(b" ", 2)[1]) if b"\r\n" in text else 0


class GoodCaller:
    """Reads over REST again and again by a thread of its own, and notes how long each call took and what it was answered."""

    def __init__(self, door, source="127.0.0.1"):
        self.door, self.source = door, source
        self.statuses, self.seconds = [], []
        self.stopped = threading.Event()
        self.thread = threading.Thread(target=self.read)

    def read(self):
        while not self.stopped.wait(0.005):
            began = time.monotonic()
            try:
                self.statuses.append(self.door.ask(self.door.suite.key, source=self.source)[0])
            except OSError as error:
                self.statuses.append(str(error))
            self.seconds.append(time.monotonic() - began)

    def p99(self):
        return statistics.quantiles(self.seconds, n=100)[98]

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stopped.set()
        self.thread.join()


class HostileDoor(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        cls.files = min(FILES, most)
        resource.setrlimit(resource.RLIMIT_NOFILE, (cls.files, most))
        cls.suite = Suite()
        cls.suite.start()
        cls.addClassCleanup(cls.suite.close)
        cls.port = cls.suite.port + HTTP_OFFSET
        cls.gateway = cls.suite.processes()["gateway"]

    # Doors.

    def connect(self, source="127.0.0.1", timeout=60):
        return socket.create_connection(("127.0.0.1", self.port), timeout, source_address=(source, 0))

    def ask(self, key, source="127.0.0.1", path=READ):
        """One GET on a connection of its own: the status, the headers and the body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60, source_address=(source, 0))
        try:
            connection.request("GET", path, headers={"Authorization": f"Bearer {key}"})
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()

    def grpc_refusal(self, authorization, area="contract", door="gateway"):
        """How a read with this header ends: None, or the error."""
        request = Stubs.module("kechuang.ledger.v1.journal_pb2").GetJournalHeadRequest()
        try:
            self.suite.stub(area, "journal", door).GetJournalHead(request, timeout=60, metadata=(("authorization", authorization),))
        except grpc.RpcError as error:
            return error
        return None

    @contextlib.contextmanager
    def others_unharmed(self, what):
        """A good caller is served while the block does its harm, and the gateway's memory stays bounded."""
        count_peak_from_now(self.gateway)
        before = peak_bytes(self.gateway)
        with GoodCaller(self) as caller:
            wait_until(lambda: len(caller.statuses) > 5, 60, "the good caller to be served")
            yield caller
            seen = len(caller.statuses)
            wait_until(lambda: len(caller.statuses) > seen + 5, 60, "the good caller to be served afterwards")
        grown = (peak_bytes(self.gateway) - before) / MIB
        print(f"{what}: gateway grew by {grown:.1f} MiB; p99 of {len(caller.seconds)} calls of a good caller "
              f"{caller.p99() * 1000:.0f} ms", file=sys.stderr)
        self.assertEqual(set(caller.statuses), {200})
        self.assertLess(caller.p99(), P99_MOST_S)
        self.assertLess(grown, GROWN_MOST_MIB)
        self.assertEqual(self.suite.processes()["gateway"], self.gateway, "the gateway lives on")

    # Keys.

    def test_what_is_no_key_opens_nothing(self):
        key = self.suite.key
        forged = ["Bearer", "Bearer ", f"Bearer {key[:-1]}", f"Bearer {key}A", f"Bearer {key[::-1]}", key, f"bearer {key}",
                  f"Bearer  {key}", f"Basic {key}", "Bearer null", "Bearer " + "A" * 4000,
                  "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJrZXlzL2J1cmVhdSJ9.", f"Bearer {key}, Bearer {key}"]
        self.assertLess(len(forged), UNKNOWN_KEYS)
        for authorization in forged:
            with self.subTest(authorization=authorization[:20]):
                self.assertEqual(self.grpc_refusal(authorization).code(), grpc.StatusCode.UNAUTHENTICATED)
                with self.assertRaises(Exception) as refused:
                    self.suite.http(READ, headers={"Authorization": authorization})
                self.assertEqual(refused.exception.code, 401)
                self.assertIn("Bearer", refused.exception.headers["WWW-Authenticate"])
        oversized = "Bearer " + "A" * 100_000
        self.assertIn(self.grpc_refusal(oversized).code(), (grpc.StatusCode.RESOURCE_EXHAUSTED, grpc.StatusCode.UNAUTHENTICATED))
        self.assertEqual(self.ask("A" * 100_000)[0], 431)
        self.suite.hang_up()  # whoever sends such a header may lose the connection
        self.assertIsNone(self.grpc_refusal(f"Bearer {key}"))

    def test_guesses_are_refused_and_valid_keys_are_not(self):
        with self.others_unharmed("1,000 guesses"), GoodCaller(self, GUESSER) as neighbour:
            def guess(part):
                return [self.ask(f"guess-{number}", GUESSER) for number in range(part, GUESSES, 4)]
            answers = [answer for part in in_parallel(4, guess) for answer in part]
        statuses = [status for status, _, _ in answers]
        self.assertEqual((statuses.count(401), statuses.count(429)), (UNKNOWN_KEYS, GUESSES - UNKNOWN_KEYS))
        self.assertEqual(set(neighbour.statuses), {200}, "a valid key from the guesser's own address")
        for status, headers, body in answers:
            if status == 429:
                self.assertLessEqual(int(headers["Retry-After"]), 60)
                self.assertIn("TOO_MANY_UNKNOWN_KEYS", body.decode())
        self.assertEqual(self.ask("another")[0], 401, "another address is not refused")

    def new_user(self, name, password):
        """A person with this password and no role."""
        users, sessions = (Stubs.module(f"kechuang.identity.v1.{proto}_pb2") for proto in ("user_calls", "session"))
        request = users.CreateUserRequest(user_id=name)
        request.user.display_name = "张伟"
        stub = self.suite.stub("identity")
        made = self.suite.call(stub.CreateUser, request, key="system")
        stub.ChangePassword(sessions.ChangePasswordRequest(user=made.user.name, password=made.initial_password,
                                                           new_password=password), timeout=30)

    def log_in(self, user, password, source):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60, source_address=(source, 0))
        try:
            connection.request("POST", "/v1/session:login", json.dumps({"user": f"users/{user}", "password": password}),
                               {"Content-Type": "application/json"})
            answer = connection.getresponse()
            answer.read()
            return answer.status
        finally:
            connection.close()

    def test_a_thousand_wrong_passwords_lock_out_one_person_and_hold_nobody_up(self):
        guessed_password, neighbour_password = "Red-kite 1 flies", "Red-kite 2 flies"
        self.new_user("guessed", guessed_password)
        self.new_user("neighbour", neighbour_password)
        began = time.monotonic()
        with self.others_unharmed("1,000 wrong passwords"):
            def guess(part):
                return [self.log_in("guessed", f"guess {number}", GUESSER) for number in range(part, GUESSES, 4)]
            statuses = [status for part in in_parallel(4, guess) for status in part]
            self.assertEqual(self.log_in("neighbour", neighbour_password, "127.0.0.1"), 200)
        self.assertLess(time.monotonic() - began, 60)
        self.assertEqual(set(statuses), {401, 429})
        self.assertGreater(statuses.count(429), GUESSES / 2, "most cost no look at a password")
        self.assertEqual(self.log_in("guessed", guessed_password, "127.0.0.1"), 401, "locked, and told like any refusal")

    def test_guesses_at_a_service_do_not_shut_the_gateway_out(self):
        errors = [self.grpc_refusal(f"Bearer guess-{number}", door="contract") for number in range(100)]
        refused = [error for error in errors if error.code() == grpc.StatusCode.RESOURCE_EXHAUSTED]
        self.assertEqual(len(refused), 100 - UNKNOWN_KEYS)
        self.assertEqual(error_details(refused[0])["ErrorInfo"].reason, "TOO_MANY_UNKNOWN_KEYS")
        self.assertGreater(error_details(refused[0])["RetryInfo"].retry_delay.ToMilliseconds(), 0)
        self.assertIsNone(self.grpc_refusal(f"Bearer {self.suite.key}", door="contract"))
        self.assertIsNone(self.grpc_refusal(f"Bearer {self.suite.key}"), "the gateway calls from the same address")

    # Connections.

    def test_slow_requests_are_cut_off(self):
        with self.others_unharmed("200 slow requests"), contextlib.ExitStack() as stack:
            began = time.monotonic()
            slow = [stack.enter_context(self.connect()) for _ in range(200)]
            for wire in slow:
                wire.sendall(b"GET /v1/contracts HTTP/1.1\r\nHost: x\r\nX-Slow: ")
            left, statuses, pacer = list(slow), [], threading.Event()
            while left and time.monotonic() < began + HEAD_MAX_S + SLACK_S:
                answered, _, _ = select.select(left, [], [], 0)
                statuses += [read_status(wire) for wire in answered]
                left = [wire for wire in left if wire not in answered]
                for wire in left:
                    with contextlib.suppress(OSError):
                        wire.sendall(b"x")  # one byte at a time, for ever
                pacer.wait(0.5)
            took = time.monotonic() - began
        self.assertEqual((left, set(statuses)), ([], {408}))
        self.assertGreater(took, HEAD_MAX_S - 1)

    def test_idle_connections_go_and_hold_nobody_up(self):
        count = min(10_000, self.files - 500)  # as many as this machine gives a process
        with self.others_unharmed(f"{count:,} idle connections"), contextlib.ExitStack() as stack:
            idle = [stack.enter_context(self.connect()) for _ in range(count)]
            until = time.monotonic() + IDLE_MAX_S + SLACK_S
            closed = sum(self.is_closed_by(wire, until) for wire in idle)
        self.assertEqual(closed, len(idle))

    def test_more_connections_than_there_is_room_for(self):
        with self.others_unharmed("4,500 connections"), contextlib.ExitStack() as stack:
            flood = [stack.enter_context(self.connect()) for _ in range(CONNECTIONS_MAX + 404)]
            for wire in flood[::2]:
                with contextlib.suppress(OSError):
                    wire.sendall(b"GET /v1/contracts HTTP/1.1\r\nHost: x\r\n")  # and no end of it
            until = time.monotonic() + SLACK_S
            self.assertEqual(sum(self.is_closed_by(wire, until) for wire in flood[:400]), 400, "the oldest make room")

    @staticmethod
    def is_closed_by(wire, until):
        wire.settimeout(max(0.01, until - time.monotonic()))
        try:
            return wire.recv(1) == b""
        except TimeoutError:
            return False
        except ConnectionResetError:
            return True

    # Headers and bodies.

    def status_of(self, head, body=()):
        """The status that a request gets, and how many bytes of its body were taken before."""
        sent = 0
        with self.connect() as wire:
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                wire.sendall(head)
                for piece in body:
                    if select.select([wire], [], [], 0)[0]:
                        break
                    wire.sendall(piece)
                    sent += len(piece)
            return read_status(wire), sent

    def test_header_bombs(self):
        begin = b"GET /v1/contracts HTTP/1.1\r\nHost: x\r\n"
        bombs = [("one of 1 MB", b"X-Large: " + b"x" * 1_000_000),
                 ("10,000", b"\r\n".join(b"X-%d: y" % number for number in range(10_000))),
                 ("200 that fit", b"\r\n".join(b"X-%d: y" % number for number in range(200)))]
        with self.others_unharmed("header bombs"):
            for what, bomb in bombs * ROUNDS:
                with self.subTest(headers=what):
                    self.assertEqual(set(in_parallel(8, lambda _: self.status_of(begin + bomb + b"\r\n\r\n")[0])), {431})

    def test_bodies_without_measure(self):
        key = f"Authorization: Bearer {self.suite.key}\r\nHost: x\r\n"
        piece = b"x" * 65536
        endless = f"POST /v1/contracts HTTP/1.1\r\n{key}Transfer-Encoding: chunked\r\n\r\n".encode()
        chunk = b"%x\r\n%s\r\n" % (len(piece), piece)
        with self.others_unharmed("bodies of a gigabyte"):
            for path in ("/v1/contracts?contractId=large", "/v1/files:import?kind=contracts&fileName=large.csv"):
                with self.subTest(path=path):
                    head = f"POST {path} HTTP/1.1\r\n{key}Content-Length: 1000000000\r\n\r\n".encode()
                    self.assertEqual(self.status_of(head), (413, 0), "refused before a byte of it came")
            stranger = b"POST /v1/contracts HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\n"
            self.assertEqual(self.status_of(stranger), (401, 0))
            for _ in range(ROUNDS):
                status, sent = self.status_of(endless, (chunk for _ in range(16384)))
                self.assertEqual(status, 413)
                self.assertLess(sent, BODY_BYTES_READ_MOST)

    # Too many calls.

    def limit_callers(self, limits, holds):
        """Changes the limits of the running suite, and waits until they hold."""
        self.suite.limit_callers(limits)
        wait_until(holds, 10, f"{limits!r} to hold", pause=0.2)

    def burst(self):
        """The statuses of six reads one after the other."""
        return {self.ask(self.suite.key)[0] for _ in range(6)}

    def test_sizes_change_while_it_runs(self):
        api = messages("contract")
        for number in range(3):
            request = api.CreateContractRequest(contract_id=f"sized-{number}", request_id=f"sized-{number}")
            request.contract.contract_name = "限额测试合同"
            self.suite.call(self.suite.stub("contract").CreateContract, request)
        read = f"GET {READ} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {self.suite.key}\r\n".encode()

        def page(size):
            return len(json.loads(self.ask(self.suite.key, path=f"/v1/contracts?pageSize={size}")[2])["contracts"])

        def head_of(size):
            return self.status_of(read + b"X-Large: " + b"x" * size + b"\r\n\r\n")[0]

        def body_of(size):
            head = (f"POST /v1/contracts?contractId=sized HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {self.suite.key}\r\n"
                    f"Content-Type: application/json\r\nContent-Length: {size}\r\n\r\n").encode()
            return self.status_of(head, iter([b" " * size]))[0]

        def code_of(size, door):
            request = api.CreateContractRequest(contract_id="sized", validate_only=True, reason="x" * size)
            try:
                self.suite.call(self.suite.stub("contract", door=door).CreateContract, request)
            except grpc.RpcError as error:
                return error.code()

        self.addCleanup(self.limit_callers, "", lambda: head_of(3000) == 200)
        self.assertEqual((page(3), head_of(3000), body_of(30_000)), (3, 200, 400))
        self.limit_callers("page_size = 2\nheader_kib = 2\nmessage_kib = 16\n", lambda: page(3) == 2 and head_of(3000) == 431)
        self.assertEqual((head_of(100), body_of(30_000), body_of(3000)), (200, 413, 400))
        for door in ("gateway", "contract"):
            self.assertEqual(code_of(30_000, door), grpc.StatusCode.RESOURCE_EXHAUSTED, door)
            self.assertEqual(code_of(3000, door), grpc.StatusCode.INVALID_ARGUMENT, door)

    def test_a_caller_who_obeys_is_refused_once_and_streams_go_on(self):
        stream = self.suite.stub("contract", "journal").Watch(
            Stubs.module("kechuang.ledger.v1.journal_pb2").WatchRequest(), timeout=300,
            metadata=self.suite.metadata())
        self.addCleanup(stream.cancel)
        self.addCleanup(self.limit_callers, "", lambda: self.burst() == {200})
        self.limit_callers("caller_rate = 2\ncaller_burst = 3\n", lambda: 429 in self.burst())
        statuses, pacer = [], threading.Event()
        while len(statuses) < 30:
            status, headers, body = self.ask(self.suite.key)
            statuses.append(status)
            if status == 429:
                refusal = json.loads(body)
                self.assertIn("RATE_LIMITED", json.dumps(refusal["details"]))
                self.assertGreaterEqual(int(headers["Retry-After"]), 1)
                pacer.wait(int(headers["Retry-After"]))
        self.assertEqual(set(statuses), {200, 429})
        self.assertNotIn((429, 429), list(zip(statuses, statuses[1:])))
        self.check_exact_wait()
        self.limit_callers("caller_rate = 0\n", lambda: self.burst() == {200})
        request = messages("contract").CreateContractRequest(contract_id="watched")
        request.contract.contract_name = "限速期间的合同"
        self.suite.call(self.suite.stub("contract").CreateContract, request)
        self.assertTrue(any(message.change.record == "contracts/watched" for message in stream),
                        "the stream that began before the limits changed goes on")

    def check_exact_wait(self):
        """Over gRPC the wait is exact: half a second at most at two calls a second."""
        refused = wait_until(lambda: self.grpc_refusal(f"Bearer {self.suite.key}"), 20, "a refusal", pause=0)
        self.assertEqual(refused.code(), grpc.StatusCode.RESOURCE_EXHAUSTED)
        wait = error_details(refused)["RetryInfo"].retry_delay.ToNanoseconds()
        self.assertTrue(0 < wait <= 500_000_000, wait)


if __name__ == "__main__":
    unittest.main()
