"""What must hold after any fault: the one place where a suite, what its writers noted and what its followers saw are compared."""

import datetime
import json
import sys
import threading

from setting import chance, wait_until

import replay
from catalogue import method
from load import ACKNOWLEDGED, OPEN, REFUSED, Command, Door, settle
from masked import masked_columns
from replay_contracts import Contracts
from replay_enterprises import Enterprises
from replay_loans import Loans
from suite import REGISTERS, Stubs, messages

from google.protobuf import json_format
from google.protobuf.descriptor import FieldDescriptor

TABLES = {
    "enterprise": ("enterprise", "certification"),
    "contract": ("contract",),
    "loan": ("pool", "posting", "bank", "loan", "disbursement", "repayment", "borrower"),
}
REPEATED, REPEAT_SECONDS = 40, 20
SHOWN = 10


def check(case, suite, notebook, followers, internal_allowed=False):
    """Holds the suite to what its writers were told and its followers saw. followers: one of each register, stopped here."""
    wait_until(lambda: suite.healthz() == 200, 60, "health to turn good")
    _check_settled(case, notebook, internal_allowed)
    _check_repeats(case, suite, notebook)
    heads = suite.heads()
    by_area = {}
    for follower in followers:
        follower.catch_up(heads[follower.area][0])
        follower.stop()
        by_area[follower.area] = follower
        case.assertEqual(follower.wrong[:SHOWN], [], f"the follower of {follower.area}")
    case.assertEqual(set(by_area), set(REGISTERS))
    suite.assert_verified()
    for area, follower in by_area.items():
        _check_delivery(case, suite, area, follower, heads[area])
        _check_copy(case, suite, area, follower)
    _check_commands(case, notebook, by_area)
    _check_model(case, suite, notebook, by_area)
    print(f"{len(notebook.commands)} commands: {notebook.acknowledged} acknowledged, {len(notebook.of(REFUSED))} refused, "
          f"{notebook.unknown} attempts of unknown fate; journals of {[head[0] for head in heads.values()]}, followers resumed "
          f"{[follower.resumed for follower in followers]} times; {len(notebook.internal)} faults of services", file=sys.stderr)


def _check_settled(case, notebook, internal_allowed):
    never = [command for command in notebook.of(OPEN)]
    case.assertEqual(never[:SHOWN], [], f"{len(never)} commands were never answered")
    if not internal_allowed:
        case.assertEqual(notebook.internal[:SHOWN], [], "faults of a service's own")
    case.assertGreater(notebook.acknowledged, 0)


def _check_repeats(case, suite, notebook):
    """The same request id gets the first answer again, whatever happened since."""
    door, random, stopped = Door(suite), chance("repeats"), threading.Event()
    stopped.set()
    done = notebook.of(ACKNOWLEDGED)
    for command in random.sample(done, min(REPEATED, len(done))):
        again = Command(command.method, command.request)
        settle(again, [door], notebook, random, REPEAT_SECONDS, stopped)
        case.assertEqual((again.outcome, again.answer), (ACKNOWLEDGED, command.answer), f"the repeat of {command.request}")
    door.close()


def _check_delivery(case, suite, area, follower, head):
    """The stream delivered the journal: every entry once, in order."""
    rows = suite.sql(f"SELECT sequence, name, revision, request_id, hash FROM kechuang_{area}.journal ORDER BY sequence")
    stored = [(int(row[0]), row[1], int(row[2]), row[3], row[4]) for row in rows]
    case.assertEqual([row[0] for row in stored], list(range(1, head[0] + 1)), f"sequences of {area}")
    delivered = [(entry[0], entry[1], entry[2], entry[3], entry[7]) for entry in follower.entries]
    for one, other in zip(delivered, stored):
        case.assertEqual(one, other, f"delivery of {area}")
    case.assertEqual(len(delivered), len(stored), f"delivery of {area}")


