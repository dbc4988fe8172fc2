"""Requests made from the descriptors: the least that a method may be asked, and what it must not lack."""

import copy
import functools

from catalogue import REQUIRED, FieldDescriptor, behaves, is_repeated, methods, rules_of
from suite import Stubs

FORMATS = {1: "11640103010094039Q", 2: "640105", 3: "6510", 4: "request-1", 5: "2022640105000001"}
FIELD_MASK = "google.protobuf.FieldMask"
NUMBERS = (FieldDescriptor.TYPE_INT32, FieldDescriptor.TYPE_INT64)


def put(request, path, value):
    """Sets the value at a dotted path of nested dicts."""
    parts = path.split(".")
    for part in parts[:-1]:
        request = request.setdefault(part, {})
    request[parts[-1]] = value


@functools.cache
def _patterns():
    """Resource type -> a name of it that no record bears."""
    found = {}
    resource = Stubs.module("google.api.resource_pb2").resource
    seen = set()

    def visit(file):
        if file.name in seen:
            return
        seen.add(file.name)
        for message in file.message_types_by_name.values():
            of = message.GetOptions().Extensions[resource]
            if of.type:
                found[of.type] = "/".join("absent" if part.startswith("{") else part for part in of.pattern[0].split("/"))
        for dependency in file.dependencies:
            visit(dependency)

    for one in methods().values():
        visit(one.descriptor.containing_service.file)
    return found


def _reference(field):
    return field.GetOptions().Extensions[Stubs.module("google.api.resource_pb2").resource_reference].type


def value_for(field):
    """A value that the field's rules allow."""
    kind = field.message_type.full_name if field.message_type is not None else None
    rules = rules_of(field)
    if kind == "google.type.Date":
        value = {"year": 2022, "month": 3, "day": 1}
    elif kind == "google.protobuf.Timestamp":
        value = "2022-03-01T00:00:00Z"
    elif kind == FIELD_MASK:
        return "remark"
    elif kind is not None:
        value = least_message(field.message_type)
    elif field.enum_type is not None:
        value = field.enum_type.values[1].name
    elif field.type in NUMBERS:
        value = max(rules.minimum, 1)
    elif field.type == FieldDescriptor.TYPE_BOOL:
        value = True
    else:
        value = FORMATS.get(rules.format) or _patterns().get(_reference(field), "absent")
    return [value] if is_repeated(field) else value


def least_message(descriptor):
    return {field.name: value_for(field) for field in descriptor.fields if behaves(field, REQUIRED)}


def path_bound(one):
    """The field paths that the URL of a method holds."""
    return list(one.http[0].variables) if one.http else []


@functools.cache
def _least(name):
    one = methods()[name]
    request = least_message(one.descriptor.input_type)
    if "catch_up_only" in one.descriptor.input_type.fields_by_name:
        request["catch_up_only"] = True
    for rule in one.http[:1]:
        for path, pattern in rule.variables.items():
            if pattern != "*":
                put(request, path, pattern.replace("*", "absent"))
    return request


def least(one):
    """The least request of a method that its rules for fields let through and that ends; names are of records that are not
    there."""
    return copy.deepcopy(_least(one.name))


def required_missing(one, request):
    """The paths of required fields that the request lacks, as a check of all fields finds them."""
    return list(_missing(one.descriptor.input_type, request, ""))


def _missing(descriptor, request, prefix):
    masked = any(field.message_type is not None and field.message_type.full_name == FIELD_MASK for field in descriptor.fields)
    for field in descriptor.fields:
        path = f"{prefix}{field.name}"
        if behaves(field, REQUIRED) and request.get(field.name) in (None, "", 0, [], {}):
            if not isinstance(request.get(field.name), dict):
                yield path
                continue
        value = request.get(field.name)
        # A change states only the fields that it changes, so none of the record's is required.
        if isinstance(value, dict) and field.message_type.file.package.startswith("kechuang") and not masked:
            yield from _missing(field.message_type, value, f"{path}.")
