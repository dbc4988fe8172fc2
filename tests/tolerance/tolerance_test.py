"""Every trap of real spreadsheets is read right, or refused at its cell: each a named test over a file that another program
made."""

import datetime
import pathlib
import sys
import unittest
import zipfile

import openpyxl
from openpyxl.styles import numbers

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from sheets import BUREAU, LOANS, OTHER, WAN, Folder, day, dump, loan  # noqa: E402


class ToleranceTest(unittest.TestCase):
    def setUp(self):
        self.folder = Folder()
        self.addCleanup(self.folder.close)

    def read(self, path, kind="loans", maps=()):
        read = dump(kind, [path], maps)[str(path)]
        self.assertEqual(read.error, "")
        return read

    def read_rows(self, rows, change=None, kind="loans", maps=()):
        return self.read(self.folder.xlsx(rows, change), kind, maps)

    def refused(self, path, kind="loans"):
        read = dump(kind, [path])[str(path)]
        self.assertNotEqual(read.error, "", "the file was read")
        return read.error

    def one_cell(self, header, value, kind="loans", number_format=None):
        """What one cell below a header gives: (record, notes of its column)."""
        columns = [name for name in LOANS if name.split("（")[0] != header.split("（")[0]]
        row = dict(zip(LOANS, loan()))

        def change(_, sheet):
            cell = sheet.cell(2, len(columns) + 1)
            if number_format:
                cell.number_format = number_format

        read = self.read_rows([columns + [header], [row[name] for name in columns] + [value]], change, kind)
        return read.row(2), [note for note in read.only.notes[2] if not note["warning"]]

    def amount(self, value, header="贷款金额（万元）"):
        record, notes = self.one_cell(header, value)
        return int(record["amount_fen"]) if not notes and "amount_fen" in record else notes[0] if notes else None

    def paid(self, value, number_format=None):
        record, notes = self.one_cell("放款日期", value, number_format=number_format)
        return record.get("disburse_date") if not notes else notes[0]


