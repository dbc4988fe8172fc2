"""A second, slow reading of the rules: what each command makes of the records, and what the records come to.

It is written from the rules of the domain and shares no code with the services. It is given a journal, entry by entry, with the
requests that caused it, works every record out by itself, and says where the journal differs. Records are dicts as the journal
writes them: only what is set."""

import calendar
import collections
import datetime

ZONE = datetime.timezone(datetime.timedelta(hours=8))
STAMPS = ("revision", "create_time", "update_time")
RULES_OF_2026 = datetime.date(2026, 1, 23)
REGISTRY = "640105"
MONTHS_OF_HNTE = 36


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
            if whole != entry.json:
                differences.append(f"journal/{entry.sequence}: {entry.method} made {entry.json}, not {whole}")
            self.records[entry.name] = self.without_stamps(entry.json)
            self.kinds["/".join(entry.name.split("/")[::2])][entry.name] = self.records[entry.name]
        return differences

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


class Enterprises(Model):
    def CreateEnterprise(self, request):
        record = {**request["enterprise"], "status": "ENTERPRISE_STATUS_ACTIVE"}
        record["name"] = f"enterprises/{record['credit_code']}"
        require(record["name"] not in self.records, f"{record['name']} is there")
        return {record["name"]: record}

    def UpdateEnterprise(self, request):
        return {request["enterprise"]["name"]: {**self.held(request["enterprise"]["name"]), **request["enterprise"]}}

    def GrantCertification(self, request):
        asked, firm = request["certification"], self.held(request["parent"])
        issued = date_of(asked["issue_date"])
        last = value_of(add_months(issued, MONTHS_OF_HNTE) - datetime.timedelta(days=1))
        name = f"{request['parent']}/certifications/hnte-{issued:%Y%m%d}"
        firm["certification_periods"] = [*firm.get("certification_periods", ()), {
            "certification_class": asked["certification_class"], "certification": name,
            "certificate_number": asked["certificate_number"], "valid_from": asked["issue_date"], "valid_to": last}]
        return {firm["name"]: firm, name: {**asked, "name": name, "state": "CERTIFICATION_STATE_VALID", "expire_date": last,
                                           "end_date": last}}


