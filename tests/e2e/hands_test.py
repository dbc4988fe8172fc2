"""Four eyes: nobody decides on what they made themselves, whatever roles they hold, with real people at a real suite."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "behaviour"))

from suite import Stubs, Suite, error_details, wait_until  # noqa: E402

from catalogue import method  # noqa: E402
from records import WAN, credit_code, policy  # noqa: E402
from shared import day  # noqa: E402

import grpc  # noqa: E402
from google.protobuf import json_format  # noqa: E402

PASSWORD = "Red-kite flies 7 high"
# All roles of the business at once: only the person can make a difference.
ROLES = ("REGISTRAR_ENTRY", "REGISTRAR_REVIEW", "REGISTRAR_APPROVAL", "POOL_MANAGER")


class Hands(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.suite = Suite()
        cls.suite.start()
        cls.addClassCleanup(cls.suite.close)
        cls.tokens = {person: cls.person(person) for person in ("zhang", "li", "wang")}
        for token in cls.tokens.values():
            wait_until(lambda token=token: cls.known(token), 5, "the person to be known")

    @classmethod
    def person(cls, name):
        users, sessions = (Stubs.module(f"kechuang.identity.v1.{part}_pb2") for part in ("user_calls", "session"))
        stub = cls.suite.stub("identity")
        request = users.CreateUserRequest(user_id=name)
        request.user.display_name = name
        made = cls.suite.call(stub.CreateUser, request, key="system")
        stub.ChangePassword(sessions.ChangePasswordRequest(user=f"users/{name}", password=made.initial_password,
                                                           new_password=PASSWORD), timeout=20)
        cls.suite.call(stub.SetUserRoles, users.SetUserRolesRequest(name=f"users/{name}", roles=ROLES), key="security")
        return stub.Login(sessions.LoginRequest(user=f"users/{name}", password=PASSWORD), timeout=20).access_token

    @classmethod
    def known(cls, token):
        try:
            return all(cls.ask(token, name, page_size=1) for name in ("ListContracts", "ListLoans", "ListEnterprises"))
        except grpc.RpcError:
            return False

    @classmethod
    def ask(cls, token, rpc, **request):
        one = method(rpc)
        call = cls.suite.channel().unary_unary(one.path, one.input.SerializeToString, one.output.FromString)
        return call(json_format.ParseDict(request, one.input()), timeout=20, metadata=(("authorization", f"Bearer {token}"),))

    def by(self, person, rpc, **request):
        return self.ask(self.tokens[person], rpc, **request)

    def refused(self, person, rpc, **request):
        with self.assertRaises(grpc.RpcError) as refused:
            self.by(person, rpc, **request)
        self.assertEqual(refused.exception.code(), grpc.StatusCode.FAILED_PRECONDITION)
        info = error_details(refused.exception)["ErrorInfo"]
        self.assertEqual((info.reason, info.metadata["person"]), ("SAME_PERSON", f"users/{person}"))

    def test_a_contract_passes_through_three_hands(self):
        made = self.by("zhang", "CreateContract", contract={
            "contract_name": "委托开发", "contract_class": "CONTRACT_CLASS_DEVELOPMENT", "signing_date": day(-20),
            "seller": {"party_name": "宁夏示例大学", "party_type": "022", "division_code": "640105"},
            "buyer": {"party_name": "银川示例电机有限公司", "party_type": "150", "division_code": "640104"},
            "total_amount_fen": WAN, "technical_amount_fen": WAN, "technology_field": "TECHNOLOGY_FIELD_ELECTRONICS",
            "ip_type": "IP_TYPE_NONE", "documents": [{"kind": "DOCUMENT_KIND_CONTRACT_TEXT", "title": "合同.pdf"}],
            "makers": ["users/wang"]})
        name = made.name
        self.assertEqual(list(made.makers), ["users/zhang"], "who made it is not for the caller to say")
        self.by("zhang", "SubmitContract", name=name)
        self.refused("zhang", "AcceptContract", name=name)
        self.by("li", "AcceptContract", name=name)
        self.refused("zhang", "RegisterContract", name=name)
        self.refused("li", "RegisterContract", name=name)
        done = self.by("wang", "RegisterContract", name=name)
        self.assertEqual((list(done.makers), list(done.checkers)), (["users/zhang"], ["users/li", "users/wang"]))

    def test_a_loan_passes_through_three_hands(self):
        firm = self.by("zhang", "CreateEnterprise", enterprise={
            "credit_code": credit_code(1), "enterprise_name": "宁夏示例科技有限公司", "located_division_code": "640105"}).name
        self.by("li", "GrantCertification", parent=firm, certification={
            "certification_class": "CERTIFICATION_CLASS_HNTE", "certificate_number": "GR202264000001", "issue_date": day(-30)})
        self.by("wang", "CreateBank", bank_id="bank", bank={"bank_name": "银行"})
        self.by("wang", "CreatePool", pool_id="pool", pool={"pool_name": "资金池", "policies": [policy()]})
        self.suite.call(self.suite.stub("loan").ContributeToPool, json_format.ParseDict(
            {"pool": "pools/pool", "amount_fen": 600 * WAN, "posting_date": day(-20), "contributor": "区财政局"},
            method("ContributeToPool").input()))
        loan = self.by("zhang", "CreateLoan", loan={
            "enterprise": firm, "bank": "banks/bank", "pool": "pools/pool", "applied_amount_fen": 90 * WAN, "bank_opinion": {
                "positive": True, "amount_fen": 90 * WAN, "rate_ppm": 36500, "term_months": 12}}).name
        self.by("li", "UpdateLoan", loan={"name": loan, "batch": "一"}, update_mask="batch")
        self.by("zhang", "SubmitLoan", name=loan)
        for maker in ("zhang", "li"):
            self.refused(maker, "RecommendLoan", name=loan)
        self.by("wang", "RecommendLoan", name=loan)
        # Whoever recommended it does not confirm it, and to confirm it moves money: that asks people for a second factor first.
        with self.assertRaises(grpc.RpcError) as refused:
            self.by("wang", "ConfirmLoan", name=loan, consent={
                "letter_number": "1", "issue_date": day(-10), "expiry_date": day(60)})
        self.assertEqual(error_details(refused.exception)["ErrorInfo"].reason, "SECOND_FACTOR_NEEDED")
        held = self.by("li", "GetLoan", name=loan)
        self.assertEqual((list(held.makers), list(held.checkers)), (["users/zhang", "users/li"], ["users/wang"]))


if __name__ == "__main__":
    unittest.main()
