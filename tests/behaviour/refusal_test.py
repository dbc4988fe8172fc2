"""Bad input of every class gets the same clear refusal through every door, and leaves no trace."""

import unittest

import run
from catalogue import FieldDescriptor, input_fields, methods, rules_of, value_at
from doors import Error
from records import WAN, contract, create_bank, create_contract, create_pool, high_tech, loan
from requests_of import least, path_bound, put, required_missing
from shared import Behaviour, Talk, every_door
from suite import wait_until

BEYOND_DOUBLE = 9007199254740993  # 2^53 + 1, which a double rounds
FEN_MAX = 9_000_000_000_000_000
WHOLE_NUMBERS = (FieldDescriptor.TYPE_INT32, FieldDescriptor.TYPE_INT64)


def unary():
    return [one for one in methods().values() if not one.streams]


def range_of(field):
    """(least, greatest) of a whole number by its rules, None where there is none."""
    rules = rules_of(field)
    money = field.name.endswith("_fen")
    low = 0 if money or field.name.endswith(("_ppm", "_days")) else None
    high = FEN_MAX if money else None
    return rules.minimum if rules.HasField("minimum") else low, rules.maximum if rules.HasField("maximum") else high


def numbers(one):
    """(path, low, high) of each whole number with a range in a request; None for a side without a limit."""
    for path, field in input_fields(one.descriptor.input_type):
        if field.type not in WHOLE_NUMBERS or field.label == FieldDescriptor.LABEL_REPEATED:
            continue
        low, high = range_of(field)
        yield path, (None if low is None else low - 1 if low > 1 else -1), (None if high is None else high + 1)


class NoTrace(Behaviour):
    def setUp(self):
        self.heads = self.suite.heads()

    def tearDown(self):
        self.assertEqual(self.suite.heads(), self.heads)


class EveryRequest(NoTrace):
    """Walks the descriptors, so that a new method is tried without a word about it here."""

    def refuses(self, to, one, request, expected):
        """The door refuses the request, and names exactly these fields with these reasons."""
        error = to.refused(one.name, request, "INVALID_ARGUMENT", "INVALID_FIELDS", expected)
        if error is not None and error.code is not None:
            self.assertEqual(error.violations, expected, (to.door.name, one.name))

    @every_door
    def test_required_fields(self, to):
        for one in unary():
            whole = least(one)
            missing = required_missing(one, {})
            if missing:
                self.refuses(to, one, {}, dict.fromkeys(missing, "FIELD_REQUIRED"))
            bare = {}
            for path in path_bound(one):
                put(bare, path, value_at(whole, path))
            missing = required_missing(one, bare)
            if bare and missing:
                self.refuses(to, one, bare, dict.fromkeys(missing, "FIELD_REQUIRED"))

    @every_door
    def test_enums(self, to):
        for one in unary():
            for path, field in input_fields(one.descriptor.input_type):
                if field.enum_type is not None and field.label != FieldDescriptor.LABEL_REPEATED:
                    request = least(one)
                    put(request, path, 99)
                    self.refuses(to, one, request, {path: "FIELD_UNKNOWN_VALUE"})

    @every_door
    def test_numbers_below_and_above_their_range(self, to):
        for one in unary():
            for side in (1, 2):
                request, wrong = least(one), {}
                for found in numbers(one):
                    if found[side] is not None:
                        put(request, found[0], found[side])
                        wrong[found[0]] = "FIELD_OUT_OF_RANGE"
                if wrong:
                    self.refuses(to, one, request, wrong)

    @every_door
    def test_days_that_do_not_exist(self, to):
        days = ({"year": 2022, "month": 2, "day": 30}, {"year": 2022, "month": 13, "day": 1}, {"year": 2022, "month": 5})
        for number, one in enumerate(unary()):
            request, wrong = least(one), {}
            for path, field in input_fields(one.descriptor.input_type):
                if field.message_type is not None and field.message_type.full_name == "google.type.Date":
                    put(request, path, days[number % len(days)])
                    wrong[path] = "FIELD_NOT_A_DATE"
            if wrong:
                self.refuses(to, one, request, wrong)

    @every_door
    def test_texts_above_their_length(self, to):
        for one in unary():
            request, wrong = least(one), {}
            for path, field in input_fields(one.descriptor.input_type):
                long_enough = field.type == FieldDescriptor.TYPE_STRING and field.label != FieldDescriptor.LABEL_REPEATED
                # A URL holds a few thousand bytes; what stands in it is tried with the others of its kind.
                if long_enough and path not in path_bound(one) and (one.mutates or not wrong):
                    put(request, path, "长" * (rules_of(field).max_length + 1 if rules_of(field).max_length else 4001))
                    wrong[path] = "FIELD_TOO_LONG"
            if wrong and one.http and one.http[0].body == "*":
                # One answer holds only so many violations; the rest is counted in it.
                error = to.refused(one.name, request, "INVALID_ARGUMENT", "INVALID_FIELDS")
                if error.code is not None:
                    self.assertLessEqual(set(error.violations.items()), set(wrong.items()))
                    self.assertGreater(len(error.violations), 0)