class Contracts(Model):
    imports = ("ImportContracts",)

    def CreateContract(self, request):
        record = {**request["contract"], "name": f"contracts/{request['contract_id']}", "state": "CONTRACT_STATE_DRAFT",
                  "source": "CONTRACT_SOURCE_FILED", "registry_division_code": REGISTRY}
        require(record["name"] not in self.records, f"{record['name']} is there")
        kind = record["contract_class"]
        record["legacy_class"] = "CONTRACT_CLASS_TRANSFER" if kind == "CONTRACT_CLASS_LICENSE" else kind
        return {record["name"]: record}

    def UpdateContract(self, request):
        record = self.held_in(request["contract"], "CONTRACT_STATE_DRAFT", "CONTRACT_STATE_SUPPLEMENTING")
        return {record["name"]: {**record, **request["contract"]}}

    def _moved(self, request, sources, target, **changes):
        record = self.held_in(request, *(f"CONTRACT_STATE_{source}" for source in sources))
        return {record["name"]: {**record, "state": f"CONTRACT_STATE_{target}", **changes}}

    def _clock(self):
        rules = "RULE_SET_RS2026" if self.today >= RULES_OF_2026 else "RULE_SET_RS2000"
        return {"accept_date": value_of(self.today), "rule_set": rules, "clock_stopped_days": 0}

    def SubmitContract(self, request):
        return self._moved(request, ["DRAFT"], "SUBMITTED", submit_date=value_of(self.today))

    def AcceptContract(self, request):
        return self._moved(request, ["SUBMITTED"], "ACCEPTED", **self._clock())

    def RefuseContract(self, request):
        return self._moved(request, ["SUBMITTED"], "REFUSED", refusal_reason=request["refusal_reason"],
                           decision_note=request["reason"], rejection_date=value_of(self.today))

    def NotRegisterContract(self, request):
        return self._moved(request, ["ACCEPTED", "EXPERT_REVIEW"], "NOT_REGISTERED", decision_note=request["reason"],
                           non_registration_reason=request["non_registration_reason"], rejection_date=value_of(self.today))

    def ObjectContract(self, request):
        made = self._moved(request, ["REFUSED", "NOT_REGISTERED"], "ACCEPTED", decision_note=request["reason"],
                           refusal_reason="", non_registration_reason="", rejection_date={}, **self._clock())
        require("objection_date" not in made[request["name"]], "there was an objection")
        made[request["name"]]["objection_date"] = value_of(self.today)
        return made

    def RequestSupplement(self, request):
        require(date_of(request["due_date"]) >= self.today, "the last day is past")
        return self._moved(request, ["ACCEPTED"], "SUPPLEMENTING", supplement_wanted=request["supplement_wanted"],
                           supplement_request_date=value_of(self.today), supplement_due_date=request["due_date"])

    def SupplementContract(self, request):
        record = self.held_in(request, "CONTRACT_STATE_SUPPLEMENTING")
        if record["rule_set"] == "RULE_SET_RS2026":
            record["accept_date"] = value_of(self.today)
        else:
            record["clock_stopped_days"] = record.get("clock_stopped_days", 0) + (
                self.today - date_of(record["supplement_request_date"])).days
        return {record["name"]: {**record, "state": "CONTRACT_STATE_ACCEPTED"}}

    def SendToExpertReview(self, request):
        return self._moved(request, ["ACCEPTED"], "EXPERT_REVIEW")

    def RegisterContract(self, request):
        record = self.held_in(request, "CONTRACT_STATE_ACCEPTED", "CONTRACT_STATE_EXPERT_REVIEW")
        technical = request.get("technical_amount_fen", record["technical_amount_fen"])
        require(technical <= record["technical_amount_fen"], "the technical amount is raised")
        if technical != record["technical_amount_fen"]:
            record["decision_note"] = request["reason"]
        return {record["name"]: {
            **record, "state": "CONTRACT_STATE_REGISTERED", "technical_amount_fen": technical, "version": 1,
            "registration_date": value_of(self.today), "registration_number": self._next_number()}}

    def _next_number(self):
        """Numbers of a registry and year have no gap, whatever became of the contracts that bear them."""
        prefix = f"{self.today.year:04d}{REGISTRY}"
        numbers = [record.get("registration_number", "") for record in self.records.values()]
        return prefix + f"{max((int(number[10:]) for number in numbers if number.startswith(prefix)), default=0) + 1:06d}"

    def AmendContract(self, request):
        record = self.held_in(request["contract"], "CONTRACT_STATE_REGISTERED")
        after = {**record, **request["contract"]}
        require(after != record, "nothing is amended")
        require(after["technical_amount_fen"] <= after["total_amount_fen"], "the technical amount is above the total")
        require(after.get("technical_income_fen", 0) <= after["technical_amount_fen"], "more income was recorded")
        after.update(version=record["version"] + 1, decision_note=request["reason"], amend_date=value_of(self.today))
        return {record["name"]: after}

    def CancelContract(self, request):
        require(date_of(request["cancel_date"]) <= self.today, "the day lies ahead")
        made = self._moved(request, ["REGISTERED"], "CANCELLED", decision_note=request["reason"],
                           cancel_date=request["cancel_date"])
        require(date_of(request["cancel_date"]) >= date_of(made[request["name"]]["registration_date"]), "it was no contract yet")
        return made

    def RevokeContract(self, request):
        return self._moved(request, ["REGISTERED"], "REVOKED", decision_note=request["reason"],
                           revoke_date=value_of(self.today))

    def RecordIncome(self, request):
        record = self.held_in(request, "CONTRACT_STATE_REGISTERED")
        income = record.get("technical_income_fen", 0) + request["amount_fen"]
        require(income <= record["technical_amount_fen"], "the income is above the technical amount")
        incomes = [*record.get("incomes", ()), {"receive_date": request["receive_date"], "amount_fen": request["amount_fen"]}]
        return {record["name"]: {**record, "technical_income_fen": income, "incomes": incomes}}

    def totals(self, year):
        """Class -> [count, total, technical, cancelled, cancelled total, cancelled technical], by the year of registration."""
        totals = collections.defaultdict(lambda: [0] * 6)
        for record in self.of("contracts"):
            standing = record["state"].removeprefix("CONTRACT_STATE_")
            if standing not in ("REGISTERED", "CANCELLED") or record["registration_date"]["year"] != year:
                continue
            amounts = [1, record["total_amount_fen"], record.get("technical_amount_fen", 0)]
            if standing == "REGISTERED":
                amounts += [0, 0, 0]
            kind = record["contract_class"].removeprefix("CONTRACT_CLASS_")
            totals[kind] = [old + new for old, new in zip(totals[kind], (amounts * 2)[:6])]
        return dict(totals)


