"""The life of the records of each register from end to end, the same through every door."""

import unittest

import run
from catalogue import methods
from records import WAN, certification, consent, contract, create_bank, create_contract, create_enterprise, create_loan
from records import accepted_contract, create_pool, enterprise, learn_posting, registered_contract
from shared import Behaviour, ThoroughTalk, day, every_door


class EnterpriseLife(Behaviour):
    @every_door
    def test_from_its_creation_to_its_end_and_back(self, to):
        made = create_enterprise(to, address="学院东路1号", registered_capital_fen=500 * WAN, staff_count=12)
        self.assertEqual(made.revision, 1)
        self.assertEqual(to.ok("GetEnterprise", {"name": made.name}), made)
        renamed = to.ok("UpdateEnterprise", {
            "enterprise": {"name": made.name, "enterprise_name": made.enterprise_name + "集团", "etag": made.etag},
            "update_mask": "enterpriseName", "name_change_date": day(-3)})
        self.assertEqual([former.enterprise_name for former in renamed.former_names], [made.enterprise_name])
        self.assertEqual(renamed.address, "学院东路1号")

        granted = to.ok("GrantCertification", {"parent": made.name, "certification": certification(to)})
        renewed = to.ok("RenewCertification", {"name": granted.name, "issue_date": day(-10), "etag": granted.etag,
                                               "certificate_number": certification(to)["certificate_number"]})
        self.assertEqual(to.ok("GetCertification", {"name": granted.name}).renewed_by, renewed.name)
        revoked = to.ok("RevokeCertification", {"name": renewed.name, "revoked_date": day(-1), "reason": "材料不实"})
        self.assertEqual(revoked.revoke_reason, "材料不实")
        to.refused("RevokeCertification", {"name": renewed.name, "revoked_date": day(-1)}, "FAILED_PRECONDITION",
                   "CERTIFICATION_CLOSED")
        listed = to.ok("ListCertifications", {"parent": made.name, "order_by": "issue_date desc"})
        self.assertEqual([one.name for one in listed.certifications], [renewed.name, granted.name])

        to.ok("PutAnnualStatement", {"annual_statement": {
            "name": f"{made.name}/annualStatements/2022", "revenue_fen": 1200 * WAN, "rd_expense_fen": 96 * WAN,
            "staff_count": 86, "rd_staff_count": 12, "valid_invention_patents": 0}})
        statement = to.ok("GetAnnualStatement", {"name": f"{made.name}/annualStatements/2022"})
        self.assertTrue(statement.HasField("valid_invention_patents"))
        self.assertFalse(statement.HasField("assets_fen"))
        self.assertEqual(len(to.ok("ListAnnualStatements", {"parent": made.name}).annual_statements), 1)

        to.ok("MoveOutEnterprise", {"name": made.name, "move_out_date": day(-2)})
        to.refused("MoveOutEnterprise", {"name": made.name, "move_out_date": day(-2)}, "FAILED_PRECONDITION",
                   "ENTERPRISE_NOT_ACTIVE")
        to.ok("ReinstateEnterprise", {"name": made.name})
        ended = to.ok("DeregisterEnterprise", {"name": made.name, "deregister_date": day(-1), "status_note": "清算结束"})
        self.assertEqual(ended.status_note, "清算结束")
        to.ok("DeleteEnterprise", {"name": made.name, "reason": "重复登记"})
        to.refused("DeleteEnterprise", {"name": made.name}, "FAILED_PRECONDITION", "RECORD_DELETED")
        back = to.ok("UndeleteEnterprise", {"name": made.name})
        self.assertFalse(back.HasField("delete_time"))

        history = to.ok("EnterpriseJournal/ListRevisions", {"record": made.name})
        self.assertEqual([one.revision for one in history.revisions], list(range(back.revision, 0, -1)))
        first = to.ok("EnterpriseJournal/ReadRecordAt", {"record": made.name, "revision": 1})
        self.assertIn(made.enterprise_name, first.record_json)
        self.assertEqual(first.actor, "keys/bureau")