def _check_copy(case, suite, area, follower):
    """The follower's copy is what the register's tables hold, column by column."""
    copy = follower.records()
    seen = 0
    for table in TABLES[area]:
        columns = [row[0] for row in suite.sql(
            f"SELECT COLUMN_NAME FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = 'kechuang_{area}' "
            f"AND TABLE_NAME = '{table}' ORDER BY ORDINAL_POSITION") if row[0] != "book"]
        listed = ", ".join(f"`{column}`" for column in columns)
        for row in suite.sql(f"SELECT {listed} FROM kechuang_{area}.{table}"):
            held = {column: _unescaped(text) for column, text in zip(columns, row)}
            case.assertIn(held["name"], copy)
            descriptor = _type_of(area, table)
            case.assertEqual(masked_columns(descriptor, held), _columns_of(descriptor, copy[held["name"]], columns), f"{area}.{table}")
            seen += 1
    case.assertEqual(seen, len(copy), f"records of {area}")


def _unescaped(text):
    for written, meant in (("\\n", "\n"), ("\\t", "\t"), ("\\\\", "\\")):
        text = text.replace(written, meant)
    return text


def _type_of(area, table):
    name = "".join(word.capitalize() for word in table.split("_"))
    return Stubs.module("google.protobuf.descriptor_pool").Default().FindMessageTypeByName(f"kechuang.{area}.v1.{name}")


def _columns_of(descriptor, record, columns):
    """The record as the texts that its table shows."""
    texts = {}
    _flatten(descriptor, record, "", texts)
    return {column: texts[column] for column in columns}


def _flatten(descriptor, record, prefix, texts):
    for field in descriptor.fields:
        column, value = prefix + field.name, (record or {}).get(field.name)
        inner = field.message_type
        if field.label == FieldDescriptor.LABEL_REPEATED:
            texts[column] = "" if not value else json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        elif inner is not None and inner.full_name == "google.type.Date":
            texts[column] = "NULL" if not value else f"{value['year']:04d}-{value['month']:02d}-{value['day']:02d}"
        elif inner is not None and inner.full_name == "google.protobuf.Timestamp":
            texts[column] = "NULL" if not value else value.replace("T", " ").removesuffix("Z")
        elif inner is not None:
            _flatten(inner, value, f"{column}_", texts)
        elif field.enum_type is not None:
            texts[column] = _enum_text(field.enum_type, value)
        elif value is None:
            optional = field.has_presence and field.containing_oneof is not None
            texts[column] = "NULL" if optional else "" if field.type == FieldDescriptor.TYPE_STRING else "0"
        else:
            texts[column] = str(int(value)) if isinstance(value, bool) else str(value)


def _enum_text(kind, value):
    """An enum value in its column: without the prefix that all values of the enum share, empty for the first."""
    first = kind.values_by_number[0].name
    return "" if value is None else value.removeprefix(first.removesuffix("UNSPECIFIED"))


def _check_commands(case, notebook, followers):
    """Every acknowledged change is there exactly once and as it was answered; nothing that was refused is there."""
    written = {}
    for area, follower in followers.items():
        for entry in follower.entries:
            written.setdefault((area, entry[3]), []).append(entry)
    for command in notebook.commands:
        entries = written.get((command.area, command.request_id), [])
        if command.outcome == REFUSED:
            case.assertEqual(entries, [], f"{command.request} was refused with {command.reason}, and is there")
            continue
        names = [entry[1] for entry in entries]
        case.assertEqual(len(names), len(set(names)), f"{command.request} was done more than once")
        answered = [entry for entry in entries if entry[1] == command.answer.name and entry[2] == command.answer.revision]
        case.assertEqual(len(answered), 1, f"{command.request} was acknowledged, and the journal holds {names}")
        held = json_format.Parse(answered[0][6], method(command.method).output(), ignore_unknown_fields=True)
        held.etag = command.answer.etag
        case.assertEqual(held, command.answer, command.request)


