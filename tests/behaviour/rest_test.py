"""What is REST's alone: status codes, headers, caching, compression, queries and the forms of a PATCH."""

import gzip
import json
import unittest

import run
from doors import Rest
from records import contract, create_bank, create_contract, create_enterprise
from shared import Behaviour, Talk
from suite import Stubs

JSON = {"Content-Type": "application/json"}
TOO_LARGE = 9 * 1024 * 1024


class RestCase(Behaviour):
    def setUp(self):
        self.door = Rest(self.suite)
        self.addCleanup(self.door.close)
        self.to = Talk(self, self.door)

    def ask(self, verb, path, body=None, **headers):
        """(status, headers, JSON or text) of an exchange with the suite's key."""
        data = json.dumps(body).encode() if isinstance(body, (dict, list)) else body
        pairs = {**self.door.headers(None, None), **(JSON if data is not None else {})}
        pairs.update({key.replace("_", "-"): value for key, value in headers.items()})
        status, answered, content = self.door.send(verb, path, data, {k: v for k, v in pairs.items() if v is not None})
        if answered.get("content-encoding") == "gzip":
            content = gzip.decompress(content)
        text = content.decode()
        return status, answered, json.loads(text) if text.startswith("{") else text

    def refused(self, status, code, verb, path, body=None, **headers):
        """The error document of a request that must end with this HTTP status."""
        found, answered, error = self.ask(verb, path, body, **headers)
        self.assertEqual(found, status, (verb, path, error))
        self.assertEqual((error["status"], error["code"]), (code, Stubs.module("google.rpc.code_pb2").Code.Value(code)))
        self.assertTrue(answered["content-type"].startswith("application/json"), answered)
        return {"headers": answered, "text": json.dumps(error, ensure_ascii=False), **error}


class Status(RestCase):
    def test_of_each_code(self):
        made = create_contract(self.to)
        bank = create_bank(self.to)
        self.refused(400, "INVALID_ARGUMENT", "POST", "/v1/contracts", {"totalAmountFen": "-1"})
        self.refused(401, "UNAUTHENTICATED", "GET", "/v1/contracts", Authorization="Bearer nobody")
        self.refused(401, "UNAUTHENTICATED", "GET", "/v1/contracts", Authorization=None)
        self.refused(404, "NOT_FOUND", "GET", "/v1/contracts/absent")
        self.refused(409, "ALREADY_EXISTS", "POST", f"/v1/banks?bankId={bank.name[6:]}", {"bankName": "同名"})
        self.refused(400, "FAILED_PRECONDITION", "POST", f"/v1/{made.name}:register", {})
        self.refused(412, "ABORTED", "PATCH", f"/v1/{made.name}?etag=r9", {"remark": "新"})
        self.assertEqual(self.ask("GET", f"/v1/{made.name}")[0], 200)

    def test_an_unauthenticated_answer_says_how_to_authenticate(self):
        error = self.refused(401, "UNAUTHENTICATED", "GET", "/v1/contracts", Authorization=None)
        self.assertTrue(error["headers"].get("www-authenticate", "").startswith("Bearer"), error["headers"])

    def test_paths_that_are_none(self):
        error = self.refused(404, "NOT_FOUND", "GET", "/v1/contract")
        self.assertIn("/v1/contracts", error["text"])
        self.refused(404, "NOT_FOUND", "POST", "/v1/contracts/x:noSuchVerb", {})
        self.refused(404, "NOT_FOUND", "GET", "/v2/contracts")
        self.refused(400, "INVALID_ARGUMENT", "GET", "/v1/contracts/%zz")
        self.refused(400, "INVALID_ARGUMENT", "GET", "/v1/contracts/%ff%fe")

    def test_verbs_that_a_path_does_not_take(self):
        error = self.refused(405, "UNIMPLEMENTED", "PUT", "/v1/contracts/x", {})
        self.assertEqual(set(error["headers"]["allow"].split(", ")), {"GET", "HEAD", "OPTIONS", "PATCH"})
        self.refused(405, "UNIMPLEMENTED", "DELETE", "/v1/contracts")

    def test_options_and_head(self):
        status, headers, _ = self.ask("OPTIONS", "/v1/contracts")
        self.assertIn(status, (200, 204))
        self.assertEqual(set(headers["allow"].split(", ")), {"GET", "HEAD", "OPTIONS", "POST"})
        made = create_contract(self.to)
        got = self.ask("GET", f"/v1/{made.name}")
        head = self.ask("HEAD", f"/v1/{made.name}")
        self.assertEqual((head[0], head[2]), (200, ""))
        self.assertEqual(head[1].get("content-length"), got[1].get("content-length"))
        self.assertEqual(head[1].get("etag"), got[1].get("etag"))
        self.assertEqual(self.ask("HEAD", "/v1/contracts/absent")[0], 404)

    def test_bodies_of_another_type(self):
        error = self.refused(415, "INVALID_ARGUMENT", "POST", "/v1/contracts", b"<contract/>", Content_Type="application/xml")
        self.assertIn("application/json", error["text"])
        for allowed in ("application/json; charset=utf-8", "APPLICATION/JSON"):
            tried = self.ask("POST", "/v1/contracts?validateOnly=true", {"contractName": "型"}, Content_Type=allowed)
            self.assertEqual(tried[0], 200)

    def test_bodies_above_the_limit(self):
        text = json.dumps({"remark": "x" * TOO_LARGE}).encode()
        error = self.refused(413, "RESOURCE_EXHAUSTED", "POST", "/v1/contracts", text)
        self.assertRegex(error["message"], r"\d{7}")
        self.door.close()
        self.assertEqual(self.ask("GET", "/v1/contracts?pageSize=1")[0], 200)

    def test_a_head_above_the_limit(self):
        status, _, text = self.ask("GET", "/v1/contracts?filter=" + "x" * 20_000)
        self.assertIn(status, (414, 431))
        self.assertRegex(str(text), r"\d{4}")