class LoanLife(Behaviour):
    @every_door
    def test_by_the_bank_first_until_it_is_settled(self, to):
        made = create_loan(to)
        self.assertEqual(to.ok("SubmitLoan", {"name": made.name, "etag": made.etag}).enterprise_class, "HNTE")
        to.ok("RecommendLoan", {"name": made.name})
        to.ok("ConfirmLoan", {"name": made.name, "consent": consent(to)})
        to.refused("DisburseLoan", {"name": made.name, "amount_fen": 300 * WAN + 1, "disburse_date": day()},
                   "FAILED_PRECONDITION", "LOAN_ABOVE_APPROVED")
        to.ok("DisburseLoan", {"name": made.name, "amount_fen": 100 * WAN, "disburse_date": day()})
        paid = to.ok("DisburseLoan", {"name": made.name, "amount_fen": 200 * WAN, "disburse_date": day()})
        self.assertEqual((paid.outstanding_fen, paid.disbursement_count), (300 * WAN, 2))
        pay_outs = to.ok("ListDisbursements", {"parent": made.name}).disbursements
        to.ok("ReverseDisbursement", {"name": pay_outs[0].name, "reverse_date": day(), "reason": "户名有误"})
        to.ok("DisburseLoan", {"name": made.name, "amount_fen": 100 * WAN, "disburse_date": day()})
        to.ok("RepayLoan", {"name": made.name, "principal_fen": 120 * WAN, "interest_fen": 5, "repay_date": day()})
        settled = to.ok("RepayLoan", {"name": made.name, "principal_fen": 180 * WAN, "repay_date": day(), "draw_closed": True})
        self.assertEqual(settled.outstanding_fen, 0)
        self.assertEqual(settled, to.ok("GetLoan", {"name": made.name}))
        self.assertEqual(len(to.ok("ListRepayments", {"parent": made.name}).repayments), 2)
        borrower = to.ok("GetBorrower", {"name": made.enterprise.replace("enterprises/", "borrowers/")})
        self.assertEqual(borrower.issues[0].bank, made.bank)

    @every_door
    def test_by_the_bureau_first_until_it_is_cancelled(self, to):
        made = create_loan(to, route="LOAN_ROUTE_BUREAU_FIRST")
        to.ok("UpdateLoan", {"loan": {"name": made.name, "remark": "补充材料"}, "update_mask": "remark"})
        to.ok("SubmitLoan", {"name": made.name})
        to.ok("ReturnLoan", {"name": made.name, "reason": "缺少财务报表"})
        to.ok("SubmitLoan", {"name": made.name})
        to.ok("RecommendLoan", {"name": made.name})
        approve = {"name": made.name, "amount_fen": 200 * WAN, "rate_ppm": 38500, "term_months": 6}
        self.assertEqual(to.ok("BankApproveLoan", approve).approved_amount_fen, 200 * WAN)
        to.ok("ConfirmLoan", {"name": made.name, "consent": consent(to)})
        to.refused("CancelLoan", {"name": made.name, "expired": True}, "FAILED_PRECONDITION", "CONSENT_NOT_EXPIRED")
        to.ok("CancelLoan", {"name": made.name, "reason": "企业放弃"})
        to.refused("DisburseLoan", {"name": made.name, "amount_fen": WAN, "disburse_date": day()}, "FAILED_PRECONDITION",
                   "LOAN_WRONG_STATE")

    @every_door
    def test_that_is_refused_or_taken_back(self, to):
        made = create_loan(to)
        to.ok("SubmitLoan", {"name": made.name})
        to.ok("WithdrawLoan", {"name": made.name})
        other = to.ok("CreateLoan", {"loan_id": to.fresh("loan"), "loan": {
            "enterprise": made.enterprise, "bank": made.bank, "pool": made.pool, "applied_amount_fen": WAN,
            "route": "LOAN_ROUTE_BUREAU_FIRST"}})
        to.ok("SubmitLoan", {"name": other.name})
        rejected = to.ok("RejectLoan", {"name": other.name, "reason": "不符合方向"})
        self.assertEqual(rejected.state_reason, "不符合方向")
        overdue = to.ok("MarkOverdueLoans", {"day": {"year": 1990, "month": 1, "day": 1}})
        self.assertEqual((list(overdue.loans), overdue.complete), ([], True))


