"""Reading through every door: lists, pages, batches, search, history, reports and streams."""

import unittest

import run
from records import create_contract, create_enterprise, credit_code
from shared import Behaviour, every_door

STEMS = "甲乙丙丁戊己庚辛壬癸"


class Lists(Behaviour):
    def street(self, to, count):
        """A text that only these enterprises have as their township, and the enterprises by rising name."""
        street = to.fresh("street")
        return street, [create_enterprise(to, township=street, enterprise_name=f"{street} 第{number:02d}厂")
                        for number in range(count)]

    @every_door
    def test_filter_and_order(self, to):
        street, made = self.street(to, 4)
        create_enterprise(to)
        mine = f'township = "{street}"'
        listed = to.ok("ListEnterprises", {"filter": mine, "order_by": "enterprise_name desc"})
        self.assertEqual(list(listed.enterprises), made[::-1])
        self.assertEqual(listed.next_page_token, "")
        one = to.ok("ListEnterprises", {"filter": f'{mine} AND credit_code = "{made[2].credit_code}"'})
        self.assertEqual(list(one.enterprises), [made[2]])
        some = to.ok("ListEnterprises", {"filter": f'{mine} AND NOT enterprise_name = "{street} 第0*"',
                                         "order_by": "enterprise_name"})
        self.assertEqual(len(some.enterprises), 0)
        either = to.ok("ListEnterprises", {
            "filter": f'enterprise_name = "{street} 第00厂" OR enterprise_name = "{street} 第03厂"',
            "order_by": "township, enterprise_name"})
        self.assertEqual(list(either.enterprises), [made[0], made[3]])
        to.ok("DeleteEnterprise", {"name": made[1].name})
        self.assertEqual(len(to.ok("ListEnterprises", {"filter": mine, "order_by": "enterprise_name"}).enterprises), 3)
        self.assertEqual(len(to.ok("ListEnterprises", {"filter": mine, "order_by": "enterprise_name",
                                                       "show_deleted": True}).enterprises), 4)

    @every_door
    def test_pages_stay_right_while_records_are_written(self, to):
        street, made = self.street(to, 7)
        asked = {"filter": f'township = "{street}"', "order_by": "enterprise_name desc", "page_size": 2}
        read, token = [], ""
        for turn in range(4):
            page = to.ok("ListEnterprises", {**asked, "page_token": token})
            read += [one.name for one in page.enterprises]
            token = to.learn(page.next_page_token, "page token") if page.next_page_token else ""
            # One before everything that was read, and a change of one that was.
            create_enterprise(to, township=street, enterprise_name=f"{street} 第9{turn}厂")
            to.ok("UpdateEnterprise", {"enterprise": {"name": made[6].name, "remark": f"{turn}"}})
        self.assertEqual(read, [one.name for one in made[::-1]])
        self.assertEqual(token, "")

    @every_door
    def test_what_cannot_be_listed_is_explained(self, to):
        for wrong in ('no_such = "1"', 'township = ', '(township = "a"', 'remark = "a"', 'status = NO_SUCH',
                      'founded_date > "x"'):
            to.refused("ListEnterprises", {"filter": wrong}, "INVALID_ARGUMENT", "LIST_ARGUMENT")
        for wrong in ("no_such", "remark", "township sideways", "township,,"):
            to.refused("ListEnterprises", {"order_by": wrong}, "INVALID_ARGUMENT", "LIST_ARGUMENT")
        to.refused("ListEnterprises", {"page_size": -1}, "INVALID_ARGUMENT", "INVALID_FIELDS", ["page_size"])
        to.refused("ListEnterprises", {"filter": "x" * 2001}, "INVALID_ARGUMENT", "INVALID_FIELDS", ["filter"])

    @every_door
    def test_tokens_that_are_none_of_this_list(self, to):
        page = to.ok("ListContracts", {"page_size": 1, "filter": 'registration_number = "2021*"'})
        token = to.learn(page.next_page_token, "page token")
        self.assertNotEqual(token, "")
        for asked in ({"page_token": "no token"}, {"page_token": token},
                      {"page_token": token[:6], "filter": 'registration_number = "2021*"'},
                      {"page_token": token, "filter": 'registration_number = "2021*"', "order_by": "name desc"}):
            to.refused("ListContracts", asked, "INVALID_ARGUMENT", "LIST_ARGUMENT")
        to.refused("ListLoans", {"page_token": token}, "INVALID_ARGUMENT", "LIST_ARGUMENT")

    @every_door
    def test_whole_pages_of_the_sample_are_the_same(self, to):
        for method, request in (("ListContracts", {"page_size": 1000, "filter": 'registration_number = "2021*"'}),
                                ("ListLoans", {"page_size": 40, "order_by": "due_date desc"}),
                                ("ListCertifications", {"parent": "enterprises/-", "page_size": 200, "order_by": "issue_date"})):
            first = to.ok(method, {**request, "page_size": 5})
            self.assertEqual(len(getattr(first, first.DESCRIPTOR.fields[0].name)), 5)


