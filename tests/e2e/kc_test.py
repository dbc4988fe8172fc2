"""kc as a person uses it: every register by its own commands through a whole life, figures explained, words completed."""

import csv
import datetime
import io
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

from suite import BIN, Suite

FIGURES = ("S03", "S04", "S08", "S09", "S10", "S11", "S28", "S29", "S30")


POLICY = {
    "valid_from": {"year": 2020, "month": 1, "day": 1}, "source_document": "宁科规发〔2020〕1号",
    "route": "LOAN_ROUTE_BANK_FIRST", "eligible_classes": ["HNTE"], "per_enterprise_cap_fen": "500000000",
    "hnte_cap_fen": "1000000000", "term_max_months": 12, "rate_ceiling_ppm": 55000, "compensation_ratio_ppm": 500000,
    "leverage_multiple": 10, "overdue_days_before_claim": 90, "suspend_ratio_ppm": 50000, "warn_ratio_ppm": 30000,
}


def days(count):
    """The day so many days from today, UTC+8, as a person writes it."""
    china = datetime.timezone(datetime.timedelta(hours=8))
    return (datetime.datetime.now(china).date() + datetime.timedelta(days=count)).isoformat()


def spelled(code17):
    """A credit code with its check character worked out (GB 32100-2015)."""
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    total = sum(alphabet.index(character) * pow(3, place, 31) for place, character in enumerate(code17))
    return code17 + alphabet[(31 - total % 31) % 31]


def credit_code(serial):
    """A valid credit code of an organisation that there is not: YY is not given out."""
    alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    subject = f"YY{serial:06d}"
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    check = 11 - sum(alphabet.index(character) * weight for character, weight in zip(subject, weights)) % 11
    return spelled("91640105" + subject + {10: "X", 11: "0"}.get(check, str(check)))