class HeaderTest(ToleranceTest):
    def test_titles_and_unit_rows_stand_above_the_header(self):
        read = self.read_rows([["西夏区2022年科技贷款台账"], ["填报单位：科技局", None, None, "金额单位：万元"], [],
                               ["企业名称", "合作银行", "贷款金额"], ["甲公司", "某银行", 300]])
        self.assertEqual(read.only.about["header_row"], 4)
        self.assertEqual(read.row(5)["amount_fen"], str(300 * WAN))

    def test_header_of_two_rows_is_flattened_by_its_merged_blocks(self):
        def change(_, sheet):
            for block in ("A1:A2", "B1:B2", "C1:D1", "E1:E2", "F1:G1"):
                sheet.merge_cells(block)

        read = self.read_rows([["企业名称", "合作银行", "贷款情况（万元）", None, "备注", "日期", None],
                               [None, None, "金额", "期限（月）", None, "放款日期", "到期日"],
                               ["甲公司", "某银行", 300, 12, "好", "2022-03-05", "2023-03-05"]], change)
        record = read.row(3)
        self.assertEqual((record["amount_fen"], record["term_months"], record["remark"]), (str(300 * WAN), 12, "好"))
        self.assertEqual(record["due_date"], day("2023-03-05"))
        self.assertEqual(read.only.about["columns"]["C"]["text"], "贷款情况（万元） 金额")
        self.assertEqual(read.only.about["columns"]["E"]["text"], "备注")

    def test_group_holds_over_its_merged_block_only(self):
        def change(_, sheet):
            sheet.merge_cells("B1:C1")
            sheet.merge_cells("A1:A2")

        read = self.read_rows([["合同登记编号", "卖方", None, None], [None, "名称", "联系人", "备注"],
                               ["2022640105000001", "甲", "某", "x"]], change, "contracts")
        self.assertEqual(read.only.about["columns"]["C"]["key"], "seller_contact")
        self.assertEqual(read.only.about["columns"]["D"]["text"], "备注")

    def test_words_of_headers_map_by_themselves(self):
        variants = {
            "name": ["企业名称", "单位名称", "公司名称", "公司全称", "企业全称", "单位全称", "机构名称", "申报单位", "借款企业",
                     "借款人", "企业名称（全称）", "单位名称（盖章）", "*企业名称", "企 业 名 称", "企业\n名称", "1.企业名称", "名称",
                     "贷款企业名称", "【企业名称】", "企业（单位）名称", "纳税人名称", "Ｃompany name"],
            "code": ["统一社会信用代码", "信用代码", "社会信用代码", "税号", "纳税人识别号", "统一社会信用代码（18位）", "统一代码",
                     "统一社会信用代码/税号", "社会统一信用代码", "统一社会\n信用代码", "营业执照号"],
            "amount": ["贷款金额（万元）", "放款金额(万元)", "发放金额/万元", "贷款金额:万元", "贷款金额万元", "贷款额【万元】",
                       "贷款金额（单位：万元）", "实际放款金额（万元）"],
            "bank": ["合作银行", "放款银行", "贷款银行", "承贷银行", "银行", "金融机构"],
            "disbursed": ["放款日期", "放款时间", "发放日期", "贷款发放日期"],
            "due": ["到期日", "到期日期", "到期时间"],
            "rate": ["利率（%）", "年利率%", "贷款利率（％）"],
        }
        defaults = {"name": "企业名称", "code": "信用代码", "amount": "贷款金额（万元）", "bank": "合作银行",
                    "disbursed": "放款日期", "due": "到期日", "rate": "利率(%)"}
        cases = [(key, variant) for key, words in variants.items() for variant in words]
        self.assertGreaterEqual(len(cases), 55)
        paths = [self.folder.xlsx([[variant if other == key else word for other, word in defaults.items()],
                                   ["甲", BUREAU, 300, "某银行", "2022-03-05", "2023-03-05", 3.65]])
                 for key, variant in cases]
        reads = dump("loans", paths)
        for (key, variant), path in zip(cases, paths):
            with self.subTest(header=variant):
                read = reads[str(path)]
                self.assertEqual(read.error, "")
                self.assertEqual(set(read.only.columns()), set(defaults), variant)
                self.assertEqual(read.row(2)["amount_fen"], str(300 * WAN))

    def test_a_chosen_column_goes_before_what_is_guessed(self):
        rows = [["甲方", "银行", "数目（万元）", "企业名称", "说明"], ["甲公司", "某银行", 300, "不是它", "x"]]
        maps = [("甲方", "name"), ("数目（万元）", "amount"), ("企业名称", "")]
        read = self.read_rows(rows, maps=maps)
        self.assertEqual(read.row(2)["enterprise_name"], "甲公司")
        self.assertEqual(read.row(2)["amount_fen"], str(300 * WAN))
        self.assertEqual(read.only.about["shape"], "甲方|银行|数目(万元)|企业名称|说明")

    def test_a_choice_of_an_unknown_key_is_refused_with_the_keys(self):
        with self.assertRaisesRegex(AssertionError, "可选：.*amount"):
            dump("loans", [], [("甲方", "cat")])

    def test_header_comes_again_on_every_page(self):
        rows = [["科技贷款台账"], ["单位：万元"], list(LOANS), loan(), ["科技贷款台账"], ["单位：万元"], list(LOANS),
                loan("乙公司", OTHER)]
        read = self.read_rows(rows)
        self.assertEqual(sorted(read.only.rows), [4, 8])
        self.assertEqual(read.only.about["summary"]["repeated_headers"], 3)

    def test_header_of_two_rows_comes_again(self):
        head = [["企业名称", "合作银行", "贷款情况（万元）", None], [None, None, "金额", "期限（月）"]]
        read = self.read_rows(head + [["甲", "某银行", 300, 12]] + head + [["乙", "某银行", 200, 12]])
        self.assertEqual(sorted(read.only.rows), [3, 6])
        self.assertEqual(read.only.about["summary"]["repeated_headers"], 2)


