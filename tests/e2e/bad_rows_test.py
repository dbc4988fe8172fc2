"""Bad values are refused at their place, by every door that takes them, and leave no trace."""

import unittest

import grpc

from suite import Suite, error_details, messages

# One credit code for each way to be wrong, and what the refusal says of it.
WRONG_CODES = {
    "1164010301009403Q": "18 characters",
    "9135O100M000100Y43": "91350100M000100Y43",
    "B1640105MA76P00T9E": "registration authority",
    "94640105MA76P00T97": "second character",
    "91640A05MA76P00T9Y": "640A05",
    "91990105MA76P00T99": "990105",
    "11640103010094038M": "should be 9",
    "11640103010094039R": "should be Q",
}
CONTRACT_HEADERS = ("合同登记编号", "合同名称", "合同类别", "卖方", "买方", "合同成交总额(万元)", "技术交易额(万元)", "签订日期", "登记日期")
GOOD_CONTRACT = ("2022640105000001", "好合同", "技术开发", "甲公司", "乙公司", "10", "5", "2022-03-01", "2022-03-05")
# A row that is good but for one cell: the column, what stands there, and what the refusal says.
WRONG_CELLS = (
    (0, "", "no registration number"),
    (0, "12ab", "登记"),
    (1, "", "contract_name"),
    (2, "", "contract_class"),
    (2, "乱写", "乱写"),
    (3, "", "seller"),
    (4, "", "buyer"),
    (5, "", "total_amount_fen"),
    (5, "-1", "total_amount_fen"),
    (5, "99999999999999999", "largest amount"),
    (5, "abc", "abc"),
    (6, "11", "technical_amount_fen"),
    (7, "2022-02-30", "2022-02-30"),
    (7, "2022-03", "2022-03"),
    (8, "", "registration_date"),
    (8, "2022-13-01", "2022-13-01"),
)


def column_letter(index):
    return chr(ord("A") + index)


class BadRows(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.suite = Suite()
        cls.suite.start()
        cls.addClassCleanup(cls.suite.close)

    def setUp(self):
        heads, processes = self.suite.heads(), self.suite.processes()
        self.addCleanup(lambda: self.assertEqual((self.suite.heads(), self.suite.processes()), (heads, processes)))

    def import_csv(self, kind, headers, rows):
        """What kc says of a file that it must refuse whole, by row number."""
        file = self.suite.folder / "bad.csv"
        file.write_text("".join(",".join(row) + "\n" for row in (headers, *rows)), encoding="utf-8")
        done = self.suite.kc("import", kind, file, expect=1)
        lines = (done.stdout + done.stderr).splitlines()
        return {row: [line for line in lines if line.startswith(f"bad.csv row {row} ")] for row in range(2, len(rows) + 2)}

    def test_a_wrong_credit_code_over_grpc(self):
        for code, words in WRONG_CODES.items():
            with self.subTest(code):
                request = messages("enterprise").CreateEnterpriseRequest(enterprise_id=code)
                request.enterprise.credit_code = code
                with self.assertRaises(grpc.RpcError) as refused:
                    self.suite.call(self.suite.stub("enterprise").CreateEnterprise, request)
                self.assertEqual(refused.exception.code(), grpc.StatusCode.INVALID_ARGUMENT)
                said = {v.field: v.description for v in error_details(refused.exception)["BadRequest"].field_violations}
                self.assertIn(words, said["enterprise.credit_code"])

    def test_a_wrong_credit_code_by_kc_call(self):
        for code, words in WRONG_CODES.items():
            with self.subTest(code):
                done = self.suite.kc("call", "kechuang.enterprise.v1.EnterpriseService/CreateEnterprise",
                                     f'{{"enterprise_id": "x", "enterprise": {{"credit_code": "{code}"}}}}', expect=3)
                self.assertRegex(done.stderr, rf"enterprise\.credit_code: .*{words}")

    def test_a_wrong_credit_code_in_a_file(self):
        said = self.import_csv("enterprises", ("企业名称", "统一社会信用代码"),
                               [(f"企业{number}", code) for number, code in enumerate(WRONG_CODES)])
        for row, words in enumerate(WRONG_CODES.values(), 2):
            with self.subTest(words):
                self.assertEqual(len(said[row]), 1, said[row])
                self.assertIn("column B (统一社会信用代码)", said[row][0])
                self.assertIn(words, said[row][0])

    def test_each_wrong_cell_of_a_contract_is_named(self):
        rows = []
        for number, (column, text, _) in enumerate(WRONG_CELLS, 1):
            row = list(GOOD_CONTRACT)
            row[0], row[1] = f"20226401050001{number:02}", f"合同{number}"
            row[column] = text
            rows.append(row)
        said = self.import_csv("contracts", CONTRACT_HEADERS, rows)
        for row, (column, text, words) in enumerate(WRONG_CELLS, 2):
            with self.subTest(header=CONTRACT_HEADERS[column], text=text):
                self.assertTrue(said[row], "nothing is said of the row")
                self.assertTrue(any(f"column {column_letter(column)} " in line or words in line for line in said[row]), said[row])


if __name__ == "__main__":
    unittest.main()