class PoolLife(Behaviour):
    @every_door
    def test_every_movement_of_its_money(self, to):
        pool = create_pool(to, paid_in=0)
        move = {"pool": pool.name, "posting_date": day(-5), "contributor": "区财政局", "cause": "银财发〔2022〕31号"}
        learn_posting(to, to.ok("ContributeToPool", {**move, "amount_fen": 600 * WAN}))
        interest = learn_posting(to, to.ok("RecordPoolInterest", {"pool": pool.name, "amount_fen": 123, "posting_date": day(-4)}))
        to.refused("RefundFromPool", {**move, "amount_fen": 601 * WAN}, "FAILED_PRECONDITION", "POOL_BALANCE_TOO_LOW")
        learn_posting(to, to.ok("RefundFromPool", {**move, "posting_date": day(-3), "amount_fen": 100 * WAN}))
        learn_posting(to, to.ok("ReversePosting", {"name": interest.name, "posting_date": day(-2)}))
        to.refused("ReversePosting", {"name": interest.name, "posting_date": day(-3)}, "FAILED_PRECONDITION",
                   "POSTING_REVERSED")
        self.assertEqual(to.ok("GetPoolStatement", {"name": pool.name}).balance_fen, 500 * WAN)
        postings = to.ok("ListPostings", {"parent": pool.name, "order_by": "posting_date"}).postings
        self.assertEqual(sum(one.amount_fen for one in postings), 700 * WAN + 246)
        held = to.ok("UpdatePool", {"pool": {"name": pool.name, "suspended": True, "suspend_reason": "年审"},
                                    "update_mask": "suspended,suspendReason"})
        self.assertTrue(held.suspended)
        self.assertTrue(to.ok("GetPool", {"name": pool.name}).suspended)

    @every_door
    def test_a_bank_is_suspended_and_taken_back(self, to):
        bank = create_bank(to)
        to.ok("UpdateBank", {"bank": {"name": bank.name, "suspended": True}, "update_mask": "suspended"})
        again = to.ok("UpdateBank", {"bank": {"name": bank.name}, "update_mask": "suspended"})
        self.assertFalse(again.suspended)
        self.assertEqual(to.ok("GetBank", {"name": bank.name}).revision, 3)


