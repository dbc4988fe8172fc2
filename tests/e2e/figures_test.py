"""The sample district's figures, by every door, and that taking it in again changes nothing."""

import pathlib
import unittest

from suite import Suite, messages

# The seed table of the year 2022: figure -> value and unit.
FIGURES = {
    "S03": ("769", "份"),
    "S04": ("5", "亿元"),
    "S08": ("14", "家"),
    "S09": ("6", "家"),
    "S10": ("2", "家"),
    "S11": ("227", "家"),
    "S28": ("6", "家"),
    "S29": ("1190", "万元"),
    "S30": ("3710", "万元"),
}
SAMPLE_FILES = {
    "enterprises": "企业名单.xlsx",
    "certifications": "企业资质.xlsx",
    "pools": "风险补偿资金池.xlsx",
    "banks": "合作银行.xlsx",
    "loans": "科技贷款.xlsx",
    "contracts": "技术合同登记.xlsx",
}


class Figures(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.suite = Suite(sample=True)
        cls.start = cls.suite.start()
        cls.addClassCleanup(cls.suite.close)

    def test_up_prints_the_years_table(self):
        for value, unit in (("769", "份"), ("1190", "万元"), ("3710", "万元")):
            self.assertRegex(self.start.stdout, rf"\b{value}\b.*{unit}")

    def test_kc_reports_the_seed_table(self):
        figures = self.suite.kc_json("report", "annual", "--year", 2022)["figures"]
        held = {figure["figure_id"]: (figure["value"], figure["unit"]) for figure in figures if figure["held"]}
        self.assertEqual({figure: held.get(figure) for figure in FIGURES}, FIGURES)

    def test_every_figure_of_the_table_is_there_and_only_held_ones_have_a_value(self):
        figures = self.suite.kc_json("report", "annual", "--year", 2022)["figures"]
        self.assertEqual([figure["figure_id"] for figure in figures], [f"S{number:02d}" for number in range(1, 41)])
        for figure in figures:
            self.assertEqual(bool(figure.get("value")), figure["held"], figure)

    def test_a_python_client_of_the_gateway_reads_the_same(self):
        request = messages("report").GetAnnualReportRequest(year=2022)
        report = self.suite.call(self.suite.stub("report").GetAnnualReport, request)
        held = {figure.figure_id: (figure.value, figure.unit) for figure in report.figures if figure.held}
        self.assertEqual({figure: held.get(figure) for figure in FIGURES}, FIGURES)

    def test_other_years_differ(self):
        figures = self.suite.kc_json("report", "annual", "--year", 2023)["figures"]
        value = {figure["figure_id"]: figure.get("value") for figure in figures}
        self.assertNotEqual(value["S29"], "1190")
        self.assertNotEqual(value["S03"], "769")

    def test_csv_and_table_hold_the_same_figures(self):
        for output in ("csv", "table"):
            text = self.suite.kc("report", "annual", "--year", 2022, "--output", output).stdout
            for figure, (value, unit) in FIGURES.items():
                self.assertRegex(text, rf"(?m)^.*{figure}.*\b{value}\b.*{unit}", f"{figure} in {output}")

    def test_importing_the_same_files_again_changes_nothing(self):
        before = self.suite.heads()
        for kind, file in SAMPLE_FILES.items():
            done = self.suite.kc("import", kind, self.suite.state / "sample" / file, "--partial", expect=None)
            self.assertIn(done.returncode, (0, 1), done.stdout + done.stderr)
        self.assertEqual(self.suite.heads(), before)

    def test_the_same_file_under_another_name_changes_nothing(self):
        before = self.suite.heads()
        copy = pathlib.Path(self.suite.folder) / "副本.xlsx"
        copy.write_bytes((self.suite.state / "sample" / SAMPLE_FILES["contracts"]).read_bytes())
        done = self.suite.kc("import", "contracts", copy, "--partial", expect=None)
        self.assertIn(done.returncode, (0, 1), done.stdout + done.stderr)
        self.assertEqual(self.suite.heads(), before)

    def test_everything_verifies(self):
        self.suite.assert_verified()

    def test_a_second_up_changes_nothing(self):
        processes, heads = self.suite.processes(), self.suite.heads()
        done = self.suite.up()
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertIn("Everything runs already", done.stdout)
        self.assertEqual(self.suite.processes(), processes)
        self.assertEqual(self.suite.heads(), heads)


if __name__ == "__main__":
    unittest.main()
