"""The rules of loans, pools and money, read a second time; see replay."""

import collections

from replay import Model, add_months, date_of, plain, require, value_of


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
