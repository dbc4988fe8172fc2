"""Clients in other languages and of other projects: each knows only what cmake --install puts below a prefix, starts from an
empty folder, and tells the same story through the gateway."""

import http.client
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "e2e"))

from suite import BIN, HTTP_OFFSET, ROOT, Suite  # noqa: E402

BUILD = BIN.parent


def expected(language, state="1"):
    """What a client prints; JSON names the state."""
    first, second = (f"contracts/d-{language}-{which}" for which in ("first", "second"))
    return [
        f"created {first} state {state} fen 50000000",
        f"created {second} state {state} fen 60000000",
        "got 高效节能电机控制系统开发 revision 1",
        f"listed {first}",
        f"listed {second}",
        "pages 2",
        "refused 5",
        "reason RECORD_NOT_FOUND of api.kechuang",
        "refused 3",
        "wrong contract.seller.credit_code CREDIT_CODE_LENGTH",
        "wrong contract.total_amount_fen FIELD_OUT_OF_RANGE",
        "reason INVALID_FIELDS of api.kechuang",
    ]


class Interop(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.suite = Suite()
        cls.suite.start()
        cls.addClassCleanup(cls.suite.close)

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="kechuang-interop-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.prefix = self.folder / "prefix"

    def run_in(self, folder, *command):
        """Runs a command to its end; its standard output. Fails unless it succeeds."""
        done = subprocess.run([str(word) for word in command], cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, timeout=300)
        self.assertEqual(done.returncode, 0, f"{command}:\n{done.stdout[-6000:]}")
        return done.stdout

    def install(self, *components):
        for component in components:
            self.run_in(self.folder, "cmake", "--install", BUILD, "--prefix", self.prefix, "--component", component)

    @property
    def protos(self):
        return self.prefix / "share/kechuang/proto"

    def proto_files(self):
        files = sorted(self.protos.rglob("*.proto"))
        self.assertGreater(len(files), 20)
        return files

    def project(self, language):
        """A copy of a client's sources in a folder that is otherwise empty."""
        return pathlib.Path(shutil.copytree(HERE / language, self.folder / "project"))

    def npm_project(self, language):
        """The same, with the packages that its lock file pins, and a folder for what is generated."""
        packages = ROOT / f"build/npm-interop-{language}"
        self.run_in(self.folder, "cmake", f"-DFROM={HERE / language}", f"-DTO={packages}", "-P",
                    ROOT / "cmake/npm_install.cmake")
        project = self.project(language)
        (project / "node_modules").symlink_to(packages / "node_modules")
        (project / "gen").mkdir()
        return project

    def http(self, path, **headers):
        """(status, headers, bytes) of a GET."""
        connection = http.client.HTTPConnection("127.0.0.1", self.suite.port + HTTP_OFFSET, timeout=20)
        self.addCleanup(connection.close)
        connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()

    def assert_story(self, language, output, **more):
        print(output, flush=True)
        lines = output.splitlines()
        self.assertEqual([line for line in lines if not line.startswith("chinese ")], expected(language, **more))
        chinese = [line for line in lines if line.startswith("chinese ")]
        self.assertEqual(len(chinese), 2)
        for line in chinese:
            self.assertRegex(line, "[\u4e00-\u9fff]")

    def door(self):
        return f"127.0.0.1:{self.suite.port}", self.suite.key

    def test_cpp(self):
        self.install("client")
        project = self.project("cpp")
        self.run_in(project, "cmake", "-G", "Ninja", "-S", ".", "-B", "built", f"-DCMAKE_PREFIX_PATH={self.prefix}",
                    "-DCMAKE_CXX_COMPILER=g++")
        self.run_in(project, "cmake", "--build", "built")
        self.assert_story("cpp", self.run_in(project, "built/story", *self.door()))

    def test_python(self):
        self.install("protos")
        project = self.project("python")
        stubs = project / "stubs"
        stubs.mkdir()
        self.run_in(project, "protoc", f"-I{self.protos}", f"--python_out={stubs}", f"--grpc_out={stubs}",
                    "--plugin=protoc-gen-grpc=/usr/bin/grpc_python_plugin", *self.proto_files())
        self.assert_story("python", self.run_in(project, "/usr/bin/python3", "story.py", stubs, *self.door()))

    def test_typescript(self):
        self.install("protos")
        project = self.npm_project("typescript")
        self.run_in(project, "protoc", f"-I{self.protos}", "--es_out=gen", "--es_opt=target=ts,import_extension=js",
                    "--plugin=protoc-gen-es=node_modules/.bin/protoc-gen-es", *self.proto_files())
        self.run_in(project, "node_modules/.bin/tsc")
        self.assert_story("typescript", self.run_in(project, "node", "built/story.js", *self.door()))

    def test_rest(self):
        status, headers, document = self.http("/openapi.json")
        self.assertEqual((status, headers["Content-Type"]), (200, "application/json"))
        self.assertEqual(self.http("/openapi.json", If_None_Match=headers["ETag"])[0], 304)
        project = self.npm_project("rest")
        (project / "openapi.json").write_bytes(document)
        self.run_in(project, "node_modules/.bin/openapi-typescript", "openapi.json", "-o", "gen/api.ts")
        self.run_in(project, "node_modules/.bin/tsc")
        address = f"127.0.0.1:{self.suite.port + HTTP_OFFSET}"
        self.assert_story("rest", self.run_in(project, "node", "built/story.js", address, self.suite.key),
                          state="CONTRACT_STATE_DRAFT")

    def test_page(self):
        status, headers, page = self.http("/docs")
        self.assertEqual(status, 200)
        self.assertIn("default-src 'none'", headers["Content-Security-Policy"])
        loaded = re.findall(r'(?:src|href)="([^"]*)"', page.decode())
        self.assertGreater(len(loaded), 4)
        for path in loaded:
            status, headers, content = self.http(path)
            self.assertEqual((status, bool(content)), (200, True), path)
            self.assertEqual(headers["X-Content-Type-Options"], "nosniff", path)

    def test_installed_programs(self):
        self.install("programs")
        programs = {path.name for path in (self.prefix / "bin").iterdir()}
        self.assertEqual(programs, {"kc", *(f"kechuang-{name}" for name in (
            "enterprise", "loan", "contract", "report", "identity", "gateway", "sample"))})
        done = subprocess.run([self.prefix / "bin/kc", "enterprises", "list", "--output", "json"], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=self.folder,
                              env=self.suite.environment(), timeout=60)
        self.assertEqual(done.returncode, 0, done.stdout)


if __name__ == "__main__":
    unittest.main()
