"""The same rows come to the same records in every form, templates and exports come back as they are, and memory stays small."""

import hashlib
import json
import os
import sys
import unittest

import openpyxl

from import_support import contract, counts, write_csv, write_xlsx
from suite import Suite, count_peak_from_now, peak_bytes

ROWS = int(os.environ.get("KECHUANG_E2E_FORM_ROWS", "2000"))
CSV_MIB = int(os.environ.get("KECHUANG_E2E_CSV_MIB", "10"))
GROWTH_MAX_MIB = 64  # of each process
KINDS = ("enterprises", "certifications", "pools", "banks", "loans", "contracts")
# What a record has of its own in each suite, or what no spreadsheet carries.
OWN = ("etag", "revision", "create_time", "update_time", "import_digest", "remark")


def lines_of(file):
    return file.read_text(encoding="utf-8").splitlines()


class Forms(unittest.TestCase):
    def test_every_form_of_a_file_gives_the_same_records(self):
        rows = [contract(number) for number in range(1, ROWS + 1)]
        dumps = set()
        suite = Suite()
        suite.start()
        self.addCleanup(suite.close)
        for number, (write, encoding) in enumerate(((write_csv, "utf-8"), (write_csv, "utf-8-sig"), (write_csv, "gb18030"),
                                                    (write_xlsx, None))):
            file = suite.folder / f"合同{number}.{'xlsx' if encoding is None else 'csv'}"
            write(file, rows, *([encoding] if encoding else []))
            self.assertEqual(counts(suite.kc("import", "contracts", file)), (ROWS, 0, 0, 0, 0))
            dumps.add(self.dump(suite))
            name = json.loads(suite.kc("imports", "list", "--output", "json").stdout)["imports"][0]["name"]
            suite.kc("imports", "revert", name, "--reason", "下一种格式", timeout=120)
            self.assertEqual(suite.sql("SELECT COUNT(*) FROM kechuang_contract.contract"), [["0"]])
        self.assertEqual(len(dumps), 1)
        suite.assert_verified()

    def dump(self, suite):
        file = suite.folder / "dump.jsonl"
        suite.kc("export", "contracts", "--output", file)
        lines = [{key: value for key, value in json.loads(line).items() if key not in OWN} for line in lines_of(file)]
        return hashlib.sha256(json.dumps(lines, sort_keys=True).encode()).hexdigest()


class TemplatesAndExports(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.suite = Suite(sample=True)
        cls.suite.start()
        cls.addClassCleanup(cls.suite.close)

    def test_templates_offer_lists_and_are_imported_as_empty(self):
        for kind in KINDS:
            with self.subTest(kind):
                file = self.suite.folder / f"{kind}.xlsx"
                self.suite.kc("template", kind, file)
                sheet = openpyxl.load_workbook(file).worksheets[0]
                self.assertTrue(all(cell.comment is not None for cell in sheet[1]))
                done = self.suite.kc("import", kind, file)
                self.assertEqual(counts(done), (0, 0, 0, 0, 0))
                self.assertNotIn("warning", done.stderr)
        book = openpyxl.load_workbook(self.suite.folder / "loans.xlsx")
        banks = self.suite.kc("banks", "list", "--output", "csv", "--all").stdout
        offered = " ".join(rule.formula1 for rule in book.worksheets[0].data_validations.dataValidation)
        on_sheet = [cell.value for row in book["选项"].iter_rows() for cell in row] if "选项" in book.sheetnames else []
        name = banks.splitlines()[1].split(",")[1]
        self.assertTrue(name in offered or name in on_sheet, (name, offered, on_sheet))

    def test_exports_make_the_same_records_in_an_empty_suite(self):
        other = Suite()
        other.start()
        self.addCleanup(other.close)
        for number, kind in enumerate(KINDS):
            file = self.suite.folder / f"导出.{'csv' if number % 2 else 'xlsx'}"
            self.suite.kc("export", kind, "--output", file, "--reveal", "迁往另一套系统")
            other.kc("import", kind, file, "--partial", expect=None)
        for kind in KINDS:
            with self.subTest(kind):
                self.assertEqual(self.records(self.suite, kind), self.records(other, kind))

    def records(self, suite, kind):
        file = suite.folder / "all.jsonl"
        suite.kc("export", kind, "--output", file, "--reveal", "核对")
        own = set(OWN) | {"former_names", "policy_valid_from", "certification_periods", "policies", "source", "name"}
        records = [{key: value for key, value in json.loads(line).items() if key not in own} for line in lines_of(file)]
        return sorted(json.dumps(record, sort_keys=True, ensure_ascii=False) for record in records
                      if record.get("state") not in ("CONTRACT_STATE_DRAFT", "LOAN_STATE_DRAFT"))

    def test_an_export_says_where_the_journal_stood(self):
        done = self.suite.kc("export", "banks", "--output", "-")
        self.assertIn(f"journal sequence {self.suite.head('loan')[0]}", done.stderr)
        self.suite.kc("export", "banks", "--output", "-", "--format", "xlsx", expect=2)
        self.suite.kc("export", "cats", expect=2)


class Memory(unittest.TestCase):
    def test_a_big_file_takes_no_memory(self):
        suite = Suite()
        suite.start()
        self.addCleanup(suite.close)
        file = suite.folder / "大.csv"
        remark = "长" * 120  # rows long enough that 200 MiB of them are fewer than a spreadsheet takes
        with file.open("w", encoding="utf-8") as out:
            out.write("合同登记编号,合同名称,合同类别,卖方,买方,合同成交总额(万元),登记日期,备注\n")
            number = 0
            while out.tell() < CSV_MIB << 20:
                number += 1
                out.write(f"2022640105{number:06},合同{number},技术开发,甲公司,乙公司,10,2022-03-05,{remark}\n")
        small = self.peaks(suite, write_csv(suite.folder / "小.csv", [contract(999999)]))
        large = self.peaks(suite, file)
        print({name: f"{peak - small[name]} MiB" for name, peak in large.items()}, file=sys.stderr)
        for name, peak in large.items():
            self.assertLess(peak - small[name], GROWTH_MAX_MIB, name)
        self.assertEqual(suite.sql("SELECT COUNT(*) FROM kechuang_contract.contract"), [[str(number + 1)]])

    def peaks(self, suite, file):
        """The most memory that each of our processes held while the file was taken in, in MiB."""
        processes = {name: process for name, process in suite.processes().items() if name != "mariadb"}
        for process in processes.values():
            count_peak_from_now(process)
        run = suite.kc_started("import", "contracts", file)
        words = run.stdout.read()
        _, status, usage = os.wait4(run.pid, 0)
        run.stdout.close()
        run.returncode = os.waitstatus_to_exitcode(status)
        self.assertEqual(run.returncode, 0, words[-2000:])
        return {"kc": usage.ru_maxrss // 1024, **{name: peak_bytes(process) >> 20 for name, process in processes.items()}}


if __name__ == "__main__":
    unittest.main()
