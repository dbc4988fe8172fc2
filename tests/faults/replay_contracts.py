"""The rules of technology contracts, read a second time; see replay."""

import collections
import datetime

from replay import Model, date_of, require, value_of

RULES_OF_2026 = datetime.date(2026, 1, 23)
REGISTRY = "640105"


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