class UnitTest(ToleranceTest):
    def test_unit_of_the_cell_goes_before_all_others(self):
        for text, fen in (("300万", 300 * WAN), ("300万元", 300 * WAN), ("0.5亿元", 5000 * WAN), ("3000000元", 300 * WAN),
                          ("300 万元", 300 * WAN), ("人民币300万元整", 300 * WAN), ("￥3,000,000元", 300 * WAN)):
            self.assertEqual(self.amount(text, "贷款金额（元）"), fen, text)

    def test_unit_of_the_header_goes_before_the_sheet(self):
        read = self.read_rows([["单位：元"], ["企业名称", "合作银行", "贷款金额（万元）"], ["甲", "某银行", 300]])
        self.assertEqual(read.row(3)["amount_fen"], str(300 * WAN))

    def test_unit_of_the_sheet_holds_where_the_header_says_none(self):
        for corner in ("单位：万元", "（金额单位：人民币万元）", "单位：家、万元", "单位:万元、%", "计量单位：万元"):
            read = self.read_rows([["台账", None, corner], ["企业名称", "合作银行", "贷款金额"], ["甲", "某银行", 300]])
            self.assertEqual(read.row(3).get("amount_fen"), str(300 * WAN), corner)

    def test_amount_without_any_unit_is_refused(self):
        read = self.read_rows([["企业名称", "合作银行", "贷款金额"], ["甲", "某银行", 300]])
        self.assertEqual(read.faults(), [(2, "amount")])
        self.assertIn("没有注明金额单位", read.note(2)["chinese"])
        self.assertEqual(read.note(2)["suggestion"], "")

    def test_two_units_in_the_corner_are_none(self):
        read = self.read_rows([["单位：万元、亿元"], ["企业名称", "合作银行", "贷款金额"], ["甲", "某银行", 300]])
        self.assertEqual(read.faults(), [(3, "amount")])

    def test_missing_unit_is_suggested_from_the_cells_above(self):
        rows = [["企业名称", "合作银行", "贷款金额"]] + [[f"企业{i}", "某银行", f"{200 + i}万元"] for i in range(5)]
        read = self.read_rows(rows + [["乙", "某银行", 300], ["丙", "某银行", 3000000]])
        self.assertEqual(read.note(7)["suggestion"], "300万元")
        self.assertEqual(read.note(8)["suggestion"], "")

    def test_foreign_and_odd_units_are_refused(self):
        for header in ("贷款金额（万美元）", "贷款金额（千元）"):
            self.assertIn("单位", self.amount(300, header)["chinese"])
        self.assertIsInstance(self.amount("300万美元"), dict)

    def test_number_format_that_scales_is_refused(self):
        _, notes = self.one_cell("贷款金额（元）", 3000000, number_format='0!.0,"万"')
        self.assertIn("数字格式", notes[0]["chinese"])

    def test_amount_off_by_ten_thousand_from_the_column_is_flagged(self):
        rows = [list(LOANS)] + [loan(f"企业{i}", None, amount=100 + 10 * i) for i in range(12)]
        rows.append(loan("乙", None, amount=3000000))
        self.assertEqual(self.read_rows(rows).outliers, {("一", 14, "amount")})

    def test_percent_is_told_from_fraction(self):
        record, notes = self.one_cell("利率（%）", 3.65)
        self.assertEqual((record["rate_ppm"], notes), (36500, []))
        record, notes = self.one_cell("利率", 0.0365, number_format="0.00%")
        self.assertEqual((record["rate_ppm"], notes), (36500, []))
        _, notes = self.one_cell("利率", 0.0365)
        self.assertEqual(notes[0]["suggestion"], "3.65%")


