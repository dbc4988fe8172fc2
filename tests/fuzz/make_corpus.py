"""Writes the seeds of the fuzzers, tests/fuzz/corpus/TARGET/NAME, from which libFuzzer goes on."""

import io
import pathlib
import zipfile

HERE = pathlib.Path(__file__).resolve().parent
CODE = "11640103010094039Q"

SHEET = """<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="x"><sheetData>
<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" t="inlineStr"><is><r><t>放款</t></r><r><t>日期</t></r></is></c></row>
<row r="2" hidden="1"><c r="A2" t="str"><f>A1</f><v>甲</v></c><c r="B2"><v>300.10000000000002</v></c><c r="C2" s="1"><v>44625</v></c></row>
<row r="3"><c r="A3" t="e"><v>#REF!</v></c><c r="B3"><f>1+1</f></c><c r="C3" t="b"><v>1</v></c><c r="D3" t="d"><v>2022-03-05T00:00:00</v></c></row>
<row r="5"><c r="A5" t="s"><v>2</v></c><c r="B5"><v>9.16401E+17</v></c></row></sheetData>
<mergeCells count="2"><mergeCell ref="A2:A3"/><mergeCell ref="B5:C5"/></mergeCells></worksheet>"""
STRINGS = """<sst><si><t>企业名称</t></si><si><t>贷款金额(万元)</t></si><si><t>合计_x000D_</t><rPh><t>a</t></rPh></si></sst>"""
STYLES = """<styleSheet><numFmts><numFmt numFmtId="164" formatCode="yyyy&quot;年&quot;m&quot;月&quot;"/><numFmt numFmtId="165"
formatCode="0!.0,&quot;万&quot;"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="10"/></cellXfs></styleSheet>"""
WORKBOOK = """<workbook xmlns:r="r"><workbookPr date1904="1"/><sheets><sheet name="一" sheetId="1" r:id="rId1"/><sheet name="二"
sheetId="2" state="hidden" r:id="rId1"/></sheets></workbook>"""
WORKBOOK_RELATIONS = """<Relationships><Relationship Id="rId1" Type="x/worksheet" Target="worksheets/sheet1.xml"/><Relationship
Id="rId2" Type="x/sharedStrings" Target="/xl/sharedStrings.xml"/><Relationship Id="rId3" Type="x/styles" Target="../xl/styles.xml"/></Relationships>"""
RELATIONS = """<Relationships><Relationship Id="rId1" Type="x/officeDocument" Target="xl/workbook.xml"/></Relationships>"""
PARTS = [("xl/worksheets/sheet1.xml", SHEET), ("xl/sharedStrings.xml", STRINGS), ("xl/styles.xml", STYLES),
         ("xl/workbook.xml", WORKBOOK), ("xl/_rels/workbook.xml.rels", WORKBOOK_RELATIONS), ("_rels/.rels", RELATIONS)]

CSV = f"台账,,单位：万元\n企业名称,信用代码,合作银行,贷款金额,放款日期\n甲,{CODE},某银行,\"1,190\",2022.3.5\n同上,〃,\"一\n二\",300万,20220305\n合计,,,1490,\n"
VALUES = ["300", "1,190", "300万元", "0.5亿元", "叁佰万元整", "壹仟壹佰玖拾万伍仟元伍角", "约300", "300w", "3OO", "2022年3月5日", "2022.12.31前",
          "22.3.5", "20220305", "2022-03", "二〇二二年三月五日", "44625", "3.65%", "0.0365", "12人", "９.16401E+17", CODE,
          "1164O1O3010094039Q", "11640103010094093Q", "1164010301009403Q", "同上", "—", "#REF!", "=A1", '="300"', "'300",
          "yyyy\"年\"m\"月\"d\"日\"", "0!.0,\"万\"", "[$-804]m/d/yy;@"]