class Batches(Behaviour):
    @every_door
    def test_come_in_the_order_asked_for(self, to):
        made = [create_contract(to) for _ in range(3)]
        names = [made[2].name, made[0].name, made[1].name]
        self.assertEqual([one.name for one in to.ok("BatchGetContracts", {"names": names}).contracts], names)

    @every_door
    def test_name_what_is_missing(self, to):
        made = create_contract(to)
        error = to.refused("BatchGetContracts", {"names": [made.name, "contracts/absent"]}, "NOT_FOUND", "RECORD_NOT_FOUND")
        self.assertIn("contracts/absent", error.message)
        to.refused("BatchGetContracts", {}, "INVALID_ARGUMENT", "INVALID_FIELDS", ["names"])
        to.refused("BatchGetContracts", {"names": ["contracts/x"] * 1001}, "INVALID_ARGUMENT", "INVALID_FIELDS", ["names"])
        to.refused("BatchGetContracts", {"names": ["banks/x"]}, "INVALID_ARGUMENT")


class Search(Behaviour):
    def chinese(self, to):
        return to.learn("".join(STEMS[int(digit)] for digit in f"{to.number():07d}"), "words")

    @every_door
    def test_by_part_of_a_chinese_name(self, to):
        words = self.chinese(to)
        made = create_enterprise(to, enterprise_name=f"宁夏{words}精密仪器有限公司")
        for query in (words, words[2:] + "精密", f"{words}精密仪器", made.credit_code[8:], made.credit_code.lower()):
            found = to.door.call("SearchEnterprises", {"query": query})
            self.assertEqual([one.name for one in found.enterprises], [made.name], query)
        to.ok("SearchEnterprises", {"query": words, "page_size": 1})

    @every_door
    def test_by_a_former_name(self, to):
        words = self.chinese(to)
        made = create_enterprise(to, enterprise_name=f"{words}商行")
        to.ok("UpdateEnterprise", {"enterprise": {"name": made.name, "enterprise_name": to.fresh("firm")}})
        self.assertEqual(len(to.ok("SearchEnterprises", {"query": words}).enterprises), 1)

    @every_door
    def test_of_nothing(self, to):
        to.refused("SearchEnterprises", {"query": " 　"}, "INVALID_ARGUMENT", "INVALID_FIELDS", ["query"])
        to.refused("SearchEnterprises", {}, "INVALID_ARGUMENT", "INVALID_FIELDS", ["query"])
        none = to.ok("SearchEnterprises", {"query": "绝无此企业"})
        self.assertEqual(len(none.enterprises), 0)

    @every_door
    def test_references_are_resolved_in_their_order(self, to):
        made = create_enterprise(to)
        answer = to.ok("ResolveEnterprises", {"references": [{"enterprise_name": made.enterprise_name},
                                                             {"credit_code": credit_code(999999)},
                                                             {"credit_code": made.credit_code}]})
        self.assertEqual(len(answer.results), 3)


class Sums(Behaviour):
    @every_door
    def test_of_the_registers_and_of_the_year(self, to):
        report = to.ok("GetAnnualReport", {"year": 2022, "language": "en"})
        self.assertEqual(len(report.figures), 40)
        to.ok("GetLoanTotals", {"year": 2022})
        to.ok("GetContractTotals", {"year": 2021, "division_code": "640105",
                                    "group_by": ["TOTALS_DIMENSION_MONTH", "TOTALS_DIMENSION_DIRECTION"]})
        counted = to.ok("GetEnterpriseStatistics", {"as_of_date": {"year": 2022, "month": 12, "day": 31},
                                                    "include_re_recognition": False})
        self.assertFalse(counted.include_re_recognition)
        self.assertGreater(counted.technology_enterprise_count, 0)


class Streams(Behaviour):
    @every_door
    def test_of_a_verification_end_with_what_was_read(self, to):
        for area in ("enterprise", "loan", "contract"):
            for method in ("VerifyJournal", "VerifyRecords"):
                name = f"{area}.v1.{area.capitalize()}Journal/{method}"
                answers, error = to.door.stream(name, [{}])
                self.assertIsNone(error)
                self.assertTrue(answers[-1].complete, name)
                to.note(name, {}, {"findings": len(answers) - 1, "records": answers[-1].records})

    @every_door
    def test_a_time_as_text(self, to):
        made = create_contract(to)
        then = made.update_time.ToJsonString()
        read = to.ok("ContractJournal/ReadRecordAt", {"record": made.name, "read_time": to.learn(then, "then")})
        self.assertEqual(read.revision, 1)
        to.refused("ContractJournal/ReadRecordAt", {"record": made.name, "read_time": "1999-01-01T00:00:00Z"}, "NOT_FOUND",
                   "RECORD_NOT_FOUND")


if __name__ == "__main__":
    raise SystemExit(run.main([__file__]))
