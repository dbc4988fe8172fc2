"""Files as officials hand them over, made by other programs, and what the importer reads from them."""

import json
import os
import pathlib
import subprocess
import tempfile

import openpyxl

ROOT = pathlib.Path(__file__).resolve().parents[2]
DUMP = os.environ.get("KECHUANG_SHEET_DUMP", str(ROOT / "build/tests/sheet_dump"))

LOANS = ("企业名称", "统一社会信用代码", "合作银行", "贷款金额（万元）", "放款日期", "到期日", "利率（%）", "备注")
BUREAU = "11640103010094039Q"
OTHER = "91350100M000100Y43"
WAN = 1_000_000  # fen of 1 万元


def day(text):
    year, month, date = (int(part) for part in text.split("-"))
    return {"year": year, "month": month, "day": date}


class Sheet:
    """What was read of one sheet: its header, its rows by number, and its notes by (row, key)."""

    def __init__(self):
        self.about = {}
        self.rows = {}
        self.notes = {}
        self.hidden_rows = []

    def columns(self):
        """Letter of each key's column."""
        return {value["key"]: letter for letter, value in self.about["columns"].items() if value["key"]}


class Read:
    """What was read of one file."""

    def __init__(self):
        self.error = ""
        self.sheets = {}
        self.outliers = set()

    @property
    def only(self):
        """The sheet with a header; fails if there are several."""
        (sheet,) = [sheet for sheet in self.sheets.values() if sheet.about.get("header_row")]
        return sheet

    def row(self, number):
        """The record of a row of the only sheet, out of its message."""
        (record,) = self.only.rows[number].values()
        return record

    def faults(self):
        """(row, key) of every fault, in order."""
        return [(row, note["key"]) for sheet in self.sheets.values() for (row, notes) in sheet.notes.items()
                for note in notes if not note["warning"]]

    def note(self, row, key=None):
        """The note of a row, of a key if one is given; fails if there is none or several."""
        (note,) = [note for note in self.only.notes.get(row, []) if key in (None, note["key"])]
        return note


def dump(kind, paths, maps=()):
    """Reads files and gives a Read for each path."""
    command = [DUMP]
    for header, key in maps:
        command += ["--map", f"{header}={key}"]
    run = subprocess.run(command + [kind] + [str(path) for path in paths], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                         check=False, timeout=300)
    if run.returncode != 0:
        raise AssertionError(run.stderr.decode())
    reads = {str(path): Read() for path in paths}
    for line in run.stdout.decode().splitlines():
        item = json.loads(line)
        read = reads[item["file"]]
        if "chinese" in item:
            read.error = item["chinese"]
            continue
        sheet = read.sheets.setdefault(item["sheet"], Sheet())
        if "outlier" in item:
            read.outliers.add((item["sheet"], item["row"], item["key"]))
        elif "message" in item:
            sheet.rows[item["row"]] = item["message"]
            sheet.notes[item["row"]] = item["notes"]
            if item["hidden"]:
                sheet.hidden_rows.append(item["row"])
        else:
            sheet.about = item
    return reads


class Folder:
    """A folder of files that goes away with its test."""

    def __init__(self):
        self.holder = tempfile.TemporaryDirectory(prefix="kechuang-tolerance-")
        self.path = pathlib.Path(self.holder.name)
        self.count = 0

    def close(self):
        self.holder.cleanup()

    def new_path(self, suffix):
        self.count += 1
        return self.path / f"{self.count}{suffix}"

    def xlsx(self, rows, change=None, title="一"):
        """A workbook of these rows; change(workbook, sheet) may add what rows cannot say."""
        book = openpyxl.Workbook()
        sheet = book.active
        sheet.title = title
        for row in rows:
            sheet.append(list(row))
        if change:
            change(book, sheet)
        path = self.new_path(".xlsx")
        book.save(path)
        return path

    def csv(self, text, encoding="utf-8"):
        path = self.new_path(".csv")
        path.write_bytes(text.encode(encoding))
        return path

    def convert(self, path, form):
        """The file as LibreOffice saves it in another form ("xlsx", "xls", "ods")."""
        out = self.path / f"{path.stem}-{form}"
        profile = self.path / "profile"
        subprocess.run(["soffice", f"-env:UserInstallation=file://{profile}", "--headless", "--convert-to", form,
                        "--outdir", str(out), str(path)], check=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                       timeout=180)
        return out / f"{path.stem}.{form}"


def loan(name="甲科技有限公司", code=BUREAU, bank="某银行", amount=300, paid="2022-03-05", due="2023-03-05", rate=3.65,
         remark=None):
    """A row of LOANS."""
    return (name, code, bank, amount, paid, due, rate, remark)