class NumberTest(ToleranceTest):
    def test_text_numbers_are_read_where_they_are_plain(self):
        for text in ("300", "'300", "３００", " 300 ", "\u3000300\u00a0", "300.00", "\ufeff300", "3\u00ad00", "300\n"):
            self.assertEqual(self.amount(text), 300 * WAN, repr(text))
        for text in ("1,190", "１，１９０", "1190"):
            self.assertEqual(self.amount(text), 1190 * WAN, text)

    def test_written_out_amounts_are_read(self):
        for text in ("叁佰万元整", "人民币叁佰万元整", "叁佰万圆整", "三百万元"):
            self.assertEqual(self.amount(text), 300 * WAN, text)
        self.assertEqual(self.amount("壹仟壹佰玖拾万元"), 1190 * WAN)

    def test_text_that_is_no_plain_number_is_refused(self):
        for text in ("300(含贴息)", "约300", "近300", "300-500", "11,90", "3OO", "300 500", "300\n500", "同上", "叁佰", "三百五万元",
                     "#REF!", "1e5", "见附件"):
            note = self.amount(text)
            self.assertIsInstance(note, dict, f"{text!r} was read as {note}")

    def test_signs_of_nothing_are_empty(self):
        for text in ("—", "/", "无", "-", "——", "暂无", " ", "－"):
            self.assertIsNone(self.amount(text), text)


class CodeTest(ToleranceTest):
    def code(self, value, number_format=None):
        record, notes = self.one_cell("统一社会信用代码", value, number_format=number_format)
        return record.get("credit_code") if not notes else notes[0]

    def test_width_spaces_and_invisible_characters_do_not_matter(self):
        for text in (BUREAU.lower(), "11640103 0100 94039Q", "１１６４０１０３０１００９４０３９Ｑ", "\ufeff" + BUREAU + "\u3000",
                     "1164010301\n0094039Q", "'" + BUREAU, "11640103\u00ad010094039Q", "11640103\u00a0010094039Q"):
            self.assertEqual(self.code(text), BUREAU, repr(text))

    def test_code_ruined_by_excel_is_refused(self):
        digits = "916401000000000005"
        for value, number_format in ((9.16401e17, None), (int(digits), "0"), (916401000000000005, "General")):
            self.assertIn("15 位有效数字", self.code(value, number_format)["chinese"])
        note = self.code("9.16401E+17")
        self.assertIn("15 位有效数字", note["chinese"])
        self.assertEqual(note["suggestion"], "")

    def test_ruined_number_of_a_telephone_or_certificate_is_refused(self):
        read = self.read(self.folder.csv("企业名称,信用代码,联系电话\n甲," + BUREAU + ",1.39955E+10\n"), "enterprises")
        self.assertEqual(read.faults(), [(2, "phone")])
        read = self.read(self.folder.csv("登记号,合同名称\n2.02264E+15,甲\n"), "contracts")
        self.assertEqual(read.faults(), [(2, "number")])

    def test_slip_in_a_code_suggests_the_code(self):
        for wrong in ("1164O1O3010094039Q", "11640103010094093Q", "I1640103010094039Q"):
            note = self.code(wrong)
            self.assertEqual(note["suggestion"], BUREAU, wrong)
            self.assertEqual(note["column"], "H")


