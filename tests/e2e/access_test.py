"""Who may call what: every role before every method, at the gateway, at each service's own port and over REST."""

import json
import pathlib
import re
import signal
import threading
import time
import unittest
import urllib.error
import urllib.request

import grpc

from suite import HTTP_OFFSET, OFFSETS, Stubs, Suite, messages, wait_until

AREAS = [area for area in OFFSETS if area != "gateway"]
SOON = 2     # seconds until a change of a key must have reached every service
BRIEF = 0.4  # seconds for a stream that is meant to go on
REFUSED = (grpc.StatusCode.PERMISSION_DENIED, grpc.StatusCode.UNAUTHENTICATED)
UNSERVED = (grpc.StatusCode.UNIMPLEMENTED, grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.INTERNAL, grpc.StatusCode.UNKNOWN)


class Method:
    """A method of the suite, as its descriptor says."""

    def __init__(self, area, descriptor):
        options = Stubs.module("kechuang.api.v1.options_pb2")
        http = Stubs.module("google.api.annotations_pb2").http
        self.area = area
        self.path = f"/{descriptor.containing_service.full_name}/{descriptor.name}"
        self.permission = descriptor.GetOptions().Extensions[options.permission]
        self.keeps_to_rows = descriptor.GetOptions().Extensions[options.keeps_to_rows]
        self.open = descriptor.GetOptions().Extensions[options.open]
        self.client_streams = descriptor.client_streaming
        self.server_streams = descriptor.server_streaming
        rule = descriptor.GetOptions().Extensions[http]
        self.verb = rule.WhichOneof("pattern")
        # Every variable of the path becomes a name that fits it and that nothing has: keys/1.
        self.url = self.verb and re.sub(r"{[^}=]*=?([^}]*)}", lambda hit: (hit[1] or "*").replace("*", "1"),
                                        getattr(rule, self.verb))

    def grpc_code(self, channel, secret):
        """The code that a call with an empty request ends with."""
        metadata = (("authorization", f"Bearer {secret}"),)
        kind = f"{'stream' if self.client_streams else 'unary'}_{'stream' if self.server_streams else 'unary'}"
        request = iter([b""]) if self.client_streams else b""
        call = getattr(channel, kind)(self.path)
        try:
            if not self.server_streams:
                call(request, timeout=20, metadata=metadata)
            else:
                for _ in call(request, timeout=BRIEF, metadata=metadata):
                    break
            return grpc.StatusCode.OK
        except grpc.RpcError as error:
            return error.code()


def all_methods():
    """Every method that asks who calls; the open ones are the login's (login_test.py)."""
    for area in AREAS:
        for name in (f"{area}_service", f"{area}_journal_service", *(["key_directory_service"] if area == "identity" else [])):
            try:
                module = Stubs.module(f"kechuang.{area}.v1.{name}_pb2")
            except ModuleNotFoundError:
                continue
            for service in module.DESCRIPTOR.services_by_name.values():
                for descriptor in service.methods:
                    method = Method(area, descriptor)
                    if not method.open:
                        yield method


class Grant:
    """What a role opens, as its value's options say."""

    def __init__(self, value):
        rules = value.GetOptions().Extensions[Stubs.module("kechuang.api.v1.options_pb2").role]
        self.permissions = set(rules.grants)
        # A record that its holder is bound to, if the role asks for one; there need be none of that name.
        self.scope = f"{rules.bound_to}/somebody" if rules.bound_to else ""

    def opens(self, method):
        return method.permission in self.permissions and (not self.scope or method.keeps_to_rows)


def grants():
    """What each role opens, by its name."""
    roles = Stubs.module("kechuang.identity.v1.role_pb2").Role.DESCRIPTOR.values
    return {role.name: Grant(role) for role in roles if role.number}


