"""No call without a key, at the gateway or behind it."""

import unittest

import grpc

from suite import OFFSETS, REGISTERS, Stubs, Suite, messages


class Keys(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.suite = Suite()
        cls.suite.start()
        cls.addClassCleanup(cls.suite.close)

    def calls(self):
        """(door, call) for one read of every service, at the gateway and at its own port."""
        head = Stubs.module("kechuang.ledger.v1.journal_pb2").GetJournalHeadRequest()
        for area in REGISTERS:
            for door in ("gateway", area):
                yield door, area, self.suite.stub(area, "journal", door).GetJournalHead, head
        report = messages("report").GetAnnualReportRequest(year=2022)
        for door in ("gateway", "report"):
            yield door, "report", self.suite.stub("report", "service", door).GetAnnualReport, report

    def test_a_call_without_a_key_is_unauthenticated_everywhere(self):
        wrong = "A" * 43
        for metadata in ((), (("authorization", f"Bearer {wrong}"),), (("authorization", self.suite.key),),
                         (("authorization", "Bearer "),)):
            for door, area, method, request in self.calls():
                with self.subTest(door=door, area=area, metadata=[value[:8] for _, value in metadata]):
                    with self.assertRaises(grpc.RpcError) as refused:
                        method(request, timeout=20, metadata=metadata)
                    self.assertEqual(refused.exception.code(), grpc.StatusCode.UNAUTHENTICATED)

    def test_a_call_with_the_key_is_served_everywhere(self):
        for door, area, method, request in self.calls():
            with self.subTest(door=door, area=area):
                self.suite.call(method, request)

    def test_a_write_without_a_key_leaves_no_trace(self):
        before = self.suite.heads()
        api = messages("contract")
        request = api.CreateContractRequest(contract_id="nobody")
        request.contract.contract_name = "无名"
        for door in ("gateway", "contract"):
            with self.assertRaises(grpc.RpcError) as refused:
                self.suite.stub("contract", door=door).CreateContract(request, timeout=20)
            self.assertEqual(refused.exception.code(), grpc.StatusCode.UNAUTHENTICATED)
        self.assertEqual(self.suite.heads(), before)

    def test_the_actor_stands_on_the_journal(self):
        api = messages("contract")
        request = api.CreateContractRequest(contract_id="signed")
        request.contract.contract_name = "留名"
        self.suite.call(self.suite.stub("contract").CreateContract, request)
        self.assertEqual(self.suite.sql("SELECT actor FROM kechuang_contract.journal WHERE name = 'contracts/signed'"),
                         [["keys/bureau"]])

    def test_kc_says_what_is_wrong_with_a_wrong_key(self):
        wrong = self.suite.folder / "wrong.key"
        wrong.write_text("A" * 43 + "\n")
        environment = self.suite.environment
        self.suite.environment = lambda: {**environment(), "KC_KEY_FILE": str(wrong)}
        try:
            done = self.suite.kc("report", "annual", "--year", 2022, expect=3)
        finally:
            self.suite.environment = environment
        self.assertNotIn("A" * 43, done.stdout + done.stderr)

    def test_only_loopback_listens(self):
        ports = {self.suite.port + extra + offset for extra in (0, 80) for offset in OFFSETS.values()}
        for table in ("/proc/net/tcp", "/proc/net/tcp6"):
            with open(table, encoding="ascii") as rows:
                for row in list(rows)[1:]:
                    fields = row.split()
                    address, port = fields[1].split(":")
                    if fields[3] == "0A" and int(port, 16) in ports:
                        self.assertIn(address, ("0100007F", "0000000000000000FFFF00000100007F"))


if __name__ == "__main__":
    unittest.main()
