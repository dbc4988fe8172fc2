"""A field that someone changed behind the services' back is found and named."""

import unittest

from suite import Suite

# Register, table and the field to change, by SQL, in the first record of it.
RECORDS = [
    ("enterprise", "enterprise", "enterprise_name", "CONCAT(enterprise_name, '改')"),
    ("enterprise", "certification", "certificate_number", "CONCAT(certificate_number, '9')"),
    ("loan", "pool", "pool_name", "CONCAT(pool_name, '改')"),
    ("contract", "contract", "total_amount_fen", "total_amount_fen + 1"),
    ("contract", "contract", "signing_date", "signing_date + INTERVAL 1 DAY"),
]
JOURNAL = ["name", "actor", "method", "reason", "record", "hash"]


class Tampering(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.suite = Suite(sample=True)
        cls.suite.start()
        cls.addClassCleanup(cls.suite.close)

    def test_a_changed_record_is_named(self):
        for area, table, field, change in RECORDS:
            with self.subTest(f"{area}.{table}.{field}"):
                place = f"kechuang_{area}.`{table}`"
                name, old = self.suite.sql(f"SELECT name, `{field}` FROM {place} ORDER BY name LIMIT 1")[0]
                self.suite.sql(f"UPDATE {place} SET `{field}` = {change} WHERE name = '{name}'")
                done = self.suite.kc("verify", expect=3)
                self.assertIn(name, done.stdout + done.stderr)
                self.assertIn(field, done.stdout + done.stderr)
                self.suite.sql(f"UPDATE {place} SET `{field}` = '{old}' WHERE name = '{name}'")
                self.suite.kc("verify")

    def test_a_removed_record_is_named(self):
        name = self.suite.sql("SELECT name FROM kechuang_contract.contract ORDER BY name LIMIT 1")[0][0]
        self.suite.sql("CREATE TABLE kechuang_contract.kept AS SELECT * FROM kechuang_contract.contract "
                       f"WHERE name = '{name}'; DELETE FROM kechuang_contract.contract WHERE name = '{name}'")
        done = self.suite.kc("verify", expect=3)
        self.assertIn(name, done.stdout + done.stderr)
        self.suite.sql("INSERT INTO kechuang_contract.contract SELECT * FROM kechuang_contract.kept; "
                       "DROP TABLE kechuang_contract.kept")
        self.suite.kc("verify")

    def test_a_changed_total_is_named(self):
        place = "kechuang_contract.total"
        measure = self.suite.sql(f"SELECT measure FROM {place} ORDER BY measure, cut, period, cell LIMIT 1")[0][0]
        where = "ORDER BY measure, cut, period, cell LIMIT 1"
        self.suite.sql(f"UPDATE {place} SET amount_fen = amount_fen + 1 {where}")
        done = self.suite.kc("verify", expect=3)
        self.assertIn(measure, done.stdout + done.stderr)
        self.suite.sql(f"UPDATE {place} SET amount_fen = amount_fen - 1 {where}")
        self.suite.kc("verify")

    def test_a_changed_journal_row_is_named(self):
        for area in ("enterprise", "loan", "contract"):
            for field in JOURNAL:
                with self.subTest(f"{area}.{field}"):
                    place = f"kechuang_{area}.journal"
                    self.suite.sql(f"CREATE TABLE {place}_kept AS SELECT * FROM {place} WHERE sequence = 3")
                    change = "REVERSE(hash)" if field == "hash" else f"CONCAT(`{field}`, 'x')"
                    self.suite.sql(f"UPDATE {place} SET `{field}` = {change} WHERE sequence = 3")
                    done = self.suite.kc("audit", "verify", expect=3)
                    self.assertRegex(done.stdout + done.stderr, r"journal/3\b")
                    self.suite.sql(f"UPDATE {place} j JOIN {place}_kept k USING (book, sequence) SET j.`{field}` = k.`{field}`; "
                                   f"DROP TABLE {place}_kept")
                    self.suite.kc("audit", "verify")

    def test_a_removed_journal_row_is_named(self):
        place = "kechuang_loan.journal"
        self.suite.sql(f"CREATE TABLE {place}_kept AS SELECT * FROM {place} WHERE sequence = 2; "
                       f"DELETE FROM {place} WHERE sequence = 2")
        done = self.suite.kc("audit", "verify", expect=3)
        self.assertRegex(done.stdout + done.stderr, r"journal/[23]\b")
        self.suite.sql(f"INSERT INTO {place} SELECT * FROM {place}_kept; DROP TABLE {place}_kept")
        self.suite.kc("audit", "verify")


if __name__ == "__main__":
    unittest.main()
