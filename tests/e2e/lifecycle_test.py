"""What deploy/up and deploy/down do when things are in their way."""

import os
import signal
import socket
import stat
import subprocess
import unittest

from suite import BIN, OFFSETS, REGISTERS, ROOT, Suite, free_port_base, messages, wait_until

EVERYTHING = {"mariadb", *OFFSETS}


class Lifecycle(unittest.TestCase):
    def setUp(self):
        self.suite = Suite()
        self.addCleanup(self.suite.close)

    def create_contract(self, name):
        api = messages("contract")
        request = api.CreateContractRequest(contract_id=name)
        request.contract.contract_name = name
        self.suite.call(self.suite.stub("contract").CreateContract, request)

    def contract_names(self):
        return {row[0] for row in self.suite.sql("SELECT name FROM kechuang_contract.contract")}

    def test_down_keeps_the_data_and_up_brings_it_back(self):
        self.suite.start()
        self.create_contract("kept")
        self.assertEqual(self.suite.down().returncode, 0)
        self.assertEqual(self.suite.processes(), {})
        again = self.suite.down()
        self.assertEqual(again.returncode, 0)
        self.assertIn("Nothing runs", again.stdout)
        self.suite.start()
        self.assertIn("contracts/kept", self.contract_names())

    def test_up_recovers_after_kill_9_of_everything(self):
        self.suite.start()
        self.create_contract("acknowledged")
        self.suite.kill_everything()
        self.suite.start()
        self.assertEqual(set(self.suite.processes()), EVERYTHING)
        self.assertIn("contracts/acknowledged", self.contract_names())
        self.suite.assert_verified()

    def test_up_starts_only_what_is_missing(self):
        self.suite.start()
        before = self.suite.processes()
        self.suite.kill("loan")
        self.suite.start()
        after = self.suite.processes()
        self.assertNotEqual(after.pop("loan"), before.pop("loan"))
        self.assertEqual(after, before)

    def test_a_busy_port_is_named_before_anything_starts(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", self.suite.port + 2))
            taken.listen()
            done = self.suite.up()
            self.assertEqual(done.returncode, 1, done.stdout)
            self.assertIn(f"Port {self.suite.port + 2} is in use by", done.stdout)
            self.assertIn(str(os.getpid()), done.stdout)
            self.assertEqual(self.suite.processes(), {})
            self.assertFalse((self.suite.state / "mariadb").exists())

    def test_a_running_suite_does_not_move_to_another_port(self):
        self.suite.start()
        done = self.suite.up("--port", str(self.suite.port + 10))
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertIn(f"runs on port {self.suite.port}", done.stdout)

    def test_two_ups_at_once_do_not_meet(self):
        command = [str(ROOT / "deploy/up"), "--state", str(self.suite.state), "--port", str(self.suite.port), "--no-sample"]
        first = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        wait_until(lambda: (self.suite.state / "mariadb.new").exists() or (self.suite.state / "mariadb").exists(), 60,
                   "the first up to be at work")
        second = self.suite.up()
        self.assertEqual(second.returncode, 1, second.stdout)
        self.assertIn("Another deploy/up or deploy/down is at work", second.stdout)
        words = first.communicate(timeout=120)[0]
        self.assertEqual(first.returncode, 0, words)
        self.assertEqual(set(self.suite.processes()), EVERYTHING)

    def test_ctrl_c_leaves_nothing_half_started(self):
        logs = self.suite.state / "logs"
        moments = {
            "while the database is made": logs / "mariadb-install.log",
            "while the schemas are made": logs / "migrate-enterprise.log",
            "while the services start": logs / "gateway.log",
        }
        command = [str(ROOT / "deploy/up"), "--state", str(self.suite.state), "--port", str(self.suite.port), "--no-sample"]
        for moment, sign in moments.items():
            with self.subTest(moment):
                sign.unlink(missing_ok=True)
                run = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                       text=True, start_new_session=True)
                wait_until(sign.exists, 60, f"the moment {moment}", pause=0.001)
                os.killpg(run.pid, signal.SIGINT)
                words = run.communicate(timeout=120)[0]
                self.assertEqual(run.returncode, 130, words)
                self.assertIn("Interrupted.", words)
                self.assertEqual(self.suite.processes(), {})
        self.suite.start()
        self.assertEqual(set(self.suite.processes()), EVERYTHING)

    def test_a_service_takes_its_state_by_a_relative_path(self):
        self.suite.start()
        command = [str(BIN / "kechuang-contract"), f"--state={self.suite.state.name}", f"--port_base={free_port_base()}",
                   f"--identity_address=127.0.0.1:{self.suite.port + OFFSETS['identity']}"]
        service = subprocess.Popen(command, cwd=self.suite.state.parent, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT, text=True)
        said = []
        for line in service.stdout:
            said.append(line)
            if line.endswith(" serving\n"):
                service.terminate()
        self.assertEqual(service.wait(), 0, "".join(said))

    def test_secrets_are_for_their_owner_alone(self):
        self.suite.start()
        secrets = [*self.suite.state.glob("*.key"), *sorted((self.suite.state / "secrets").iterdir())]
        # Keys; passwords of the database and the key of the suite; the key that signs tokens.
        self.assertEqual(len(secrets), 3 + 6 + 1)
        self.assertEqual(stat.S_IMODE(self.suite.state.stat().st_mode), 0o700)
        for secret in secrets:
            self.assertEqual(stat.S_IMODE(secret.stat().st_mode), 0o600, secret)
            text = secret.read_text().strip()
            self.assertGreaterEqual(len(text), 43)
            for log in (self.suite.state / "logs").iterdir():
                self.assertNotIn(text, log.read_text(errors="replace"), log)

    def test_a_register_may_not_change_its_journal(self):
        self.suite.start()
        for area in (*REGISTERS, "identity"):
            grants = "\n".join(row[0] for row in self.suite.sql(f"SHOW GRANTS FOR kechuang_{area}@localhost"))
            self.assertIn(f"GRANT SELECT, INSERT ON `kechuang_{area}`.`journal` TO", grants)
            self.assertNotRegex(grants, r"(?i)grant (all|.*\b(create|drop|alter|grant option)\b)")


if __name__ == "__main__":
    unittest.main()
