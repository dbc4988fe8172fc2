"""Random filters and orders over the indexed fields of a kind, as text and as the rows that a plain scan finds for them."""

import dataclasses
import functools
import re

from catalogue import method
from suite import Stubs

from google.protobuf.descriptor import FieldDescriptor

# Texts that SQL, LIKE, quoting or collations could get wrong.
ODD = ("", "a", "A", "b%", "b_c", "b\\", "b\\_", "it's", 'say "so"', "a*b", "兴泾镇", "兴泾", "兴庆区", "𠮷野家", "ａ",
       "\u00e9", "e\u0301", "AND", "OR", "NOT", "-", "--", "(x)", "a=b", "0", "00", "-1", "zz", "~", "+", "1e3", "null", "true")


@dataclasses.dataclass
class Column:
    """An indexed field of a kind: its path, and how a value of it stands in a row (None: nothing stands there)."""
    path: str
    field: object

    def value(self, record):
        """What the row holds: a number, a text, or None."""
        *above, leaf = self.path.split(".")
        for part in above:
            record = getattr(record, part)
        value, kind = getattr(record, leaf), self.field.message_type
        if kind is not None:
            if not record.HasField(leaf):
                return None
            return value.ToNanoseconds() if kind.name == "Timestamp" else f"{value.year:04d}-{value.month:02d}-{value.day:02d}"
        if self.field.enum_type is not None:
            return enum_word(self.field.enum_type, value)
        return int(value) if isinstance(value, bool) else value

    @property
    def is_text(self):
        return self.field.type == FieldDescriptor.TYPE_STRING

    def word(self, value):
        """A value as a filter writes it, without quotes."""
        if self.field.message_type is not None and self.field.message_type.name == "Timestamp":
            stamp = Stubs.module("google.protobuf.timestamp_pb2").Timestamp()
            stamp.FromNanoseconds(value)
            return stamp.ToJsonString()
        if self.field.type == FieldDescriptor.TYPE_BOOL:
            return "true" if value else "false"
        return (value or "UNSPECIFIED") if self.field.enum_type is not None else str(value)


def enum_word(kind, number):
    name = kind.values_by_number[number].name
    return "" if number == 0 else name.removeprefix(kind.values_by_number[0].name.removesuffix("UNSPECIFIED"))


def columns_of(descriptor, prefix=""):
    rules = Stubs.module("kechuang.api.v1.options_pb2").field
    for field in descriptor.fields:
        inner = field.message_type
        if field.GetOptions().Extensions[rules].indexed or prefix + field.name == "name":
            yield Column(prefix + field.name, field)
        elif inner is not None and field.label != field.LABEL_REPEATED and inner.file.package.startswith("kechuang"):
            yield from columns_of(inner, f"{prefix}{field.name}.")


class Scan:
    """All rows of one kind, and what a plain scan of them finds. A set of rows is a number with one bit for each."""

    COMPARE = {
        "=": lambda held, asked: held == asked, ":": lambda held, asked: held == asked,
        "<": lambda held, asked: held < asked, "<=": lambda held, asked: held <= asked,
        ">": lambda held, asked: held > asked, ">=": lambda held, asked: held >= asked,
    }

    def __init__(self, name, rows):
        self.method, self.rows = name, rows
        self.request = method(name).input
        self.columns = list(columns_of(rows[0].DESCRIPTOR))
        self.held = {column.path: [column.value(row) for row in rows] for column in self.columns}
        self.everything = (1 << len(rows)) - 1

    def compared(self, path, operator, asked):
        """The rows for which this comparison is true; nothing equals no value, and differs from every value."""
        held = self.held[path]
        if operator == "!=":
            return self._rows(value is None or value != asked for value in held)
        return self._rows(value is not None and self.COMPARE[operator](value, asked) for value in held)

    def beginning(self, path, prefix):
        return self._rows(value.startswith(prefix) for value in self.held[path])

    @staticmethod
    def _rows(chosen):
        return sum(1 << place for place, fits in enumerate(chosen) if fits)

    @functools.cache
    def ordered(self, orders):
        """The places of all rows in this order: ((path, descending), ...); the name breaks ties; nothing comes first."""
        places = sorted(range(len(self.rows)), key=lambda place: self.rows[place].name)
        for path, descending in reversed(orders):
            held = self.held[path]
            places.sort(key=lambda place: (held[place] is not None, held[place] if held[place] is not None else 0),
                        reverse=descending)
        return places

    def names(self, chosen, orders):
        return [self.rows[place].name for place in self.ordered(orders) if chosen >> place & 1]