class Numbers(Behaviour):
    @every_door
    def test_64_bits_go_in_unrounded(self, to):
        heads = self.suite.heads()
        request = {"contract": contract(to, total_amount_fen=BEYOND_DOUBLE)}
        error = to.refused("CreateContract", request, "INVALID_ARGUMENT", "INVALID_FIELDS", ["contract.total_amount_fen"])
        self.assertIn(str(BEYOND_DOUBLE), str(error.details or error.message))
        made = create_bank(to)
        error = to.refused("LoanJournal/ReadRecordAt", {"record": made.name, "revision": BEYOND_DOUBLE}, "NOT_FOUND",
                           "RECORD_NOT_FOUND")
        self.assertIn(str(BEYOND_DOUBLE), error.message)
        self.assertEqual(self.suite.heads()["contract"], heads["contract"])

    @every_door
    def test_64_bits_come_out_unrounded(self, to):
        # No rule lets such amounts in, so they are put into rows that no service has read, and might have kept, yet.
        table = "kechuang_contract.contract"
        for amount in (BEYOND_DOUBLE, FEN_MAX - 1, -BEYOND_DOUBLE):
            made = create_contract(to)
            self.suite.sql(f"UPDATE {table} SET total_amount_fen = {amount} WHERE name = '{made.name}'")
            self.assertEqual(to.ok("GetContract", {"name": made.name}).total_amount_fen, amount)
            self.suite.sql(f"UPDATE {table} SET total_amount_fen = {made.total_amount_fen} WHERE name = '{made.name}'")

    @every_door
    def test_the_greatest_amount_is_served(self, to):
        made = create_contract(to, total_amount_fen=FEN_MAX, technical_amount_fen=FEN_MAX - 1)
        self.assertEqual((made.total_amount_fen, made.technical_amount_fen), (FEN_MAX, FEN_MAX - 1))
        self.assertEqual(to.ok("GetContract", {"name": made.name}), made)

    def test_numbers_of_json_that_a_double_rounds_are_refused(self):
        for door in (door for door in self.doors if door.speaks_json):
            for text in (f"{BEYOND_DOUBLE}", "1e30", "1.5", '"12x"', "9223372036854775808", '"-9223372036854775809"', "true"):
                with self.subTest(door=door.name, text=text):
                    error = door.try_contract('{"contract_name": "数", "total_amount_fen": %s}' % text)
                    self.assertIsInstance(error, Error, error)
                    self.assertIn("total_amount_fen", error.text)
            for text, value in (("9000000000000000", FEN_MAX), ('"9000000000000000"', FEN_MAX), ("1e3", 1000), ("12.0", 12)):
                with self.subTest(door=door.name, text=text):
                    answer = door.try_contract('{"contract_name": "数", "total_amount_fen": %s}' % text)
                    self.assertNotIsInstance(answer, Error, answer)
                    self.assertEqual(answer.total_amount_fen, value)


