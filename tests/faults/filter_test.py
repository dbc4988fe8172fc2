"""Lists with random filters and orders, against a plain scan of the same rows."""

import collections
import sys
import time
import unittest

from setting import LONG, FaultTest, chance

from catalogue import method
from load import Door
from queries import ODD, Asker, Scan
from records import WAN, credit_code, policy
from shared import day

from google.protobuf import json_format

QUERIES = 1_000_000 if LONG else 100_000
SECONDS = 3600 if LONG else 300   # after which it ends, however many there were
IN_FLIGHT = 24
PAGE_MAX = 8
ROWS = 90


class Filters(FaultTest):
    def ask(self, method_name, **request):
        one = method(method_name)
        return self.door.send(method_name, json_format.ParseDict(request, one.input()), 30)

    def fill(self, random):
        """Rows of four kinds, with odd texts and much left out."""
        days = [None, *(day(-offset) for offset in (0, 1, 2, 300, 700, 2000))]
        def some(**fields):
            return {key: value for key, value in fields.items() if value and random.random() < 0.8}
        firms = []
        for number in range(ROWS):
            firm = self.ask("CreateEnterprise", enterprise={
                "credit_code": credit_code(number), "enterprise_name": f"{random.choice(ODD).strip()}企业{number}", **some(
                    organisation_kind=random.randrange(10), located_division_code=random.choice(("640104", "640105", "640106")),
                    township=random.choice(ODD), founded_date=random.choice(days), enterprise_size=random.randrange(5),
                    industry_code=random.choice(("6510", "C3562", "35", "3562")))}).name
            firms.append(firm)
            if random.random() < 0.7:
                year = random.randrange(2015, 2026)
                self.ask("PutAnnualStatement", annual_statement={"name": f"{firm}/annualStatements/{year}"})
            if number > 0 and random.random() < 0.1:  # the first one gets a certification below
                self.ask("DeregisterEnterprise", name=firm, deregister_date=day())
        self.ask("GrantCertification", parent=firms[0], certification={
            "certification_class": "CERTIFICATION_CLASS_HNTE", "certificate_number": "GR202264000001", "issue_date": day(-9)})
        for number in range(ROWS):
            self.fill_contract(number, random, some, days)
        self.ask("CreateBank", bank_id="bank", bank={"bank_name": "银行"})
        self.ask("CreatePool", pool_id="pool", pool={"pool_name": "资金池", "policies": [policy()]})
        for number in range(ROWS):
            self.ask("CreateLoan", loan_id=f"l{number}", loan={
                "enterprise": random.choice(firms[:9]), "bank": "banks/bank", "pool": "pools/pool", "applied_amount_fen": WAN,
                **some(batch=random.choice(ODD), application_date=random.choice(days))})

    def fill_contract(self, number, random, some, days):
        name = self.ask("CreateContract", contract_id=f"c{number}", contract={
            "contract_name": f"第 {number} 份", "seller": some(party_name="卖方", credit_code=credit_code(number % 5)),
            "buyer": some(party_name="买方", credit_code=credit_code(number % 7)), "technology_field": "TECHNOLOGY_FIELD_NUCLEAR",
            "ip_type": "IP_TYPE_NONE", "documents": [{"kind": "DOCUMENT_KIND_CONTRACT_TEXT", "title": "合同"}],
            "total_amount_fen": WAN + number, "technical_amount_fen": WAN, **some(
                contract_class=random.randrange(6), signing_date=random.choice(days))}).name
        record = self.ask("GetContract", name=name)
        complete = all((record.seller.party_name, record.buyer.party_name, record.contract_class, record.HasField("signing_date")))
        for step in ("SubmitContract", "AcceptContract", "RegisterContract")[:random.randrange(4) if complete else 0]:
            self.ask(step, name=name)

    def scans(self):
        """Everything that the service lists without a filter, by kind."""
        for name, fixed in (("ListEnterprises", {"show_deleted": False}), ("ListContracts", {}), ("ListLoans", {}),
                            ("ListAnnualStatements", {"parent": "enterprises/-"})):
            yield Scan(name, list(self.door.everything(name, **fixed))), fixed

    def test_lists_agree_with_a_plain_scan(self):
        random = chance("filters")
        self.door = Door(self.suite, direct=True)
        self.addCleanup(self.door.close)
        self.fill(random)
        kinds = [(Asker(scan, random), scan, fixed) for scan, fixed in self.scans()]
        for _, scan, _ in kinds:
            self.assertGreater(len(scan.rows), ROWS // 2, scan.method)
        asked, began, waiting = 0, time.monotonic(), collections.deque()
        while asked < QUERIES and time.monotonic() < began + SECONDS:
            waiting.append(self.begin(*random.choice(kinds), random))
            asked += 1
            while len(waiting) > IN_FLIGHT:
                waiting.extend(self.finish(waiting.popleft()))
        while waiting:
            waiting.extend(self.finish(waiting.popleft()))
        print(f"{asked} random queries in {time.monotonic() - began:.0f} s, no difference", file=sys.stderr)
        self.assertGreater(asked, QUERIES // 50)

    def begin(self, asker, scan, fixed, random):
        text, chosen = asker.filter() if random.random() < 0.95 else ("", scan.everything)
        orders = asker.order()
        order_by = ", ".join(f"{path} desc" if descending else path for path, descending in orders)
        request = scan.request(filter=text, order_by=order_by, page_size=random.randrange(1, PAGE_MAX), **fixed)
        return self.door.begin(scan.method, request, 30), scan, request, scan.names(chosen, orders)

    def finish(self, query):
        """Compares a page with what is expected; gives the query of the next page, if this one says that there is one."""
        future, scan, request, expected = query
        page = future.result()
        names = [record.name for record in getattr(page, page.DESCRIPTOR.fields[0].name)]
        rest = expected[request.page_size:]
        said = f"{scan.method} filter={request.filter!r} order_by={request.order_by!r} page_size={request.page_size}"
        self.assertEqual(names, expected[:request.page_size], said)
        self.assertEqual(bool(page.next_page_token), bool(rest), said)
        if not rest or len(rest) > 3 * request.page_size:
            return
        request.page_token = page.next_page_token
        yield self.door.begin(scan.method, request, 30), scan, request, rest


if __name__ == "__main__":
    unittest.main()
