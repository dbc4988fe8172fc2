"""Writers that change many records of a suite at once, and a notebook of what each of them asked and was told.

Every command bears a request id. A call whose fate is not known is sent again under the same id until it is answered, so in the
end each command is either acknowledged or refused for good; aftermath.py holds the suite to both."""

import dataclasses
import functools
import threading
import time

from setting import OFFSETS, chance

from catalogue import method
from records import WAN, credit_code, policy
from shared import day
from suite import error_details

import grpc
from google.protobuf import json_format

OPEN, ACKNOWLEDGED, REFUSED = "open", "acknowledged", "refused"
# The call may have been made or not: only the same request id tells.
FATE_UNKNOWN = (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED, grpc.StatusCode.CANCELLED)
PASSING_REASONS = ("OVERLOADED", "CONFLICT", "DATABASE_UNAVAILABLE", "SERVICE_UNAVAILABLE", "DEADLINE")
SETTLE_SECONDS = 90
HOT_CONTRACTS, HOT_LOANS = 6, 4
# How often a writer leaves a record for a new one. Some records can go no further (a contract that was refused again after an
# objection), so without it every place fills with them in the end, and nothing is written any more.
LEFT_FOR_A_NEW_ONE = 0.05


@dataclasses.dataclass
class Command:
    """One change that a writer asked for, and what became of it."""
    method: str
    request: dict
    outcome: str = OPEN
    answer: object = None       # the message, if acknowledged
    reason: str = ""            # if refused
    attempts: int = 0
    unknown: int = 0            # attempts whose fate nobody told

    @property
    def request_id(self):
        return self.request["request_id"]

    @property
    def area(self):
        return method(self.method).area


class Notebook:
    """Everything that was asked of one suite, and every fault of its own that a service admitted."""

    def __init__(self):
        self.commands = []
        self.internal = []

    def of(self, outcome):
        return [command for command in self.commands if command.outcome == outcome]

    @property
    def unknown(self):
        """How many attempts had an unknown fate so far."""
        return sum(command.unknown for command in self.commands)

    @property
    def acknowledged(self):
        return len(self.of(ACKNOWLEDGED))


@functools.cache
def _codec(name):
    one = method(name)
    return one.path, one.input, one.output


def message_of(command):
    return json_format.ParseDict(command.request, _codec(command.method)[1]())


class Door:
    """A way into a suite: through its gateway, or to the services' own ports of a port base."""

    def __init__(self, suite, direct=False, port=None):
        self.suite = suite
        self.direct = direct
        self.port = port or suite.port
        self.channels, self.methods = {}, {}
        self.lock = threading.Lock()
        self.metadata = suite.metadata()

    def channel(self, area):
        service = area if self.direct else "gateway"
        with self.lock:
            if service not in self.channels:
                options = [("grpc.initial_reconnect_backoff_ms", 100), ("grpc.max_reconnect_backoff_ms", 300),
                           ("grpc.use_local_subchannel_pool", 1)]
                self.channels[service] = grpc.insecure_channel(f"127.0.0.1:{self.port + OFFSETS[service]}", options=options)
            return self.channels[service]

    def method(self, name):
        """What calls a method of this name."""
        if name not in self.methods:
            path, request, answer = _codec(name)
            self.methods[name] = self.channel(method(name).area).unary_unary(path, request.SerializeToString, answer.FromString)
        return self.methods[name]

    def send(self, name, message, timeout):
        return self.method(name)(message, timeout=timeout, metadata=self.metadata)

    def begin(self, name, message, timeout):
        """Like send, but gives the answer's future at once."""
        return self.method(name).future(message, timeout=timeout, metadata=self.metadata)

    def everything(self, name, **request):
        """Every record that a List of this name gives, page by page; waits for a service that does not listen yet."""
        message = json_format.ParseDict({**request, "page_size": 1000}, _codec(name)[1]())
        while True:
            page = self.method(name)(message, timeout=60, metadata=self.metadata, wait_for_ready=True)
            yield from getattr(page, page.DESCRIPTOR.fields[0].name)
            if not page.next_page_token:
                return
            message.page_token = page.next_page_token

    def close(self):
        for channel in self.channels.values():
            channel.close()


def is_final(error, notebook):
    """True if this error says for good that the change was not made."""
    if error.code() in FATE_UNKNOWN:
        return False
    info = error_details(error).get("ErrorInfo")
    if info is None:  # the transport said it, not a service
        return False
    if info.reason == "INTERNAL_FAULT":
        notebook.internal.append(error.details())
        return False
    return info.reason not in PASSING_REASONS