class DateTest(ToleranceTest):
    def test_every_listed_text_is_a_day(self):
        for text in ("2022年3月5日", "2022.3.5", "2022/3/5", "2022-03-05", "20220305", "2022年03月05日", "２０２２年３月５日",
                     "2022 年 3 月 5 日", "2022-03-05 00:00:00", "2022.03.05", "2022年3月5号", "'2022-03-05"):
            self.assertEqual(self.paid(text), day("2022-03-05"), text)

    def test_serials_and_date_cells_are_days(self):
        self.assertEqual(self.paid(44625), day("2022-03-05"))
        self.assertEqual(self.paid(20220305), day("2022-03-05"))
        for number_format in ("yyyy-mm-dd", 'yyyy"年"m"月"d"日"', numbers.FORMAT_DATE_XLSX14, "[$-804]yyyy/m/d;@", "m/d/yy h:mm",
                              'yyyy"年"m"月"d"日";@', "[DBNum1][$-804]yyyy\"年\"m\"月\"d\"日\";@"):
            self.assertEqual(self.paid(datetime.date(2022, 3, 5), number_format), day("2022-03-05"), number_format)

    def test_the_day_of_1900_that_never_was_is_refused(self):
        self.assertIsInstance(self.paid(60, "yyyy-mm-dd"), dict)
        self.assertEqual(self.paid(61, "yyyy-mm-dd"), day("1900-03-01"))
        self.assertEqual(self.paid(59, "yyyy-mm-dd"), day("1900-02-28"))

    def test_workbook_that_counts_from_1904(self):
        def change(book, sheet):
            book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
            sheet["E2"].number_format = "yyyy-mm-dd"

        read = self.read_rows([list(LOANS), loan(paid=datetime.date(2022, 3, 5), due=43163)], change)
        self.assertEqual(read.row(2)["disburse_date"], day("2022-03-05"))
        self.assertEqual(read.row(2)["due_date"], day("2022-03-05"))

    def test_bounds_are_refused_and_the_day_suggested(self):
        for text in ("2022.12.31前", "2022年12月31日之前", "截至2022-12-31"):
            note = self.paid(text)
            self.assertEqual(note["suggestion"], "2022-12-31", text)

    def test_month_without_a_day_is_refused(self):
        for value in ("2022-03", "2022年3月", "2022.3", "202203", 202203):
            note = self.paid(value)
            self.assertIsInstance(note, dict, value)
            self.assertEqual(note["suggestion"], "", value)
        self.assertIn("缺少“日”", self.paid(datetime.date(2022, 3, 1), 'yyyy"年"m"月"')["chinese"])

    def test_days_that_are_none_are_refused(self):
        for text in ("2022-02-30", "2022-13-05", "5/3/2022", "22.3.5", "2022-03-05至2023-03-04", "长期", "2022.1.1 1"):
            self.assertIsInstance(self.paid(text), dict, text)


class AboveTest(ToleranceTest):
    def test_same_as_above_is_taken_over_where_the_template_lets_it(self):
        rows = [list(LOANS), loan("甲公司", BUREAU, "某银行"), loan("同上", "同上", "〃", 200, "2022-04-05")]
        read = self.read_rows(rows)
        self.assertEqual(read.faults(), [])
        self.assertEqual((read.row(3)["enterprise_name"], read.row(3)["credit_code"], read.row(3)["bank_name"]),
                         ("甲公司", BUREAU, "某银行"))
        self.assertEqual(read.only.about["summary"]["inherited_cells"], 3)

    def test_same_as_above_is_refused_elsewhere(self):
        read = self.read_rows([list(LOANS), loan(), loan(amount="同上", paid="同上")])
        self.assertEqual(read.faults(), [(3, "amount"), (3, "disbursed")])
        read = self.read_rows([["企业名称", "信用代码"], ["同上", BUREAU]], kind="enterprises")
        self.assertEqual(read.faults(), [(2, "name")])

    def test_merged_cells_are_taken_over_where_the_template_lets_them(self):
        def change(_, sheet):
            for block in ("A2:A4", "B2:B4"):
                sheet.merge_cells(block)

        rows = [["企业名称", "信用代码", "企业类型", "认定时间"], ["甲", BUREAU, "高新技术企业", "2021-01-01"],
                [None, None, "科技型中小企业", "2022-01-01"], [None, None, "雏鹰", "2022-05-01"],
                ["乙", OTHER, "雏鹰", "2022-06-01"]]
        read = self.read_rows(rows, change, "certifications")
        self.assertEqual(read.faults(), [])
        self.assertEqual([read.row(row)["credit_code"] for row in (2, 3, 4, 5)], [BUREAU, BUREAU, BUREAU, OTHER])

    def test_merged_cells_are_refused_elsewhere(self):
        read = self.read_rows([list(LOANS), loan(), loan("乙公司", OTHER, amount=None)],
                              lambda _, sheet: sheet.merge_cells("D2:D3"))
        self.assertEqual(read.faults(), [(3, "amount")])
        self.assertIn("合并", read.note(3)["chinese"])

    def test_empty_cell_is_not_the_one_above(self):
        read = self.read_rows([list(LOANS), loan(), loan("乙公司", None)])
        self.assertNotIn("credit_code", read.row(3))