class JsonText(NoTrace):
    """What only doors that take JSON can be told."""

    def refusals(self, text, *words):
        for door in (door for door in self.doors if door.speaks_json):
            with self.subTest(door=door.name, text=text[:80]):
                error = door.try_contract(text)
                self.assertIsInstance(error, Error, error)
                self.assertIn(error.code, ("INVALID_ARGUMENT", None))
                # A name may be told in either style.
                told = error.text.replace("_", "").lower()
                for word in words:
                    self.assertIn(word.replace("_", "").lower(), told)

    def test_misspelt_fields_and_values_are_named_with_the_nearest(self):
        self.refusals('{"contract_nam": "x"}', "contract.contract_nam", "contract_name")
        self.refusals('{"totalAmountFenn": 1}', "contract.totalAmountFenn", "total_amount_fen")
        self.refusals('{"seller": {"partyname": "x"}}', "contract.seller.partyname", "party_name")
        self.refusals('{"contract_class": "CONTRACT_CLASS_DEVELOPMNT"}', "contract.contract_class",
                      "CONTRACT_CLASS_DEVELOPMENT")
        self.refusals('{"contract_nam": "x", "no_such_thing": 1}', "contract_nam", "no_such_thing")

    def test_what_is_no_json(self):
        for text in ("{", " ", "nul", "{} {}", '{"contract_name": "\\ud800"}', '{"contract_name": "a"', '{"remark": "\x01"}'):
            self.refusals(text)
        self.refusals('{"seller":' * 200 + "{}" + "}" * 200)

    def test_what_is_no_such_value(self):
        self.refusals("[]", "contract")
        self.refusals('"text"', "contract")
        self.refusals('{"contract_name": 5}', "contract.contract_name")
        self.refusals('{"seller": "x"}', "contract.seller")
        self.refusals('{"documents": {"kind": 1}}', "contract.documents")
        self.refusals('{"contract_name": "a", "related_parties": "yes"}', "contract.related_parties")
        self.refusals('{"contract_name": "a", "contractName": "b"}', "contract.contract_name")