class Loans(Model):
    ROOM = ("CONFIRMED", "ACTIVE", "OVERDUE")

    def CreateBank(self, request):
        return {f"banks/{request['bank_id']}": {**request["bank"], "name": f"banks/{request['bank_id']}"}}

    def CreatePool(self, request):
        return {f"pools/{request['pool_id']}": {**request["pool"], "name": f"pools/{request['pool_id']}"}}

    # The pools' money: double entry, never changed.

    def balance(self, account):
        return sum(posting["amount_fen"] * ((posting["credit_account"] == account) - (posting["debit_account"] == account))
                   for posting in self.of("pools/postings"))

    def _posting(self, request, kind, debit, credit, **more):
        require(request["pool"] in self.records, f"there is no {request['pool']}")
        require(date_of(request["posting_date"]) <= self.today, "the day lies ahead")
        record = {"name": self.new_names[0], "kind": f"POSTING_KIND_{kind}", "debit_account": f"{request['pool']}/{debit}",
                  "credit_account": f"{request['pool']}/{credit}", "amount_fen": request["amount_fen"],
                  "posting_date": request["posting_date"], "contributor": request.get("contributor", ""),
                  "cause": request.get("cause", ""), **more}
        return {record["name"]: record}

    def ContributeToPool(self, request):
        return self._posting(request, "CONTRIBUTION", f"contributors/{request['contributor']}", "fund")

    def RecordPoolInterest(self, request):
        return self._posting(request, "INTEREST", "interest", "fund")

    def RefundFromPool(self, request):
        require(request["amount_fen"] <= self.balance(f"{request['pool']}/fund"), "the balance is too low")
        return self._posting(request, "REFUND", "fund", f"contributors/{request['contributor']}")

    def ReversePosting(self, request):
        first = self.held(request["name"])
        pool = "/".join(request["name"].split("/")[:2])
        require(first["kind"] != "POSTING_KIND_REVERSAL", "it is a reversal")
        require(f"{request['name']}-reversal" not in self.records, "it was reversed before")
        if first["credit_account"] == f"{pool}/fund":
            require(first["amount_fen"] <= self.balance(f"{pool}/fund"), "the balance is too low")
        return {f"{request['name']}-reversal": {
            **first, "name": f"{request['name']}-reversal", "kind": "POSTING_KIND_REVERSAL", "reverses": request["name"],
            "debit_account": first["credit_account"], "credit_account": first["debit_account"],
            "posting_date": request["posting_date"], "cause": request["cause"]}}

    # A loan from application to settlement, by the route on which the bank examines first.

    def policy(self, pool):
        return [one for one in self.records[pool]["policies"] if date_of(one["valid_from"]) <= self.today][-1]

    def CreateLoan(self, request):
        asked = request["loan"]
        code = asked["enterprise"].partition("/")[2]
        record = {**asked, "name": f"loans/{request['loan_id']}", "credit_code": code, "state": "LOAN_STATE_DRAFT",
                  "enterprise_name": self.firm_names[asked["enterprise"]], "source": "LOAN_SOURCE_CALL",
                  "route": self.policy(asked["pool"])["route"], "mode": "LOAN_MODE_BANK_POOL",
                  "application_date": value_of(self.today)}
        return {record["name"]: record}

    def _moved(self, request, sources, target, **changes):
        record = self.held_in(request, *(f"LOAN_STATE_{source}" for source in sources))
        return {record["name"]: {**record, "state": f"LOAN_STATE_{target}", **changes}}

    def _examined(self, loan):
        policy = self.policy(loan["pool"])
        require(loan["bank_opinion"]["positive"], "the bank would not lend")
        return {"enterprise_class": "HNTE", "eligibility_date": value_of(self.today),
                "policy_valid_from": policy["valid_from"]}

    def SubmitLoan(self, request):
        made = self._moved(request, ["DRAFT"], "SUBMITTED", state_reason="")
        made[request["name"]].update(self._examined(made[request["name"]]))
        return made

    def ReturnLoan(self, request):
        return self._moved(request, ["SUBMITTED"], "DRAFT", state_reason=request["reason"])

    def RejectLoan(self, request):
        return self._moved(request, ["SUBMITTED", "RECOMMENDED", "BANK_APPROVED"], "REJECTED", state_reason=request["reason"])

    def WithdrawLoan(self, request):
        return self._moved(request, ["SUBMITTED", "RECOMMENDED", "BANK_APPROVED"], "WITHDRAWN",
                           state_reason=request["reason"])

    def CancelLoan(self, request):
        return self._moved(request, ["CONFIRMED"], "CANCELLED", state_reason=request["reason"])

    def RecommendLoan(self, request):
        made = self._moved(request, ["SUBMITTED"], "BANK_APPROVED")
        loan = made[request["name"]]
        policy, opinion = self.policy(loan["pool"]), loan["bank_opinion"]
        require(opinion["amount_fen"] <= loan["applied_amount_fen"], "more than was applied for")
        require(opinion["rate_ppm"] <= policy["rate_ceiling_ppm"], "the rate is too high")
        require(opinion["term_months"] <= policy["term_max_months"], "the term is too long")
        self._check_cap(loan, opinion["amount_fen"])
        loan.update(self._examined(loan), approved_amount_fen=opinion["amount_fen"], rate_ppm=opinion["rate_ppm"],
                    term_months=opinion["term_months"])
        return made

    def ConfirmLoan(self, request):
        made = self._moved(request, ["BANK_APPROVED"], "CONFIRMED", consent=request["consent"])
        loan = made[request["name"]]
        policy, amount = self.policy(loan["pool"]), loan["approved_amount_fen"]
        self._check_cap(loan, amount)
        capacity = policy["leverage_multiple"] * self.balance(f"{loan['pool']}/fund")
        require(amount + self.exposure("pool", loan["pool"]) <= capacity, "the pool's leverage is used up")
        loan["policy_valid_from"] = policy["valid_from"]
        return made

    def undrawn(self, loan):
        drawable = loan["state"].removeprefix("LOAN_STATE_") in self.ROOM and not loan.get("draw_closed")
        return loan["approved_amount_fen"] - loan.get("disbursed_fen", 0) if drawable else 0

    def exposure(self, side, name):
        """What is confirmed and not drawn, and what is outstanding, of one enterprise or behind which one pool stands."""
        return sum(self.undrawn(loan) + loan.get("outstanding_fen", 0) for loan in self.of("loans")
                   if loan[side] == name and loan["state"].removeprefix("LOAN_STATE_") in self.ROOM)

    def _check_cap(self, loan, amount):
        cap = self.policy(loan["pool"])["hnte_cap_fen"]
        require(amount + self.exposure("enterprise", loan["enterprise"]) <= cap, "the enterprise's cap is used up")

    def DisburseLoan(self, request):
        loan = self.held_in(request, "LOAN_STATE_CONFIRMED", "LOAN_STATE_ACTIVE")
        amount, date = request["amount_fen"], date_of(request["disburse_date"])
        require(amount <= self.undrawn(loan), "more than is left")
        require(date_of(loan["consent"]["issue_date"]) <= date <= self.today, "a day that is too early or ahead")
        if loan["state"] == "LOAN_STATE_CONFIRMED":
            require(date <= date_of(loan["consent"]["expiry_date"]), "the letter expired")
            loan["first_disburse_date"] = request["disburse_date"]
            loan["due_date"] = value_of(add_months(date, loan["term_months"]))
        elif date < date_of(loan["first_disburse_date"]):
            loan["first_disburse_date"] = request["disburse_date"]
        loan.update(state="LOAN_STATE_ACTIVE", disbursement_count=loan.get("disbursement_count", 0) + 1)
        paid = {"name": f"{loan['name']}/disbursements/{loan['disbursement_count']:04d}", "amount_fen": amount,
                "disburse_date": request["disburse_date"], "state": "DISBURSEMENT_STATE_POSTED", "loan": loan["name"],
                **{key: loan[key] for key in ("enterprise", "bank", "pool", "enterprise_class")}}
        return self._with_money(loan, paid)

    def ReverseDisbursement(self, request):
        paid = self.held(request["name"])
        require(paid["state"] == "DISBURSEMENT_STATE_POSTED", "it was reversed before")
        loan = self.held(paid["loan"])
        require(loan["state"] in ("LOAN_STATE_ACTIVE", "LOAN_STATE_OVERDUE"), f"the loan is {loan['state']}")
        require(paid["amount_fen"] <= loan.get("outstanding_fen", 0), "less would be paid out than is repaid")
        paid.update(state="DISBURSEMENT_STATE_REVERSED", reverse_date=request["reverse_date"], reverse_reason=request["reason"])
        made = self._with_money(loan, paid)
        if not loan["disbursed_fen"]:
            loan.update(state="LOAN_STATE_CONFIRMED", first_disburse_date={}, due_date={})
        else:
            self._settle(loan)
        return made

    def RepayLoan(self, request):
        loan = self.held_in(request, "LOAN_STATE_ACTIVE", "LOAN_STATE_OVERDUE")
        require(request["principal_fen"] <= loan.get("outstanding_fen", 0), "more than is outstanding")
        require(date_of(loan["first_disburse_date"]) <= date_of(request["repay_date"]) <= self.today, "a day too early or ahead")
        loan["repaid_fen"] = loan.get("repaid_fen", 0) + request["principal_fen"]
        loan["outstanding_fen"] = loan["disbursed_fen"] - loan["repaid_fen"]
        loan["draw_closed"] = loan.get("draw_closed", False) or request["draw_closed"]
        loan["repayment_count"] = loan.get("repayment_count", 0) + 1
        self._settle(loan)
        name = f"{loan['name']}/repayments/{loan['repayment_count']:04d}"
        return {loan["name"]: loan, name: {
            "name": name, "principal_fen": request["principal_fen"], "interest_fen": request["interest_fen"],
            "repay_date": request["repay_date"], "loan": loan["name"]}}

    def _settle(self, loan):
        if not loan["outstanding_fen"] and not self.undrawn(loan):
            loan.update(state="LOAN_STATE_SETTLED", draw_closed=True)

    def _with_money(self, loan, paid):
        """The loan, its pay-out and its borrower, after the pay-out was made or reversed."""
        others = [one for one in self.of("loans/disbursements", f"{loan['name']}/") if one["name"] != paid["name"]]
        standing = sum(one["amount_fen"] for one in [*others, paid] if one["state"] == "DISBURSEMENT_STATE_POSTED")
        loan.update(disbursed_fen=standing, outstanding_fen=standing - loan.get("repaid_fen", 0),
                    issued_years=self._years([*others, paid]))
        borrower = f"borrowers/{loan['enterprise'].partition('/')[2]}"
        return {loan["name"]: loan, paid["name"]: paid, borrower: self._borrower(borrower, loan, paid)}

    @staticmethod
    def _years(disbursements):
        years = collections.defaultdict(lambda: [0, 0])
        for one in disbursements:
            posted = one["disburse_date"]["year"]
            reversed_in = one["reverse_date"]["year"] if "reverse_date" in one else None
            if posted == reversed_in:
                continue
            years[posted][0] += 1
            if reversed_in is not None:
                years[reversed_in][1] += 1
        return [plain({"year": year, "posted_count": posted, "reversed_count": back})
                for year, (posted, back) in sorted(years.items())]

    def _borrower(self, name, loan, paid):
        """Distinct borrowers are counted from what each bank, pool and class paid out to them."""
        record = {"name": name, "enterprise": loan["enterprise"], "enterprise_name": loan["enterprise_name"]}
        groups = [tuple(issue[key] for key in ("bank", "pool", "enterprise_class"))
                  for issue in self.records.get(name, {}).get("issues", ())]
        own = (paid["bank"], paid["pool"], paid["enterprise_class"])
        everything = {one["name"]: one for one in self.of("loans/disbursements")} | {paid["name"]: paid}
        record["issues"] = []
        for group in [*groups, *([own] if own not in groups else [])]:
            of_group = [one for one in everything.values() if one["enterprise"] == loan["enterprise"] and
                        (one["bank"], one["pool"], one["enterprise_class"]) == group]
            record["issues"].append(plain(dict(zip(("bank", "pool", "enterprise_class"), group),
                                               years=self._years(of_group))))
        return record

    def issued(self, year, cut):
        """Key -> [enterprises, loans, disbursements, amount] of what was paid out in a year and stands; cut: by which field."""
        groups = collections.defaultdict(lambda: [set(), set(), 0, 0])
        for one in self.of("loans/disbursements"):
            group = groups[one[cut] if cut else ""]
            back = one["reverse_date"]["year"] if "reverse_date" in one else None
            if one["disburse_date"]["year"] == year and back != year:
                group[0].add(one["enterprise"])
                group[1].add(one["loan"])
                group[2:] = group[2] + 1, group[3] + one["amount_fen"]
            elif back == year and one["disburse_date"]["year"] != year:
                group[2:] = group[2] - 1, group[3] - one["amount_fen"]
        return {key: [len(firms), len(loans), count, amount] for key, (firms, loans, count, amount) in groups.items()}

    def outstanding(self, cut):
        groups = collections.Counter()
        for loan in self.of("loans"):
            groups[loan.get(cut, "") if cut else ""] += loan.get("outstanding_fen", 0)
        return groups

    def states(self):
        return collections.Counter(loan["state"] for loan in self.of("loans"))
