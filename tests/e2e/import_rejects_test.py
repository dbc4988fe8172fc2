"""Rows that are refused come back to be mended, and a dry run says what the real run does."""

import json
import os
import unittest

import openpyxl

from import_support import CONTRACT_HEADERS, contract, counts, write_csv
from suite import Suite


class Rejects(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.suite = Suite()
        cls.suite.start()
        cls.addClassCleanup(cls.suite.close)

    def sequence(self):
        return self.suite.head("contract")[0]

    def test_mended_rows_are_imported_and_no_others(self):
        file = write_csv(self.suite.folder / "合同.csv", [contract(1), contract(2, c5="约30"), contract(3), contract(4, c6="99")])
        rejects = self.suite.folder / "改正.xlsx"
        done = self.suite.kc("import", "contracts", file, "--partial", "--rejects", rejects, expect=1)
        self.assertEqual(counts(done), (2, 0, 0, 2, 0))
        book = openpyxl.load_workbook(rejects)
        sheet = book.active
        self.assertEqual([cell.value for cell in sheet[1]], [*CONTRACT_HEADERS, "原因", "建议", "原因代码", "原行号"])
        self.assertEqual(sheet.max_row, 3)
        self.assertEqual((sheet["F2"].value, sheet["L2"].value, sheet["N2"].value), ("约30", "30", 3))
        self.assertEqual(sheet["F2"].fill.fgColor.rgb[-6:], "FFC7CE")
        self.assertEqual(sheet["M3"].value, "TECHNICAL_ABOVE_TOTAL")
        self.assertEqual(sheet["G3"].fill.fgColor.rgb[-6:], "FFC7CE")

        sheet["F2"], sheet["G3"] = "30", "9"
        book.save(rejects)
        before = self.sequence()
        again = self.suite.kc("import", "contracts", rejects)
        self.assertEqual(counts(again), (2, 0, 0, 0, 0))
        self.assertEqual(self.sequence(), before + 2)
        self.assertNotIn("left out", again.stderr)

    def test_a_dry_run_says_what_the_real_run_does(self):
        first = write_csv(self.suite.folder / "先.csv", [contract(11), contract(12)])
        self.suite.kc("import", "contracts", first)
        file = write_csv(self.suite.folder / "后.csv",
                         [contract(11), contract(12, c5="20"), contract(13), contract(14, c7="2022-02-30")])
        reports = []
        for name, flags in (("dry", ["--dry-run"]), ("real", [])):
            report = self.suite.folder / f"{name}.json"
            done = self.suite.kc("import", "contracts", file, "--partial", "--report", report, *flags, expect=1)
            reports.append((counts(done), json.loads(report.read_text())))
        self.assertEqual(reports[0], reports[1])
        self.assertEqual(reports[0][0], (1, 1, 1, 1, 0))
        rows = reports[0][1]["rows"]
        self.assertEqual([row["verdict"] for row in rows], ["same", "change", "insert", "rejected"])
        change = [each for each in rows[1]["changes"] if each["field"] == "total_amount_fen"]
        self.assertEqual([(each["before"], each["after"]) for each in change], [("10000000", "20000000")])
        self.assertEqual(rows[3]["problems"][0]["column"], "H")

    def test_many_problems_are_all_told_in_the_order_of_the_file(self):
        bad = set(range(100, 600, 2))
        rows = [contract(number, **({"c5": "约30"} if number in bad else {})) for number in range(100, 600)]
        done = self.suite.kc("import", "contracts", write_csv(self.suite.folder / "多.csv", rows), expect=1)
        told = [line for line in done.stderr.splitlines() if line.startswith("多.csv row ")]
        self.assertEqual([int(line.split()[2]) for line in told], [number - 100 + 2 for number in sorted(bad)])
        self.assertIn("250 of 合同成交总额(万元) FIELD_MALFORMED", done.stderr)

    def test_json_for_programs(self):
        file = write_csv(self.suite.folder / "程序.csv", [contract(801), contract(802, c5="约30")])
        refused = json.loads(self.suite.kc("import", "contracts", file, "--output", "json", expect=1).stdout)
        self.assertEqual((refused["written"], refused["inserted"], refused["rejected"]), (False, 1, 1))
        problem = refused["problems"][0]
        self.assertEqual((problem["row"], problem["column"], problem["value"], problem["reason"]), (3, "F", "约30", "FIELD_MALFORMED"))
        file = write_csv(self.suite.folder / "程序二.csv", [contract(801), contract(802)])
        written = json.loads(self.suite.kc("import", "contracts", file, "--output", "json").stdout)
        self.assertEqual((written["written"], written["inserted"]), (True, 2))
        self.assertEqual(written["journal"]["last"] - written["journal"]["first"], 1)
        self.assertEqual(written["journal"]["last"], self.sequence())

    def test_a_mark_clears_and_an_empty_cell_keeps(self):
        name = "contracts/2022640105000900"
        self.suite.kc("import", "contracts", write_csv(self.suite.folder / "a.csv", [contract(900, c9="说明")]))
        self.suite.kc("import", "contracts", write_csv(self.suite.folder / "b.csv", [contract(900, c1="新名")]))
        record = self.suite.kc_json("contracts", "get", name)
        self.assertEqual((record["contract_name"], record["remark"]), ("新名", "说明"))
        self.suite.kc("import", "contracts", write_csv(self.suite.folder / "c.csv", [contract(900, c1="新名", c9="清空")]))
        self.assertFalse(self.suite.kc_json("contracts", "get", name).get("remark"))

    def test_chosen_columns_are_remembered(self):
        headers = ["交易总价(万元)" if header.startswith("合同成交总额") else header for header in CONTRACT_HEADERS]
        environment = self.suite.folder / "config"
        file = write_csv(self.suite.folder / "映射.csv", [contract(950)], headers=headers)
        os.environ["XDG_CONFIG_HOME"] = str(environment)
        self.addCleanup(os.environ.pop, "XDG_CONFIG_HOME")
        self.suite.kc("import", "contracts", file, "--dry-run", expect=1)
        self.suite.kc("import", "contracts", file, "--dry-run", "--map", "交易总价=total")
        kept = environment / "kechuang" / "maps.json"
        self.assertEqual(kept.stat().st_mode & 0o777, 0o600)
        done = self.suite.kc("import", "contracts", file, "--dry-run")
        self.assertIn("交易总价", done.stderr)
        self.suite.kc("import", "contracts", file, "--dry-run", "--forget-map", expect=1)
        self.suite.kc("import", "contracts", file, "--dry-run", "--map", "交易总价=nothing", expect=2)


if __name__ == "__main__":
    unittest.main()
