"""One suite with the sample district for all behaviour tests of a run, and the way a test is said to every door of it."""

import datetime
import functools
import itertools
import json
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))

from suite import Suite  # noqa: E402

from catalogue import method  # noqa: E402
from doors import Error, Inexpressible, doors_of, plain  # noqa: E402

# What a record gets at its own time and place, whichever door it came by.
VOLATILE = {"create_time", "update_time", "delete_time", "time", "hash", "sequence", "next_page_token", "before", "after",
            "registration_number", "first_sequence", "last_sequence", "finish_time", "revert_time", "secret", "secret_sha256",
            "initial_password", "password_credential", "password_set_time", "access_token", "refresh_token", "access_expire_time",
            "session_expire_time"}
# Faults that a door which takes text finds while it reads, and that others leave to the service: in words of their own.
READ_BY_THE_DOOR = {"FIELD_UNKNOWN", "FIELD_UNKNOWN_VALUE", "FIELD_MALFORMED"}
NOWHERE = "this door cannot say it"

_numbers = itertools.count(1)


@functools.cache
def suite():
    """The suite of this run; the first who asks starts it, and run.py ends it."""
    started = Suite(sample=True)
    started.start()
    return started


@functools.cache
def doors():
    return doors_of(suite())


def close():
    """Ends the suite, if there is one; fails unless records, totals and journals agree after all that was done to them."""
    if not suite.cache_info().currsize:
        return
    if doors.cache_info().currsize:
        for door in doors():
            door.close()
    try:
        suite().assert_verified()
    finally:
        suite().close()


def day(offset=0):
    """The day so many days from today in UTC+8, as a google.type.Date."""
    today = datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=8))).date() + datetime.timedelta(days=offset)
    return {"year": today.year, "month": today.month, "day": today.day}


class Talk:
    """What a test says to one door and what it hears, with the names that only this door's records bear taken out."""

    def __init__(self, case, door):
        self.case = case
        self.door = door
        self.heard = []     # (method, request, outcome), to be compared with what the other doors say
        self.tokens = {}    # text -> what it stands for
        self.counts = {}

    def learn(self, token, what):
        """Notes a text that is this door's own, and gives it back."""
        self.counts[what] = self.counts.get(what, 0) + 1
        self.tokens.setdefault(token, f"<{what} {self.counts[what]}>")
        return token

    def fresh(self, what):
        """An id that no record bears yet; of one length for every door, in rising order."""
        return self.learn(f"{what}-{next(_numbers):06d}", what)

    def number(self):
        """A number that no other door gets."""
        return next(_numbers)

    def normal(self, value):
        if isinstance(value, dict):
            # How often an import was noted while it ran depends on how its rows fell together.
            hidden = {"etag", "revision"} if "first_sequence" in value else set()
            return {self.normal(key): self.normal_field(key, item) for key, item in value.items() if key not in hidden}
        if isinstance(value, list):
            return [self.normal(item) for item in value]
        if isinstance(value, str):
            for token in sorted(self.tokens, key=len, reverse=True):
                value = value.replace(token, self.tokens[token])
        return value

    def normal_field(self, key, item):
        if key in VOLATILE and item:
            return f"<{key}>"
        return self.normal(json.loads(item) if key == "record_json" and item else item)

    def note(self, method, request, outcome):
        self.heard.append((method, request, outcome))

    def normal_heard(self):
        """What was heard, in the end, when every name that belongs to this door is known."""
        return [self.normal(list(step)) for step in self.heard]

    def ok(self, method, request, **more):
        """The answer to a call that must be served."""
        answer = self.door.call(method, request, **more)
        if isinstance(answer, Error):
            self.case.fail(f"{self.door.name}: {method} was refused: {answer.code} {answer.reason} {answer.message} "
                           f"{answer.violations}; asked: {request}")
        self.note(method, request, plain(answer))
        return answer

    def refused(self, method, request, code, reason=None, fields=None, compared=True, **more):
        """The Error of a call that must be refused; None if this door cannot say it. fields: those that must be named."""
        try:
            answer = self.door.call(method, request, **more)
        except Inexpressible:
            self.note(method, {}, NOWHERE)
            return None
        if not isinstance(answer, Error):
            self.case.fail(f"{self.door.name}: {method} of {request} was served: {plain(answer)}")
        if answer.code is not None:
            self.case.assertEqual(answer.code, code, (self.door.name, method, request, answer))
            if reason is not None:
                self.case.assertEqual(answer.reason, reason, (self.door.name, method, request, answer))
            if fields is not None:
                self.case.assertEqual(set(answer.violations), set(fields), (self.door.name, method, request, answer))
        else:
            for field in fields or ():
                self.case.assertIn(field, answer.message)
        self.note(method, request, refusal(answer) if compared else NOWHERE)
        return answer


