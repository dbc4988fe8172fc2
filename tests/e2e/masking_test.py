"""Personal data, by every way out: whole for those whose role says so and who say why, which is noted; masked for all others."""

import json
import os
import pathlib
import subprocess
import sys
import unittest
import urllib.error
import urllib.parse
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "behaviour"))

from suite import HTTP_OFFSET, Stubs, Suite, error_details, messages, wait_until  # noqa: E402

from catalogue import method  # noqa: E402
from records import credit_code  # noqa: E402

import grpc  # noqa: E402
from google.protobuf import json_format  # noqa: E402

WHY = "核实联系人"
PHONE, MASKED_PHONE, PERSON, LEADER = "13895001234", "138***1234", "张三丰", "李四光"
PARTY = {"party_name": "王五", "contact_name": PERSON, "contact_phone": PHONE, "address": "银川市西夏区学院路1号"}


class Masking(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.suite = Suite()
        cls.suite.start()
        cls.addClassCleanup(cls.suite.close)
        firm = cls.ask("CreateEnterprise", enterprise={
            "credit_code": credit_code(1), "enterprise_name": "宁夏示例科技有限公司", "located_division_code": "640105",
            "legal_representative": LEADER, "contact_name": PERSON, "contact_phone": PHONE}).name
        cls.ask("UpdateEnterprise", enterprise={"name": firm, "contact_phone": PHONE[:-1] + "9"}, update_mask="contactPhone")
        cls.ask("UpdateEnterprise", enterprise={"name": firm, "contact_phone": PHONE}, update_mask="contactPhone")
        cls.firm = firm
        cls.contract = cls.ask("CreateContract", contract_id="c", contract={"contract_name": "委托开发", "seller": PARTY}).name
        cls.secrets = {role: cls.key(role) for role in ("READER", "AUDITOR")}
        # A service may hear of a key before it hears of its role.
        wait_until(lambda: all(cls.may(role, rpc, name) for role, rpc, name in (
            ("READER", "GetEnterprise", cls.firm), ("READER", "GetContract", cls.contract),
            ("AUDITOR", "EnterpriseJournal/ListRevisions", cls.firm),
            ("AUDITOR", "ContractJournal/ListRevisions", cls.contract))), 5, "the keys to be known")

    @classmethod
    def key(cls, role):
        api = messages("identity")
        request = api.CreateKeyRequest(key_id=role.lower())
        request.key.holder = "测试系统"
        made = cls.suite.call(cls.suite.stub("identity").CreateKey, request, key="system")
        cls.suite.call(cls.suite.stub("identity").SetKeyRoles, api.SetKeyRolesRequest(name=made.key.name, roles=[role]),
                       key="security")
        return made.secret

    @classmethod
    def may(cls, role, rpc, name):
        try:
            cls.ask(rpc, secret=cls.secrets[role], **{"record" if "/" in rpc else "name": name})
            return True
        except grpc.RpcError as error:
            if error.code() not in (grpc.StatusCode.PERMISSION_DENIED, grpc.StatusCode.UNAUTHENTICATED):
                raise
            return False

    @classmethod
    def ask(cls, rpc, secret=None, reveal=None, **request):
        """The answer, or all messages of a stream that ends by itself. reveal: why it is to be unmasked, percent-encoded."""
        one = method(rpc)
        channel = cls.suite.channel("gateway")
        kind = channel.unary_stream if one.descriptor.server_streaming else channel.unary_unary
        call = kind(one.path, one.input.SerializeToString, one.output.FromString)
        answer = call(json_format.ParseDict(request, one.input()), timeout=20,
                      metadata=(("authorization", f"Bearer {secret or cls.suite.key}"),
                                *((("kc-reveal-reason", reveal),) if reveal is not None else ())))
        return list(answer) if one.descriptor.server_streaming else answer

    def reads(self):
        """Who reads, and by which calls it comes upon the two records."""
        yield "READER", "GetEnterprise", {"name": self.firm}
        yield "READER", "ListEnterprises", {}
        yield "READER", "BatchGetEnterprises", {"names": [self.firm]}
        yield "READER", "SearchEnterprises", {"query": "示例"}
        yield "READER", "ExportEnterprises", {}
        yield "READER", "GetContract", {"name": self.contract}
        yield "READER", "ListContracts", {}
        yield "READER", "ExportContracts", {}
        for area, record in (("Enterprise", self.firm), ("Contract", self.contract)):
            yield "AUDITOR", f"{area}Journal/ListRevisions", {"record": record}
            yield "AUDITOR", f"{area}Journal/ReadRecordAt", {"record": record, "revision": 1}
            yield "AUDITOR", f"{area}Journal/Watch", {"catch_up_only": True}

    def test_others_see_no_more_than_to_recognise_it_by(self):
        for role, rpc, request in self.reads():
            with self.subTest(role=role, method=rpc):
                whole = self.text_of(self.ask(rpc, reveal=urllib.parse.quote(WHY), **request))
                for masked in (self.text_of(self.ask(rpc, **request)), self.text_of(self.ask(rpc, self.secrets[role], **request))):
                    for value in (PHONE, PERSON):
                        self.assertIn(value.encode(), whole)
                        self.assertNotIn(value.encode(), masked)
                    self.assertIn(MASKED_PHONE.encode(), masked)

    @staticmethod
    def text_of(answer):
        return str(answer).encode().decode("unicode_escape").encode("latin-1", "replace")

    def looks(self, area="Contract", **asked):
        return self.ask(f"{area}Journal/ListLooks", **asked).looks

    def test_a_look_is_noted_before_its_answer(self):
        for role, rpc, request in self.reads():
            area, record = ("Contract", self.contract) if "Contract" in rpc else ("Enterprise", self.firm)
            of = "" if rpc.endswith("Watch") else record
            with self.subTest(method=rpc):
                before = len(self.looks(area, page_size=1000))
                self.ask(rpc, reveal=urllib.parse.quote(f"{WHY} {rpc}"), **request)
                noted = self.looks(area, page_size=1000)
                self.assertEqual(len(noted), before + 1)
                self.assertEqual((noted[-1].actor, noted[-1].method, noted[-1].record, noted[-1].reason),
                                 ("keys/bureau", method(rpc).name, of, f"{WHY} {rpc}"))
                self.ask(rpc, **request)
                self.ask(rpc, self.secrets[role], **request)
                self.assertEqual(len(self.looks(area, page_size=1000)), before + 1, "who sees it masked has not looked")

    def test_looks_are_found_by_record_actor_call_and_time(self):
        self.ask("GetContract", reveal="found", name=self.contract)
        last = self.looks(page_size=1000)[-1]
        at = last.create_time.ToJsonString()
        for condition in (f'record = "{self.contract}"', 'actor = "keys/bureau"', f'method = "{last.method}"',
                          f'create_time >= "{at}" AND create_time <= "{at}"'):
            self.assertIn(last.name, [look.name for look in self.looks(filter=condition, page_size=1000)], condition)
        for condition in ('record = "contracts/other"', 'actor = "keys/reader"', f'create_time < "{at}" AND reason != "x"'):
            with self.subTest(condition=condition):
                try:
                    self.assertNotIn(last.name, [look.name for look in self.looks(filter=condition, page_size=1000)])
                except grpc.RpcError as error:
                    self.assertEqual(error.code(), grpc.StatusCode.INVALID_ARGUMENT)
        self.assertEqual(self.looks(order_by="create_time desc", page_size=1)[0].name, last.name)

    def test_who_may_not_look_is_refused(self):
        before = len(self.looks(page_size=1000))
        for role, rpc, request in self.reads():
            with self.subTest(role=role, method=rpc), self.assertRaises(grpc.RpcError) as refused:
                self.ask(rpc, self.secrets[role], reveal="why", **request)
            self.assertEqual(refused.exception.code(), grpc.StatusCode.PERMISSION_DENIED)
            self.assertEqual(error_details(refused.exception)["ErrorInfo"].reason, "PERMISSION_MISSING")
        self.assertEqual(len(self.looks(page_size=1000)), before)

    def test_a_reason_that_is_none_is_refused(self):
        for reason in ("", "%20", "%zz", "%E5%90", "x" * 201):
            with self.subTest(reason=reason), self.assertRaises(grpc.RpcError) as refused:
                self.ask("GetContract", reveal=reason, name=self.contract)
            self.assertEqual(refused.exception.code(), grpc.StatusCode.INVALID_ARGUMENT)
        self.assertEqual(self.ask("GetContract", reveal="x" * 200, name=self.contract).seller.contact_phone, PHONE)

    def test_no_account_of_a_service_can_take_a_look_back(self):
        secret = (self.suite.state / "secrets/contract.password").read_text().strip()
        for statement in ("UPDATE look SET actor='x'", "DELETE FROM look"):
            done = subprocess.run(["mariadb", "--no-defaults", f"--socket={self.suite.database_socket}", "--user=kechuang_contract",
                                   "kechuang_contract", "--execute", statement], capture_output=True, text=True,
                                  env={**os.environ, "MYSQL_PWD": secret})
            self.assertIn("denied", done.stderr, statement)
        self.assertIn("Everything agrees", self.suite.kc("verify").stdout)

    def test_kc_reveals_for_a_reason(self):
        def shown(*more):
            return self.suite.kc("contracts", "get", self.contract, "--output", "json", *more).stdout
        self.assertIn(MASKED_PHONE, shown())
        self.assertIn(PHONE, shown("--reveal", WHY))
        self.assertEqual(self.looks(page_size=1000)[-1].reason, WHY)

    def search(self, **asked):
        """Every change that a search of the journal of enterprises finds, page by page."""
        found, token = [], ""
        while True:
            page = self.ask("EnterpriseJournal/SearchJournal", page_token=token, **asked)
            found += page.revisions
            if not page.next_page_token:
                return found
            token = page.next_page_token

    def test_the_journal_is_searched_by_actor_call_record_and_time(self):
        every = self.search()
        self.assertEqual([change.sequence for change in every], sorted((change.sequence for change in every), reverse=True))
        self.assertEqual([change.sequence for change in every], [change.sequence for change in self.search(page_size=1)])
        updates = self.search(method="kechuang.enterprise.v1.EnterpriseService/UpdateEnterprise")
        self.assertEqual([(change.record, change.revision) for change in updates], [(self.firm, 3), (self.firm, 2)])
        self.assertEqual([change.revision for change in self.search(record=self.firm)], [3, 2, 1])
        self.assertEqual(self.search(actor="keys/nobody"), [])
        at = updates[1].time.ToJsonString()
        self.assertEqual([change.revision for change in self.search(record=self.firm, until=at)], [1])
        self.assertEqual([change.revision for change in self.search(record=self.firm, since=at)], [3, 2])
        self.assertNotIn(PHONE, updates[0].record_json)
        with self.assertRaises(grpc.RpcError) as refused:
            self.search(page_size=-1)
        self.assertEqual(refused.exception.code(), grpc.StatusCode.INVALID_ARGUMENT)

    def test_a_change_of_a_masked_value_is_told(self):
        page = self.ask("EnterpriseJournal/ListRevisions", self.secrets["AUDITOR"], record=self.firm)
        changed = [change for change in page.revisions[0].changes if change.field == "contact_phone"]
        self.assertEqual([(json.loads(change.before), json.loads(change.after)) for change in changed],
                         [("138***1239", MASKED_PHONE)])
        self.assertEqual(json.loads(page.revisions[0].record_json)["contact_phone"], MASKED_PHONE)

    def test_rest_shows_the_same(self):
        def get(secret, **headers):
            asked = urllib.request.Request(f"http://127.0.0.1:{self.suite.port + HTTP_OFFSET}/v1/{self.firm}",
                                           headers={"Authorization": f"Bearer {secret}", **headers})
            with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(asked, timeout=20) as answer:
                return json.load(answer)
        self.assertEqual(get(self.suite.key, **{"Kc-Reveal-Reason": urllib.parse.quote(WHY)})["contactPhone"], PHONE)
        self.assertEqual(get(self.suite.key)["contactPhone"], MASKED_PHONE)
        with self.assertRaises(urllib.error.HTTPError) as refused:
            get(self.secrets["READER"], **{"Kc-Reveal-Reason": "why"})
        self.assertEqual(refused.exception.code, 403)
        seen = get(self.secrets["READER"])
        self.assertEqual((seen["contactPhone"], seen["contactName"], seen["legalRepresentative"]),
                         (MASKED_PHONE, "张***", "李***"))
        self.assertEqual(seen["enterpriseName"], "宁夏示例科技有限公司")

    def test_what_was_read_masked_may_come_back(self):
        seen = self.ask("GetEnterprise", name=self.firm)
        self.assertEqual(seen.contact_phone, MASKED_PHONE)
        changed = self.ask("UpdateEnterprise", enterprise=json_format.MessageToDict(seen), update_mask="*")
        self.assertEqual((changed.revision, changed.contact_phone), (seen.revision, MASKED_PHONE))
        whole = self.ask("GetEnterprise", reveal="compare", name=self.firm)
        self.assertEqual((whole.contact_phone, whole.contact_name[0]), (PHONE, "张"))
        self.assertNotIn("*", whole.contact_name + whole.legal_representative)

    def test_a_masked_value_does_not_come_back_as_a_new_one(self):
        with self.assertRaises(grpc.RpcError) as refused:
            self.ask("UpdateEnterprise", enterprise={"name": self.firm, "contact_phone": "139***1234", "contact_name": "王***"},
                     update_mask="contactPhone,contactName")
        faults = error_details(refused.exception)["BadRequest"].field_violations
        self.assertEqual({fault.field for fault in faults}, {"enterprise.contact_phone", "enterprise.contact_name"})
        self.assertEqual(self.ask("GetEnterprise", reveal="compare", name=self.firm).contact_phone, PHONE)

    def test_every_message_with_personal_data_is_read_here(self):
        field = Stubs.module("kechuang.api.v1.options_pb2").field

        def holds(kind, seen=()):
            return kind not in seen and any(
                one.GetOptions().Extensions[field].personal_data or one.message_type and holds(one.message_type, (*seen, kind))
                for one in kind.fields)
        read = {method(rpc).descriptor.output_type.full_name for _, rpc, _ in self.reads()}
        records = {method(name).output.DESCRIPTOR for name in ("GetEnterprise", "GetContract", "GetLoan", "GetBank", "GetPool",
                                                               "GetCertification", "GetAnnualStatement", "GetBorrower")}
        self.assertEqual({kind.name for kind in records if holds(kind)}, {"Enterprise", "Contract"})
        self.assertLessEqual({"kechuang.enterprise.v1.Enterprise", "kechuang.contract.v1.Contract"}, read)


if __name__ == "__main__":
    unittest.main()
