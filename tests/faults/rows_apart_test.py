"""A bank that is bound to its own rows learns nothing of the others: two suites that differ only in rows it may not see answer
its calls alike, byte for byte."""

import dataclasses
import os
import shutil
import stat
import sys
import threading
import time
import unittest

from setting import LONG, FaultTest, chance

from catalogue import method
from load import Door, Load, Notebook
from queries import Asker, Scan
from records import WAN
from shared import day
from suite import Suite, messages

import grpc
from google.protobuf import json_format

CALLS = 100_000 if LONG else 6_000
THREADS = 4
FILL_SECONDS = 20 if LONG else 8
ABSENT = ("loans/absent", "banks/absent", "loans/absent/disbursements/0001", "pools/absent", "", "loans", "loans/a b", "x/y/z")


@dataclasses.dataclass(frozen=True)
class Ask:
    """One call: its method, and the request as bytes."""
    method: str
    request: bytes


class Twins(FaultTest):
    """self.suite, and a copy of it with other rows where the bank may not look."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        notebook = Notebook()
        with Load(cls.suite, notebook, "common", enterprises=1, contracts=2, loans=6) as load:
            threading.Event().wait(FILL_SECONDS)  # so long the writers work; nothing is waited for
        cls.mine, cls.other = load.banks
        cls.secret = cls.bank_key()
        cls.twin = Suite()
        cls.copy_to_twin()
        cls.addClassCleanup(cls.twin.close)
        cls.change_what_is_hidden()
        cls.rows = cls.names_of_both()

    @classmethod
    def bank_key(cls):
        api, suite = messages("identity"), cls.suite
        request = api.CreateKeyRequest(key_id="bank")
        request.key.holder = "合作银行"
        made = suite.call(suite.stub("identity").CreateKey, request, key="system")
        suite.call(suite.stub("identity").SetKeyRoles, api.SetKeyRolesRequest(name=made.key.name, roles=["PARTNER_BANK"],
                                                                             scope=cls.mine), key="security")
        return made.secret

    @classmethod
    def copy_to_twin(cls):
        def sockets(folder, names):
            return [name for name in names if stat.S_ISSOCK(os.lstat(os.path.join(folder, name)).st_mode)]
        cls.suite.hang_up()
        assert cls.suite.down().returncode == 0
        shutil.copytree(cls.suite.state, cls.twin.state, symlinks=True, ignore=sockets)
        for suite in (cls.suite, cls.twin):
            suite.start()

    @classmethod
    def change_what_is_hidden(cls):
        """Other banks, pools, firms and loans by the doors; and by SQL, other values in the other bank's rows, and some gone."""
        with Load(cls.twin, Notebook(), "hidden", enterprises=1, contracts=2, loans=6):
            threading.Event().wait(FILL_SECONDS)
        cls.twin.sql(f"""USE kechuang_loan;
            DELETE FROM loan WHERE bank = '{cls.other}' AND CRC32(name) % 3 = 0;
            UPDATE loan SET applied_amount_fen = applied_amount_fen + 700, enterprise_name = CONCAT('改名', name),
              application_date = '2019-09-09', batch = '密' WHERE bank = '{cls.other}';
            UPDATE disbursement SET amount_fen = amount_fen + 7 WHERE bank = '{cls.other}';
            UPDATE repayment SET principal_fen = principal_fen + 7
              WHERE loan IN (SELECT name FROM loan WHERE bank = '{cls.other}');
            UPDATE bank SET bank_name = CONCAT('改名', bank_name) WHERE name = '{cls.other}';""")
        cls.twin.kill("loan")  # and with it what it remembers of these rows
        cls.twin.start()

    @classmethod
    def names_of_both(cls):
        """Every loan, and every disbursement, that one of the suites has."""
        found = {"ListLoans": {}, "ListDisbursements": {}, "ListRepayments": {}}
        for suite in (cls.suite, cls.twin):
            door = Door(suite, direct=True)
            for name, rows in found.items():
                parent = {} if name == "ListLoans" else {"parent": "loans/-"}
                rows.update({row.name: row for row in door.everything(name, **parent)})
            door.close()
        return {name: list(rows.values()) for name, rows in found.items()}