class ContractLife(Behaviour):
    @every_door
    def test_from_draft_to_registration_and_its_cancellation(self, to):
        made = create_contract(to)
        to.ok("SubmitContract", {"name": made.name, "etag": made.etag})
        to.ok("AcceptContract", {"name": made.name})
        to.ok("RequestSupplement", {"name": made.name, "supplement_wanted": "缺少价款构成说明", "due_date": day(10)})
        to.refused("TimeoutSupplement", {"name": made.name}, "FAILED_PRECONDITION", "SUPPLEMENT_NOT_DUE")
        to.ok("UpdateContract", {"contract": {"name": made.name, "remark": "已补价款构成"}, "update_mask": "remark"})
        to.ok("SupplementContract", {"name": made.name})
        to.ok("SendToExpertReview", {"name": made.name})
        registered = to.ok("RegisterContract", {"name": made.name, "technical_amount_fen": 30 * WAN, "reason": "扣除设备"})
        self.assertEqual(registered.technical_amount_fen, 30 * WAN)
        income = to.ok("RecordIncome", {"name": made.name, "amount_fen": 10 * WAN, "receive_date": day()})
        self.assertEqual(income.technical_income_fen, 10 * WAN)
        amended = to.ok("AmendContract", {"contract": {"name": made.name, "total_amount_fen": 70 * WAN},
                                          "update_mask": "totalAmountFen", "reason": "按实际提成调整"})
        self.assertEqual((amended.total_amount_fen, amended.version), (70 * WAN, 2))
        to.ok("CancelContract", {"name": made.name, "cancel_date": day()})
        self.assertEqual(to.ok("FindDuplicates", {"name": made.name}).ByteSize(), 0)

    @every_door
    def test_refused_turned_down_and_heard_again(self, to):
        made = create_contract(to)
        to.ok("SubmitContract", {"name": made.name})
        to.ok("RefuseContract", {"name": made.name, "refusal_reason": "REFUSAL_REASON_WRONG_REGISTRY"})
        other = accepted_contract(to)
        verdict = {"name": other.name, "non_registration_reason": "NON_REGISTRATION_REASON_NOT_TECHNOLOGY"}
        to.ok("NotRegisterContract", verdict)
        to.ok("ObjectContract", {"name": other.name, "reason": "含技术开发内容"})
        to.ok("NotRegisterContract", verdict)
        to.refused("ObjectContract", {"name": other.name, "reason": "再次异议"}, "FAILED_PRECONDITION", "OBJECTION_MADE")

    @every_door
    def test_whose_supplement_did_not_come(self, to):
        made = accepted_contract(to)
        to.ok("RequestSupplement", {"name": made.name, "supplement_wanted": "缺少附件", "due_date": day(1)})
        # Tomorrow cannot be waited for.
        self.suite.sql(f"UPDATE kechuang_contract.contract SET supplement_due_date = '2022-01-01' WHERE name = '{made.name}'")
        to.ok("TimeoutSupplement", {"name": made.name})

    @every_door
    def test_registered_and_void(self, to):
        made = registered_contract(to)
        twin = accepted_contract(to, contract_name=made.contract_name)
        to.refused("RegisterContract", {"name": twin.name}, "FAILED_PRECONDITION", "SUSPECTED_DUPLICATE")
        self.assertEqual(to.ok("FindDuplicates", {"name": twin.name}).candidates[0].contract, made)
        void = to.ok("RevokeContract", {"name": made.name, "reason": "材料虚假"})
        self.assertEqual(void.registration_number, made.registration_number)
        to.ok("RegisterContract", {"name": twin.name})

    @every_door
    def test_a_registration_moves_the_totals_by_itself(self, to):
        year = {"year": day()["year"], "division_code": "640105"}
        # Not to be compared: each door adds contracts of its own.
        before = to.door.call("GetContractTotals", year)
        made = registered_contract(to, total_amount_fen=77 * WAN, technical_amount_fen=7 * WAN)
        after = to.door.call("GetContractTotals", year)
        self.assertEqual(after.sum.count - before.sum.count, 1)
        self.assertEqual(after.sum.total_amount_fen - before.sum.total_amount_fen, made.total_amount_fen)

    @every_door
    def test_rows_of_a_file(self, to):
        number = to.learn(f"2022640104{to.number():06d}", "number")
        row = contract(to, registry_division_code="640104", registration_number=number,
                       registration_date={"year": 2022, "month": 3, "day": 5}, signing_date={"year": 2022, "month": 3, "day": 1})
        source = {"import_id": to.fresh("import"), "file_name": "2022年技术合同.xlsx", "file_hash": "a" * 64}
        rows = [{"source": source, "rows": [{"origin": {"sheet": "Sheet1", "row": 3}, "contract": row}]},
                {"rows": [{"origin": {"sheet": "Sheet1", "row": 4}, "contract": {**row, "total_amount_fen": -1}}]}]
        kinds = []
        for _ in range(2):
            answers, error = to.door.stream("ImportContracts", rows)
            self.assertIsNone(error)
            outcomes = [outcome for answer in answers for outcome in answer.outcomes]
            kinds.append([outcome.kind for outcome in outcomes])
            self.assertEqual(outcomes[0].name, f"contracts/{number}")
            self.assertEqual(outcomes[1].error.code, 3)
        inserted, unchanged, rejected = 1, 3, 4
        self.assertEqual(kinds, [[inserted, rejected], [unchanged, rejected]])


