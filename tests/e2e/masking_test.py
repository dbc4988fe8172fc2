"""Personal data, by every way out: whole for those whose role says so, masked for all others."""

import json
import pathlib
import sys
import unittest
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "behaviour"))

from suite import HTTP_OFFSET, Stubs, Suite, error_details, messages, wait_until  # noqa: E402

from catalogue import method  # noqa: E402
from records import credit_code  # noqa: E402

import grpc  # noqa: E402
from google.protobuf import json_format  # noqa: E402

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
        wait_until(lambda: all(cls.known(secret) for secret in cls.secrets.values()), 5, "the keys to be known")

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
    def known(cls, secret):
        try:
            cls.ask("GetEnterprise", secret=secret, name=cls.firm)
            return True
        except grpc.RpcError as error:
            return error.code() == grpc.StatusCode.PERMISSION_DENIED

    @classmethod
    def ask(cls, rpc, secret=None, **request):
        """The answer, or all messages of a stream that ends by itself."""
        one = method(rpc)
        channel = cls.suite.channel("gateway")
        kind = channel.unary_stream if one.descriptor.server_streaming else channel.unary_unary
        call = kind(one.path, one.input.SerializeToString, one.output.FromString)
        answer = call(json_format.ParseDict(request, one.input()), timeout=20,
                      metadata=(("authorization", f"Bearer {secret or cls.suite.key}"),))
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
                whole, masked = str(self.ask(rpc, **request)), str(self.ask(rpc, self.secrets[role], **request))
                whole, masked = (text.encode().decode("unicode_escape").encode("latin-1", "replace") for text in (whole, masked))
                for value in (PHONE, PERSON):
                    self.assertIn(value.encode(), whole)
                    self.assertNotIn(value.encode(), masked)
                self.assertIn(MASKED_PHONE.encode(), masked)

    def test_a_change_of_a_masked_value_is_told(self):
        page = self.ask("EnterpriseJournal/ListRevisions", self.secrets["AUDITOR"], record=self.firm)
        changed = [change for change in page.revisions[0].changes if change.field == "contact_phone"]
        self.assertEqual([(json.loads(change.before), json.loads(change.after)) for change in changed],
                         [("138***1239", MASKED_PHONE)])
        self.assertEqual(json.loads(page.revisions[0].record_json)["contact_phone"], MASKED_PHONE)

    def test_rest_shows_the_same(self):
        def get(secret):
            asked = urllib.request.Request(f"http://127.0.0.1:{self.suite.port + HTTP_OFFSET}/v1/{self.firm}",
                                           headers={"Authorization": f"Bearer {secret}"})
            with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(asked, timeout=20) as answer:
                return json.load(answer)
        self.assertEqual(get(self.suite.key)["contactPhone"], PHONE)
        seen = get(self.secrets["READER"])
        self.assertEqual((seen["contactPhone"], seen["contactName"], seen["legalRepresentative"]),
                         (MASKED_PHONE, "张***", "李***"))
        self.assertEqual(seen["enterpriseName"], "宁夏示例科技有限公司")

    def test_a_masked_value_does_not_come_back_as_a_new_one(self):
        with self.assertRaises(grpc.RpcError) as refused:
            self.ask("UpdateEnterprise", enterprise={"name": self.firm, "contact_phone": MASKED_PHONE, "contact_name": "张***"},
                     update_mask="contactPhone,contactName")
        faults = error_details(refused.exception)["BadRequest"].field_violations
        self.assertEqual({fault.field for fault in faults}, {"enterprise.contact_phone", "enterprise.contact_name"})
        self.assertEqual(self.ask("GetEnterprise", name=self.firm).contact_phone, PHONE)

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
