"""The doors of a suite, all with one way to call: the service's own port, the gateway, REST/JSON and kc."""

import dataclasses
import http.client
import json
import os
import subprocess
import tempfile
import time
import urllib.parse

from catalogue import INT64, Inexpressible, is_repeated, method, without
from suite import BIN, HTTP_OFFSET, Stubs

import grpc
from google.protobuf import json_format

TIMEOUT = 20
KEPT_SECONDS = 20  # the server lets an idle connection go after 30
URL_BYTES_MAX = 15_000  # the head of an HTTP request has room for a little more
EXIT_REFUSED, EXIT_USAGE = 3, 2


@dataclasses.dataclass
class Error:
    """A refusal. details are dicts with "@type", sorted; code is None where a door shows its caller no more than words."""
    code: str
    reason: str
    message: str
    details: list
    status: int = 0     # of HTTP, by REST alone
    headers: dict = dataclasses.field(default_factory=dict)
    text: str = ""      # what the door printed, as it is

    def detail(self, name):
        """The detail of this message name, as a dict; None if there is none."""
        return next((detail for detail in self.details or () if detail["@type"] == name), None)

    @property
    def violations(self):
        """Field -> reason of each field that is wrong."""
        found = self.detail("google.rpc.BadRequest") or {}
        return {violation["field"]: violation.get("reason", "") for violation in found.get("field_violations", ())}


def plain(message):
    """A message as a dict with the proto's field names; only what is set."""
    return json_format.MessageToDict(message, preserving_proto_field_name=True)


def to_json(value, descriptor):
    """The request as a JSON value: 64-bit integers as strings, everything else as the test wrote it."""
    if not isinstance(value, dict) or descriptor is None:
        return value
    written = {}
    for key, item in value.items():
        field = descriptor.fields_by_name.get(key)
        if field is not None and field.type in INT64:
            item = [str(one) for one in item] if is_repeated(field) else str(item) if type(item) is int else item
        elif field is not None and field.message_type is not None:
            inner = field.message_type
            item = [to_json(one, inner) for one in item] if isinstance(item, list) else to_json(item, inner)
        written[key] = item
    return written


def normal_detail(detail):
    """A detail of an error in JSON as the other doors say it: proto field names, no empty fields."""
    name = detail.get("@type", "").rpartition("/")[2]
    kind = getattr(Stubs.module("google.rpc.error_details_pb2"), name.rpartition(".")[2])
    message = kind()
    json_format.ParseDict({key: value for key, value in detail.items() if key != "@type"}, message)
    return {"@type": name, **plain(message)}


def reason_of(details):
    return next((detail.get("reason", "") for detail in details if detail["@type"] == "google.rpc.ErrorInfo"), "")


def error_from_json(body, **more):
    """An error of a JSON document: {"error": {...}} or a bare google.rpc.Status."""
    status = body.get("error", body)
    details = sorted((normal_detail(detail) for detail in status.get("details", ())), key=lambda one: one["@type"])
    code = status.get("status", status.get("code"))
    if isinstance(code, int):
        code = Stubs.module("google.rpc.code_pb2").Code.Name(code)
    return Error(code, reason_of(details), status.get("message", ""), details, **more)


class Door:
    """One way into a suite."""

    name = ""
    speaks_json = False  # True if a request may be text that is no message

    def __init__(self, suite):
        self.suite = suite

    def call(self, name, request, metadata=None, timeout=None):
        """The response message or the Error; Inexpressible if this door cannot say the request."""
        answers, error = self.stream(name, [request], metadata, timeout)
        return error or answers[0]

    def stream(self, name, requests, metadata=None, timeout=None):
        """(all responses, None or the Error that ended them)."""
        raise NotImplementedError

    def try_contract(self, text):
        """The answer to a trial of CreateContract whose contract is this text, be it JSON or not; of doors that take JSON."""
        raise NotImplementedError

    def close(self):
        pass