class Asker:
    """Random filters of one kind, as text and as the set of rows that they mean."""

    def __init__(self, scan, random):
        self.scan, self.random = scan, random
        self.atoms = [self._comparison() for _ in range(1500)]

    def _comparison(self):
        random, column = self.random, self.random.choice(self.scan.columns)
        held = [value for value in self.scan.held[column.path] if value is not None] or [self._odd(column)]
        value = random.choice(held) if random.random() < 0.8 else self._odd(column)
        operator = random.choice(("=", "!=", "<", "<=", ">", ">=", ":"))
        if column.is_text and operator in ("=", ":") and (random.random() < 0.5 or value.endswith("*")):
            prefix = value[:random.randrange(len(value) + 1)]
            return f"{column.path} {operator} {self._quoted(prefix + '*')}", self.scan.beginning(column.path, prefix)
        space = random.choice(("", " "))
        return (f"{column.path}{space}{operator}{space}{self._quoted(column.word(value))}",
                self.scan.compared(column.path, operator, value))

    def _odd(self, column):
        if column.is_text:
            return self.random.choice(ODD)
        if column.field.message_type is not None:
            return 1_700_000_000_123_456_000 if column.field.message_type.name == "Timestamp" else "2021-02-28"
        if column.field.enum_type is not None:
            return enum_word(column.field.enum_type, self.random.choice(column.field.enum_type.values).number)
        return self.random.choice((0, 1)) if column.field.type == FieldDescriptor.TYPE_BOOL else self.random.choice((0, -1, 2022))

    def _quoted(self, text):
        if re.fullmatch(r"[A-Za-z0-9_./~+*\-]+", text) and text not in ("AND", "OR", "NOT") and self.random.random() < 0.5:
            if not re.match(r"-(\D|$)", text):  # a word may begin with a minus only if it is a number
                return text
        quote = self.random.choice("\"'")
        return quote + text.replace("\\", "\\\\").replace(quote, "\\" + quote) + quote

    def filter(self, depth=0):
        """(text, rows): terms joined by OR, which binds tighter, and these joined by AND or by nothing."""
        texts, chosen = [], self.scan.everything
        for _ in range(self.random.choice((1, 1, 2, 3))):
            terms = [self._term(depth) for _ in range(self.random.choice((1, 1, 2)))]
            texts.append(" OR ".join(text for text, _ in terms))
            chosen &= functools.reduce(int.__or__, (rows for _, rows in terms))
        joined = texts[0]
        for text in texts[1:]:
            # A minus would be read as part of what stands before it only if nothing stood between them.
            joined += self.random.choice((" AND ", " AND ", " ")) + text
        return joined, chosen

    def _term(self, depth):
        if depth < 2 and self.random.random() < 0.2:
            text, rows = self.filter(depth + 1)
            text = f"({text})"
        else:
            text, rows = self.random.choice(self.atoms)
        if self.random.random() < 0.2:
            return self.random.choice(("NOT ", "-")) + text, self.scan.everything & ~rows
        return text, rows

    def order(self):
        columns = self.random.sample(self.scan.columns, self.random.choice((0, 1, 1, 2)))
        return tuple((column.path, self.random.random() < 0.5) for column in columns)
