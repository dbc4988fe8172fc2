"""Input of every bad kind gets a clear error, writes nothing, and brings no process down."""

import os
import resource
import subprocess
import unittest
import zipfile
import zlib

import grpc

from suite import BIN, Suite, error_details, messages

KC_MEMORY_MAX_MIB = 1024


def png():
    def chunk(kind, data):
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    header = (8).to_bytes(4, "big") * 2 + bytes([8, 2, 0, 0, 0])
    pixels = zlib.compress(b"".join(b"\0" + b"\x7f" * 24 for _ in range(8)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def encrypted_workbook():
    """The start of the compound file that a spreadsheet program writes for a workbook with a password."""
    sector = bytearray(512)
    sector[0:8] = bytes.fromhex("d0cf11e0a1b11ae1")
    sector[24:34] = bytes.fromhex("3e000300feff09000600")
    entries = b""
    for name in ("Root Entry", "EncryptionInfo", "EncryptedPackage"):
        text = (name + "\0").encode("utf-16-le")
        entries += text.ljust(64, b"\0") + len(text).to_bytes(2, "little") + bytes(62)
    return bytes(sector) + entries.ljust(512, b"\0") + os.urandom(4096)


def zip_bomb(path, good, part, before, after, filling):
    """The good workbook with one part replaced by a gigabyte of the filling between before and after."""
    block = filling * ((1 << 20) // len(filling))
    with zipfile.ZipFile(good) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as bomb:
        for name in source.namelist():
            if name != part:
                bomb.writestr(name, source.read(name))
        with bomb.open(part, "w", force_zip64=True) as entry:
            entry.write(before)
            for _ in range(1024):
                entry.write(block)
            entry.write(after)


class BadFiles(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.suite = Suite(sample=True)
        cls.suite.start()
        cls.addClassCleanup(cls.suite.close)
        cls.good = cls.suite.state / "sample" / "技术合同登记.xlsx"

    def setUp(self):
        self.heads = self.suite.heads()
        self.processes = self.suite.processes()

    def tearDown(self):
        self.assertEqual(self.suite.heads(), self.heads)
        self.assertEqual(self.suite.processes(), self.processes)

    def assert_refused(self, file, words):
        """kc refuses the file, names it, says why, and stays small."""
        limit = KC_MEMORY_MAX_MIB << 20
        sanitized = "asan" in str(BIN)
        done = subprocess.run(
            [str(BIN / "kc"), "import", "contracts", str(file)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, env=self.suite.environment(), timeout=120,
            preexec_fn=None if sanitized else lambda: resource.setrlimit(resource.RLIMIT_DATA, (limit, limit)))
        self.assertEqual(done.returncode, 3, done.stdout)
        self.assertIn(file.name, done.stdout)
        self.assertRegex(done.stdout, words)

    def test_a_truncated_workbook(self):
        file = self.suite.folder / "truncated.xlsx"
        whole = self.good.read_bytes()
        for part in (len(whole) // 2, len(whole) - 10, 100):
            file.write_bytes(whole[:part])
            self.assert_refused(file, r"(?i)truncat|damaged|cut|incomplete|not a")

    def test_an_empty_file(self):
        file = self.suite.folder / "empty.xlsx"
        file.write_bytes(b"")
        self.assert_refused(file, r"(?i)empty")

    def test_an_encrypted_workbook(self):
        file = self.suite.folder / "encrypted.xlsx"
        file.write_bytes(encrypted_workbook())
        self.assert_refused(file, r"(?i)encrypt|password")

    def test_an_image(self):
        file = self.suite.folder / "image.xlsx"
        file.write_bytes(png())
        self.assert_refused(file, r"(?i)image|picture|not a")

    def test_zip_bombs(self):
        main = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
        sheet = (b"<worksheet " + main + b"><sheetData>", b"</sheetData></worksheet>")
        strings = (b"<sst " + main + b">", b"</sst>")
        bombs = {
            "rows": ("xl/worksheets/sheet1.xml", *sheet, b'<row><c t="inlineStr"><is><t>x</t></is></c></row>'),
            "one cell": ("xl/worksheets/sheet1.xml", sheet[0] + b'<row><c t="inlineStr"><is><t>', b"</t></is></c></row>" + sheet[1],
                         b"x"),
            "strings": ("xl/sharedStrings.xml", *strings, b"<si><t>" + b"x" * 1000 + b"</t></si>"),
        }
        for kind, bomb in bombs.items():
            with self.subTest(kind):
                file = self.suite.folder / "bomb.xlsx"
                zip_bomb(file, self.good, *bomb)
                self.assert_refused(file, r"(?i)limit|larger|more than|unpack|too|at most|header")

    def test_a_missing_file(self):
        self.assert_refused(self.suite.folder / "missing.xlsx", r"(?i)cannot be opened")


class BadCalls(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.suite = Suite()
        cls.suite.start()
        cls.addClassCleanup(cls.suite.close)

    def setUp(self):
        self.heads = self.suite.heads()
        self.processes = self.suite.processes()

    def tearDown(self):
        self.assertEqual(self.suite.heads(), self.heads)
        self.assertEqual(self.suite.processes(), self.processes)

    def refused(self, method, request):
        with self.assertRaises(grpc.RpcError) as refused:
            self.suite.call(method, request)
        return refused.exception

    def fields_of(self, error):
        self.assertEqual(error.code(), grpc.StatusCode.INVALID_ARGUMENT, error)
        return {violation.field for violation in error_details(error)["BadRequest"].field_violations}

    def contract(self):
        request = messages("contract").CreateContractRequest(contract_id="bad")
        request.contract.contract_name = "坏数据"
        return request

    def create(self):
        return self.suite.stub("contract").CreateContract

    def test_all_faults_are_named_at_once(self):
        request = self.contract()
        request.contract.total_amount_fen = -1
        request.contract.contract_class = 99
        request.contract.signing_date.year = 2022
        request.contract.signing_date.month = 2
        request.contract.signing_date.day = 30
        request.contract.seller.credit_code = "916401001234567890"
        self.assertEqual(self.fields_of(self.refused(self.create(), request)),
                         {"contract.total_amount_fen", "contract.contract_class", "contract.signing_date",
                          "contract.seller.credit_code"})

    def test_an_amount_above_every_range(self):
        request = self.contract()
        request.contract.total_amount_fen = (1 << 63) - 1
        self.assertEqual(self.fields_of(self.refused(self.create(), request)), {"contract.total_amount_fen"})

    def test_a_5_mb_string(self):
        request = self.contract()
        request.contract.remark = "长" * (5 * 1024 * 1024 // 3)
        error = self.refused(self.create(), request)
        self.assertIn(error.code(), (grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.RESOURCE_EXHAUSTED))

    def test_a_string_just_above_its_limit(self):
        request = self.contract()
        request.contract.remark = "长" * 1001
        self.assertEqual(self.fields_of(self.refused(self.create(), request)), {"contract.remark"})

    def test_bytes_that_are_no_message(self):
        call = self.suite.channel().unary_unary("/kechuang.contract.v1.ContractService/CreateContract")
        with self.assertRaises(grpc.RpcError) as refused:
            call(b"\xff\xff\xff\xff", timeout=20, metadata=self.suite.metadata())
        self.assertIn(refused.exception.code(), (grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.INTERNAL))

    def test_a_method_that_is_not_there(self):
        call = self.suite.channel().unary_unary("/kechuang.contract.v1.ContractService/Nothing")
        with self.assertRaises(grpc.RpcError) as refused:
            call(b"", timeout=20, metadata=self.suite.metadata())
        self.assertEqual(refused.exception.code(), grpc.StatusCode.UNIMPLEMENTED)

    def test_a_record_that_is_not_there(self):
        error = self.refused(self.suite.stub("contract").GetContract,
                             messages("contract").GetContractRequest(name="contracts/absent"))
        self.assertEqual(error.code(), grpc.StatusCode.NOT_FOUND)
        self.assertEqual(error_details(error)["ResourceInfo"].resource_name, "contracts/absent")

    def test_kc_call_names_the_field(self):
        done = self.suite.kc("call", "kechuang.contract.v1.ContractService/CreateContract",
                             '{"contract": {"contract_name": "x", "total_amount_fen": "-5"}}', expect=3)
        self.assertIn("total_amount_fen", done.stdout + done.stderr)

    def test_kc_call_refuses_what_is_not_json_or_not_the_message(self):
        for text, words in (("{", r"(?i)json"), ('{"contract": {"no_such_field": 1}}', "no_such_field"),
                            ('{"contract": {"contract_class": "NOT_A_CLASS"}}', r"(?i)contract_class|NOT_A_CLASS|enum")):
            with self.subTest(text):
                done = self.suite.kc("call", "kechuang.contract.v1.ContractService/CreateContract", text, expect=None)
                self.assertIn(done.returncode, (2, 3))
                self.assertRegex(done.stdout + done.stderr, words)

    def test_reflection_describes_the_suite(self):
        # The gateway answers reflection for every service, so that grpcurl and the like work without the protos.
        call = self.suite.channel().stream_stream("/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo")
        list_services = b"\x3a\x01*"  # ServerReflectionRequest { list_services: "*" }
        answers = call(iter([list_services]), timeout=20, metadata=self.suite.metadata())
        text = b"".join(answers).decode("utf-8", errors="replace")
        for service in ("enterprise.v1.EnterpriseService", "loan.v1.LoanService", "contract.v1.ContractService",
                        "report.v1.ReportService", "loan.v1.LoanJournal"):
            self.assertIn(f"kechuang.{service}", text)


if __name__ == "__main__":
    unittest.main()
