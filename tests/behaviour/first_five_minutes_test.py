"""What README.md promises to a newcomer, typed as it stands there; and the same first steps of a REST client's user."""

import json
import os
import re
import shutil
import subprocess
import unittest
import urllib.error
import urllib.request

import run
from shared import Behaviour
from suite import BIN, HTTP_OFFSET, ROOT

HEADING = "## The first five minutes"
# The suite of the tests stands for these two.
STOOD_FOR = ("deploy/up", "deploy/down")

CURL = r"""
set -euo pipefail
call() { curl --silent --show-error --noproxy '*' --header "Authorization: Bearer $(cat var/bureau.key)" "$@"; }
report=$(call "$BASE/v1/annualReports/2022")
list=$(call "$BASE/v1/contracts?pageSize=2")
bank=$(call --header 'Content-Type: application/json' --data '{"bankName": "curl 银行"}' "$BASE/v1/banks?bankId=by-curl")
error=$(call --write-out '\n%{http_code}' "$BASE/v1/contracts/absent")
printf '{"report": %s, "list": %s, "bank": %s, "error": %s, "status": %s}\n' \
  "$report" "$list" "$bank" "${error%$'\n'*}" "${error##*$'\n'}"
"""

NODE = r"""
const {readFileSync} = require('node:fs');
const base = process.env.BASE;
const headers = {Authorization: `Bearer ${readFileSync('var/bureau.key', 'utf8').trim()}`};
const get = async (path) => fetch(base + path, {headers});
(async () => {
  const report = await (await get('/v1/annualReports/2022')).json();
  const list = await (await get('/v1/contracts?pageSize=2')).json();
  const made = await fetch(base + '/v1/banks?bankId=by-node', {
    method: 'POST', headers: {...headers, 'Content-Type': 'application/json'}, body: JSON.stringify({bankName: 'node 银行'})});
  const bank = await made.json();
  const absent = await get('/v1/contracts/absent');
  console.log(JSON.stringify({report, list, bank, error: await absent.json(), status: absent.status}));
})();
"""


class FirstFiveMinutes(Behaviour):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # A checkout as its owner sees it: programs in build/bin, the running suite's state in var.
        cls.home = cls.suite.folder / "checkout"
        (cls.home / "build/bin").mkdir(parents=True)
        (cls.home / "deploy").mkdir()
        shutil.copy(BIN / "kc", cls.home / "build/bin/kc")
        shutil.copy(ROOT / "deploy/up", cls.home / "deploy/up")
        (cls.home / "var").symlink_to(cls.suite.state)
        cls.addClassCleanup(shutil.rmtree, cls.home)

    def type(self, command, **more):
        environment = {key: value for key, value in os.environ.items() if not key.startswith("KC_")}
        environment.update(no_proxy="127.0.0.1", **more)
        return subprocess.run(["bash", "-c", command], cwd=self.home, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True, timeout=120, env=environment)

    @staticmethod
    def commands():
        """The lines of the section below the heading that begin with a prompt."""
        text = (ROOT / "README.md").read_text(encoding="utf-8")
        section = re.search(rf"^{re.escape(HEADING)}$(.*?)^## ", text, re.DOTALL | re.MULTILINE).group(1)
        return [line.removeprefix("$ ") for line in section.splitlines() if line.startswith("$ ")]

    def test_every_command_of_the_readme_does_what_it_says(self):
        commands = self.commands()
        self.assertGreater(len(commands), 5)
        stood_for = [command.split()[0] for command in commands if command.startswith(STOOD_FOR)]
        self.assertEqual(stood_for, list(STOOD_FOR))
        self.assertTrue(commands[0].startswith(STOOD_FOR[0]))
        heads = self.suite.heads()
        for command in commands:
            if command.startswith(STOOD_FOR):
                continue
            with self.subTest(command):
                typed = command.replace("127.0.0.1:7180", f"127.0.0.1:{self.suite.port + HTTP_OFFSET}")
                typed = typed.replace("127.0.0.1:7100", f"127.0.0.1:{self.suite.port}")
                done = self.type(typed)
                self.assertEqual(done.returncode, 0, f"{done.stdout}\n{done.stderr}")
                self.assertNotEqual((done.stdout + done.stderr).strip(), "")
        if not any(re.search(r"curl .*(-d|-X|--data|--json|--request)\b", command) for command in commands):
            self.assertEqual(self.suite.heads(), heads, "the same file again changes nothing")

    def holds(self, told, bank):
        """What a client was told by the report, a list, a creation and an error."""
        self.assertEqual(len(told["report"]["figures"]), 40)
        self.assertEqual(len(told["list"]["contracts"]), 2)
        self.assertTrue(told["list"]["nextPageToken"])
        self.assertEqual(told["bank"]["name"], f"banks/{bank}")
        self.assertEqual(told["status"], 404)
        self.assertEqual(told["error"]["status"], "NOT_FOUND")
        self.assertEqual(told["error"]["message"], "there is no contracts/absent")
        reasons = [detail.get("reason") for detail in told["error"]["details"]]
        self.assertIn("RECORD_NOT_FOUND", reasons)

    @property
    def base(self):
        return f"http://127.0.0.1:{self.suite.port + HTTP_OFFSET}"

    def test_with_curl(self):
        done = self.type(CURL, BASE=self.base)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.holds(json.loads(done.stdout), "by-curl")

    def test_with_python(self):
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        headers = {"Authorization": f"Bearer {(self.home / 'var/bureau.key').read_text().strip()}"}

        def call(path, body=None):
            data = None if body is None else json.dumps(body).encode()
            asked = urllib.request.Request(self.base + path, data, {**headers, "Content-Type": "application/json"})
            with opener.open(asked, timeout=20) as answer:
                return json.load(answer)

        told = {"report": call("/v1/annualReports/2022"), "list": call("/v1/contracts?pageSize=2"),
                "bank": call("/v1/banks?bankId=by-python", {"bankName": "python 银行"})}
        with self.assertRaises(urllib.error.HTTPError) as refused:
            call("/v1/contracts/absent")
        told["status"] = refused.exception.code
        told["error"] = json.load(refused.exception)
        self.holds(told, "by-python")

    def test_with_fetch(self):
        done = self.type('node -e "$SCRIPT"', BASE=self.base, SCRIPT=NODE)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.holds(json.loads(done.stdout), "by-node")


if __name__ == "__main__":
    raise SystemExit(run.main([__file__]))
