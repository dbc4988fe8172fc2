"""Streams and deadlines over REST: lines as they come, errors in the middle, statements that end with their caller."""

import json
import socket
import threading
import unittest

import run
from doors import Rest
from records import contract, create_contract
from shared import Behaviour, Talk
from suite import HTTP_OFFSET, wait_until

WAITING = "SELECT COUNT(*) FROM information_schema.processlist WHERE state LIKE 'Waiting for table%lock'"


class ChunkedCall:
    """One HTTP call whose body and answer are open at once, over a socket of its own."""

    def __init__(self, suite, path, authorization):
        self.socket = socket.create_connection(("127.0.0.1", suite.port + HTTP_OFFSET), timeout=20)
        self.file = self.socket.makefile("rb")
        self.socket.sendall((f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: {authorization}\r\n"
                             "Content-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n").encode())

    def send(self, text):
        data = text.encode()
        self.socket.sendall(f"{len(data):x}\r\n".encode() + data + b"\r\n")

    def end(self):
        self.socket.sendall(b"0\r\n\r\n")

    def head(self):
        """The status of the answer; its headers are read over."""
        status = int(self.file.readline().split()[1])
        while self.file.readline() not in (b"\r\n", b""):
            pass
        return status

    def chunk(self):
        """The next chunk of the answer; empty at its end."""
        size = int(self.file.readline().strip() or b"0", 16)
        data = self.file.read(size)
        self.file.readline()
        return data.decode()

    def close(self):
        self.file.close()
        self.socket.close()


class StreamCase(Behaviour):
    def setUp(self):
        self.door = Rest(self.suite)
        self.addCleanup(self.door.close)
        self.to = Talk(self, self.door)
        self.authorization = self.door.headers(None, None)["Authorization"]

    def import_line(self, row):
        """A line of an import that is only judged; the first names its file."""
        line = {"rows": [{"origin": {"row": row}, "contract": contract(self.to)}]}
        if row == 1:
            line["source"] = {"importId": self.to.fresh("import"), "fileName": "a.csv", "fileHash": "b" * 64,
                              "validateOnly": True}
        return json.dumps(line) + "\n"


class Lines(StreamCase):
    def call(self, path="/v1/contracts:import"):
        call = ChunkedCall(self.suite, path, self.authorization)
        self.addCleanup(call.close)
        return call

    @staticmethod
    def rows(call):
        """The rows that the next answers tell of; one without any only shows that the import goes on."""
        while True:
            answer = json.loads(call.chunk())
            if answer.get("outcomes") != []:
                return [one["origin"]["row"] for one in answer.get("outcomes", [answer])]

    def test_an_answer_comes_before_the_next_line_is_sent(self):
        call = self.call()
        call.send(self.import_line(1))
        self.assertEqual(call.head(), 200)
        self.assertEqual(self.rows(call), [1])
        call.send(self.import_line(2))
        self.assertEqual(self.rows(call), [2])
        call.end()
        self.assertEqual([json.loads(rest) for rest in iter(call.chunk, "") if json.loads(rest) != {"outcomes": []}], [])

    def test_a_line_in_pieces_is_one_line(self):
        call = self.call()
        line = self.import_line(1)
        for start in range(0, len(line), 50):
            call.send(line[start:start + 50])
        call.end()
        self.assertEqual(call.head(), 200)
        self.assertEqual(len(json.loads(call.chunk())["outcomes"]), 1)

    def test_an_error_in_the_middle_is_the_last_line(self):
        for bad, word in (('{"rows": [{"contract": {"no_such_field": 1}}]}\n', "no_such_field"), ("{\n", ""), ("[]\n", "")):
            with self.subTest(bad):
                call = self.call()
                call.send(self.import_line(1))
                self.assertEqual(call.head(), 200)
                self.assertIn("outcomes", call.chunk())
                call.send(bad)
                call.end()
                last = next(answer for answer in map(json.loads, iter(call.chunk, "")) if answer != {"outcomes": []})
                self.assertEqual(set(last), {"error"})
                self.assertEqual(last["error"]["status"], "INVALID_ARGUMENT")
                self.assertTrue(last["error"]["message"])
                self.assertIn(word, json.dumps(last))
                self.assertEqual(call.chunk(), "")

    def test_an_error_before_the_first_line_is_the_answer(self):
        call = self.call()
        call.send("{\n")
        call.end()
        self.assertEqual(call.head(), 400)

    def test_a_caller_that_goes_leaves_nothing_behind(self):
        call = self.call()
        call.send(self.import_line(1))
        self.assertEqual(call.head(), 200)
        call.close()
        self.assertEqual(self.to.ok("ContractJournal/GetJournalHead", {}).sequence, self.suite.head("contract")[0])

    def test_server_streams_are_lines_of_json(self):
        status, headers, content = self.door.send("GET", "/v1/contractJournal:verify", None, self.door.headers(None, None))
        self.assertEqual(status, 200)
        self.assertIn("ndjson", headers["content-type"])
        lines = [json.loads(line) for line in content.decode().splitlines()]
        self.assertTrue(lines[-1]["complete"])


class Deadlines(StreamCase):
    def test_a_header_with_the_time_ends_the_statement_too(self):
        for name, value in (("Request-Timeout", "600ms"), ("Grpc-Timeout", "600m"), ("Request-Timeout", "1")):
            with self.subTest(name, value=value), self.suite.sql_session() as session:
                session.run("LOCK TABLES kechuang_contract.contract WRITE")
                answers = []
                caller = threading.Thread(target=lambda: answers.append(self.door.send(
                    "GET", "/v1/contracts/absent", None, {"Authorization": self.authorization, name: value})))
                caller.start()
                wait_until(lambda: self.suite.sql(WAITING) != [["0"]], 5, "the statement to wait")
                caller.join()
                status, _, content = answers[0]
                self.assertEqual(status, 504, content)
                self.assertEqual(json.loads(content)["status"], "DEADLINE_EXCEEDED")
                wait_until(lambda: self.suite.sql(WAITING) == [["0"]], 5, "the statement to end")

    def test_a_time_that_is_none_is_refused(self):
        made = create_contract(self.to)
        for name, value in (("Request-Timeout", "soon"), ("Grpc-Timeout", "5x"), ("Grpc-Timeout", "-5S"),
                            ("Request-Timeout", "-1")):
            status, _, content = self.door.send("GET", f"/v1/{made.name}", None,
                                                {"Authorization": self.authorization, name: value})
            self.assertEqual(status, 400, (name, value, content))
            self.assertIn(name.lower(), content.decode().lower())


if __name__ == "__main__":
    raise SystemExit(run.main([__file__]))