class Caller:
    """The bank at one suite."""

    def __init__(self, suite, secret):
        self.channel = suite.new_channel("loan")
        self.metadata = (("authorization", f"Bearer {secret}"),)

    def answer(self, ask):
        """What the call is answered with: the bytes of every message, or all that an error says."""
        kind = "unary_stream" if method(ask.method).descriptor.server_streaming else "unary_unary"
        call = getattr(self.channel, kind)(method(ask.method).path)
        try:
            answer = call(ask.request, timeout=60, metadata=self.metadata)
            return (self.timeless(ask, answer),) if isinstance(answer, bytes) else tuple(answer)
        except grpc.RpcError as error:
            if error.code() == grpc.StatusCode.RESOURCE_EXHAUSTED:  # this many exports at once, whatever they show
                return None
            details = [value for key, value in error.trailing_metadata() or () if key == "grpc-status-details-bin"]
            return error.code(), error.details(), details

    @staticmethod
    def timeless(ask, answer):
        """The answer; of a change that is only tried, without the moment of the trial."""
        if not method(ask.method).mutates:
            return answer
        record = method(ask.method).output.FromString(answer)
        record.ClearField("update_time")
        return record.SerializeToString()

    def close(self):
        self.channel.close()


class Curious:
    """Random calls of a bank, from what it knows and from what it can guess."""

    def __init__(self, rows, banks, random):
        self.random, self.rows, self.banks = random, rows, banks
        self.askers = {name: Asker(Scan(name, found), random) for name, found in rows.items()}
        self.loans = [row.name for row in rows["ListLoans"]]
        self.paid = [row.name for row in rows["ListDisbursements"]]
        self.tokens = {}
        self.makers = [self.get, self.batch, self.list, self.list, self.list, self.children, self.export, self.bank, self.history,
                       self.totals, self.at, self.write, self.write]

    def ask(self):
        name, request = self.random.choice(self.makers)()
        return Ask(name, json_format.ParseDict(request, method(name).input()).SerializeToString())

    def loan(self):
        return self.random.choice(self.loans) if self.random.random() < 0.9 else self.random.choice(ABSENT)

    def record(self):
        return self.random.choice((self.loan, self.loan, lambda: self.random.choice(self.paid + self.banks)))()

    def query(self, lists, asker):
        asker = self.askers[asker]
        orders = asker.order()
        request = {"filter": asker.filter()[0] if self.random.random() < 0.8 else "",
                   "orderBy": ", ".join(f"{path} desc" if down else path for path, down in orders),
                   "pageSize": self.random.randrange(1, 9)}
        if self.random.random() < 0.3 and lists in self.tokens:
            request = {**self.tokens[lists]}
            if self.random.random() < 0.2:
                request["filter"] = ""  # a token of other arguments
        return request

    def learn(self, ask, answer):
        """Keeps the token of a page, to ask for the next one."""
        if answer is None or len(answer) != 1 or not ask.method.startswith("List"):
            return
        page = method(ask.method).output.FromString(answer[0])
        if page.next_page_token:
            request = json_format.MessageToDict(method(ask.method).input.FromString(ask.request))
            self.tokens[ask.method] = {**request, "pageToken": page.next_page_token}

    def get(self):
        return "GetLoan", {"name": self.record()}

    def batch(self):
        return "BatchGetLoans", {"names": [self.loan() for _ in range(self.random.randrange(4))]}

    def list(self):
        return "ListLoans", self.query("ListLoans", "ListLoans")

    def children(self):
        name = self.random.choice(("ListDisbursements", "ListRepayments"))
        return name, {**self.query(name, name), "parent": self.random.choice((self.loan(), "loans/-"))}

    def export(self):
        name, asker = self.random.choice((("ExportLoans", "ListLoans"), ("ExportDisbursements", "ListDisbursements"),
                                          ("ExportRepayments", "ListRepayments")))
        return name, {"filter": self.askers[asker].filter()[0]}

    def bank(self):
        if self.random.random() < 0.5:
            return "GetBank", {"name": self.random.choice((*self.banks, self.record()))}
        return self.random.choice(("ListBanks", "ExportBanks")), {}

    def totals(self):
        return "GetLoanTotals", {"year": self.random.choice((2025, day()["year"], 2030))}

    def history(self):
        return "LoanJournal/ListRevisions", {"record": self.record(), "pageSize": self.random.randrange(1, 6)}

    def at(self):
        moment = {"revision": self.random.randrange(1, 9)} if self.random.random() < 0.7 else {
            "readTime": f"{self.random.choice((2020, 2030))}-01-01T00:00:00Z"}
        return "LoanJournal/ReadRecordAt", {"record": self.record(), **moment}

    def write(self):
        random, amount = self.random, self.random.randrange(1, 2 * WAN)
        more = {
            "BankApproveLoan": lambda: {"amountFen": amount, "ratePpm": 36500, "termMonths": 12},
            "DisburseLoan": lambda: {"amountFen": amount, "disburseDate": day(-1)},
            "RepayLoan": lambda: {"principalFen": amount, "repayDate": day(-1)},
            "ReverseDisbursement": lambda: {"name": random.choice(self.paid), "reverseDate": day(), "reason": "记错"},
        }
        name = random.choice(sorted(more))
        return name, {"name": self.loan(), "validateOnly": True, "etag": random.choice(("", "", "guessed")), **more[name]()}