def settle(command, doors, notebook, random, timeout, stopped):
    """Sends a command by one door after the other until it is acknowledged or refused for good."""
    message = message_of(command)
    pacer = threading.Event()
    deadline = None
    while command.outcome == OPEN:
        command.attempts += 1
        try:
            command.answer = random.choice(doors).send(command.method, message, timeout)
            command.outcome = ACKNOWLEDGED
        except grpc.RpcError as error:
            if is_final(error, notebook):
                command.reason = error_details(error)["ErrorInfo"].reason
                command.outcome = REFUSED
                continue
            command.unknown += 1
            if stopped.is_set():
                deadline = deadline or time.monotonic() + SETTLE_SECONDS
                if time.monotonic() > deadline:
                    return
            pacer.wait(random.uniform(0.02, 0.2))


class Slot:
    """What the writers know of one record that they share; none of them owns it, so what they know may be out of date."""

    def __init__(self):
        self.lock = threading.Lock()
        self.forget()

    def forget(self):
        self.name, self.record = None, None

    def learn(self, record):
        with self.lock:
            if self.name == record.name and (self.record is None or record.revision > self.record.revision):
                self.record = record

    def state(self, kind):
        """The state's name without its prefix; empty before the record is made."""
        if self.record is None:
            return ""
        number = self.record.DESCRIPTOR.fields_by_name["state"].enum_type.values_by_number[self.record.state]
        return number.name.removeprefix(f"{kind}_STATE_")