class Grpc(Door):
    def channel(self, one):
        raise NotImplementedError

    def stream(self, name, requests, metadata=None, timeout=None):
        one = method(name)
        try:
            messages = [json_format.ParseDict(request, one.input()) for request in requests]
        except json_format.ParseError as error:
            raise Inexpressible(str(error)) from error
        pairs = dict(self.suite.metadata(one.key))
        pairs.update(metadata or {})
        pairs = tuple((key, value) for key, value in pairs.items() if value is not None)
        call = self.channel(one).stream_stream(one.path, one.input.SerializeToString, one.output.FromString)
        answers = []
        try:
            for answer in call(iter(messages), timeout=TIMEOUT if timeout is None else timeout, metadata=pairs):
                answers.append(answer)
        except grpc.RpcError as refused:
            return answers, self.error(refused)
        return answers, None

    @staticmethod
    def error(refused):
        details = []
        for key, value in refused.trailing_metadata() or ():
            if key == "grpc-status-details-bin":
                status = Stubs.module("google.rpc.status_pb2").Status.FromString(value)
                for packed in status.details:
                    message = getattr(Stubs.module("google.rpc.error_details_pb2"), packed.type_url.rpartition(".")[2])()
                    packed.Unpack(message)
                    details.append({"@type": message.DESCRIPTOR.full_name, **plain(message)})
        details.sort(key=lambda one: one["@type"])
        return Error(refused.code().name, reason_of(details), refused.details(), details)


class GrpcDirect(Grpc):
    name = "direct"

    def channel(self, one):
        return self.suite.channel(one.area)


class GrpcGateway(Grpc):
    name = "gateway"

    def channel(self, one):
        return self.suite.channel("gateway")


class Rest(Door):
    """REST/JSON as google.api.http maps it, over one kept connection."""

    name = "rest"
    speaks_json = True

    def __init__(self, suite):
        super().__init__(suite)
        self.connection = None
        self.kept_until = 0

    def close(self):
        if self.connection is not None:
            self.connection.close()
            self.connection = None

    @staticmethod
    def target(one, request):
        """(verb, path with query, the JSON body or None) of a request by the method's first rule that can say it."""
        refused = Inexpressible(f"{one.name} has no HTTP rule")
        request = to_json(request, one.descriptor.input_type)
        for rule in one.http:
            try:
                path = rule.path(request)
            except Inexpressible as error:
                refused = error
                continue
            rest = request
            for variable in rule.variables:
                rest = without(rest, variable)
            body = None
            if rule.body == "*":
                body, rest = rest, {}
            elif rule.body:
                body, rest = rest.get(rule.body), without(rest, rule.body)
            query = urllib.parse.urlencode(list(Rest.parameters(rest)))
            target = path + ("?" + query if query else "")
            if len(target) > URL_BYTES_MAX:
                raise Inexpressible(f"a URL of {len(target)} bytes")
            return rule.verb, target, body
        raise refused

    @staticmethod
    def parameters(value, prefix=""):
        for key, item in value.items():
            if isinstance(item, dict):
                yield from Rest.parameters(item, f"{prefix}{key}.")
            else:
                for one in item if isinstance(item, list) else [item]:
                    yield prefix + key, str(one).lower() if isinstance(one, bool) else one

    def headers(self, metadata, timeout, key="bureau"):
        pairs = {"Authorization": f"Bearer {self.suite.secret(key)}"}
        for key, value in (metadata or {}).items():
            pairs["-".join(part.capitalize() for part in key.split("-"))] = value
        if timeout is not None:
            pairs["Request-Timeout"] = f"{round(timeout * 1000)}ms"
        return {key: value for key, value in pairs.items() if value is not None}

    def send(self, verb, path, body=None, headers=None):
        """One HTTP exchange: (status, headers in lower case, bytes)."""
        if time.monotonic() > self.kept_until:
            self.close()
        self.kept_until = time.monotonic() + KEPT_SECONDS
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.suite.port + HTTP_OFFSET, timeout=TIMEOUT + 10)
        try:
            self.connection.request(verb, path, body=body, headers=headers or {})
            answer = self.connection.getresponse()
            return answer.status, {key.lower(): value for key, value in answer.getheaders()}, answer.read()
        except (OSError, http.client.HTTPException):
            self.close()
            raise

    def stream(self, name, requests, metadata=None, timeout=None):
        one = method(name)
        headers = self.headers(metadata, timeout, one.key)
        verb, path, body = self.target(one, requests[0] if requests else {})
        data = None
        if one.descriptor.client_streaming:
            lines = [to_json(request, one.descriptor.input_type) for request in requests]
            data = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode()
            headers["Content-Type"] = "application/x-ndjson"
        elif body is not None:
            data = json.dumps(body, ensure_ascii=False).encode()
            headers["Content-Type"] = "application/json"
        status, answered, content = self.send(verb, path, data, headers)
        return self.read(one, status, answered, content)

    def try_contract(self, text):
        headers = {**self.headers(None, None), "Content-Type": "application/json"}
        answers, error = self.read(method("CreateContract"),
                                   *self.send("POST", "/v1/contracts?validate_only=true", text.encode(), headers))
        return error or answers[0]

    @staticmethod
    def read(one, status, headers, content):
        """(responses, error) of an HTTP answer to a method."""
        text = content.decode()
        if status >= 300:
            return [], error_from_json(json.loads(text), status=status, headers=headers, text=text)
        if not one.streams:
            return [json_format.Parse(text, one.output())], None
        answers = []
        for line in text.splitlines():
            document = json.loads(line)
            if set(document) == {"error"} and "error" not in one.descriptor.output_type.fields_by_name:
                return answers, error_from_json(document, status=status, headers=headers, text=line)
            answers.append(json_format.ParseDict(document, one.output()))
        return answers, None