class Caching(RestCase):
    def test_an_unchanged_read_is_not_sent_again(self):
        made = create_contract(self.to)
        status, headers, _ = self.ask("GET", f"/v1/{made.name}")
        etag = headers["etag"]
        self.assertEqual(status, 200)
        self.assertRegex(etag, r'^(W/)?"[^"]+"$')
        for known in (etag, f'"other", {etag}', f"W/{etag}" if not etag.startswith("W/") else etag, "*"):
            again = self.ask("GET", f"/v1/{made.name}", If_None_Match=known)
            self.assertEqual((again[0], again[2]), (304, ""), known)
            self.assertEqual(again[1]["etag"], etag)
        self.assertEqual(self.ask("GET", f"/v1/{made.name}", If_None_Match='"other"')[0], 200)
        self.to.ok("UpdateContract", {"contract": {"name": made.name, "remark": "新"}})
        changed = self.ask("GET", f"/v1/{made.name}", If_None_Match=etag)
        self.assertEqual(changed[0], 200)
        self.assertNotEqual(changed[1]["etag"], etag)

    def test_a_change_under_a_condition(self):
        made = create_contract(self.to)
        etag = self.ask("GET", f"/v1/{made.name}")[1]["etag"]
        self.assertEqual(self.ask("PATCH", f"/v1/{made.name}", {"remark": "一"}, If_Match=etag)[0], 200)
        error = self.refused(412, "ABORTED", "PATCH", f"/v1/{made.name}", {"remark": "二"}, If_Match=etag)
        self.assertIn("ETAG_MISMATCH", error["text"])
        self.assertEqual(self.to.ok("GetContract", {"name": made.name}).remark, "一")

    def test_answers_are_for_their_caller_alone(self):
        for path in ("/v1/contracts?pageSize=1", "/v1/annualReports/2022"):
            control = self.ask("GET", path)[1].get("cache-control", "")
            self.assertRegex(control, "private|no-store|no-cache", path)