class Access(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.suite = Suite()
        cls.suite.start()
        # Each new key is unknown to every service for a moment, and there are more of them here than an address may guess.
        cls.suite.limit_callers("unknown_keys = 0\n")
        cls.addClassCleanup(cls.suite.close)
        cls.made = 0

    # Keys.

    def ask(self, key, name, request):
        """Asks a method of the register of identities with one of the first keys."""
        return self.suite.call(getattr(self.suite.stub("identity"), name), request, key=key)

    def new_key(self, *roles, expire_time=None, scope=""):
        """A key with these roles: its name and its secret."""
        Access.made += 1
        api = messages("identity")
        request = api.CreateKeyRequest(key_id=f"made-{self.made}")
        request.key.holder = "测试系统"
        if expire_time:
            request.key.expire_time.FromSeconds(int(expire_time))
        made = self.ask("system", "CreateKey", request)
        if roles:
            self.set_roles(made.key.name, *roles, scope=scope)
        return made.key.name, made.secret

    def set_roles(self, name, *roles, scope=""):
        self.ask("security", "SetKeyRoles", messages("identity").SetKeyRolesRequest(name=name, roles=roles, scope=scope))

    def revoke(self, name):
        self.ask("system", "RevokeKey", messages("identity").RevokeKeyRequest(name=name, reason="测试结束"))

    def code(self, area, door, secret):
        """The code of a read of this area with a secret, at a door."""
        head = Stubs.module("kechuang.ledger.v1.journal_pb2").GetJournalHeadRequest()
        if area == "report":
            method = self.suite.stub("report", door=door).GetAnnualReport
            head = messages("report").GetAnnualReportRequest(year=2022)
        else:
            method = self.suite.stub(area, "journal", door).GetJournalHead
        try:
            method(head, timeout=20, metadata=(("authorization", f"Bearer {secret}"),))
            return grpc.StatusCode.OK
        except grpc.RpcError as error:
            return error.code()

    def await_everywhere(self, secret, code, areas):
        """Waits until a read of each of these areas ends so at the gateway and at the service; fails after SOON seconds."""
        wait_until(lambda: all(self.code(area, door, secret) == code for area in areas for door in ("gateway", area)), SOON,
                   f"{code} at every door")

    def await_role(self, secret, grant, methods):
        """Waits until every service knows a key that was made just now, with its role."""
        for area in AREAS:
            of_area = [method for method in methods if method.area == area and not method.server_streams]
            probe = next(filter(grant.opens, of_area), of_area[0])
            unknown = REFUSED if grant.opens(probe) else (grpc.StatusCode.UNAUTHENTICATED,)
            for door in ("gateway", area):
                channel = self.suite.channel(door)
                wait_until(lambda: probe.grpc_code(channel, secret) not in unknown, SOON, f"{area} to know the key")

    def rest(self, method, secret):
        """The HTTP status of a method over REST with an empty body."""
        body = None if method.verb in ("get", "delete") else b"{}"
        request = urllib.request.Request(f"http://127.0.0.1:{self.suite.port + HTTP_OFFSET}{method.url}", data=body,
                                         method=method.verb.upper(), headers={"Authorization": f"Bearer {secret}",
                                                                              "Content-Type": "application/json"})
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=20) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code

    # What must hold.

    def test_every_role_before_every_method(self):
        methods = list(all_methods())
        for role, grant in grants().items():
            _, secret = self.new_key(role, scope=grant.scope)
            self.await_role(secret, grant, methods)
            for method in methods:
                # What has no URL is the suite's own: the gateway does not forward it.
                for door in ("gateway", method.area) if method.url else (method.area,):
                    with self.subTest(role=role, method=method.path, door=door):
                        code = method.grpc_code(self.suite.channel(door), secret)
                        if grant.opens(method):
                            self.assertNotIn(code, REFUSED + UNSERVED)
                        else:
                            self.assertEqual(code, grpc.StatusCode.PERMISSION_DENIED)
                if not method.url or method.server_streams or method.client_streams:
                    continue
                with self.subTest(role=role, method=method.path, door="REST"):
                    status = self.rest(method, secret)
                    if grant.opens(method):
                        self.assertNotIn(status, (401, 403, 500, 502, 503))
                    else:
                        self.assertEqual(status, 403)

    def test_a_key_without_a_role_may_do_nothing(self):
        _, secret = self.new_key()
        self.await_everywhere(secret, grpc.StatusCode.PERMISSION_DENIED, AREAS)

    def test_the_suite_itself_may_follow_keys_and_nothing_else(self):
        secret = (self.suite.state / "secrets/suite.key").read_text().strip()
        for method in all_methods():
            if not method.url:
                code = method.grpc_code(self.suite.channel("gateway"), secret)
                self.assertEqual(code, grpc.StatusCode.UNIMPLEMENTED, f"{method.path} at the gateway")
            with self.subTest(method=method.path):
                code = method.grpc_code(self.suite.channel(method.area), secret)
                expected = grpc.StatusCode.OK if method.permission == "identity.follow" else grpc.StatusCode.PERMISSION_DENIED
                self.assertEqual(code, expected)

    def test_a_revoked_key_and_a_role_taken_stop_every_service_soon(self):
        areas = [area for area in AREAS if area != "report"]
        name, secret = self.new_key("AUDITOR")
        self.await_everywhere(secret, grpc.StatusCode.OK, areas)
        self.set_roles(name)
        self.await_everywhere(secret, grpc.StatusCode.PERMISSION_DENIED, AREAS)
        self.set_roles(name, "AUDITOR")
        self.await_everywhere(secret, grpc.StatusCode.OK, areas)
        self.revoke(name)
        self.await_everywhere(secret, grpc.StatusCode.UNAUTHENTICATED, AREAS)

    def test_a_watch_under_way_shows_nothing_after_its_key_was_revoked(self):
        name, secret = self.new_key("AUDITOR")
        self.await_everywhere(secret, grpc.StatusCode.OK, ["loan"])
        journal = Stubs.module("kechuang.ledger.v1.journal_pb2")
        watch = self.suite.stub("loan", "journal").Watch(journal.WatchRequest(from_now=True), timeout=60,
                                                         metadata=(("authorization", f"Bearer {secret}"),))
        next(watch)  # where it begins
        self.revoke(name)
        self.await_everywhere(secret, grpc.StatusCode.UNAUTHENTICATED, ["loan"])
        self.suite.call(self.suite.stub("loan").CreateBank, messages("loan").CreateBankRequest(
            bank_id="seen-by-nobody", bank=Stubs.module("kechuang.loan.v1.bank_pb2").Bank(bank_name="银行")))
        with self.assertRaises(grpc.RpcError) as ended:
            for response in watch:
                self.assertFalse(response.HasField("change"), response)
        self.assertEqual(ended.exception.code(), grpc.StatusCode.UNAUTHENTICATED)

    def test_a_key_opens_nothing_once_it_has_expired(self):
        _, secret = self.new_key("READER", expire_time=time.time() + SOON + 2)
        # A service may hear of the key before it hears of its role.
        wait_until(lambda: self.code("report", "report", secret) not in REFUSED, SOON, "the key to be known")
        wait_until(lambda: self.code("report", "report", secret) == grpc.StatusCode.UNAUTHENTICATED, 5, "the key to expire")

    def test_a_key_is_replaced_without_a_failed_call(self):
        old, secret = self.new_key("AUDITOR")
        self.await_everywhere(secret, grpc.StatusCode.OK, ["contract"])
        held, codes, stop = [secret], [], threading.Event()

        def read_on():
            while not stop.is_set():
                codes.append(self.code("contract", "gateway", held[0]))
        readers = [threading.Thread(target=read_on) for _ in range(4)]
        for reader in readers:
            reader.start()
        for _ in range(3):
            new, secret = self.new_key("AUDITOR")
            self.await_everywhere(secret, grpc.StatusCode.OK, ["contract"])
            last, held[0] = held[0], secret
            seen = len(codes)
            wait_until(lambda: len(codes) > seen + len(readers), 20, "every reader to take the new key")
            self.revoke(old)
            self.await_everywhere(last, grpc.StatusCode.UNAUTHENTICATED, ["contract"])
            old = new
        stop.set()
        for reader in readers:
            reader.join()
        self.assertGreater(len(codes), 50)
        self.assertEqual(set(codes), {grpc.StatusCode.OK})

    def test_services_go_on_while_the_register_of_identities_is_away(self):
        name, secret = self.new_key("AUDITOR")
        areas = ("enterprise", "loan", "contract")
        self.await_everywhere(secret, grpc.StatusCode.OK, areas)
        self.suite.kill("identity", signal.SIGKILL)
        for area in areas:
            for door in ("gateway", area):
                self.assertEqual(self.code(area, door, secret), grpc.StatusCode.OK, f"{area} at {door}")
        self.assertEqual(self.suite.up().returncode, 0)
        wait_until(lambda: self.code("identity", "gateway", secret) == grpc.StatusCode.OK, 20, "the register to be back")
        self.revoke(name)
        self.await_everywhere(secret, grpc.StatusCode.UNAUTHENTICATED, areas)

    def test_no_secret_is_written_down_anywhere(self):
        _, secret = self.new_key("READER")
        self.await_everywhere(secret, grpc.StatusCode.PERMISSION_DENIED, ["identity"])
        for path in pathlib.Path(self.suite.state).rglob("*"):
            if path.is_file() and not path.is_socket():
                self.assertNotIn(secret.encode(), path.read_bytes(), path)

    def test_kc_makes_empowers_and_revokes_keys(self):
        def kc(key, *arguments):
            environment = self.suite.environment
            self.suite.environment = lambda: {**environment(), "KC_KEY_FILE": str(self.suite.state / f"{key}.key")}
            try:
                return json.loads(self.suite.kc(*arguments, "--output", "json").stdout)
            finally:
                self.suite.environment = environment
        made = kc("system", "keys", "create", "office", "--holder", "统计局")
        self.assertEqual(len(made["secret"]), 43)
        kc("security", "keys", "set-roles", "keys/office", "--roles", "READER")
        self.await_everywhere(made["secret"], grpc.StatusCode.OK, ["report"])
        self.assertIn("keys/office", [key["name"] for key in kc("security", "keys", "list")["keys"]])
        kc("system", "keys", "revoke", "keys/office", "--reason", "人员离职")
        self.await_everywhere(made["secret"], grpc.StatusCode.UNAUTHENTICATED, ["report"])


if __name__ == "__main__":
    unittest.main()
