"""What every program says of its flags: all of them with their values, no secret, and the nearest to a mistyped one."""

import re
import subprocess
import unittest

from suite import BIN, OFFSETS, REGISTERS

SECRET_FILE = "/nowhere/of-the-key.pem"


def run(name, *arguments):
    return subprocess.run([str(BIN / f"kechuang-{name}"), *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, timeout=60)


class Config(unittest.TestCase):
    def flags_of(self, name, *arguments):
        """What --print-config shows: name -> value."""
        done = run(name, *arguments)
        self.assertEqual(done.returncode, 0, done.stderr)
        lines = done.stdout.splitlines()
        self.assertEqual([line for line in lines if not re.match(r"--[a-z0-9_]+=", line)], [])
        return dict(line[2:].split("=", 1) for line in lines)

    def test_every_program_prints_its_flags_and_no_secret(self):
        for name in OFFSETS:
            with self.subTest(program=name):
                flags = self.flags_of(name, "--print-config", f"--tls-key={SECRET_FILE}", "--caller_rate=7")
                self.assertEqual(flags["tls_key"], "***")
                self.assertNotIn(SECRET_FILE, flags.values())
                self.assertEqual((flags["caller_rate"], flags["caller_burst"], flags["state"]), ("7", "4000", "var"))
                self.assertEqual("database" in flags, name in (*REGISTERS, "identity"))

    def test_a_password_in_an_address_is_not_shown(self):
        flags = self.flags_of("loan", "--database=tcp://root:hunter2@db.example:3306", "--print_config")
        self.assertEqual(flags["database"], "tcp://***@db.example:3306")

    def test_what_it_prints_is_taken_as_flags_again(self):
        shown = self.flags_of("contract", "--print-config", "--port-base=7300")
        again = self.flags_of("contract", "--print-config", *(f"--{name}={value}" for name, value in shown.items()))
        self.assertEqual(again, shown)
        self.assertEqual(shown["port_base"], "7300")

    def test_an_unknown_flag_stops_the_start_and_names_the_nearest(self):
        for name in OFFSETS:
            with self.subTest(program=name):
                done = run(name, "--caller_rat=5")
                self.assertEqual(done.returncode, 2)
                self.assertIn("there is no flag --caller_rat; did you mean --caller_rate?", done.stderr)
                self.assertIn("没有选项 --caller_rat，是否为 --caller_rate？", done.stderr)
        self.assertIn("--print-config shows them all", run("loan", "--xyzzy").stderr)
        self.assertIn("caller_rate", run("loan", "--helpfull").stdout)
        self.assertEqual(run("loan", "stray").returncode, 2)

    def test_limits_out_of_range_stop_the_start(self):
        for flag in ("--caller_rate=-1", "--caller_burst=0", "--unknown_keys=1001", "--message_memory_mib=9223372036854775807",
                     "--message_kib=1", "--page_size=0", "--streams=0", "--header_kib=65"):
            done = run("gateway", flag)
            self.assertEqual(done.returncode, 2, flag)
            self.assertIn(flag[2:].split("=")[0], done.stderr)


if __name__ == "__main__":
    unittest.main()
