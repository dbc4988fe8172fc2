"""2,000 broken requests from a seed: each gets a clean answer, and none tells what the inside is made of."""

import http.client
import json
import os
import random
import re
import string
import unittest
import urllib.parse

import run
from catalogue import methods
from doors import Inexpressible, Rest
from requests_of import least
from shared import Behaviour

REQUESTS = 2_000
SEED = int(os.environ.get("KECHUANG_SEED", "0")) or random.randrange(1, 1 << 31)

# Words that only the inside knows: types and functions of C++, files, SQL and its driver, addresses of processes.
INSIDE = re.compile(
    r"std::|absl::|google::protobuf|grpc::|nlohmann|boost::|strconv|string_view|basic_string|what\(\)|terminate called|"
    r"bad_alloc|SIGSEGV|0x[0-9a-f]{8,}|\.(cc|h|cpp|hpp|proto):\d+|/(usr|home|tmp|build|var)/|"
    r"\bSELECT\b.*\bFROM\b|\bINSERT INTO\b|\bUPDATE `|SQLSTATE|SQLException|mysql|mariadb|MariaDB|errno|InnoDB|"
    r"kechuang_(enterprise|loan|contract)\b|parse_error|json\.exception|ipv4:|ipv6:|127\.0\.0\.1:\d+", re.IGNORECASE)
MADE_UP = ("", "0", "-1", "null", "true", "{}", "[]", "汉字", "é", "\u202e", "x" * 300, "1e400", "9223372036854775808", "NaN",
           "'", '"', "`; DROP TABLE contract; --", "' OR '1'='1", "../../etc/passwd", "%s%n%x", "${jndi:ldap://x}", "\\", "\x7f",
           "{{7*7}}", "2022-02-30", "contracts/-", "*", "-", "18446744073709551616", "0x10", " ", "\t")


class Fuzz(Behaviour):
    def setUp(self):
        self.random = random.Random(SEED)
        self.door = Rest(self.suite)
        self.addCleanup(self.door.close)

    def word(self):
        kind = self.random.randrange(3)
        if kind == 0:
            return self.random.choice(MADE_UP)
        if kind == 1:
            return "".join(self.random.choices(string.printable, k=self.random.randrange(1, 12)))
        return str(self.random.randrange(-1 << 65, 1 << 65))

    def value(self, depth=0):
        kind = self.random.randrange(7 if depth < 4 else 5)
        if kind < 3:
            return self.word()
        if kind < 5:
            return self.random.choice((None, True, 0, -1, 1.5, 1e308, 2**53 + 1, -2**70))
        if kind == 5:
            return [self.value(depth + 1) for _ in range(self.random.randrange(3))]
        return {self.word(): self.value(depth + 1) for _ in range(self.random.randrange(3))}

    def spoil(self, value):
        """A value of a request with something in it changed."""
        if isinstance(value, dict) and value and self.random.random() < 0.8:
            key = self.random.choice(sorted(value))
            changed = dict(value)
            if self.random.random() < 0.15:
                changed[self.random.choice((key + "x", key.upper(), key[:-1], self.word()))] = changed.pop(key)
            else:
                changed[key] = self.spoil(changed[key])
            return changed
        return self.value()

    def request(self):
        """(verb, target, body) of one broken request."""
        one = self.random.choice(sorted(methods().values(), key=lambda found: found.name))
        request = least(one)
        if one.mutates:
            request["validate_only"] = True
        verb, target, body = Rest.target(one, request)
        if body is not None:
            body = self.spoil(body)
            if one.http[0].body == "*" and one.mutates and isinstance(body, dict):
                body["validate_only"] = True
        data = None if body is None else json.dumps(body, ensure_ascii=self.random.random() < 0.5)
        if data is not None and self.random.random() < 0.2:
            place = self.random.randrange(len(data) + 1)
            data = data[:place] + self.word() + data[place + self.random.randrange(3):]
        if self.random.random() < 0.4:
            name = self.random.choice(["page_size", "filter", "order_by", "page_token", "update_mask", "names", "x", self.word()])
            target += ("&" if "?" in target else "?") + self.quoted(name) + "=" + self.quoted(self.word())
        if self.random.random() < 0.2:
            target = target.replace("absent", self.quoted(self.word()) or "absent", 1)
        if self.random.random() < 0.05:
            verb = self.random.choice(("GET", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"))
        return verb, target, data

    def quoted(self, text):
        bare = self.random.random() < 0.1 and re.fullmatch(r"[!-~]*", text)
        return text if bare else urllib.parse.quote(text, safe="")

    def test_no_answer_tells_of_the_inside(self):
        print(f"KECHUANG_SEED={SEED}", flush=True)
        statuses = {}
        processes = self.suite.processes()
        for number in range(REQUESTS):
            verb, target, data = self.request()
            headers = self.door.headers(None, None)
            if data is not None:
                headers["Content-Type"] = "application/json"
            try:
                status, answered, content = self.door.send(verb, target, None if data is None else data.encode(), headers)
            except (http.client.HTTPException, Inexpressible, ConnectionError) as error:
                self.fail(f"seed {SEED}, request {number}: {verb} {target} {data}: {error!r}")
            statuses[status] = statuses.get(status, 0) + 1
            text = content.decode("utf-8")
            story = f"seed {SEED}, request {number}: {verb} {target} {data}: {status} {text[:2000]}"
            self.assertLess(status, 500, story)
            if status >= 400:
                told = self.without_echo(text, target, data)
                self.assertIsNone(INSIDE.search(told), f"{INSIDE.search(told)} in {story}")
                if content:
                    self.assertTrue(answered["content-type"].startswith("application/json"), story)
                    self.assertTrue(json.loads(text)["message"], story)
        self.assertEqual(self.suite.processes(), processes)
        self.assertGreater(statuses.get(400, 0), REQUESTS // 4, statuses)

    @staticmethod
    def without_echo(text, target, data):
        """The answer without what it repeats of the made-up request."""
        for word in sorted(MADE_UP, key=len, reverse=True):
            if len(word) > 3 and (word in target or data and word in data):
                text = text.replace(word, "")
        return text


if __name__ == "__main__":
    raise SystemExit(run.main([__file__]))
