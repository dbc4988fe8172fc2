"""A second, slow reading of the rules: what each command makes of the records, and what the records come to.

It is written from the rules of the domain and shares no code with the services. It is given a journal, entry by entry, with the
requests that caused it, works every record out by itself, and says where the journal differs. Records are dicts as the journal
writes them: only what is set."""

import calendar
import collections
import datetime

from masked import masked_record
from suite import Stubs

ZONE = datetime.timezone(datetime.timedelta(hours=8))
STAMPS = ("revision", "create_time", "update_time")
# The records with personal data, by their collection.
PERSONAL = {"enterprises": "kechuang.enterprise.v1.Enterprise", "contracts": "kechuang.contract.v1.Contract"}


class Refused(Exception):
    """The rules do not allow this command."""


def require(allowed, why):
    if not allowed:
        raise Refused(why)


def date_of(value):
    return datetime.date(value["year"], value["month"], value["day"])


def value_of(date):
    return {"year": date.year, "month": date.month, "day": date.day}


def add_months(date, months):
    place = date.year * 12 + date.month - 1 + months
    year, month = divmod(place, 12)
    return datetime.date(year, month + 1, min(date.day, calendar.monthrange(year, month + 1)[1]))


def plain(record):
    """The record without what is empty, as the journal writes it."""
    return {key: value for key, value in record.items() if value not in ("", 0, False, [], {}) or value is None}


class Entry:
    """One entry of a journal, as a follower received it."""

    def __init__(self, entry):
        self.sequence, self.name, self.revision, self.request_id, self.method, nanoseconds, self.json, self.hash = entry
        self.time = datetime.datetime.fromtimestamp(nanoseconds // 10**9, datetime.timezone.utc).replace(
            microsecond=nanoseconds // 1000 % 10**6)
        self.method = self.method.rpartition("/")[2]

    @property
    def stamp(self):
        return self.time.strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    @property
    def today(self):
        return self.time.astimezone(ZONE).date()


class Model:
    """The records of one register, worked out from commands. today: of the one at hand; new_names: of records that it makes."""

    imports = ()    # methods whose rows are facts of the past and are taken as they are

    def __init__(self):
        self.records = {}       # name -> record without stamps
        self.kinds = collections.defaultdict(dict)  # the same by kind: "loans/disbursements" -> name -> record
        self.stamps = {}        # name -> (revision, create_time)

    def replay(self, entries, requests):
        """What the journal has otherwise than the model, in words; records: as the journal writes them."""
        differences = []
        for command in self._commands(entries):
            first = command[0]
            try:
                expected = self._expected(first, command, requests)
            except Refused as refusal:
                differences.append(f"journal/{first.sequence}: {first.method} of {first.name} is there, but {refusal}")
                expected = {}
            differences += self._compare(command, expected)
        return differences

    @staticmethod
    def _commands(entries):
        command = []
        for entry in entries:
            if command and (entry.request_id, entry.method) != (command[0].request_id, command[0].method):
                yield command
                command = []
            command.append(entry)
        if command:
            yield command

    def _expected(self, first, command, requests):
        if first.method in self.imports:
            return {entry.name: self.without_stamps(entry.json) for entry in command}
        require(first.request_id in requests, f"nobody sent the request {first.request_id}")
        method, request = requests[first.request_id]
        require(method == first.method, f"the request {first.request_id} was a {method}")
        self.today = first.today
        self.new_names = [entry.name for entry in command if entry.revision == 1]
        made = getattr(self, method)(request)
        return {name: plain(record) for name, record in made.items()}

    def _compare(self, command, expected):
        differences = []
        if {entry.name for entry in command} != set(expected) or len(command) != len(expected):
            differences.append(f"journal/{command[0].sequence}: {command[0].method} changed "
                               f"{[entry.name for entry in command]}, not {sorted(expected)}")
        for entry in command:
            revision, created = self.stamps.get(entry.name, (0, entry.stamp))
            self.stamps[entry.name] = (revision + 1, created)
            whole = {**expected.get(entry.name, {}), "revision": revision + 1, "create_time": created,
                     "update_time": entry.stamp}
            whole = self.as_shown(entry.name, whole)
            if whole != entry.json:
                differences.append(f"journal/{entry.sequence}: {entry.method} made {entry.json}, not {whole}")
            self.records[entry.name] = self.without_stamps(entry.json)
            self.kinds["/".join(entry.name.split("/")[::2])][entry.name] = self.records[entry.name]
        return differences

    @staticmethod
    def as_shown(name, record):
        """The record as a follower sees it who gives no reason to see personal data."""
        kind = PERSONAL.get(name.partition("/")[0]) if name.count("/") == 1 else None
        if kind is None:
            return record
        pool = Stubs.module("google.protobuf.descriptor_pool").Default()
        return masked_record(pool.FindMessageTypeByName(kind), record)

    @staticmethod
    def without_stamps(record):
        return {key: value for key, value in record.items() if key not in STAMPS}

    def held(self, name):
        require(name in self.records, f"there is no {name}")
        return dict(self.records[name])

    def held_in(self, request, *states):
        record = self.held(request["name"])
        require(record["state"] in states, f"{request['name']} is {record['state']}")
        return record

    def of(self, kind, parent=""):
        """The records of a kind, of one parent if it is given: of("loans/disbursements", "loans/7")."""
        return [record for name, record in self.kinds[kind].items() if name.startswith(parent)]
