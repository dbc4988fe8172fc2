"""Machines that are known by a certificate: at every door, by themselves alone, and no longer than their key holds."""

import json
import ssl
import subprocess
import time
import unittest
import urllib.error
import urllib.request

import grpc

from suite import HTTP_OFFSET, OFFSETS, Stubs, Suite, messages, wait_until

READ = "contract.v1.ContractService/ListContracts"
REPORT = "report.v1.ReportService/GetAnnualReport"
SOON = 2  # seconds until a revocation must have reached every service


class Machine:
    """A certificate that signs itself, and its private key."""

    def __init__(self, folder, name):
        self.certificate = folder / f"{name}.pem"
        self.key = folder / f"{name}.key"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                        "-subj", f"/CN={name}", "-keyout", str(self.key), "-out", str(self.certificate)], check=True,
                       stderr=subprocess.DEVNULL)
        self.key.chmod(0o600)


class Machines(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.suite = Suite(tls=True)
        cls.suite.start()
        cls.addClassCleanup(cls.suite.close)
        cls.machine = Machine(cls.suite.folder, "statistics")
        cls.register("statistics", cls.machine)

    @classmethod
    def register(cls, key_id, machine):
        identity, stub = messages("identity"), cls.suite.stub("identity")
        request = identity.CreateKeyRequest(key_id=key_id)
        request.key.holder, request.key.certificate = "统计局数据交换平台", machine.certificate.read_text()
        made = cls.suite.call(stub.CreateKey, request, key="system")
        roles = Stubs.module("kechuang.identity.v1.role_pb2")
        cls.suite.call(stub.SetKeyRoles, identity.SetKeyRolesRequest(name=made.key.name,
                                                                     roles=[roles.REGISTRAR_ENTRY, roles.IMPORTER, roles.READER]),
                       key="security")
        # The report asks every service.
        wait_until(lambda: cls.code(machine, request=messages("report").GetAnnualReportRequest(year=2022), method=REPORT) ==
                   grpc.StatusCode.OK, SOON, f"{made.key.name} to be known everywhere")
        return made

    @classmethod
    def channel(cls, machine, service):
        shown = {"private_key": machine.key.read_bytes(), "certificate_chain": machine.certificate.read_bytes()} if machine else {}
        credentials = grpc.ssl_channel_credentials(cls.suite.authority.read_bytes(), **shown)
        return grpc.secure_channel(f"127.0.0.1:{cls.suite.port + OFFSETS[service]}", credentials,
                                   [("grpc.use_local_subchannel_pool", 1)])

    @classmethod
    def ask(cls, machine, request, method=READ, service="gateway", metadata=()):
        """The answer's bytes."""
        with cls.channel(machine, service) as channel:
            return channel.unary_unary(f"/kechuang.{method}")(request.SerializeToString(), timeout=20, metadata=metadata)

    @classmethod
    def code(cls, machine, request=None, **how):
        try:
            cls.ask(machine, request or messages("contract").ListContractsRequest(page_size=1), **how)
            return grpc.StatusCode.OK
        except grpc.RpcError as error:
            return error.code()

    def http(self, machine, path, data=None, headers=None):
        context = ssl.create_default_context(cafile=self.suite.authority)
        if machine:
            context.load_cert_chain(machine.certificate, machine.key)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context))
        return opener.open(urllib.request.Request(f"https://127.0.0.1:{self.suite.port + HTTP_OFFSET}{path}", data, headers or {}),
                           timeout=20)

    def test_every_door_knows_it(self):
        for service in ("gateway", "contract"):
            self.assertEqual(self.code(self.machine, service=service), grpc.StatusCode.OK, service)
            self.assertEqual(self.code(None, service=service), grpc.StatusCode.UNAUTHENTICATED, service)
        with self.http(self.machine, "/v1/contracts") as answer:
            self.assertIn("contracts", json.load(answer))
        with self.http(self.machine, "/v1/caller") as answer:
            self.assertEqual(json.load(answer)["actor"], "keys/statistics")
        with self.assertRaises(urllib.error.HTTPError) as refused:
            self.http(None, "/v1/contracts")
        self.assertEqual(refused.exception.code, 401)
        refused.exception.close()

    def test_services_ask_each_other_in_its_name(self):
        request = messages("report").GetAnnualReportRequest(year=2022)
        for service in ("gateway", "report"):
            answer = self.ask(self.machine, request, REPORT, service)
            self.assertTrue(answer, service)

    def test_what_it_changes_is_its_own(self):
        api = messages("contract")
        for service in ("gateway", "contract"):
            request = api.CreateContractRequest(contract_id=f"by-{service}")
            request.contract.contract_name = "机器登记"
            self.ask(self.machine, request, "contract.v1.ContractService/CreateContract", service)
        table = "银行编号,银行名称\nshown,出示证书银行\n".encode()
        with self.http(self.machine, "/v1/files:import?kind=banks&fileName=banks.csv", table, {"Content-Type": "text/csv"}) as answer:
            self.assertEqual(answer.status, 200)
        self.assertEqual(self.suite.sql("SELECT name, actor FROM kechuang_contract.journal WHERE name LIKE 'contracts/by-%' "
                                        "UNION ALL SELECT name, actor FROM kechuang_loan.journal WHERE name = 'banks/shown'"),
                         [["contracts/by-gateway", "keys/statistics"], ["contracts/by-contract", "keys/statistics"],
                          ["banks/shown", "keys/statistics"]])

    def test_kc_shows_it(self):
        environment = self.suite.environment
        self.addCleanup(setattr, self.suite, "environment", environment)
        self.suite.environment = lambda: {name: value for name, value in environment().items() if name != "KC_KEY_FILE"}
        shown = ("--cert-file", self.machine.certificate, "--cert-key-file", self.machine.key)
        self.assertIn("keys/statistics", self.suite.kc("whoami", *shown).stdout)
        self.suite.kc("contracts", "list", *shown)

    def test_a_certificate_that_no_key_names_opens_nothing(self):
        twin = Machine(self.suite.folder, "twin")
        for service in ("gateway", "contract"):
            self.assertEqual(self.code(twin, service=service), grpc.StatusCode.UNAUTHENTICATED)

    def test_nobody_vouches_but_the_suite(self):
        der = ssl.PEM_cert_to_DER_cert(self.machine.certificate.read_text())
        digest = subprocess.run(["sha256sum"], input=der, stdout=subprocess.PIPE, check=True).stdout.split()[0].decode()
        for guess in ("", "guess", self.suite.key):
            for service in ("gateway", "contract"):
                forged = (("authorization", f"Certificate {digest} {guess}"),)
                self.assertEqual(self.code(None, service=service, metadata=forged), grpc.StatusCode.UNAUTHENTICATED)
        # Nor does anybody speak as a service: the gateway passes no such word on, and services take it from none.
        introduced = (*self.suite.metadata(), ("kc-from-service", "report guess"))
        self.assertEqual(self.code(None, metadata=introduced), grpc.StatusCode.OK)
        self.assertEqual(self.code(None, service="contract", metadata=introduced), grpc.StatusCode.UNAUTHENTICATED)
        # What a caller says goes before what it shows.
        self.assertEqual(self.code(self.machine, metadata=(("authorization", "Bearer wrong"),)), grpc.StatusCode.UNAUTHENTICATED)

    def test_revoking_its_key_stops_it_everywhere(self):
        machine = Machine(self.suite.folder, "leaving")
        made = self.register("leaving", machine)
        self.assertEqual(made.secret, "")
        with self.channel(machine, "gateway") as outer, self.channel(machine, "contract") as inner:
            request = messages("contract").ListContractsRequest(page_size=1).SerializeToString()
            calls = [channel.unary_unary(f"/kechuang.{READ}") for channel in (outer, inner)]
            for call in calls:
                call(request, timeout=20)
            self.suite.call(self.suite.stub("identity").RevokeKey,
                            messages("identity").RevokeKeyRequest(name=made.key.name, reason="停用"), key="system")
            revoked = time.monotonic()

            def refused():
                codes = []
                for call in calls:
                    try:
                        call(request, timeout=20)
                    except grpc.RpcError as error:
                        codes.append(error.code())
                return codes == [grpc.StatusCode.UNAUTHENTICATED] * 2

            wait_until(refused, SOON, "the same connections to be refused")
            self.assertLess(time.monotonic() - revoked, SOON)


if __name__ == "__main__":
    unittest.main()
