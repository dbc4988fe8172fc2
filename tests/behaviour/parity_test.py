"""No method is reachable by one door and not by another: the descriptors say which methods there are."""

import collections
import unittest

import run
from catalogue import methods
from doors import Error, Inexpressible, plain
from requests_of import least
from shared import Behaviour, every_door, refusal

import grpc


def trial(one):
    """A request that changes nothing: of records that are not there, or only to be judged."""
    request = least(one)
    if one.mutates:
        request["validate_only"] = True
    return request


class Reach(Behaviour):
    @every_door
    def test_every_method_answers_alike(self, to):
        heads = self.suite.heads()
        for one in methods().values():
            with self.subTest(method=one.name, door=to.door.name):
                try:
                    answers, error = to.door.stream(one.name, [trial(one)])
                except Inexpressible as inexpressible:
                    self.fail(f"{to.door.name} cannot say {one.name}: {inexpressible}")
                if error is not None:
                    self.assertNotIn(error.code, ("UNIMPLEMENTED", "UNAVAILABLE", "INTERNAL", "UNKNOWN"), error)
                    to.note(one.name, trial(one), refusal(error))
                else:
                    to.note(one.name, trial(one), {"served": len(answers)})
                    self.assertGreater(len(answers), 0)
        self.assertEqual(self.suite.heads(), heads)

    @every_door
    def test_streams_without_a_message_end_alike(self, to):
        for one in methods().values():
            if one.descriptor.client_streaming:
                answers, error = to.door.stream(one.name, [])
                to.note(one.name, {}, {"answers": [plain(answer) for answer in answers]} if error is None else refusal(error))

    def test_every_method_has_its_own_http_rule(self):
        rules = collections.defaultdict(list)
        for one in methods().values():
            self.assertTrue(one.http, f"{one.name} has no google.api.http option")
            for rule in one.http:
                rules[rule.verb, rule.template].append(one.name)
        self.assertEqual({}, {rule: names for rule, names in rules.items() if len(names) > 1})

    def test_kc_lists_every_method(self):
        listed = self.suite.kc_json("methods")
        rows = listed if isinstance(listed, list) else listed["methods"]
        self.assertEqual({row["method"] for row in rows}, set(methods()))

    def test_a_method_that_is_not_there(self):
        for door in self.doors:
            with self.subTest(door=door.name):
                error = self.unknown(door)
                self.assertIsInstance(error, Error)
                self.assertIn(error.code, ("UNIMPLEMENTED", "NOT_FOUND", None), error)

    def unknown(self, door):
        """The refusal of a method that nobody has."""
        name = "kechuang.contract.v1.ContractService/NoSuch"
        if door.name == "rest":
            status, headers, content = door.send("GET", "/v1/nosuch", None, door.headers(None, None))
            self.assertEqual(status, 404)
            return door.read(methods()[name.replace("NoSuch", "GetContract")], status, headers, content)[1]
        if door.name == "kc":
            done = self.suite.kc("call", name, "{}", expect=2)
            return Error(None, None, done.stderr, None)
        call = self.suite.channel("contract" if door.name == "direct" else "gateway").unary_unary(f"/{name}")
        return self.grpc_error(call)

    def grpc_error(self, call):
        with self.assertRaises(grpc.RpcError) as refused:
            call(b"", timeout=20, metadata=self.suite.metadata())
        return Error(refused.exception.code().name, "", refused.exception.details(), [])


if __name__ == "__main__":
    raise SystemExit(run.main([__file__]))