class FormulaTest(ToleranceTest):
    def test_formula_without_a_saved_value_is_refused(self):
        read = self.read_rows([list(LOANS), loan(amount="=100*3")])
        self.assertEqual(read.faults(), [(2, "amount")])
        self.assertIn("公式", read.note(2)["chinese"])

    def test_error_values_are_refused(self):
        read = self.read_rows([list(LOANS), loan(amount="#REF!", name="#N/A")])
        self.assertEqual(sorted(read.faults()), [(2, "amount"), (2, "name")])
        read = self.read(self.folder.csv("企业名称,合作银行,贷款金额（万元）\n#N/A,某银行,#REF!\n=A1,某银行,300\n"))
        self.assertEqual(sorted(read.faults()), [(2, "amount"), (2, "name"), (3, "name")])

    def test_saved_value_of_a_formula_is_read(self):
        path = self.folder.xlsx([list(LOANS), loan(amount="=100*3", paid="=DATE(2022,3,5)", name='="甲"&"公司"',
                                                   remark="=1/0")])
        read = self.read(self.folder.convert(path, "xlsx"))
        self.assertEqual(read.row(2)["amount_fen"], str(300 * WAN))
        self.assertEqual(read.row(2)["enterprise_name"], "甲公司")
        self.assertEqual(read.row(2)["disburse_date"], day("2022-03-05"))
        self.assertEqual(read.faults(), [(2, "remark")])