FILTERS = ["", "state = ACCOUNT_STATE_OPEN", "balance_fen >= 5 AND NOT state = OPEN", "owner.owner_name = \"王*\"",
           "opened_date < 2022-03-05 OR (name : \"accounts/a*\" AND -deleted = true)", "create_time > 2022-03-05T01:02:03Z",
           "name = \"a\\\"b\"", "((name=a))", "balance_fen != -1"]
JSONS = ["{}", '{"name":"accounts/a","balanceFen":"9007199254740993","state":"ACCOUNT_STATE_OPEN"}',
         '{"openedDate":{"year":2022,"month":3,"day":5},"owner":{"ownerName":"\\u738b\\ud842\\udfb7","age":0},"notes":["",null]}',
         '{"createTime":"2022-03-05T01:02:03.123456Z","formerOwners":[{"ownerName":"x"}],"limitFen":0}', '{"name":1e3}',
         '[[[[{"a":1}]]]]', '{"openedDate":"2022-03-05","balance_fen":-5}']
PATHS = ["/v1/{name=contracts/*}\n/v1/contracts/7", "/v1/{contract.name=contracts/*}:register\n/v1/contracts/a%20b:register",
         "/v1/{path=files/**}\n/v1/files/a/b%2Fc", "/v1/{parent=enterprises/*}/certifications\n/v1/enterprises/%E7%94%B2/certifications",
         "/v1/{path=files/**}\n/v1/files"]
TOKENS = ["\0\0loans/7\n#2\n-", "\5Aloans/\u738b|", "\x63=", "MHxu"]
LINES = ["GET\n/v1/loans/7", "HEAD\n/v1/loans:batchGet", "POST\n/v1/loans/7/disbursements/a%2Fb:reverse", "PATCH\n/v1/loans/%E7%94%B2",
         "GET\n/v1/files", "GET\n/v1/files/a//b%2F", "DELETE\n/v1/loans", "GET\n/v1/laons"]
TABLES = ["台账\t\t单位：万元\n企业名称\t信用代码\t贷款金额\t放款日期\n甲\t" + CODE + "\t+300\t@2022-03-05\n同上\t\t300万\t2022.3.5\n合计\t\t+600\n",
          "企业名称\t贷款情况\t\t备注\n&\x01\x00\x01\n\t金额（万元）\t期限\n&\x00\x02\x00\n甲\t300\t12\n\t200\n#REF!\t=\t!TRUE\t%0.0365\n",
          "企业名称\t金额万元\n甲\t300\n企业名称\t金额万元\n注：x\n第1页\n"]


def zipped(method):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", method) as archive:
        for name, text in PARTS:
            archive.writestr(zipfile.ZipInfo(name), text, method)
    return data.getvalue()


def seeds():
    yield "xlsx", [zipped(zipfile.ZIP_STORED), zipped(zipfile.ZIP_DEFLATED), b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(64),
                   CSV.encode()]
    yield "xlsx_part", [bytes([number]) + text.encode() for number, (_, text) in enumerate(PARTS)]
    yield "csv", [CSV.encode(), CSV.encode("gb18030"), b"\xef\xbb\xbf" + CSV.encode(), b"sep=;\n" + CSV.replace(",", ";").encode(),
                  CSV.replace(",", "\t").replace("\n", "\r\n").encode(), "𠮷㐂,1\n".encode("gb18030")]
    yield "table", [text.encode() for text in TABLES]
    yield "values", [b"\x00" + value.encode() for value in VALUES] + [b"\x01300.10000000000002", b"\x0944625", b"\x059.16401E+17"]
    yield "filter", [text.encode() for text in FILTERS]
    yield "json", [text.encode() for text in JSONS]
    yield "page_token", [text.encode() for text in TOKENS]
    yield "path", [text.encode() for text in PATHS]
    yield "route", [text.encode() for text in LINES]


def main():
    for target, texts in seeds():
        folder = HERE / "corpus" / target
        folder.mkdir(parents=True, exist_ok=True)
        for number, text in enumerate(texts, 1):
            (folder / f"{number:02}").write_bytes(text)


if __name__ == "__main__":
    main()