class KcCall(Door):
    """`kc call METHOD JSON`, as an administrator types it."""

    name = "kc"
    speaks_json = True

    def stream(self, name, requests, metadata=None, timeout=None):
        lines = [json.dumps(to_json(request, method(name).descriptor.input_type), ensure_ascii=False) for request in requests]
        return self.run(method(name), "\n".join(lines), dict(metadata or {}), timeout)

    def try_contract(self, text):
        answers, error = self.run(method("CreateContract"), f'{{"validate_only": true, "contract": {text}}}', {}, None)
        return error or answers[0]

    def run(self, one, text, metadata, timeout):
        words = [str(BIN / "kc"), "call", one.name, "-", "--output", "json"]
        if timeout is not None:
            words += ["--timeout", f"{timeout:f}"]
        language = metadata.pop("accept-language", None)
        if language is not None:
            words += ["--lang", "zh" if language.startswith("zh") else "en"]
        if metadata.get("authorization", "") is None:
            raise Inexpressible("kc never calls without a key")
        with tempfile.TemporaryDirectory(dir=self.suite.folder) as folder:
            if "authorization" in metadata:
                key = metadata.pop("authorization").removeprefix("Bearer ")
                words += ["--key-file", os.path.join(folder, "key")]
                with open(words[-1], "w", encoding="utf-8") as file:
                    file.write(key)
            if metadata:
                raise Inexpressible(f"kc sends no metadata such as {sorted(metadata)}")
            done = subprocess.run(words, input=text, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                  env=self.suite.environment(one.key), timeout=TIMEOUT + 10)
        documents = [done.stdout] if not one.streams and done.stdout.strip() else done.stdout.splitlines()
        documents = [json.loads(document) for document in documents]
        error = self.error(done, documents)
        return [json_format.ParseDict(document, one.output()) for document in documents], error

    @staticmethod
    def error(done, documents):
        if done.returncode == 0:
            return None
        if done.returncode not in (EXIT_REFUSED, EXIT_USAGE):
            raise AssertionError(f"kc ended with {done.returncode}: {done.stdout}{done.stderr}")
        if documents and set(documents[-1]) == {"error"}:
            return error_from_json(documents.pop(), text=done.stdout)
        if done.stderr.startswith("{"):
            return error_from_json(json.loads(done.stderr), text=done.stderr)
        return Error(None, None, done.stderr.removeprefix("kc: ").removeprefix("kc：").rstrip("\n"), None, text=done.stderr)


def doors_of(suite):
    """The doors that this suite has, the direct one first; KECHUANG_E2E_DOORS names fewer, as "direct,rest"."""
    doors = [GrpcDirect(suite), GrpcGateway(suite)]
    if has_rest(suite):
        doors.append(Rest(suite))
    doors.append(KcCall(suite))
    named = os.environ.get("KECHUANG_E2E_DOORS")
    return [door for door in doors if named is None or door.name in named.split(",")]


def has_rest(suite):
    """True if the gateway answers REST/JSON at all: its health alone is no REST."""
    door = Rest(suite)
    try:
        status, headers, _ = door.send("GET", "/v1/contracts?page_size=1", None, door.headers(None, None))
        return status != 404 and headers.get("content-type", "").startswith("application/json")
    except OSError:
        return False
    finally:
        door.close()
