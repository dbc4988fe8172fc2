"""What callers see of personal data who give no reason to see them whole: a second reading of the masks."""

from suite import Stubs

PHONE_HEAD, PHONE_TAIL, PHONE_LEAST, TEXT_LEAST = 3, 4, 10, 2
HIDDEN = "***"


def masked_text(field, text):
    if not text:
        return text
    if field.endswith("_phone"):
        return text[:PHONE_HEAD] + HIDDEN + text[-PHONE_TAIL:] if len(text) >= PHONE_LEAST else HIDDEN
    return text[0] + HIDDEN if len(text) >= TEXT_LEAST else HIDDEN


def personal_fields(descriptor):
    """The fields of personal data of a message itself: name -> the field beside it that, where it is set, makes it public."""
    rules = Stubs.module("kechuang.api.v1.options_pb2").field
    public = Stubs.module("kechuang.api.v1.personal_pb2").public_with
    return {field.name: field.GetOptions().Extensions[public] for field in descriptor.fields
            if field.GetOptions().Extensions[rules].personal_data}


def masked_record(descriptor, record):
    """A record as a dict, its parts too, as it is shown."""
    shown = dict(record)
    for name, beside in personal_fields(descriptor).items():
        if name in shown and not (beside and shown.get(beside)):
            shown[name] = masked_text(name, shown[name])
    for field in descriptor.fields:
        if field.message_type is not None and isinstance(shown.get(field.name), dict):
            shown[field.name] = masked_record(field.message_type, shown[field.name])
    return shown


def masked_columns(descriptor, texts, prefix=""):
    """The columns of a record, by name, as they are shown."""
    shown = dict(texts)
    for name, beside in personal_fields(descriptor).items():
        if not (beside and texts[prefix + beside]):
            shown[prefix + name] = masked_text(name, texts[prefix + name])
    for field in descriptor.fields:
        if field.message_type is not None and field.message_type.file.package == descriptor.file.package:
            inner = {column: text for column, text in shown.items() if column.startswith(f"{prefix}{field.name}_")}
            if inner:
                shown |= masked_columns(field.message_type, inner, f"{prefix}{field.name}_")
    return shown
