"""A suite that speaks TLS: through every door, in plain text through none, and with new certificates without a failed call."""

import json
import os
import socket
import ssl
import stat
import subprocess
import threading
import unittest

import grpc

from suite import BIN, HTTP_OFFSET, OFFSETS, ROOT, Stubs, Suite, free_port_base, messages, wait_until

RELOAD_SECONDS = 10
PLAIN_TEXTS = (b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes(9), b"\x16\x03\x01\xff\xff")


class Tls(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.suite = Suite(tls=True)
        cls.words = cls.suite.start().stdout
        cls.addClassCleanup(cls.suite.close)

    def ports(self):
        return [self.suite.port + extra + offset for extra in (0, HTTP_OFFSET) for offset in OFFSETS.values()]

    def certificate(self, port):
        """What a new connection to the port is shown, verified."""
        context = ssl.create_default_context(cafile=self.suite.authority)
        with socket.create_connection(("127.0.0.1", port), timeout=10) as raw:
            with context.wrap_socket(raw, server_hostname="127.0.0.1") as secured:
                return secured.getpeercert()["serialNumber"]

    def head(self, stub):
        request = Stubs.module("kechuang.ledger.v1.journal_pb2").GetJournalHeadRequest()
        return self.suite.call(stub.GetJournalHead, request)

    def test_up_says_where_the_authority_is(self):
        self.assertIn(f"https://127.0.0.1:{self.suite.port + HTTP_OFFSET}/docs", self.words)
        self.assertIn(str(self.suite.authority), self.words)
        for key in (self.suite.state / "tls").glob("*.key"):
            self.assertEqual(stat.S_IMODE(key.stat().st_mode), 0o600, key)

    def test_every_door_works(self):
        self.suite.kc("banks", "create", "--bank-id", "secured", "--bank-name", "加密银行")
        self.assertIn("加密银行", self.suite.kc("banks", "list").stdout)
        for door in ("gateway", "loan"):
            self.assertGreaterEqual(self.head(self.suite.stub("loan", "journal", door)).sequence, 1)
        bearer = {"Authorization": f"Bearer {self.suite.key}"}
        with self.suite.http("/v1/banks/secured", headers=bearer) as answer:
            self.assertEqual(json.load(answer)["bankName"], "加密银行")
        table = "银行编号,银行名称\nuploaded,上传银行\n".encode()
        with self.suite.http("/v1/files:import?kind=banks&fileName=banks.csv", data=table,
                             headers={**bearer, "Content-Type": "text/csv"}) as answer:
            self.assertEqual(answer.status, 200)
        self.assertIn("上传银行", self.suite.kc("banks", "list").stdout)
        for service in OFFSETS:
            with self.suite.http("/healthz", service) as answer:
                self.assertEqual(answer.status, 200, service)

    def test_no_port_takes_plain_text(self):
        for port in self.ports():
            for text in PLAIN_TEXTS:
                with self.subTest(port=port - self.suite.port, text=text), socket.create_connection(("127.0.0.1", port)) as wire:
                    wire.settimeout(20)
                    wire.sendall(text)
                    wire.shutdown(socket.SHUT_WR)
                    answer = b""
                    try:
                        while piece := wire.recv(4096):
                            answer += piece
                    except ConnectionResetError:
                        pass
                    self.assertNotIn(b"HTTP", answer)
                    self.assertLess(len(answer), 32)  # an alert of TLS at most
        with grpc.insecure_channel(f"127.0.0.1:{self.suite.port}") as channel:
            stub = Stubs.module("kechuang.loan.v1.loan_journal_service_pb2_grpc").LoanJournalStub(channel)
            with self.assertRaises(grpc.RpcError) as refused:
                self.head(stub)
        self.assertEqual(refused.exception.code(), grpc.StatusCode.UNAVAILABLE)

    def test_kc_goes_nowhere_without_the_authority(self):
        environment = self.suite.environment
        self.addCleanup(setattr, self.suite, "environment", environment)
        self.suite.environment = lambda: {name: value for name, value in environment().items() if name != "KC_CA_FILE"}
        self.assertIn("KC_CA_FILE", self.suite.kc("banks", "list", expect=3).stderr)
        self.assertIn("--ca-file", self.suite.kc("banks", "list", "--server", "192.0.2.1:7100", expect=2).stderr)

    def test_new_certificates_cost_no_call(self):
        before = {port: self.certificate(port) for port in self.ports()}
        stopping, failed, calls = threading.Event(), [], [0, 0, 0]
        bearer = {"Authorization": f"Bearer {self.suite.key}"}

        def on_one_connection():
            self.head(self.suite.stub("loan", "journal"))

        def on_new_connections():
            with self.suite.new_channel() as channel:
                self.head(Stubs.module("kechuang.loan.v1.loan_journal_service_pb2_grpc").LoanJournalStub(channel))

        def by_rest():
            with self.suite.http("/v1/banks", headers=bearer) as answer:
                answer.read()

        def repeat(index, work):
            while not stopping.is_set():
                try:
                    work()
                    calls[index] += 1
                except (OSError, grpc.RpcError) as error:
                    failed.append(f"{work.__name__}: {error}")

        callers = [threading.Thread(target=repeat, args=entry)
                   for entry in enumerate((on_one_connection, on_new_connections, by_rest))]
        for caller in callers:
            caller.start()
        try:
            # Certificates that end soon are taken up, and deploy/up renews them while everything runs.
            script = ("source deploy/lib/common.sh; source deploy/lib/tls.sh; AUTHORITY=$STATE/tls/authority.pem CERTIFICATE_DAYS=20; "
                      'for name in "${SERVICES[@]}"; do sign_certificate "$name"; done')
            subprocess.run(["bash", "-euc", script], cwd=ROOT, check=True, env={**os.environ, "STATE": str(self.suite.state)})
            self.await_change(before)
            short = {port: self.certificate(port) for port in self.ports()}
            authority = self.suite.authority.read_bytes()
            processes = self.suite.processes()
            again = self.suite.up()
            self.assertEqual(again.returncode, 0, again.stdout)
            self.assertEqual(self.suite.processes(), processes)
            self.assertEqual(self.suite.authority.read_bytes(), authority)
            self.await_change(short)
            seen = list(calls)
            wait_until(lambda: all(now > then for now, then in zip(calls, seen)), 20, "calls after the change")
        finally:
            stopping.set()
            for caller in callers:
                caller.join()
        self.assertEqual(failed, [])

    def await_change(self, before):
        wait_until(lambda: all(self.certificate(port) != shown for port, shown in before.items()), RELOAD_SECONDS,
                   "the new certificates", pause=0.2)

    def report_process(self, *flags):
        """A second report service, told of this suite's services."""
        addresses = [f"--{area}_address=127.0.0.1:{self.suite.port + offset}" for area, offset in OFFSETS.items() if area != "gateway"]
        port = free_port_base()
        command = [str(BIN / "kechuang-report"), f"--state={self.suite.state}/.", f"--port_base={port}", *addresses, *flags]
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.terminate)
        return process, port + OFFSETS["report"]

    def test_no_service_listens_beyond_loopback_without_a_certificate(self):
        process, _ = self.report_process("--listen=0.0.0.0")
        self.assertIn("0.0.0.0 is not loopback", process.stdout.read())
        self.assertEqual(process.wait(timeout=20), 2)

    def test_a_service_takes_only_its_own_kind_if_told_so(self):
        own = self.suite.state / "tls"
        process, port = self.report_process(f"--tls_certificate={own}/report.pem", f"--tls_key={own}/report.key",
                                            f"--tls_authority={self.suite.authority}", "--tls_clients=require")
        for line in process.stdout:
            if line.endswith(" serving\n"):
                break
        request = messages("report").GetAnnualReportRequest(year=2022)
        authority = self.suite.authority.read_bytes()
        shown = {"private_key": (own / "gateway.key").read_bytes(), "certificate_chain": (own / "gateway.pem").read_bytes()}
        for certificate in (shown, {}):
            with grpc.secure_channel(f"127.0.0.1:{port}", grpc.ssl_channel_credentials(authority, **certificate)) as channel:
                call = Stubs.module("kechuang.report.v1.report_service_pb2_grpc").ReportServiceStub(channel).GetAnnualReport
                if certificate:
                    self.suite.call(call, request)
                else:
                    with self.assertRaises(grpc.RpcError) as refused:
                        self.suite.call(call, request)
                    self.assertEqual(refused.exception.code(), grpc.StatusCode.UNAVAILABLE)


class TlsLater(unittest.TestCase):
    def test_a_plain_suite_must_stop_before_it_speaks_tls(self):
        suite = Suite()
        self.addCleanup(suite.close)
        suite.start()
        done = suite.up("--tls")
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertIn("runs in plain text", done.stdout)
        self.assertEqual(suite.healthz(), 200)
        suite.hang_up()
        self.assertEqual(suite.down().returncode, 0)
        suite.tls = True
        suite.start()
        self.assertEqual(suite.healthz(), 200)
        # It is the state's from then on.
        self.assertEqual(suite.down().returncode, 0)
        command = [str(ROOT / "deploy/up"), "--state", str(suite.state), "--no-sample"]
        subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True, timeout=900)
        self.assertEqual(suite.healthz(), 200)


if __name__ == "__main__":
    unittest.main()
