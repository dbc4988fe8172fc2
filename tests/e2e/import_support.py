"""What the tests of imports have in common: rows of contracts, and files of them in every form."""

import csv
import io
import re

import openpyxl

CONTRACT_HEADERS = ("合同登记编号", "合同名称", "合同类别", "卖方", "买方", "合同成交总额(万元)", "技术交易额(万元)", "签订日期", "登记日期", "备注")
COUNTS = re.compile(r"(\d+) inserted, (\d+) changed, (\d+) unchanged, (\d+) rejected, (\d+) conflicts$", re.M)


def contract(number, **cells):
    """A row that is good but for what cells say, by the index of the column: contract(7, c5="约30")."""
    row = [f"2022640105{number:06}", f"合同{number}", "技术开发", "甲公司", "乙公司", "10", "5", "2022-03-01", "2022-03-05", ""]
    for key, value in cells.items():
        row[int(key[1:])] = value
    return row


def write_csv(path, rows, encoding="utf-8", headers=CONTRACT_HEADERS):
    text = io.StringIO()
    csv.writer(text).writerows([headers, *rows])
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def write_xlsx(path, rows, headers=CONTRACT_HEADERS):
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("合同")
    for row in (headers, *rows):
        sheet.append(row)
    book.save(path)
    return path


def counts(done):
    """Inserted, changed, unchanged, rejected and conflicts, as the last line of kc import says them."""
    found = COUNTS.search(done.stdout)
    if found is None:
        raise AssertionError(f"no counts in {done.stdout!r} {done.stderr[-2000:]!r}")
    return tuple(map(int, found.groups()))
