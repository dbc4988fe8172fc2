"""What every change has in common, through every door: request ids, trials, etags and update masks."""

import concurrent.futures
import unittest

import run
from doors import Error, plain
from records import WAN, certification, contract, create_bank, create_contract, create_enterprise, create_pool, enterprise
from shared import Behaviour, day, every_door


class RequestIds(Behaviour):
    @every_door
    def test_a_repeat_gets_the_first_answer_again(self, to):
        request = {"contract_id": to.fresh("contract"), "contract": contract(to), "request_id": to.fresh("request")}
        first = to.ok("CreateContract", request)
        head = self.suite.head("contract")
        self.assertEqual(to.ok("CreateContract", request), first)
        self.assertEqual(self.suite.head("contract"), head)
        submit = {"name": first.name, "request_id": to.fresh("request")}
        submitted = to.ok("SubmitContract", submit)
        to.ok("AcceptContract", {"name": first.name})
        self.assertEqual(to.ok("SubmitContract", submit), submitted)
        self.assertEqual(to.ok("CreateContract", request), first)

    @every_door
    def test_another_payload_names_the_field_that_differs(self, to):
        request = {"contract_id": to.fresh("contract"), "contract": contract(to), "request_id": to.fresh("request")}
        to.ok("CreateContract", request)
        for field, other in (("total_amount_fen", 51 * WAN), ("remark", "另一份")):
            changed = {**request, "contract": {**request["contract"], field: other}}
            error = to.refused("CreateContract", changed, "ALREADY_EXISTS", "REQUEST_ID_REUSED")
            self.assertIn(f"contract.{field}", error.message)

    @every_door
    def test_a_refused_call_does_not_take_its_id(self, to):
        pool = create_pool(to, paid_in=0)
        move = {"pool": pool.name, "amount_fen": WAN, "posting_date": day(-1), "contributor": "区财政局"}
        refund = {**move, "request_id": to.fresh("request")}
        to.refused("RefundFromPool", refund, "FAILED_PRECONDITION", "POOL_BALANCE_TOO_LOW")
        paid = to.ok("ContributeToPool", move)
        to.learn(paid.name.rpartition("/")[2], "posting")
        back = to.ok("RefundFromPool", refund)
        to.learn(back.name.rpartition("/")[2], "posting")
        self.assertEqual(to.ok("RefundFromPool", refund), back)
        self.assertEqual(to.ok("GetPoolStatement", {"name": pool.name}).balance_fen, 0)

    @every_door
    def test_an_id_of_another_form_is_refused(self, to):
        for wrong in ("with space", "汉字", "x" * 65):
            to.refused("CreateContract", {"contract": contract(to), "request_id": wrong}, "INVALID_ARGUMENT", "INVALID_FIELDS",
                       ["request_id"])


class Trials(Behaviour):
    """validate_only: the live verdict, and no trace."""

    def setUp(self):
        self.heads = None

    def leaves_no_trace(self, to, method, request):
        heads = self.suite.heads()
        answer = to.ok(method, {**request, "validate_only": True})
        self.assertEqual(self.suite.heads(), heads)
        return answer

    @every_door
    def test_of_a_creation(self, to):
        wanted = {"contract_id": to.fresh("contract"), "contract": contract(to), "request_id": to.fresh("request")}
        tried = self.leaves_no_trace(to, "CreateContract", wanted)
        to.refused("GetContract", {"name": tried.name}, "NOT_FOUND", "RECORD_NOT_FOUND")
        made = to.ok("CreateContract", wanted)
        self.assertEqual(made.contract_name, tried.contract_name)
        firm = enterprise(to)
        self.leaves_no_trace(to, "CreateEnterprise", {"enterprise": firm})
        self.leaves_no_trace(to, "CreateBank", {"bank_id": to.fresh("bank"), "bank": {"bank_name": to.fresh("bank")}})

    @every_door
    def test_of_a_step(self, to):
        made = create_contract(to)
        tried = self.leaves_no_trace(to, "SubmitContract", {"name": made.name})
        self.assertNotEqual(tried.state, made.state)
        self.assertEqual(to.ok("GetContract", {"name": made.name}), made)
        firm = create_enterprise(to)
        self.leaves_no_trace(to, "DeleteEnterprise", {"name": firm.name})
        self.leaves_no_trace(to, "GrantCertification", {"parent": firm.name, "certification": certification(to)})
        self.leaves_no_trace(to, "UpdateEnterprise", {"enterprise": {"name": firm.name, "remark": "试"}})
        self.assertEqual(to.ok("GetEnterprise", {"name": firm.name}), firm)

    @every_door
    def test_refuses_as_the_call_itself(self, to):
        made = create_contract(to)
        tried = to.refused("RegisterContract", {"name": made.name, "validate_only": True}, "FAILED_PRECONDITION",
                           "CONTRACT_WRONG_STATE")
        real = to.refused("RegisterContract", {"name": made.name}, "FAILED_PRECONDITION", "CONTRACT_WRONG_STATE")
        self.assertEqual((tried.message, tried.details), (real.message, real.details))