class WithSample(unittest.TestCase):
    """What reads only, on the sample district."""

    @classmethod
    def setUpClass(cls):
        cls.suite = Suite(sample=True)
        cls.suite.start()
        cls.addClassCleanup(cls.suite.close)

    def kc(self, *arguments, expect=0):
        return self.suite.kc(*arguments, expect=expect).stdout

    def test_every_held_figure_is_the_sum_of_its_records(self):
        report = self.suite.kc_json("report", "annual", "--year", 2022)
        held = [figure["figure_id"] for figure in report["figures"] if figure["held"]]
        self.assertEqual(sorted(held), sorted(FIGURES))
        for year in (2022, 2023):
            for figure in held:
                explained = self.suite.kc_json("explain", figure, "--year", year)
                self.assertIs(explained["agrees"], True, f"{figure} of {year}")
                unit = "_fen" if "sum_fen" in explained else ""
                self.assertEqual(sum(int(record["adds" + unit]) for record in explained["records"]),
                                 int(explained["sum" + unit]), figure)
                self.assertEqual(explained["sum" + unit], explained["register_total" + unit], figure)

    def test_a_person_reads_how_a_figure_comes_about(self):
        text = self.kc("explain", "S10", "--year", 2022, "--language", "en")
        lines = text.splitlines()
        self.assertEqual(lines[0], "S10  Gazelle enterprises recognised  2022  2 家")
        self.assertTrue(lines[1].startswith("Recognitions in the year as gazelle enterprise"), lines[1])
        self.assertEqual(lines[2], "Source: kechuang.enterprise.v1.EnterpriseService/GetEnterpriseStatistics")
        self.assertRegex(lines[4], r"^name +date +adds +about$")
        self.assertRegex(lines[5], r"^enterprises/\w+/certifications/gazelle-20220905 +2022-09-05 +1 +\S+公司$")
        self.assertEqual(lines[-1], "2 records add up to 2; the register's total is 2; the report says 2 家: agrees")
        chinese = self.kc("explain", "S29", "--year", 2022, "--language", "zh").splitlines()
        self.assertEqual(chinese[-1], "6 条记录合计 11900000.00 元；登记簿汇总 11900000.00 元；报告数值 1190 万元：相符")

    def test_a_figure_that_is_not_held_says_so(self):
        self.assertIn("Not held yet", self.kc("explain", "S01", "--year", 2022, "--language", "en"))
        refused = self.suite.kc("explain", "S99", "--year", 2022, expect=2)
        self.assertIn("S01 - S40", refused.stderr)

    def test_a_sum_that_does_not_agree_is_told(self):
        self.addCleanup(self.suite.sql, "UPDATE kechuang_loan.disbursement SET amount_fen = amount_fen - 1 "
                                        "WHERE disburse_date = '2022-02-03' OR name = (SELECT n FROM (SELECT MIN(name) AS n "
                                        "FROM kechuang_loan.disbursement WHERE YEAR(disburse_date) = 2022) AS t)")
        self.suite.sql("UPDATE kechuang_loan.disbursement SET amount_fen = amount_fen + 1 WHERE name = (SELECT n FROM "
                       "(SELECT MIN(name) AS n FROM kechuang_loan.disbursement WHERE YEAR(disburse_date) = 2022) AS t)")
        done = self.suite.kc("explain", "S29", "--year", 2022, "--language", "en", expect=3)
        self.assertIn("DOES NOT AGREE", done.stdout)

    def test_lists_come_in_every_form(self):
        base = ("loans", "list", "--all", "--order-by", "name")
        rows = json.loads(self.kc(*base, "--output", "json"))["loans"]
        self.assertGreater(len(rows), 20)
        table = self.kc(*base, "--columns", "name,state,disbursed-fen").splitlines()
        self.assertEqual(len(table), len(rows) + 1)
        self.assertRegex(table[0], r"^name +state +disbursed_yuan$")
        lines = list(csv.DictReader(io.StringIO(self.kc(*base, "--output", "csv", "--columns", "name,disbursed_fen"))))
        self.assertEqual([(line["name"], line["disbursed_fen"]) for line in lines],
                         [(row["name"], row["disbursed_fen"]) for row in rows])
        yaml = self.kc(*base, "--output", "yaml")
        self.assertTrue(yaml.startswith("loans:\n- name: loans/"), yaml[:80])
        self.assertEqual(yaml.count("\n- name: "), len(rows))
        few = json.loads(self.kc("loans", "list", "--limit", 3, "--output", "json"))
        self.assertEqual(len(few["loans"]), 3)

    def test_a_wrong_column_names_the_nearest(self):
        self.assertIn("did you mean bank", self.suite.kc("loans", "list", "--columns", "bnak", expect=2).stderr)

    def completed(self, *words, shell="bash"):
        """What the shell's own completion gives for the words, the last of which is being typed."""
        script = self.kc("completion", shell)
        environment = {**self.suite.environment(), "PATH": f"{BIN}:{os.environ['PATH']}"}
        if shell == "bash":
            quoted = " ".join(f"'{word}'" for word in ("kc", *words))
            program = (f"{script}\nCOMP_WORDS=({quoted}); COMP_CWORD={len(words)}; _kc; "
                       'printf "%s\\n" "${COMPREPLY[@]}"')
        else:
            quoted = " ".join(f"'{word}'" for word in ("kc", *words))
            program = (f"compadd() {{ print -l -- $values; }}; _files() {{ print FILES; }}\n{script}\n"
                       f"words=({quoted}); CURRENT={len(words) + 1}; _kc")
        done = subprocess.run([shell, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              env=environment, timeout=60)
        self.assertEqual((done.returncode, done.stderr), (0, ""), program)
        return done.stdout.split()

    def check_completion(self, shell):
        self.assertEqual(self.completed("contracts", "regi", shell=shell), ["register"])
        self.assertEqual(self.completed("loans", "list", "--output", "y", shell=shell), ["yaml"])
        self.assertIn("--technical-amount", self.completed("contracts", "register", "--te", shell=shell))
        banks = [row["name"] for row in self.suite.kc_json("banks", "list")["banks"]]
        self.assertEqual(sorted(self.completed("banks", "get", "banks/", shell=shell)), sorted(banks))
        identity = banks[0].removeprefix("banks/")
        self.assertIn(identity, self.completed("loans", "create", "--bank", identity[:3], shell=shell))

    def test_bash_completes(self):
        self.check_completion("bash")
        self.assertEqual(self.completed("loans", "list", "--output", "=", "cs"), ["csv"])
        with tempfile.TemporaryDirectory() as folder:
            (pathlib.Path(folder) / "body.json").touch()
            self.assertEqual(self.completed("contracts", "create", "--from-file", f"{folder}/bo"), [f"{folder}/body.json"])

    def test_zsh_completes(self):
        self.assertIsNotNone(shutil.which("zsh"), "install zsh")
        self.check_completion("zsh")

    def test_completion_is_silent_without_a_suite(self):
        done = subprocess.run([str(BIN / "kc"), "__complete", "--", "banks", "get", ""], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True, timeout=20,
                              env={**self.suite.environment(), "KC_SERVER": "127.0.0.1:9"})
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))

    def test_the_manual_page_is_right_roff(self):
        page = subprocess.run([str(BIN / "kc"), "__man"], stdout=subprocess.PIPE, check=True, timeout=20).stdout
        self.assertIsNotNone(shutil.which("groff"), "install groff")
        done = subprocess.run(["groff", "-man", "-Kutf8", "-Tutf8", "-ww", "-z"], input=page, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=60)
        self.assertEqual((done.returncode, done.stderr.decode()), (0, ""))


