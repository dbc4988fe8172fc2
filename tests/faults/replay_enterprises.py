"""The rules of enterprises and certifications, read a second time; see replay."""

import datetime

from replay import Model, add_months, date_of, require, value_of

MONTHS_OF_HNTE = 36


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