class Refusals(Behaviour):
    @every_door
    def test_names_without_a_record(self, to):
        for name, request in (("GetContract", {"name": "contracts/absent"}), ("GetLoan", {"name": "loans/absent"}),
                              ("SubmitContract", {"name": "contracts/absent"}),
                              ("DeleteEnterprise", {"name": "enterprises/absent"})):
            error = to.refused(name, request, "NOT_FOUND", "RECORD_NOT_FOUND")
            if error.code is not None:
                self.assertEqual(error.detail("google.rpc.ResourceInfo")["resource_name"], request["name"])

    @every_door
    def test_names_that_are_taken(self, to):
        made = create_bank(to)
        error = to.refused("CreateBank", {"bank_id": made.name.removeprefix("banks/"), "bank": {"bank_name": to.fresh("bank")}},
                           "ALREADY_EXISTS", "RECORD_EXISTS")
        if error.code is not None:
            self.assertEqual(error.detail("google.rpc.ResourceInfo")["resource_name"], made.name)
        to.refused("CreateBank", {"bank_id": to.fresh("bank"), "bank": {"bank_name": made.bank_name}}, "ALREADY_EXISTS",
                   "NAME_TAKEN")

    @every_door
    def test_a_state_that_does_not_allow_it(self, to):
        made = create_contract(to)
        error = to.refused("RegisterContract", {"name": made.name}, "FAILED_PRECONDITION", "CONTRACT_WRONG_STATE")
        if error.code is not None:
            self.assertEqual(error.detail("google.rpc.ResourceInfo")["resource_name"], made.name)
            violation = error.detail("google.rpc.PreconditionFailure")["violations"][0]
            self.assertEqual((violation["type"], violation["subject"]), ("CONTRACT_WRONG_STATE", made.name))

    @every_door
    def test_a_text_of_5_mb(self, to):
        heads = self.suite.heads()
        request = {"contract": {"contract_name": "长", "remark": "长" * (5 * 1024 * 1024 // 3)}}
        to.refused("CreateContract", request, "INVALID_ARGUMENT", "INVALID_FIELDS", ["contract.remark"])
        self.assertEqual(self.suite.heads(), heads)

    @every_door
    def test_a_text_with_a_nul(self, to):
        to.refused("CreateContract", {"contract": {"contract_name": "a\0b"}}, "INVALID_ARGUMENT", "INVALID_FIELDS",
                   ["contract.contract_name"])

    @every_door
    def test_callers_without_a_key(self, to):
        heads = self.suite.heads()
        wrong = "Bearer " + "A" * 43
        for request in (("GetContract", {"name": "contracts/absent"}), ("CreateContract", {"contract": contract(to)})):
            error = to.refused(*request, "UNAUTHENTICATED", "UNAUTHENTICATED_CALLER", metadata={"authorization": wrong})
            self.assertNotIn("A" * 43, error.text)
            to.refused(*request, "UNAUTHENTICATED", "UNAUTHENTICATED_CALLER", metadata={"authorization": None})
        self.assertEqual(self.suite.heads(), heads)

    @every_door
    def test_the_language_of_the_caller(self, to):
        for language, words in (("zh-CN,zh;q=0.9", "没有"), ("en-US,en;q=0.9", "there is no")):
            error = to.refused("GetContract", {"name": "contracts/absent"}, "NOT_FOUND", "RECORD_NOT_FOUND",
                               metadata={"accept-language": language}, compared=False)
            localised = error.detail("google.rpc.LocalizedMessage")
            self.assertIn(words, error.message + (localised["message"] if localised else "") + error.text)


class OutOfReach(Behaviour):
    """A database that is busy, and a service that is away."""

    @every_door
    def test_a_call_that_runs_out_of_time(self, to):
        request = {"contract_id": to.fresh("contract"), "contract": contract(to)}
        with self.suite.sql_session() as session:
            session.run("LOCK TABLES kechuang_contract.contract WRITE")
            to.refused("GetContract", {"name": "contracts/absent"}, "DEADLINE_EXCEEDED", timeout=0.5, compared=False)
            to.refused("CreateContract", request, "DEADLINE_EXCEEDED", timeout=0.5, compared=False)
            waiting = "SELECT COUNT(*) FROM information_schema.processlist WHERE state LIKE 'Waiting for table%lock'"
            wait_until(lambda: self.suite.sql(waiting) == [["0"]], 10, "the statements to end with their calls")
        to.refused("GetContract", {"name": f"contracts/{request['contract_id']}"}, "NOT_FOUND", "RECORD_NOT_FOUND")

    def test_a_service_that_another_needs_is_away(self):
        heard, request = {}, {}
        talks = [Talk(self, door) for door in self.doors]
        for talk in talks:
            request[talk] = {"loan": loan(high_tech(talk), create_bank(talk), create_pool(talk), WAN)}
        self.suite.kill("enterprise")
        try:
            for talk in talks:
                talk.heard.clear()
                with self.subTest(door=talk.door.name):
                    error = talk.refused("CreateLoan", request[talk], "UNAVAILABLE", "SERVICE_UNAVAILABLE")
                    if error.code is not None:
                        self.assertGreater(error.detail("google.rpc.RetryInfo")["retry_delay"], "0s")
                    heard[talk.door.name] = talk.normal_heard()
        finally:
            self.suite.start()
        self.compare(heard)
        for talk in talks:
            # The loan service finds its way back within a second, and says until then that a later try may do.
            wait_until(lambda to=talk: not isinstance(to.door.call("CreateLoan", request[to]), Error), 10,
                       f"CreateLoan to be served through {talk.door.name}")

if __name__ == "__main__":
    raise SystemExit(run.main([__file__]))
