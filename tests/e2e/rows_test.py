"""Whose rows: a bank and an enterprise before every method that keeps to rows, on their own row, another's and none, at the
gateway, at the service's own port and over REST. Of another's row they are told what they are told of none."""

import json
import pathlib
import statistics
import sys
import time
import unittest
import urllib.error
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "behaviour"))

from suite import HTTP_OFFSET, Stubs, Suite, messages, wait_until  # noqa: E402

from catalogue import method, methods  # noqa: E402
from records import WAN, credit_code, policy  # noqa: E402
from shared import day  # noqa: E402

import grpc  # noqa: E402
from google.protobuf import json_format  # noqa: E402

REFUSED = ("NOT_FOUND", "PERMISSION_DENIED", "UNAUTHENTICATED", "UNAVAILABLE", "INTERNAL")
READS = 300  # of each kind, for the comparison of times


class Rows(unittest.TestCase):
    """Two banks and two enterprises; each enterprise has a loan at each bank, and a contract."""

    @classmethod
    def setUpClass(cls):
        cls.suite = Suite()
        cls.suite.start()
        cls.addClassCleanup(cls.suite.close)
        cls.fill()
        cls.secrets = {"bank": cls.key("PARTNER_BANK", "banks/mine"),
                       "enterprise": cls.key("ENTERPRISE_SELF_SERVICE", cls.firms[0])}
        for holder, asked in (("bank", "GetBank"), ("enterprise", "GetEnterprise")):
            own = {"name": "banks/mine" if holder == "bank" else cls.firms[0]}
            wait_until(lambda ask=(holder, asked, own, "gateway"): cls.ask(*ask)[0] == "OK", 5, "the key to be known")

    @classmethod
    def made(cls, rpc, **request):
        return cls.suite.call(cls.method(rpc, "gateway"), json_format.ParseDict(request, method(rpc).input()))

    @classmethod
    def method(cls, name, door):
        one = method(name)
        channel = cls.suite.channel(door if door == "gateway" else one.area)
        kind = channel.unary_stream if one.descriptor.server_streaming else channel.unary_unary
        return kind(one.path, one.input.SerializeToString, one.output.FromString)

    @classmethod
    def fill(cls):
        cls.firms = [cls.made("CreateEnterprise", enterprise={
            "credit_code": credit_code(number), "enterprise_name": f"宁夏{number}科技有限公司",
            "located_division_code": "640105"}).name for number in range(2)]
        for number, firm in enumerate(cls.firms):
            cls.made("GrantCertification", parent=firm, certification={
                "certification_class": "CERTIFICATION_CLASS_HNTE", "certificate_number": f"GR{number:012d}",
                "issue_date": day(-30)})
            cls.made("PutAnnualStatement", annual_statement={"name": f"{firm}/annualStatements/2022"})
            cls.made("CreateContract", contract_id=f"of-{number}", contract={
                "contract_name": "委托开发", "seller": {"party_name": "卖方", "credit_code": firm.partition("/")[2]}})
        cls.made("CreatePool", pool_id="pool", pool={"pool_name": "资金池", "policies": [policy()]})
        cls.made("ContributeToPool", pool="pools/pool", amount_fen=900 * WAN, posting_date=day(-20), contributor="区财政局")
        for bank in ("mine", "other"):
            cls.made("CreateBank", bank_id=bank, bank={"bank_name": f"{bank} 银行"})
            for number, firm in enumerate(cls.firms):
                loan = cls.made("CreateLoan", loan_id=f"{bank}-{number}", loan={
                    "enterprise": firm, "bank": f"banks/{bank}", "pool": "pools/pool", "applied_amount_fen": 90 * WAN,
                    "bank_opinion": {"positive": True, "amount_fen": 90 * WAN, "rate_ppm": 36500, "term_months": 12}}).name
                cls.made("SubmitLoan", name=loan)
                cls.made("RecommendLoan", name=loan)
                cls.made("ConfirmLoan", name=loan, consent={
                    "letter_number": loan, "issue_date": day(-10), "expiry_date": day(60)})
                cls.made("DisburseLoan", name=loan, amount_fen=50 * WAN, disburse_date=day(-2))
                cls.made("RepayLoan", name=loan, principal_fen=WAN, repay_date=day(-1))

    @classmethod
    def key(cls, role, scope):
        api = messages("identity")
        request = api.CreateKeyRequest(key_id=role.lower().replace("_", "-"))
        request.key.holder = "外部单位"
        made = cls.suite.call(cls.suite.stub("identity").CreateKey, request, key="system")
        cls.suite.call(cls.suite.stub("identity").SetKeyRoles,
                       api.SetKeyRolesRequest(name=made.key.name, roles=[role], scope=scope), key="security")
        return made.secret

    @classmethod
    def ask(cls, holder, name, request, door):
        """Code, and what is said: the messages of an answer, or the words and details of an error."""
        metadata = (("authorization", f"Bearer {cls.secrets[holder]}"),)
        try:
            answer = cls.method(name, door)(json_format.ParseDict(request, method(name).input()), timeout=20, metadata=metadata)
            if method(name).descriptor.server_streaming:
                answer = list(answer)
            return "OK", str(answer)
        except grpc.RpcError as error:
            details = [value for key, value in error.trailing_metadata() or () if key == "grpc-status-details-bin"]
            return error.code().name, repr((error.details(), details))

    def rest(self, holder, name, request):
        """Status and body over REST; None for a method without a URL for this request, or of streams."""
        one = method(name)
        if one.streams or not one.http:
            return None
        rule, body = one.http[0], dict(request)
        path = rule.path(request)
        for variable in rule.variables:
            body.pop(variable, None)
        data = json.dumps(body.get(rule.body, body) if rule.body not in ("", "*") else body).encode() if rule.body else None
        asked = urllib.request.Request(f"http://127.0.0.1:{self.suite.port + HTTP_OFFSET}{path}", data=data,
                                       method=rule.verb.upper(), headers={
                                           "Authorization": f"Bearer {self.secrets[holder]}", "Content-Type": "application/json"})
        try:
            with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(asked, timeout=20) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def about(self, holder):
        """Method -> the records (own, another's, absent), and the request for one. Names of the last two are of one length: their
        messages on the wire are to differ in nothing else."""
        bank = holder == "bank"
        loans = ("loans/mine-0", "loans/other-1", "loans/absent9")
        firms = (*self.firms, "enterprises/91640105MA000000X0")
        contracts = ("contracts/of-0", "contracts/of-1", "contracts/of-9")
        paid = tuple(f"{loan}/disbursements/0001" for loan in loans)
        statements = tuple(f"{firm}/annualStatements/2022" for firm in firms)
        today, reason = day(), "测试"
        banks = ("banks/mine", "banks/other", "banks/nobod")
        asked = {"GetLoan": (loans, lambda name: {"name": name}),
                 "BatchGetLoans": (loans, lambda name: {"names": [name]}),
                 "ListDisbursements": (loans, lambda name: {"parent": name}),
                 "ListRepayments": (loans, lambda name: {"parent": name}),
                 "loan ListRevisions": (loans, lambda name: {"record": name}),
                 "loan ReadRecordAt": (loans, lambda name: {"record": name, "revision": 1})}
        if bank:
            asked |= {"GetBank": (banks, lambda name: {"name": name}),
                      "BankApproveLoan": (loans, lambda name: {
                          "validateOnly": True, "name": name, "amountFen": WAN, "ratePpm": 36500, "termMonths": 12}),
                      "DisburseLoan": (loans, lambda name: {
                          "validateOnly": True, "name": name, "amountFen": WAN, "disburseDate": today}),
                      "RepayLoan": (loans, lambda name: {
                          "validateOnly": True, "name": name, "principalFen": WAN, "repayDate": today}),
                      "ReverseDisbursement": (paid, lambda name: {
                          "validateOnly": True, "name": name, "reverseDate": today, "reason": reason})}
        else:
            asked |= {"SubmitLoan": (loans, lambda name: {"validateOnly": True, "name": name}),
                      "WithdrawLoan": (loans, lambda name: {"validateOnly": True, "name": name, "reason": reason}),
                      "UpdateLoan": (loans, lambda name: {
                          "validateOnly": True, "loan": {"name": name, "batch": "新"}, "updateMask": "batch"}),
                      "GetEnterprise": (firms, lambda name: {"name": name}),
                      "BatchGetEnterprises": (firms, lambda name: {"names": [name]}),
                      "ListCertifications": (firms, lambda name: {"parent": name}),
                      "ListAnnualStatements": (firms, lambda name: {"parent": name}),
                      "GetAnnualStatement": (statements, lambda name: {"name": name}),
                      "GetContract": (contracts, lambda name: {"name": name}),
                      "BatchGetContracts": (contracts, lambda name: {"names": [name]})}
        return asked

    @staticmethod
    def said(answer, name):
        """An answer without the name that was asked for."""
        return answer[0], answer[1].replace(name, "X")

    def test_another_s_row_is_as_good_as_none(self):
        for holder in self.secrets:
            for name, (records, request) in self.about(holder).items():
                area, _, plain = name.rpartition(" ")
                full = f"kechuang.{area}.v1.{area.capitalize()}Journal/{plain}" if area else plain
                if area and holder == "enterprise":
                    continue  # the journal is not open to enterprises
                own, another, absent = records
                for door in ("gateway", "service"):
                    with self.subTest(holder=holder, method=name, door=door):
                        of_another, of_none = (self.ask(holder, full, request(record), door) for record in (another, absent))
                        self.assertEqual(self.said(of_another, another), self.said(of_none, absent))
                        of_own = self.ask(holder, full, request(own), door)
                        self.assertNotIn(of_own[0], REFUSED)
                        self.assertNotEqual(of_own, of_another)
                with self.subTest(holder=holder, method=name, door="REST"):
                    of_another, of_none = (self.rest(holder, full, request(record)) for record in (another, absent))
                    if of_none is not None:
                        self.assertEqual(self.said(of_another, another), self.said(of_none, absent))

    def test_lists_and_exports_show_their_own_rows_alone(self):
        expected = {
            "bank": {"ListLoans": ["loans/mine-0", "loans/mine-1"], "ExportLoans": ["loans/mine-0", "loans/mine-1"],
                     "ListBanks": ["banks/mine"], "ExportBanks": ["banks/mine"],
                     "ExportDisbursements": ["loans/mine-0/disbursements/0001", "loans/mine-1/disbursements/0001"],
                     "ExportRepayments": ["loans/mine-0/repayments/0001", "loans/mine-1/repayments/0001"]},
            "enterprise": {"ListLoans": ["loans/mine-0", "loans/other-0"], "ExportContracts": ["contracts/of-0"],
                           "ListContracts": ["contracts/of-0"], "ListEnterprises": [self.firms[0]],
                           "ExportEnterprises": [self.firms[0]],
                           "ExportAnnualStatements": [f"{self.firms[0]}/annualStatements/2022"]}}
        for holder, lists in expected.items():
            for name, names in lists.items():
                with self.subTest(holder=holder, method=name):
                    metadata = (("authorization", f"Bearer {self.secrets[holder]}"),)
                    answer = self.method(name, "gateway")(method(name).input(), timeout=20, metadata=metadata)
                    pages = list(answer) if method(name).descriptor.server_streaming else [answer]
                    rows = [row.name for page in pages for row in getattr(page, page.DESCRIPTOR.fields[0].name)]
                    self.assertEqual(sorted(rows), names)
                    if name.startswith("Export"):
                        self.assertEqual({page.sequence for page in pages}, {0}, "the journal's length tells of others' changes")

    def test_a_bank_is_told_its_own_totals(self):
        api = messages("loan")
        metadata = (("authorization", f"Bearer {self.secrets['bank']}"),)
        own = self.suite.stub("loan").GetLoanTotals(api.GetLoanTotalsRequest(year=day(-2)["year"]), timeout=20, metadata=metadata)
        everything = self.made("GetLoanTotals", year=day(-2)["year"])
        self.assertEqual((own.issued.amount_fen, everything.issued.amount_fen), (2 * 50 * WAN, 4 * 50 * WAN))
        self.assertEqual((own.outstanding_fen, own.outstanding_loan_count), (2 * 49 * WAN, 2))
        self.assertEqual([group.key for group in own.banks], ["banks/mine"])
        self.assertEqual((len(own.pools), len(own.classes), len(own.states)), (0, 0, 0))
        self.assertEqual(self.ask("enterprise", "GetLoanTotals", {"year": 2022}, "gateway")[0], "PERMISSION_DENIED")

    def test_history_is_told_without_its_place_on_the_journal(self):
        journal = Stubs.module("kechuang.ledger.v1.journal_pb2")
        metadata = (("authorization", f"Bearer {self.secrets['bank']}"),)
        page = self.suite.stub("loan", "journal").ListRevisions(journal.ListRevisionsRequest(record="loans/mine-0"), timeout=20,
                                                                metadata=metadata)
        self.assertGreater(len(page.revisions), 3)
        self.assertEqual({(revision.sequence, revision.hash) for revision in page.revisions}, {(0, "")})

    def test_what_a_bound_caller_makes_is_its_own(self):
        loan = {"enterprise": self.firms[0], "bank": "banks/other", "pool": "pools/pool", "applied_amount_fen": WAN}
        self.assertEqual(self.ask("enterprise", "CreateLoan", {"loan": loan}, "gateway")[0], "OK")
        of_another = {"loan": {**loan, "enterprise": self.firms[1]}}
        self.assertEqual(self.ask("enterprise", "CreateLoan", of_another, "gateway")[0], "NOT_FOUND")
        # Whether an id is free would tell of others' loans.
        code, said = self.ask("enterprise", "CreateLoan", {"loan": loan, "loanId": "other-1"}, "gateway")
        self.assertEqual(code, "INVALID_ARGUMENT", said)

    def test_a_refusal_says_nothing_of_what_is_owed_elsewhere(self):
        too_much = {"name": "loans/mine-0", "amountFen": 900 * WAN, "disburseDate": day()}
        code, said = self.ask("bank", "DisburseLoan", too_much, "gateway")
        self.assertNotEqual(code, "OK")
        self.assertNotIn("other", said)

    def test_both_refusals_take_the_same_time(self):
        taken = {"loans/other-1": [], "loans/absent9": []}
        for _ in range(READS):
            for name, times in taken.items():
                began = time.perf_counter()
                self.assertEqual(self.ask("bank", "GetLoan", {"name": name}, "service")[0], "NOT_FOUND")
                times.append(time.perf_counter() - began)
        another, none = (statistics.median(times) for times in taken.values())
        print(f"another's row {another * 1e6:.0f} us, none {none * 1e6:.0f} us", file=sys.stderr)
        self.assertLess(max(another, none) / min(another, none), 2)

    def test_every_method_that_keeps_to_rows_is_tried_here(self):
        keeps = Stubs.module("kechuang.api.v1.options_pb2").keeps_to_rows
        expected = {one.name.rpartition("/")[2] for one in methods().values() if one.descriptor.GetOptions().Extensions[keeps]}
        tried = {name.rpartition(" ")[2] for holder in self.secrets for name in self.about(holder)}
        elsewhere = {"ListLoans", "ListBanks", "ListContracts", "ListEnterprises", "ExportLoans", "ExportBanks",
                     "ExportContracts", "ExportEnterprises", "ExportDisbursements", "ExportRepayments",
                     "ExportAnnualStatements", "ExportCertifications", "GetCertification", "CreateLoan", "GetCaller",
                     "GetLoanTotals"}
        self.assertEqual(expected - tried - elsewhere, set())


if __name__ == "__main__":
    unittest.main()