class LifeCycles(unittest.TestCase):
    """Whole lives on an empty suite, typed as a person types them."""

    @classmethod
    def setUpClass(cls):
        cls.suite = Suite()
        cls.suite.start()
        cls.addClassCleanup(cls.suite.close)
        cls.code = credit_code(7)
        cls.suite.kc("enterprises", "create", "--credit-code", cls.code, "--enterprise-name", "宁夏试验材料有限公司",
                     "--located-division-code", "640202", "--registered-capital", "300万元", "--tags", "新型材料", "--tags",
                     "示例", "--reason", "开户")

    def kc(self, *arguments, expect=0):
        return self.suite.kc(*arguments, expect=expect)

    def get(self, *arguments):
        return self.suite.kc_json(*arguments)

    def test_an_enterprise_is_certified_revised_and_leaves(self):
        name = f"enterprises/{self.code}"
        made = self.get("enterprises", "get", self.code)
        self.assertEqual((made["registered_capital_fen"], made["tags"]), ("300000000", ["新型材料", "示例"]))
        granted = self.get("certifications", "grant", self.code, "--certification-class", "hnte", "--certificate-number",
                           "GR202264000001", "--issue-date", "2022-11-04")
        self.assertEqual(granted["state"], "CERTIFICATION_STATE_VALID")
        self.kc("annual-statements", "put", f"{name}/annualStatements/2022", "--revenue", "1.5亿元", "--rd-expense",
                "800万元")
        self.kc("enterprises", "update", self.code, "--remark", "一次走访", "--tags", "示例")
        changed = self.get("enterprises", "get", name)
        self.assertEqual((changed["remark"], changed["tags"], changed["registered_capital_fen"]),
                         ("一次走访", ["示例"], "300000000"))
        # Alone in this district, whatever the other lives do.
        counts = self.get("enterprises", "statistics", "--as-of-date", "2022-12-31", "--division-code", "640202")
        self.assertEqual(counts["technology_enterprise_count"], "1")
        self.kc("certifications", "revoke", granted["name"], "--revoked-date", "2023-01-01", "--reason", "试")
        self.kc("enterprises", "move-out", self.code, "--move-out-date", "2023-02-01", "--status-note", "迁往外地")
        history = self.get("journal", "list-revisions", name)["revisions"]
        self.assertGreaterEqual(len(history), 4)
        self.assertEqual(history[-1]["reason"], "开户")

    def test_a_loan_goes_from_pool_to_repayment(self):
        borrower = credit_code(8)
        self.kc("enterprises", "create", "--credit-code", borrower, "--enterprise-name", "宁夏借款试验有限公司",
                "--located-division-code", "640105")
        self.kc("certifications", "grant", borrower, "--certification-class", "hnte", "--certificate-number",
                "GR202564000009", "--issue-date", days(-30))
        self.kc("banks", "create", "nxbank", "--bank-name", "宁夏试验银行", "--short-names", "试验行")
        pool = pathlib.Path(self.suite.folder) / "pool.json"
        pool.write_text(json.dumps({"pool_name": "试验资金池", "policies": [POLICY]}, ensure_ascii=False))
        self.kc("pools", "create", "try-2022", "--from-file", pool)
        self.kc("pools", "contribute", "try-2022", "--amount", "600万元", "--posting-date", days(-20), "--contributor",
                "西夏区财政局")
        again = ("pools", "contribute", "try-2022", "--amount-fen", 100, "--posting-date", days(-19), "--contributor",
                 "西夏区财政局", "--request-id", "once", "--output", "json")
        self.assertEqual(self.kc(*again).stdout, self.kc(*again).stdout)
        self.assertEqual(self.get("pools", "statement", "try-2022")["balance_fen"], "600000100")

        self.kc("loans", "create", "--loan-id", "l-1", "--enterprise", borrower, "--bank", "nxbank", "--pool", "try-2022",
                "--applied-amount", "300万元", "--positive", "--bank-opinion.amount", "300万元", "--rate", "3.65%",
                "--term-months", 12)
        self.assertEqual(self.get("loans", "submit", "l-1")["enterprise_class"], "HNTE")
        self.kc("loans", "recommend", "l-1", "--reason", "符合条件")
        self.kc("loans", "confirm", "l-1", "--letter-number", "宁科贷函 1 号", "--issue-date", days(0), "--expiry-date",
                days(60))
        tried = ("loans", "disburse", "l-1", "--amount", "100万元", "--disburse-date", days(0))
        self.kc(*tried, "--validate-only")
        refused = self.kc(*tried[:4], "301万元", *tried[5:], "--language", "zh", expect=3)
        self.assertRegex(refused.stderr, r"^kc：\S+")
        self.assertEqual(self.get(*tried)["outstanding_fen"], "100000000")
        pay_out = self.get("disbursements", "list", "loans/l-1")["disbursements"][0]["name"]
        self.kc("disbursements", "reverse", pay_out, "--reverse-date", days(0), "--reason", "户名有误")
        self.kc(*tried)
        self.kc("loans", "repay", "l-1", "--principal", "100万元", "--interest", "0.05元", "--repay-date", days(0),
                "--draw-closed")
        settled = self.get("loans", "get", "l-1")
        self.assertEqual((settled["state"], settled["outstanding_fen"]), ("LOAN_STATE_SETTLED", "0"))
        totals = self.get("loans", "totals", "--year", days(0)[:4])
        self.assertEqual(totals["issued"]["amount_fen"], "100000000")

    def test_a_contract_goes_from_draft_to_cancellation(self):
        self.kc("contracts", "create", "--contract-id", "d-1", "--contract-name", "试验技术开发", "--contract-class",
                "development", "--subclass", "commissioned-development", "--total-amount", "50万元", "--seller.party-name",
                "宁夏试验大学", "--seller.party-type", "022", "--seller.division-code", "640105", "--buyer.party-name",
                "银川买方有限公司", "--buyer.party-type", "150", "--buyer.division-code", "640104", "--signing-date", days(-20),
                "--technology-field", "advanced-manufacturing", "--ip-type", "technical-secret",
                "--registry-division-code", "640105", "--documents", "kind=CONTRACT_TEXT,title=合同.pdf")
        self.kc("contracts", "update", "d-1", "--technical-amount", "400000.00元", "--remark", "=1+1")
        contract = self.get("contracts", "get", "d-1", "--reveal", "核对")
        self.assertEqual((contract["technical_amount_fen"], contract["seller"]["party_name"]), ("40000000", "宁夏试验大学"))
        shown = self.kc("contracts", "list", "--filter", 'name = "contracts/d-1"', "--output", "csv", "--columns",
                        "name,remark").stdout
        self.assertEqual(shown, "name,remark\ncontracts/d-1,'=1+1\n")
        refused = self.kc("contracts", "register", "d-1", "--language", "en", expect=3).stderr
        self.assertIn("DRAFT", refused.upper())
        self.kc("contracts", "submit", "d-1", "--validate-only")
        self.assertEqual(self.get("contracts", "get", "d-1")["state"], "CONTRACT_STATE_DRAFT")
        self.kc("contracts", "submit", "d-1")
        self.kc("contracts", "accept", "d-1")
        registered = self.get("contracts", "register", "d-1", "--technical-amount", "300000.00元", "--reason", "扣除设备")
        self.assertRegex(registered["registration_number"], r"^\d{4}640105\d{6}$")
        totals = self.get("contracts", "totals", "--year", days(0)[:4], "--division-code", "640105")
        self.assertEqual((totals["sum"]["count"], totals["sum"]["technical_amount_fen"]), ("1", "30000000"))
        self.kc("contracts", "record-income", "d-1", "--amount", "1万元", "--receive-date", days(0))
        self.kc("contracts", "amend", "d-1", "--remark", "更正", "--registry-division-code", "640105", "--reason", "笔误")
        cancelled = self.get("contracts", "cancel", "d-1", "--cancel-date", days(0), "--registry-division-code", "640105")
        self.assertEqual((cancelled["state"], cancelled["remark"]), ("CONTRACT_STATE_CANCELLED", "更正"))

    def test_a_wrong_flag_is_named_with_all_others(self):
        wrong = self.kc("contracts", "create", "--total-amount", "30", "--contract-class", "develpment", "--signing-date",
                        "2022-02-30", "--language", "en", expect=2).stderr
        for part in ("--total-amount: ", "30万元", "did you mean DEVELOPMENT?", "--signing-date: "):
            self.assertIn(part, wrong)
        unknown = self.kc("contracts", "create", "--tatal-amount", "30万元", "--language", "en", expect=2).stderr
        self.assertIn("did you mean --total-amount?", unknown)

    def test_generated_tables_can_be_taken_in(self):
        file = pathlib.Path(self.suite.folder) / "企业.csv"
        self.kc("gen", "--kind", "enterprises", "--rows", 50, "--seed", 3, "--output", file)
        first = file.read_bytes()
        self.kc("gen", "--kind", "enterprises", "--rows", 50, "--seed", 3, "--output", file)
        self.assertEqual(file.read_bytes(), first)
        self.kc("import", "enterprises", file)
        found = self.kc("enterprises", "list", "--filter", 'address = "x"', "--language", "en", expect=None)
        self.assertIn(found.returncode, (0, 3))
        self.assertGreaterEqual(len(self.get("enterprises", "list", "--all")["enterprises"]), 50)

    def test_everything_verifies(self):
        self.suite.assert_verified()


if __name__ == "__main__":
    unittest.main()