class ImportLife(Behaviour):
    def imported(self, to, method, rows):
        """Imports rows of which each makes a record; the import's name."""
        source = {"import_id": to.fresh("import"), "file_name": "名单.xlsx", "file_hash": "a" * 64, "kind": "test"}
        rows = [{"origin": {"row": number + 2}, **row} for number, row in enumerate(rows)]
        answers, error = to.door.stream(method, [{"source": source, "rows": rows}])
        self.assertIsNone(error)
        self.assertEqual([outcome.kind for answer in answers for outcome in answer.outcomes], [1] * len(rows))
        return f"imports/{source['import_id']}"

    def taken_back(self, to, journal, name, records):
        self.assertEqual(to.ok(f"{journal}/GetImport", {"name": name}).inserted_count, records)
        answer = to.ok(f"{journal}/RevertImport", {"name": name, "reason": "文件选错了"})
        back = getattr(answer, "import")
        self.assertEqual((back.removed_count, back.kept_count), (records, 0))
        newest = to.door.call(f"{journal}/ListImports", {"kind": "test", "page_size": 1})
        self.assertEqual(newest.imports[0], back)
        to.refused(f"{journal}/RevertImport", {"name": "imports/absent", "reason": "无"}, "NOT_FOUND", "RECORD_NOT_FOUND")

    @every_door
    def test_of_enterprises(self, to):
        rows = [{"enterprise": enterprise(to)} for _ in range(3)]
        self.taken_back(to, "EnterpriseJournal", self.imported(to, "ImportEnterprises", rows), 3)

    @every_door
    def test_of_banks(self, to):
        rows = [{"bank": {"bank_name": f"{to.fresh('bank')} 银行", "bank_id": to.fresh("bank")}} for _ in range(2)]
        self.taken_back(to, "LoanJournal", self.imported(to, "ImportLoans", rows), 2)

    @every_door
    def test_of_contracts(self, to):
        number = to.learn(f"2022640104{to.number():06d}", "number")
        row = contract(to, registry_division_code="640104", registration_number=number,
                       registration_date={"year": 2022, "month": 3, "day": 5}, signing_date={"year": 2022, "month": 3, "day": 1})
        self.taken_back(to, "ContractJournal", self.imported(to, "ImportContracts", [{"contract": row}]), 1)