class Transport(RestCase):
    def test_many_requests_use_one_connection(self):
        self.ask("GET", "/v1/contracts?pageSize=1")
        socket = self.door.connection.sock
        for number in range(50):
            self.ask("GET", f"/v1/contracts/absent{number}")
            self.ask("PATCH", "/v1/contracts/absent", {"remark": "无"})
        self.assertIs(self.door.connection.sock, socket)

    def test_long_answers_are_compressed_for_those_who_ask(self):
        path = "/v1/contracts?pageSize=200&orderBy=name&filter=" + "registration_number%20%3D%20%222021*%22"
        plain = self.ask("GET", path, Accept_Encoding="identity")
        small = self.ask("GET", path, Accept_Encoding="gzip")
        self.assertNotIn("content-encoding", plain[1])
        self.assertEqual(small[1]["content-encoding"], "gzip")
        self.assertIn("accept-encoding", small[1]["vary"].lower())
        self.assertEqual(small[2], plain[2])
        self.assertLess(int(small[1]["content-length"]), int(plain[1]["content-length"]) // 4)
        self.assertNotIn("content-encoding", self.ask("GET", path, Accept_Encoding="gzip;q=0")[1])

    def test_headers_from_outside_stay_outside(self):
        made = create_contract(self.to)
        forged = {"X_Kechuang_Actor": "keys/root", "Grpc_Metadata_Actor": "keys/root", "X_Forwarded_User": "root",
                  "Kc_Replayed": "true", "Grpc_Timeout": "10S"}
        self.assertEqual(self.ask("PATCH", f"/v1/{made.name}", {"remark": "留名"}, **forged)[0], 200)
        history = self.to.ok("ContractJournal/ListRevisions", {"record": made.name})
        self.assertEqual({one.actor for one in history.revisions}, {"keys/bureau"})
        self.refused(401, "UNAUTHENTICATED", "GET", "/v1/contracts", Authorization="Bearer nobody",
                     Grpc_Metadata_Authorization=self.door.headers(None, None)["Authorization"])

    def test_an_answer_says_no_more_of_the_inside_than_it_must(self):
        for path in ("/v1/contracts?pageSize=1", "/v1/contracts/absent"):
            headers = self.ask("GET", path)[1]
            self.assertEqual([name for name in headers if name.startswith(("grpc-", "x-"))], [])


class Queries(RestCase):
    def test_unknown_parameters_are_named_with_the_nearest(self):
        for wrong, right in (("pageSizee=1", "page_size"), ("page_sise=1", "page_size"), ("Filter2=x", "filter")):
            error = self.refused(400, "INVALID_ARGUMENT", "GET", f"/v1/contracts?{wrong}")
            self.assertIn(wrong.partition("=")[0], error["text"])
            self.assertIn(right, error["text"].replace("pageSize", "page_size"))
        both = self.refused(400, "INVALID_ARGUMENT", "GET", "/v1/contracts?pageSise=1&fliter=x")
        self.assertIn("pageSise", both["text"])
        self.assertIn("fliter", both["text"])

    def test_both_names_of_a_parameter(self):
        one = self.ask("GET", "/v1/contracts?pageSize=3&orderBy=name")
        other = self.ask("GET", "/v1/contracts?page_size=3&order_by=name")
        self.assertEqual((one[0], one[2]), (200, other[2]))
        self.assertEqual(len(one[2]["contracts"]), 3)

    def test_values_that_are_none(self):
        for query, field in (("pageSize=many", "page_size"), ("pageSize=1.5", "page_size"), ("pageSize=99999999999", "page_size"),
                             ("pageSize=1&pageSize=2", "page_size"), ("pageSize=1&page_size=2", "page_size"),
                             ("pageSize=", "page_size")):
            error = self.refused(400, "INVALID_ARGUMENT", "GET", f"/v1/contracts?{query}")
            self.assertIn(field, error["text"], query)
        error = self.refused(400, "INVALID_ARGUMENT", "GET", "/v1/enterprises?showDeleted=perhaps")
        self.assertIn("show_deleted", error["text"])
        error = self.refused(400, "INVALID_ARGUMENT", "GET", "/v1/enterpriseStatistics?asOfDate=2022-02-30")
        self.assertIn("as_of_date", error["text"])
        self.refused(400, "INVALID_ARGUMENT", "GET", "/v1/annualReports/year")

    def test_a_day_as_one_text_or_in_parts(self):
        whole = self.ask("GET", "/v1/enterpriseStatistics?asOfDate=2022-12-31")
        parts = self.ask("GET", "/v1/enterpriseStatistics?as_of_date.year=2022&asOfDate.month=12&asOfDate.day=31")
        self.assertEqual((whole[0], parts[0]), (200, 200), (whole, parts))
        self.assertEqual(whole[2], parts[2])

    def test_what_the_path_says_may_not_be_said_again(self):
        made = create_contract(self.to)
        other = self.ask("GET", f"/v1/{made.name}?name=contracts/other")
        self.assertTrue(other[0] == 400 or other[2].get("name") == made.name, other)
        self.refused(400, "INVALID_ARGUMENT", "PATCH", f"/v1/{made.name}", {"name": "contracts/other", "remark": "错"})


class Patches(RestCase):
    def test_every_form_of_a_mask_makes_the_same_change(self):
        forms = ("updateMask=remark,seller.divisionCode", "update_mask=remark,seller.division_code",
                 "updateMask=remark%2Cseller.division_code", "updateMask.paths=remark&updateMask.paths=seller.divisionCode")
        body = {"remark": "新", "contractName": "不改", "seller": {"divisionCode": "640106", "partyName": "不改"}}
        seen = []
        for form in forms:
            made = create_contract(self.to)
            status, _, changed = self.ask("PATCH", f"/v1/{made.name}?{form}", body)
            self.assertEqual(status, 200, (form, changed))
            self.assertEqual(changed["contractName"], made.contract_name)
            seen.append((changed["remark"], changed["seller"]))
        self.assertEqual(seen, [seen[0]] * len(forms))
        self.assertEqual(seen[0], ("新", {**seen[0][1], "divisionCode": "640106", "partyName": "宁夏示例大学"}))

    def test_a_mask_in_a_body_as_text_or_as_object(self):
        for mask in ("totalAmountFen", "total_amount_fen", {"paths": ["total_amount_fen"]}, {"paths": ["totalAmountFen"]}):
            answer = self.ask("POST", "/v1/contracts/absent:amend",
                              {"contract": {"totalAmountFen": "5"}, "updateMask": mask, "reason": "试"})
            self.assertEqual((answer[0], answer[2]["status"]), (404, "NOT_FOUND"), (mask, answer[2]))

    def test_a_mask_of_another_form_is_told_the_right_ones(self):
        made = create_contract(self.to)
        error = self.refused(400, "INVALID_ARGUMENT", "PATCH", f"/v1/{made.name}?updateMask=remark;seller", {"remark": "新"})
        self.assertIn("update_mask", error["text"])
        error = self.refused(400, "INVALID_ARGUMENT", "PATCH", f"/v1/{made.name}?updateMask=remrk", {"remark": "新"})
        self.assertIn("remrk", error["text"])
        error = self.refused(400, "INVALID_ARGUMENT", "POST", "/v1/contracts/absent:amend",
                             {"contract": {}, "updateMask": ["remark"], "reason": "试"})
        self.assertIn("update_mask", error["text"])

    def test_without_a_mask_the_body_is_the_mask_and_null_clears(self):
        made = create_enterprise(self.to, remark="旧", staff_count=3, address="学院东路1号", registered_capital_fen=5)
        status, _, changed = self.ask("PATCH", f"/v1/{made.name}", {"staffCount": None, "address": "", "remark": "新"})
        self.assertEqual(status, 200, changed)
        self.assertNotIn("staffCount", changed)
        self.assertEqual((changed["address"], changed["remark"], changed["registeredCapitalFen"]), ("", "新", "5"))
        self.assertEqual(changed["enterpriseName"], made.enterprise_name)
        nested = create_contract(self.to)
        status, _, changed = self.ask("PATCH", f"/v1/{nested.name}", {"seller": {"partyType": None}, "buyer": None})
        self.assertEqual(status, 200, changed)
        self.assertEqual((changed["seller"]["partyType"], changed["seller"]["partyName"]), ("", nested.seller.party_name))
        self.assertNotIn("buyer", changed)

    def test_a_body_read_before_may_be_sent_back(self):
        made = create_contract(self.to)
        document = self.ask("GET", f"/v1/{made.name}", Kc_Reveal_Reason="edit")[2]
        status, _, changed = self.ask("PATCH", f"/v1/{made.name}", {**document, "remark": "新"})
        self.assertEqual(status, 200, changed)
        self.assertEqual(changed["remark"], "新")
        self.assertEqual(changed["contractName"], document["contractName"])

    def test_the_answer_is_in_camel_case_with_64_bits_as_text(self):
        made = self.ask("POST", "/v1/contracts", contract(self.to))[2]
        self.assertEqual(made["totalAmountFen"], "50000000")
        self.assertNotIn("total_amount_fen", made)


if __name__ == "__main__":
    raise SystemExit(run.main([__file__]))