class Load:
    """Writers at work on a suite until stop(). doors: the ways that they take, in any order. rest: the seconds that a writer
    waits after a command, on average."""

    def __init__(self, suite, notebook, run, doors=None, contracts=8, loans=4, enterprises=2, timeout=5, rest=0):
        self.suite, self.notebook, self.run, self.timeout, self.rest = suite, notebook, run, timeout, rest
        self.doors = doors or [Door(suite), Door(suite, direct=True)]
        self.stopped = threading.Event()
        self.numbers, self.number_lock = 0, threading.Lock()
        self.contracts = [Slot() for _ in range(HOT_CONTRACTS)]
        self.loans = [Slot() for _ in range(HOT_LOANS)]
        self.postings, self.disbursements = [], []
        self.broken = []    # what ended a writer before its time
        self._lay_ground(chance(run, "ground"))
        makers = [self.contract_command] * contracts + [self.loan_command] * loans + [self.enterprise_command] * enterprises
        self.threads = [threading.Thread(target=self._write, args=(make, chance(run, number)))
                        for number, make in enumerate(makers)]
        for thread in self.threads:
            thread.start()

    def stop(self):
        """Lets every writer settle what it has in hand, and ends them."""
        self.stopped.set()
        for thread in self.threads:
            thread.join()
        for door in self.doors:
            door.close()
        if self.broken:
            raise self.broken.pop()

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        try:
            self.stop()
        except Exception:
            if kind is None:  # else the test has failed for another reason already
                raise

    def fresh(self):
        with self.number_lock:
            self.numbers += 1
            return self.numbers

    def command(self, method_name, **request):
        return Command(method_name, {"request_id": f"{self.run}-{self.fresh()}", **request})

    def ask(self, command, random):
        self.notebook.commands.append(command)
        settle(command, self.doors, self.notebook, random, self.timeout, self.stopped)
        return command

    def _write(self, make, random):
        try:
            while not self.stopped.is_set():
                command, slot = make(random)
                self.ask(command, random)
                if command.outcome == ACKNOWLEDGED:
                    self._learn(command, slot)
                if self.rest:
                    self.stopped.wait(random.uniform(0, 2 * self.rest))
        except Exception as error:  # a thread's own words go nowhere: stop() says them
            self.broken.append(error)

    def _learn(self, command, slot):
        if slot is not None and hasattr(command.answer, "state") and command.method != "ReverseDisbursement":
            slot.learn(command.answer)
        if command.method in ("ContributeToPool", "RecordPoolInterest"):
            self.postings.append(command.answer.name)
        if command.method == "DisburseLoan":
            self.disbursements.append(f"{command.answer.name}/disbursements/{command.answer.disbursement_count:04d}")

    def _lay_ground(self, random):
        """Enterprises that may borrow, banks that lend, and pools that stand behind them."""
        digits = sum(ord(letter) * 31 ** place for place, letter in enumerate(self.run)) % 9000 * 100
        self.firms, self.banks, self.pools = [], [], []
        for number in range(4):
            firm = self.ask(self.command("CreateEnterprise", enterprise={
                "credit_code": credit_code(digits + number), "enterprise_name": f"宁夏{self.run}{number}科技有限公司",
                "located_division_code": "640105"}), random).answer.name
            self.ask(self.command("GrantCertification", parent=firm, certification={
                "certification_class": "CERTIFICATION_CLASS_HNTE", "certificate_number": f"GR{digits + number:012d}",
                "issue_date": day(-30)}), random)
            self.firms.append(firm)
        for number in range(2):
            self.banks.append(self.ask(self.command("CreateBank", bank_id=f"{self.run}-bank{number}", bank={
                "bank_name": f"{self.run}{number} 银行"}), random).answer.name)
            pool = self.ask(self.command("CreatePool", pool_id=f"{self.run}-pool{number}", pool={
                "pool_name": f"{self.run} 资金池 {number}", "policies": [policy()]}), random).answer.name
            self.pools.append(pool)
            self.ask(self.command("ContributeToPool", pool=pool, amount_fen=150 * WAN, posting_date=day(-20),
                                  contributor="区财政局"), random)

    # Contracts.

    AFTER = {
        "DRAFT": ("UpdateContract", "SubmitContract", "SubmitContract"),
        "SUBMITTED": ("AcceptContract", "AcceptContract", "AcceptContract", "RefuseContract"),
        "REFUSED": ("ObjectContract",),
        "ACCEPTED": ("RegisterContract", "RegisterContract", "RegisterContract", "NotRegisterContract", "RequestSupplement",
                     "SendToExpertReview"),
        "SUPPLEMENTING": ("UpdateContract", "SupplementContract"),
        "EXPERT_REVIEW": ("RegisterContract",),
        "NOT_REGISTERED": ("ObjectContract",),
        "REGISTERED": ("RecordIncome", "RecordIncome", "AmendContract", "AmendContract", "CancelContract", "RevokeContract"),
    }
    CONTRACT_EVENTS = sorted({event for events in AFTER.values() for event in events})

    def contract_command(self, random):
        slot = random.choice(self.contracts)
        with slot.lock:
            state = slot.state("CONTRACT")
            if slot.name is None or state and state not in self.AFTER or random.random() < LEFT_FOR_A_NEW_ONE:
                slot.forget()
                slot.name = f"contracts/{self.run}-{self.fresh()}"
                return self.command("CreateContract", contract_id=slot.name.partition("/")[2],
                                    contract=self.new_contract(random)), slot
            name, record = slot.name, slot.record
        likely = self.AFTER[state] if record is not None else ("SubmitContract",)
        event = random.choice(likely if random.random() < 0.85 else self.CONTRACT_EVENTS)
        return self.contract_event(event, name, record, random), slot

    def new_contract(self, random):
        total = random.randrange(1, 100 * WAN)
        kind = random.choice(("DEVELOPMENT", "TRANSFER", "LICENSE", "CONSULTING", "SERVICE"))
        return {"contract_name": f"{self.run} 第 {self.fresh()} 份", "contract_class": f"CONTRACT_CLASS_{kind}",
                "seller": {"party_name": "宁夏示例大学", "party_type": "022", "division_code": "640105"},
                "buyer": {"party_name": "银川示例电机有限公司", "party_type": "150", "division_code": "640104"},
                "signing_date": day(-20), "total_amount_fen": total, "technical_amount_fen": random.randrange(1, total + 1),
                "technology_field": "TECHNOLOGY_FIELD_ELECTRONICS", "ip_type": "IP_TYPE_NONE",
                "documents": [{"kind": "DOCUMENT_KIND_CONTRACT_TEXT", "title": "合同.pdf"}]}

    def contract_event(self, event, name, record, random):
        words = f"因由 {self.fresh()}"
        etag = {"etag": record.etag} if record is not None and random.random() < 0.2 else {}
        technical = record.technical_amount_fen if record is not None else 1000
        if event == "UpdateContract":
            return self.command(event, contract={"name": name, "remark": words}, update_mask="remark", **etag)
        if event == "AmendContract":
            total = technical + random.randrange(1, WAN)
            return self.command(event, update_mask="totalAmountFen,technicalAmountFen", reason=words, contract={
                "name": name, "total_amount_fen": total, "technical_amount_fen": random.randrange(1, total + 1)}, **etag)
        more = {
            "RefuseContract": lambda: {"refusal_reason": "REFUSAL_REASON_INCOMPLETE", "reason": words},
            "NotRegisterContract": lambda: {"non_registration_reason": "NON_REGISTRATION_REASON_CONTENT_MISSING",
                                            "reason": words},
            "RequestSupplement": lambda: {"supplement_wanted": words, "due_date": day(random.randrange(0, 30))},
            "ObjectContract": lambda: {"reason": words},
            "RegisterContract": lambda: random.choice((
                {}, {"technical_amount_fen": random.randrange(1, technical + 1), "reason": words})),
            "RecordIncome": lambda: {"amount_fen": random.randrange(1, technical // 2 + 2), "receive_date": day(-1)},
            "CancelContract": lambda: {"cancel_date": day(), "reason": words},
            "RevokeContract": lambda: {"reason": words},
        }.get(event, dict)()
        return self.command(event, name=name, **more, **etag)

    # Loans and the money of their pools.

    LOAN_AFTER = {
        "DRAFT": ("SubmitLoan",),
        "SUBMITTED": ("RecommendLoan", "RecommendLoan", "RecommendLoan", "ReturnLoan", "WithdrawLoan"),
        "BANK_APPROVED": ("ConfirmLoan", "ConfirmLoan", "ConfirmLoan", "RejectLoan"),
        "CONFIRMED": ("DisburseLoan", "DisburseLoan", "DisburseLoan", "CancelLoan"),
        "ACTIVE": ("DisburseLoan", "RepayLoan", "RepayLoan", "ReverseDisbursement"),
    }
    LOAN_EVENTS = sorted({event for events in LOAN_AFTER.values() for event in events})

    def loan_command(self, random):
        if random.random() < 0.25:
            return self.pool_command(random), None
        slot = random.choice(self.loans)
        with slot.lock:
            state = slot.state("LOAN")
            if slot.name is None or state and state not in self.LOAN_AFTER or random.random() < LEFT_FOR_A_NEW_ONE:
                slot.forget()
                slot.name = f"loans/{self.run}-{self.fresh()}"
                return self.command("CreateLoan", loan_id=slot.name.partition("/")[2], loan=self.new_loan(random)), slot
            name, record = slot.name, slot.record
        likely = self.LOAN_AFTER[state] if record is not None else ("SubmitLoan",)
        event = random.choice(likely if random.random() < 0.85 else self.LOAN_EVENTS)
        return self.loan_event(event, name, record, random), slot

    def new_loan(self, random):
        amount = random.randrange(50 * WAN, 300 * WAN)
        return {"enterprise": random.choice(self.firms), "bank": random.choice(self.banks), "pool": random.choice(self.pools),
                "applied_amount_fen": amount, "bank_opinion": {
                    "positive": True, "amount_fen": random.randrange(50 * WAN, amount + 1), "rate_ppm": 36500,
                    "term_months": 12}}

    def loan_event(self, event, name, record, random):
        etag = {"etag": record.etag} if record is not None and random.random() < 0.1 else {}
        words = f"因由 {self.fresh()}"
        if event == "ReverseDisbursement":
            paid = random.choice(self.disbursements) if self.disbursements else f"{name}/disbursements/0001"
            return self.command(event, name=paid, reverse_date=day(), reason=words)
        approved = record.approved_amount_fen if record is not None else 100 * WAN
        more = {
            "ConfirmLoan": lambda: {"consent": {"letter_number": words, "issue_date": day(-10), "expiry_date": day(60)}},
            "DisburseLoan": lambda: {"amount_fen": random.randrange(1, max(2, approved)), "disburse_date": day(-1)},
            "RepayLoan": lambda: {"principal_fen": random.randrange(1, max(2, approved)), "repay_date": day(-1),
                                  "interest_fen": random.randrange(1000), "draw_closed": random.random() < 0.3},
        }.get(event, lambda: {"reason": words})()
        return self.command(event, name=name, **more, **etag)

    def pool_command(self, random):
        pool, amount = random.choice(self.pools), random.randrange(1, 30 * WAN)
        event = random.choice(("ContributeToPool", "RefundFromPool", "RecordPoolInterest", "ReversePosting"))
        if event == "ReversePosting" and self.postings:
            return self.command(event, name=random.choice(self.postings), posting_date=day(), cause="记错")
        if event == "RecordPoolInterest":
            return self.command(event, pool=pool, amount_fen=amount // 100 + 1, posting_date=day(-1), cause="结息")
        event = "ContributeToPool" if event == "ReversePosting" else event
        return self.command(event, pool=pool, amount_fen=amount, posting_date=day(-1), cause="银财发〔2022〕31号",
                            contributor=random.choice(("区财政局", "市财政局")))

    # Enterprises.

    def enterprise_command(self, random):
        if random.random() < 0.2:
            number = 900000 + sum(map(ord, self.run)) % 90 * 1000 + self.fresh() % 1000
            return self.command("CreateEnterprise", enterprise={
                "credit_code": credit_code(number), "enterprise_name": f"宁夏{self.run}新{self.fresh()}有限公司",
                "located_division_code": "640105"}), None
        # The remark is new each time, so that every update is a change.
        changes = {"remark": f"备注 {self.fresh()}", "staff_count": random.randrange(1, 500),
                   "located_division_code": random.choice(("640104", "640105", "640106"))}
        return self.command("UpdateEnterprise", enterprise={"name": random.choice(self.firms), **changes},
                            update_mask="remark,staffCount,locatedDivisionCode"), None