class IdentityLife(Behaviour):
    @every_door
    def test_of_a_key(self, to):
        asked = {"key_id": to.fresh("key"), "key": {"holder": "统计局"}}
        made = to.ok("CreateKey", asked)
        self.assertEqual((len(made.secret), list(made.key.roles)), (43, []))
        name = made.key.name
        to.refused("CreateKey", asked, "ALREADY_EXISTS", "RECORD_EXISTS")
        moved = to.ok("UpdateKey", {"key": {"name": name, "holder": "统计局数据中心"}, "update_mask": "holder",
                                    "etag": made.key.etag})
        self.assertEqual(moved.holder, "统计局数据中心")
        to.refused("SetKeyRoles", {"name": name, "roles": ["READER", "AUDITOR"]}, "INVALID_ARGUMENT", "INVALID_FIELDS",
                   fields={"roles[1]"})
        granted = to.ok("SetKeyRoles", {"name": name, "roles": ["READER", "IMPORTER"], "reason": "数据交换"})
        self.assertEqual(to.ok("GetKey", {"name": name}), granted)
        self.assertIn(name, [key.name for key in to.door.call("ListKeys", {"filter": "state = ACTIVE", "page_size": 1000}).keys])
        self.assertEqual(to.ok("RevokeKey", {"name": name, "reason": "人员离职"}).revoke_reason, "人员离职")
        to.refused("RevokeKey", {"name": name, "reason": "人员离职"}, "FAILED_PRECONDITION", "KEY_REVOKED")
        history = to.ok("IdentityJournal/ListRevisions", {"record": name})
        self.assertEqual([one.actor for one in history.revisions], ["keys/system", "keys/security", "keys/system", "keys/system"])
        self.assertEqual(to.ok("GetCaller", {}).actor, "keys/bureau")

    @every_door
    def test_of_a_user(self, to):
        asked = {"user_id": to.fresh("user"), "user": {"display_name": "张伟"}}
        made = to.ok("CreateUser", asked)
        self.assertEqual((len(made.initial_password), list(made.user.roles)), (19, []))
        name = made.user.name
        to.refused("CreateUser", asked, "ALREADY_EXISTS", "RECORD_EXISTS")
        moved = to.ok("UpdateUser", {"user": {"name": name, "display_name": "张玮"}, "update_mask": "displayName",
                                     "etag": made.user.etag})
        self.assertEqual(moved.display_name, "张玮")
        to.refused("SetUserRoles", {"name": name, "roles": ["READER"], "scope": "banks/icbc"}, "INVALID_ARGUMENT", "INVALID_FIELDS",
                   fields={"scope"})
        bound = to.ok("SetUserRoles", {"name": name, "roles": ["PARTNER_BANK"], "scope": "banks/icbc"})
        self.assertEqual(bound.scope, "banks/icbc")
        to.refused("SetUserRoles", {"name": name, "roles": ["READER", "AUDITOR"]}, "INVALID_ARGUMENT", "INVALID_FIELDS",
                   fields={"roles[1]"})
        granted = to.ok("SetUserRoles", {"name": name, "roles": ["READER"], "reason": "入职"})
        self.assertEqual(to.ok("GetUser", {"name": name}), granted)
        self.assertIn(name, [one.name for one in to.door.call("ListUsers", {"filter": "state = ACTIVE", "page_size": 1000}).users])
        first = to.ok("ResetPassword", {"name": name}).initial_password
        self.session_of(to, name, first)
        to.ok("DisableUser", {"name": name, "reason": "离职"})
        to.refused("DisableUser", {"name": name, "reason": "离职"}, "FAILED_PRECONDITION", "USER_DISABLED")
        self.assertEqual(to.ok("EnableUser", {"name": name}).disable_reason, "")

    def session_of(self, to, name, first):
        """A user changes the first password, logs in, refreshes and logs out."""
        login = {"user": name, "password": first}
        to.refused("Login", login, "FAILED_PRECONDITION", "PASSWORD_MUST_CHANGE")
        to.ok("ChangePassword", {**login, "new_password": "Red-kite 7 flies"})
        to.refused("Login", login, "UNAUTHENTICATED", "LOGIN_REFUSED")
        tokens = to.ok("Login", {"user": name, "password": "Red-kite 7 flies"})
        self.assertEqual(tokens.user, name)
        following = to.ok("Refresh", {"refresh_token": tokens.refresh_token})
        to.ok("Logout", {"refresh_token": following.refresh_token})
        to.refused("Logout", {"refresh_token": following.refresh_token}, "UNAUTHENTICATED", "SESSION_ENDED")
        to.refused("SetUpSecondFactor", {}, "FAILED_PRECONDITION", "NOT_A_PERSON")
        to.refused("ConfirmSecondFactor", {"code": "000000"}, "FAILED_PRECONDITION", "NOT_A_PERSON")


class EveryChange(Behaviour):
    def test_may_be_tried_and_repeated(self):
        """All the lives above once more, each change as a trial, in earnest, and again; and no change is left out."""
        # What a person does for themselves needs a session; tests/e2e/login_test.py has them.
        changes = {one.name for one in methods().values() if one.mutates and one.permission != "identity.self"}
        lives = [(case(name), getattr(case, name).__wrapped__)
                 for case in (EnterpriseLife, LoanLife, PoolLife, ContractLife, ImportLife, IdentityLife)
                 for name in unittest.TestLoader().getTestCaseNames(case)]
        for door in self.doors:
            with self.subTest(door=door.name):
                talk = ThoroughTalk(self, door)
                for case, life in lives:
                    case.suite = self.suite
                    life(case, talk)
                self.assertEqual(changes - talk.tried, set())


if __name__ == "__main__":
    raise SystemExit(run.main([__file__]))