class Etags(Behaviour):
    @every_door
    def test_a_stale_one_is_refused_and_the_present_one_served(self, to):
        made = create_contract(to)
        to.ok("UpdateContract", {"contract": {"name": made.name, "remark": "一"}, "etag": made.etag})
        error = to.refused("UpdateContract", {"contract": {"name": made.name, "remark": "二"}, "etag": made.etag}, "ABORTED",
                           "ETAG_MISMATCH")
        self.assertIn(made.name, error.message)
        now = to.ok("GetContract", {"name": made.name})
        self.assertEqual(now.remark, "一")
        to.ok("SubmitContract", {"name": made.name, "etag": now.etag})

    @every_door
    def test_of_two_writers_at_once_one_wins(self, to):
        made = create_bank(to)
        doors = [type(to.door)(self.suite) for _ in range(4)]

        def write(number):
            return doors[number].call("UpdateBank", {"bank": {"name": made.name, "remark": f"第{number}位"}, "etag": made.etag})

        with concurrent.futures.ThreadPoolExecutor(max_workers=len(doors)) as pool:
            answers = list(pool.map(write, range(len(doors))))
        for door in doors:
            door.close()
        losers = [answer for answer in answers if isinstance(answer, Error)]
        self.assertEqual(len(losers), len(doors) - 1, answers)
        for loser in losers:
            self.assertIn(loser.code, ("ABORTED", None))
        winner = next(answer for answer in answers if not isinstance(answer, Error))
        self.assertEqual(plain(to.door.call("GetBank", {"name": made.name})), plain(winner))


class UpdateMasks(Behaviour):
    @every_door
    def test_changes_what_an_explicit_mask_names_and_nothing_else(self, to):
        made = create_contract(to, remark="旧")
        update = {"name": made.name, "remark": "新", "contract_name": "不改", "seller": {"division_code": "640106"}}
        changed = to.ok("UpdateContract", {"contract": update, "update_mask": "remark,seller.divisionCode"})
        self.assertEqual(changed.remark, "新")
        self.assertEqual(changed.contract_name, made.contract_name)
        self.assertEqual(changed.seller.division_code, "640106")
        self.assertEqual(changed.seller.party_name, made.seller.party_name)

    @every_door
    def test_a_named_field_without_a_value_is_cleared(self, to):
        made = create_contract(to, remark="旧")
        changed = to.ok("UpdateContract", {"contract": {"name": made.name}, "update_mask": "remark,technicalAmountFen,buyer"})
        self.assertEqual(changed.remark, "")
        self.assertFalse(changed.HasField("technical_amount_fen"))
        self.assertFalse(changed.HasField("buyer"))
        self.assertTrue(changed.HasField("total_amount_fen"))

    @every_door
    def test_without_a_mask_what_is_set_is_changed(self, to):
        made = create_contract(to, remark="旧")
        # What is set within a message is another matter: gRPC replaces the message, a PATCH of REST merges into it.
        changed = to.ok("UpdateContract", {"contract": {"name": made.name, "total_amount_fen": 60 * WAN,
                                                        "valid_to": {"year": 2027, "month": 1, "day": 31}}})
        self.assertEqual((changed.total_amount_fen, changed.valid_to.year), (60 * WAN, 2027))
        self.assertEqual(changed.remark, "旧")

    @every_door
    def test_a_star_replaces_everything(self, to):
        made = create_enterprise(to, remark="旧", staff_count=3)
        changed = to.ok("UpdateEnterprise", {
            "enterprise": {"name": made.name, "credit_code": made.credit_code, "enterprise_name": made.enterprise_name,
                           "tags": ["新"]}, "update_mask": "*"})
        self.assertEqual((changed.remark, list(changed.tags)), ("", ["新"]))
        self.assertFalse(changed.HasField("staff_count"))

    @every_door
    def test_wrong_paths_are_named_all_at_once(self, to):
        made = create_enterprise(to)
        update = {"name": made.name, "credit_code": "11640103010094039Q", "enterprise_name": ""}
        error = to.refused("UpdateEnterprise", {"enterprise": update, "update_mask": "creditCode,revision,enterpriseName"},
                           "INVALID_ARGUMENT", "INVALID_FIELDS",
                           ["enterprise.credit_code", "enterprise.revision", "enterprise.enterprise_name"])
        if error.code is not None:
            self.assertEqual(error.violations, {"enterprise.credit_code": "FIELD_NOT_WRITABLE",
                                                "enterprise.revision": "FIELD_NOT_WRITABLE",
                                                "enterprise.enterprise_name": "FIELD_REQUIRED"})
        for unknown in ("remarks", "noSuch,address", "tags.x", "address.x"):
            to.refused("UpdateEnterprise", {"enterprise": {"name": made.name, "address": "新"}, "update_mask": unknown},
                       "INVALID_ARGUMENT", "INVALID_FIELDS", ["update_mask"])
        self.assertEqual(to.ok("GetEnterprise", {"name": made.name}), made)

    @every_door
    def test_an_amendment_needs_a_mask(self, to):
        to.refused("AmendContract", {"contract": {"name": "contracts/absent", "remark": "无"}, "reason": "试"},
                   "INVALID_ARGUMENT", "INVALID_FIELDS", ["update_mask"])


if __name__ == "__main__":
    raise SystemExit(run.main([__file__]))
