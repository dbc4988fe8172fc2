"""Every method of the API as its descriptors say it: messages, streaming, HTTP rule, and what a request must hold."""

import dataclasses
import functools
import pathlib
import re
import sys
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))

from suite import ROOT, Stubs  # noqa: E402

from google.protobuf import descriptor_pool, message_factory  # noqa: E402
from google.protobuf.descriptor import FieldDescriptor  # noqa: E402

INT64 = (FieldDescriptor.TYPE_INT64, FieldDescriptor.TYPE_UINT64, FieldDescriptor.TYPE_SINT64, FieldDescriptor.TYPE_FIXED64,
         FieldDescriptor.TYPE_SFIXED64)
REQUIRED, OUTPUT_ONLY = 2, 3
FIRST_KEYS = {"identity.account": "system", "identity.grant": "security", "identity.read": "security", "identity.audit": "security"}
# What the services of the suite have among themselves, behind the doors.
INNER = ("kechuang.identity.v1.KeyDirectory",)
# Packages whose messages have no fields that a request checks one by one.
OPAQUE_PACKAGES = ("google.protobuf", "google.type", "google.rpc")


class Inexpressible(Exception):
    """The door has no way to say this request: a URL without its name, a message with a field that is none."""


def message_class(descriptor):
    return message_factory.MessageFactory(descriptor_pool.Default()).GetPrototype(descriptor)


@dataclasses.dataclass(frozen=True)
class HttpRule:
    """One google.api.http binding."""
    verb: str
    template: str
    body: str

    @functools.cached_property
    def variables(self):
        """Field path -> pattern of its value, in the order of the template."""
        return {name: pattern or "*" for name, pattern in re.findall(r"{([^}=]+)(?:=([^}]+))?}", self.template)}

    def path(self, request):
        """The URL path of this request; Inexpressible if a value does not fit its place."""
        def fill(found):
            value = value_at(request, found.group(1))
            pattern = "[^/]+".join(re.escape(part) for part in (found.group(2) or "*").split("*"))
            if value is None or not re.fullmatch(pattern, str(value)):
                raise Inexpressible(f"{value!r} is no {found.group(1)} of {self.template}")
            return urllib.parse.quote(str(value), safe="/" if found.group(2) else "")
        return re.sub(r"{([^}=]+)(?:=([^}]+))?}", fill, self.template)


@dataclasses.dataclass(frozen=True)
class Method:
    """One RPC. name is "kechuang.loan.v1.LoanService/GetLoan", area "loan"."""
    name: str
    area: str
    descriptor: object
    http: tuple

    @property
    def path(self):
        return f"/{self.name}"

    @property
    def permission(self):
        return self.descriptor.GetOptions().Extensions[Stubs.module("kechuang.api.v1.options_pb2").permission]

    @property
    def key(self):
        """Which of the first keys may call it."""
        return FIRST_KEYS.get(self.permission, "bureau")

    @property
    def streams(self):
        return self.descriptor.client_streaming or self.descriptor.server_streaming

    @property
    def input(self):
        return message_class(self.descriptor.input_type)

    @property
    def output(self):
        return message_class(self.descriptor.output_type)

    @property
    def mutates(self):
        """True if it changes records on its own: such a request may be only judged."""
        return "validate_only" in self.descriptor.input_type.fields_by_name


def value_at(request, path):
    """The value at a dotted path of nested dicts, or None."""
    for part in path.split("."):
        if not isinstance(request, dict) or part not in request:
            return None
        request = request[part]
    return request


def without(request, path):
    """A copy of nested dicts that lacks what stands at a dotted path."""
    first, _, rest = path.partition(".")
    if not isinstance(request, dict) or first not in request:
        return request
    copy = dict(request)
    if rest:
        copy[first] = without(copy[first], rest)
    else:
        del copy[first]
    return copy


def _rules(descriptor):
    extension = Stubs.module("google.api.annotations_pb2").http
    rule = descriptor.GetOptions().Extensions[extension]
    for binding in (rule, *rule.additional_bindings):
        verb = binding.WhichOneof("pattern")
        if verb is not None:
            yield HttpRule(verb.upper(), getattr(binding, verb), binding.body)


@functools.cache
def methods():
    """Every method of every service under proto/, by its whole name."""
    found = {}
    for path in sorted((ROOT / "proto/kechuang").glob("*/v1/*_service.proto")):
        module = Stubs.module(f"kechuang.{path.parts[-3]}.v1.{path.stem}_pb2")
        for service in module.DESCRIPTOR.services_by_name.values():
            for descriptor in service.methods if service.full_name not in INNER else ():
                name = f"{service.full_name}/{descriptor.name}"
                found[name] = Method(name, path.parts[-3], descriptor, tuple(_rules(descriptor)))
    return found


@functools.cache
def method(text):
    """The method of this whole name, or of its end: "GetLoan", "LoanJournal/VerifyJournal"."""
    known = methods()
    fitting = [name for name in known if name == text or name.endswith(("/" + text, "." + text))]
    if len(fitting) != 1:
        raise KeyError(f"{text} names {fitting or 'no method'}")
    return known[fitting[0]]


def behaves(field, behaviour):
    extension = Stubs.module("google.api.field_behavior_pb2").field_behavior
    return behaviour in field.GetOptions().Extensions[extension]


def rules_of(field):
    """The kechuang.api.v1.field option of a field."""
    return field.GetOptions().Extensions[Stubs.module("kechuang.api.v1.options_pb2").field]


def is_repeated(field):
    return field.label == FieldDescriptor.LABEL_REPEATED


def is_plain_message(field):
    """True for a message of ours, whose fields are checked one by one."""
    return field.message_type is not None and not field.message_type.file.package.startswith(OPAQUE_PACKAGES)


def input_fields(descriptor, prefix="", depth=6):
    """(path, field) of every field that a caller may set, through messages that are not repeated."""
    for field in descriptor.fields:
        if behaves(field, OUTPUT_ONLY):
            continue
        path = f"{prefix}{field.name}"
        yield path, field
        if is_plain_message(field) and not is_repeated(field) and depth > 0:
            yield from input_fields(field.message_type, f"{path}.", depth - 1)