class RowTest(ToleranceTest):
    def test_totals_notes_and_blank_rows_are_skipped_and_counted(self):
        rows = [list(LOANS), loan(), [], ["2022年小计", None, None, 300], loan("乙公司", OTHER), ["合计", None, None, 600],
                ["注：利率为年利率"], ["填表人：某", None, "审核人：某"], ["第 1 页 共 1 页"]]
        read = self.read_rows(rows)
        self.assertEqual(sorted(read.only.rows), [2, 5])
        self.assertEqual(read.only.about["summary"] | {"has_header": True},
                         {"has_header": True, "rows": 2, "blank_rows": 1, "total_rows": 2, "note_rows": 3,
                          "repeated_headers": 0, "inherited_cells": 0})

    def test_firm_whose_name_begins_like_a_total_is_kept(self):
        read = self.read_rows([list(LOANS), loan("小计量科技有限公司", None), loan("总计科技有限公司")])
        self.assertEqual(sorted(read.only.rows), [2, 3])

    def test_title_across_the_table_is_no_record(self):
        read = self.read_rows([list(LOANS), ["一、2021年贷款"], loan()], lambda _, sheet: sheet.merge_cells("A2:H2"))
        self.assertEqual(sorted(read.only.rows), [3])

    def test_hidden_and_filtered_rows_are_read_and_told(self):
        def change(_, sheet):
            sheet.row_dimensions[3].hidden = True
            sheet.auto_filter.ref = "A1:H4"
            sheet.auto_filter.add_filter_column(0, ["甲公司"])

        read = self.read_rows([list(LOANS), loan("甲公司"), loan("乙公司", OTHER), loan("丙公司", None)], change)
        self.assertEqual(sorted(read.only.rows), [2, 3, 4])
        self.assertEqual(read.only.hidden_rows, [3])

    def test_hidden_sheets_are_not_read(self):
        for state in ("hidden", "veryHidden"):
            def change(book, sheet, hidden=state):
                other = book.create_sheet("旧")
                other.append(list(LOANS))
                other.append(loan())
                other.sheet_state = hidden

            read = self.read_rows([list(LOANS), loan()], change)
            self.assertEqual(sorted(read.sheets["一"].rows), [2])
            self.assertEqual((read.sheets["旧"].rows, read.sheets["旧"].about["hidden"]), ({}, True))

    def test_every_sheet_with_data_is_read_and_named(self):
        def change(book, sheet):
            book.create_sheet("说明").append(["请填写各表"])
            for title, amount in (("2021", 200), ("2022", "坏")):
                other = book.create_sheet(title)
                other.append(["企业名称", "合作银行", "贷款金额（万元）"])
                other.append([f"企业{title}", "某银行", amount])

        read = self.read_rows([list(LOANS), loan()], change)
        self.assertEqual({name: len(sheet.rows) for name, sheet in read.sheets.items()},
                         {"一": 1, "说明": 0, "2021": 1, "2022": 1})
        self.assertEqual([note["key"] for note in read.sheets["2022"].notes[2]], ["amount"])

    def test_equal_rows_are_told(self):
        read = self.read_rows([list(LOANS), loan(), loan(amount=200), loan()])
        self.assertIn("第 2 行完全相同", read.note(4, "")["chinese"])

    def test_same_firm_under_two_legal_forms_is_told_and_not_merged(self):
        read = self.read_rows([list(LOANS), loan("甲科技有限公司", None), loan("甲科技有限责任公司", None)])
        note = read.note(3, "name")
        self.assertTrue(note["warning"])
        self.assertIn("甲科技有限公司", note["chinese"])
        self.assertEqual(read.row(3)["enterprise_name"], "甲科技有限责任公司")
        read = self.read_rows([["企业名称", "信用代码"], ["甲有限公司", BUREAU], ["甲有限责任公司", BUREAU]], kind="enterprises")
        self.assertIn("信用代码相同而名称不同", read.note(3, "name")["chinese"])

    def test_contract_number_twice_is_refused(self):
        read = self.read_rows([["登记号", "合同名称"], ["2022640105000001", "甲"], ["2022640105000001", "乙"]],
                              kind="contracts")
        self.assertEqual(read.faults(), [(3, "number")])


class TextFileTest(ToleranceTest):
    TEXT = ("企业名称{0}合作银行{0}贷款金额（万元）{0}备注\n甲公司{0}某银行{0}\"1,190\"{0}\"一\n二\"\"三\"\"\"\n"
            "乙公司{0}某银行{0}300{0}\n")

    def check(self, path, separator=","):
        read = self.read(path)
        self.assertEqual(read.row(2)["amount_fen"], str(1190 * WAN))
        self.assertEqual(read.row(2)["remark"], '一二"三"')
        self.assertEqual(read.row(3)["enterprise_name"], "乙公司", separator)

    def test_encodings(self):
        for encoding in ("utf-8", "utf-8-sig", "gb18030", "gbk"):
            self.check(self.folder.csv(self.TEXT.format(","), encoding))
        self.check(self.folder.csv(self.TEXT.format(",").replace("\n", "\r\n"), "gb18030"))

    def test_four_bytes_of_gb18030(self):
        read = self.read(self.folder.csv("企业名称,合作银行,贷款金额（万元）\n𠮷㐂公司,某银行,300\n", "gb18030"))
        self.assertEqual(read.row(2)["enterprise_name"], "𠮷㐂公司")

    def test_separators(self):
        for separator in (",", ";", "\t"):
            self.check(self.folder.csv(self.TEXT.format(separator)), separator)
        read = self.read(self.folder.csv("sep=;\n" + self.TEXT.format(";")))
        self.assertEqual(sorted(read.only.rows), [3, 4])

    def test_numbers_kept_as_text_by_a_formula(self):
        read = self.read(self.folder.csv(f'企业名称,信用代码,合作银行,贷款金额（万元）\n甲,"=""{BUREAU}""",某银行,"=""300"""\n'))
        self.assertEqual((read.row(2)["credit_code"], read.row(2)["amount_fen"]), (BUREAU, str(300 * WAN)))

    def test_broken_encoding_is_refused(self):
        path = self.folder.new_path(".csv")
        path.write_bytes("企业名称,银行\n甲".encode("gb18030") + b"\xff\xff\n")
        self.assertIn("另存为", self.refused(path))