def refusal(error):
    """An error as it is compared: code, reason and details, or the words where a door shows no more."""
    if error.code is None:
        return {"words": error.message.splitlines()}
    said = {"code": error.code, "reason": error.reason, "message": error.message, "details": error.details,
            "words": [error.message]}
    violations = error.detail("google.rpc.BadRequest")
    if violations is not None and error.reason == "INVALID_FIELDS":
        # The sentences of the whole error are made of those of its violations.
        wrong = [(one["field"], one["reason"], "" if one["reason"] in READ_BY_THE_DOOR else one["description"])
                 for one in violations["field_violations"]]
        said.update(message="", details=sorted(wrong), words=["these fields are wrong:"])
        said["words"] += [f"  {field}: {description}" for field, _, description in wrong]
    return said


def agree(one, other):
    """True if two outcomes are the same, as far as both doors say them."""
    if NOWHERE in (one, other):
        return True
    if set(one) == {"words"} or set(other) == {"words"}:
        # What follows the sentence says what to do next, which is the door's own.
        return "words" in one and "words" in other and all(a.startswith(b) or b.startswith(a)
                                                           for a, b in zip(one["words"], other["words"]))
    return one == other


def lasting(answer):
    """An answer without what is shown once: the secret of a new key, the first password of a user."""
    shown = type(answer).FromString(answer.SerializeToString())
    for name in {"secret", "initial_password"} & set(answer.DESCRIPTOR.fields_by_name):
        shown.ClearField(name)
    return shown


class ThoroughTalk(Talk):
    """One that tries every change first, and says it twice: only the second of the three may leave a trace."""

    def __init__(self, case, door):
        super().__init__(case, door)
        self.tried = set()

    def ok(self, name, request, **more):
        one = method(name)
        if not one.mutates or "validate_only" in request:
            return super().ok(name, request, **more)
        head = self.door.suite.head(one.area)
        trial = super().ok(name, {**request, "validate_only": True}, **more)
        self.case.assertEqual(self.door.suite.head(one.area), head, f"the trial of {name} left a trace")
        named = {"request_id": self.fresh("request"), **request}
        answer = super().ok(name, named, **more)
        head = self.door.suite.head(one.area)
        self.case.assertEqual(super().ok(name, named, **more), lasting(answer), f"the repeat of {name} got another answer")
        self.case.assertEqual(self.door.suite.head(one.area), head, f"the repeat of {name} left a trace")
        self.case.assertEqual(plain(trial).keys(), plain(lasting(answer)).keys(), f"the trial of {name} got another answer")
        self.tried.add(one.name)
        return answer


class Behaviour(unittest.TestCase):
    """A test case over the doors of the shared suite."""

    maxDiff = 4000

    @classmethod
    def setUpClass(cls):
        cls.suite = suite()
        cls.doors = doors()

    def compare(self, heard):
        """Fails for every step at which a door said anything else than the first."""
        first, *others = heard
        for name in others:
            self.assertEqual(len(heard[name]), len(heard[first]), f"steps by {name} and by {first}")
            for (method, request, expected), (_, _, found) in zip(heard[first], heard[name]):
                if not agree(expected, found):
                    with self.subTest(f"{name} differs from {first}", method=method, request=str(request)[:300]):
                        self.assertEqual(found, expected)


def every_door(test):
    """A test that takes (self, to), said to every door with fresh records; their answers are then compared."""
    @functools.wraps(test)
    def run(self):
        heard = {}
        for door in self.doors:
            with self.subTest(door=door.name):
                talk = Talk(self, door)
                test(self, talk)
                heard[door.name] = talk.normal_heard()
        if heard:
            self.compare(heard)
    return run