class RowsApart(Twins):
    def differences(self, calls, purpose, until=None):
        """Asks both suites so often, by several threads; the calls that were not answered alike. Ends early once until(them)."""
        found, asked, kinds, lock = [], [0], {}, threading.Lock()

        def work(number):
            callers = [Caller(suite, self.secret) for suite in (self.suite, self.twin)]
            curious = Curious(self.rows, [self.mine, self.other, "banks/hidden-bank0"], chance(purpose, number))
            while asked[0] < calls and not (until and until(found)):
                ask = curious.ask()
                first, second = (caller.answer(ask) for caller in callers)
                if first is None or second is None:
                    continue
                curious.learn(ask, first)
                with lock:
                    asked[0] += 1
                    refused = isinstance(first[0], grpc.StatusCode)
                    kinds.setdefault(ask.method, [0, 0])[refused] += 1
                    if first != second:
                        found.append((ask, first, second))
            for caller in callers:
                caller.close()
        threads = [threading.Thread(target=work, args=(number,)) for number in range(THREADS)]
        began = time.monotonic()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        print(f"{asked[0]} calls in {time.monotonic() - began:.0f} s, {len(found)} answered differently; answered and refused: "
              f"{kinds}", file=sys.stderr)
        self.assertGreaterEqual(asked[0], min(calls, 1) if until else calls)
        return found, kinds

    def test_a_bank_cannot_tell_which_of_two_suites_it_asks(self):
        loans = self.rows["ListLoans"]
        self.assertGreater(len([row for row in loans if row.bank == self.mine]), 5, "loans of the bank")
        self.assertGreater(len([row for row in loans if row.bank != self.mine]), 15, "loans of others")
        found, kinds = self.differences(CALLS, "apart")
        for ask, first, second in found[:3]:
            print(f"{ask.method} {method(ask.method).input.FromString(ask.request)}\n{first}\n{second}", file=sys.stderr)
        self.assertEqual(len(found), 0)
        for name in ("GetLoan", "ListLoans", "ListRepayments", "ExportLoans", "LoanJournal/ListRevisions",
                     "LoanJournal/ReadRecordAt"):
            self.assertGreater(kinds[name][False], 0, f"{name} was never answered")

    def test_a_leak_is_found(self):
        # As if somebody had added up over all rows in a column that the bank may see and sort by.
        columns = [row[0] for row in self.twin.sql("""SELECT column_name FROM information_schema.columns
            WHERE table_schema = 'kechuang_loan' AND table_name = 'loan' ORDER BY ordinal_position""")]
        leaky = ", ".join(f"(SELECT CONCAT(held.batch, COUNT(*)) FROM loan_held other WHERE other.bank <> '{self.mine}') AS batch"
                          if column == "batch" else f"held.`{column}`" for column in columns)
        self.twin.sql(f"""USE kechuang_loan; RENAME TABLE loan TO loan_held;
            CREATE VIEW loan AS SELECT {leaky} FROM loan_held held;""")
        try:
            def shown(found):  # among answers, not because the leak broke something
                return [one for one in found if isinstance(one[1][0], bytes) and isinstance(one[2][0], bytes)]
            found, _ = self.differences(2_000, "leak", until=lambda found: len(shown(found)) > 2)
            self.assertGreater(len(shown(found)), 2)
        finally:
            self.twin.sql("USE kechuang_loan; DROP VIEW loan; RENAME TABLE loan_held TO loan;")


if __name__ == "__main__":
    unittest.main()