class RefusedFileTest(ToleranceTest):
    def refused_bytes(self, data, suffix):
        path = self.folder.new_path(suffix)
        path.write_bytes(data)
        return self.refused(path)

    def says_how(self, sentence, what):
        self.assertIn(what, sentence)
        self.assertIn("“另存为”", sentence)
        self.assertIn("*.xlsx", sentence)

    def ole(self, name):
        head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
        return head + name.encode("utf-16-le") + bytes(2048)

    def test_old_workbooks(self):
        self.says_how(self.refused_bytes(self.ole("Workbook"), ".xls"), ".xls")
        self.says_how(self.refused_bytes(self.ole("WpsCustomData"), ".et"), ".et")

    def test_what_libreoffice_writes_in_other_forms(self):
        path = self.folder.xlsx([list(LOANS), loan()])
        self.says_how(self.refused(self.folder.convert(path, "xls")), ".xls")
        self.says_how(self.refused(self.folder.convert(path, "ods")), ".ods")

    def test_encrypted_workbook(self):
        sentence = self.refused_bytes(self.ole("EncryptedPackage"), ".xlsx")
        self.says_how(sentence, "密码")

    def test_word_images_and_pdf(self):
        path = self.folder.new_path(".docx")
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("word/document.xml", "<w/>")
        self.says_how(self.refused(path), "Word")
        for data, what in ((b"\x89PNG\r\n\x1a\n" + bytes(64), "PNG"), (b"\xff\xd8\xff\xe0" + bytes(64), "JPEG"),
                           (b"%PDF-1.7\n", "PDF"), (b"<html><table></table></html>", "网页"),
                           ("企业名称\t银行\n".encode("utf-16"), "UTF-16")):
            self.says_how(self.refused_bytes(data, ".xlsx"), what)

    def test_truncated_workbook(self):
        whole = self.folder.xlsx([list(LOANS)] + [loan()] * 200).read_bytes()
        for part in (0.2, 0.5, 0.9, 0.99):
            sentence = self.refused_bytes(whole[:int(len(whole) * part)], ".xlsx")
            self.assertIn("不完整或已损坏", sentence)

    def test_zip_bomb(self):
        path = self.folder.xlsx([list(LOANS), loan()])
        bomb = self.folder.new_path(".xlsx")
        with zipfile.ZipFile(path) as source, zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as target:
            for item in source.namelist():
                data = source.read(item)
                target.writestr(item, data + b" " * (64 << 20) if item.endswith("sheet1.xml") else data)
        self.assertIn("压缩", self.refused(bomb))

    def test_empty_file(self):
        self.assertIn("空", self.refused_bytes(b"", ".xlsx"))


class LibreOfficeTest(ToleranceTest):
    def test_its_workbook_reads_like_the_one_it_was_made_of(self):
        def change(_, sheet):
            sheet["E2"].number_format = 'yyyy"年"m"月"d"日"'
            sheet.merge_cells("A2:A3")
            sheet.row_dimensions[3].hidden = True

        rows = [list(LOANS), loan(paid=datetime.date(2022, 3, 5)), loan(None, BUREAU, remark="一\n二"), loan("乙", OTHER)]
        path = self.folder.xlsx(rows, change)
        first = self.read(path).only
        second = self.read(self.folder.convert(path, "xlsx")).only
        self.assertEqual(first.rows, second.rows)
        self.assertEqual(first.hidden_rows, second.hidden_rows)
        self.assertEqual(first.about["columns"], second.about["columns"])
        self.assertEqual(len(first.rows), 3)


if __name__ == "__main__":
    unittest.main()