def _check_model(case, suite, notebook, followers):
    """A second reading of the rules comes to the same records and totals, to the fen."""
    requests = {command.request_id: (command.method, command.request) for command in notebook.commands}
    models = {"enterprise": Enterprises(), "contract": Contracts(), "loan": Loans()}
    models["loan"].firm_names = {f"enterprises/{command.request['enterprise']['credit_code']}":
                                 command.request["enterprise"]["enterprise_name"]
                                 for command in notebook.of(ACKNOWLEDGED) if command.method == "CreateEnterprise"}
    for area, model in models.items():
        entries = [replay.Entry((*entry[:6], json.loads(entry[6] or "{}"), entry[7])) for entry in followers[area].entries]
        differences = model.replay(entries, requests)
        case.assertEqual(differences[:SHOWN], [], f"{len(differences)} differences of {area}")
    years = {datetime.datetime.now(replay.ZONE).year + offset for offset in (-1, 0)}
    years |= {record["registration_date"]["year"] for record in models["contract"].of("contracts") if "registration_date" in record}
    for year in years:
        _check_contract_totals(case, suite, models["contract"], year)
        _check_loan_totals(case, suite, models["loan"], year)
    _check_pools(case, suite, models["loan"])


def _check_contract_totals(case, suite, model, year):
    api = messages("contract")
    request = api.GetContractTotalsRequest(year=year, group_by=[api.TOTALS_DIMENSION_CLASS])
    answer = suite.call(suite.stub("contract").GetContractTotals, request)
    figures = ("count", "total_amount_fen", "technical_amount_fen", "cancelled_count", "cancelled_total_amount_fen",
               "cancelled_technical_amount_fen")
    told = {row.group_values[0]: [getattr(row, figure) for figure in figures] for row in answer.rows}
    case.assertEqual(told, model.totals(year), f"contracts of {year}")
    case.assertEqual([getattr(answer.sum, figure) for figure in figures],
                     [sum(column) for column in zip(*model.totals(year).values())] or [0] * 6)


def _check_loan_totals(case, suite, model, year):
    answer = suite.call(suite.stub("loan").GetLoanTotals, messages("loan").GetLoanTotalsRequest(year=year))
    for cut, groups in (("bank", answer.banks), ("pool", answer.pools), ("enterprise_class", answer.classes)):
        told = {group.key: _issued(group.issued) for group in groups if any(_issued(group.issued))}
        case.assertEqual(told, {key: row for key, row in model.issued(year, cut).items() if any(row)}, f"issued by {cut}")
        case.assertEqual({group.key: group.outstanding_fen for group in groups if group.outstanding_fen},
                         {key: amount for key, amount in model.outstanding(cut).items() if amount}, f"outstanding by {cut}")
    case.assertEqual(_issued(answer.issued), model.issued(year, "").get("", [0] * 4))
    case.assertEqual(answer.outstanding_fen, model.outstanding("")[""])
    names = answer.DESCRIPTOR.fields_by_name["states"].message_type.fields_by_name["state"].enum_type.values_by_number
    case.assertEqual({names[row.state].name: row.loan_count for row in answer.states}, model.states())


def _issued(figures):
    return [figures.enterprise_count, figures.loan_count, figures.disbursement_count, figures.amount_fen]


def _check_pools(case, suite, model):
    accounts = {}
    for posting in model.of("pools/postings"):
        for account, sign in ((posting["debit_account"], -1), (posting["credit_account"], 1)):
            accounts[account] = accounts.get(account, 0) + sign * posting["amount_fen"]
    case.assertEqual(sum(accounts.values()), 0, "double entry")
    stored = {row[0]: int(row[1]) for row in suite.sql(
        "SELECT account, SUM(amount) FROM (SELECT debit_account AS account, -amount_fen AS amount FROM kechuang_loan.posting "
        "UNION ALL SELECT credit_account, amount_fen FROM kechuang_loan.posting) AS sides GROUP BY account")}
    case.assertEqual(stored, accounts, "accounts of the pools")
    for pool in model.of("pools"):
        told = suite.call(suite.stub("loan").GetPoolStatement, messages("loan").GetPoolStatementRequest(name=pool["name"]))
        balance = accounts.get(f"{pool['name']}/fund", 0)
        case.assertEqual(told.balance_fen, balance, pool["name"])
        case.assertGreaterEqual(balance, 0, pool["name"])
        case.assertEqual(told.interest_fen, -accounts.get(f"{pool['name']}/interest", 0), pool["name"])
        case.assertEqual(told.contributed_fen, balance - told.interest_fen, pool["name"])
        case.assertEqual(told.committed_fen, model.exposure("pool", pool["name"]), pool["name"])
        case.assertEqual(told.capacity_fen, pool["policies"][-1]["leverage_multiple"] * balance, pool["name"])
