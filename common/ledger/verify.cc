#include "common/ledger/verify.h"

#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

#include "common/base/status_macros.h"
#include "common/ledger/chain.h"
#include "common/ledger/record_json.h"
#include "common/ledger/stamps.h"

namespace kechuang::ledger {
namespace {

using google::protobuf::Message;
using mysql::Row;
using mysql::Session;

constexpr int64_t kChunk = 500;
using Report = absl::FunctionRef<void(const Finding&)>;

std::unique_ptr<Message> NewRecord(const Kind& kind) {
  return std::unique_ptr<Message>(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(kind.type)->New());
}

std::string Show(const Cell& cell) {
  return absl::StrCat("total/", cell.measure, "/", cell.grouping, "/", cell.period, "/", cell.cell);
}

// One pass over the records of a register within a snapshot.
class RecordsPass {
 public:
  RecordsPass(const Store& store, const KindTable& kinds, Session& session, Report report)
      : store_(store), kinds_(kinds), session_(session), report_(report) {}

  absl::StatusOr<VerifyCounts> Run() {
    std::string after;
    while (true) {
      std::map<std::string, int64_t> newest;
      ASSIGN_OR_RETURN(after, NextNames(after, newest));
      if (newest.empty()) break;
      RETURN_IF_ERROR(CheckRecords(newest));
    }
    for (const Kind& kind : kinds_.all()) RETURN_IF_ERROR(FindUnknown(kind));
    RETURN_IF_ERROR(CompareTotals());
    RETURN_IF_ERROR(CompareCounters());
    RETURN_IF_ERROR(CompareKeys());
    return counts_;
  }

 private:
  // The next names on the journal after one, each with its newest revision; gives the last of them.
  absl::StatusOr<std::string> NextNames(const std::string& after, std::map<std::string, int64_t>& newest) {
    std::string last = after;
    RETURN_IF_ERROR(session_.Query(
        "SELECT name,MAX(revision) FROM journal WHERE book=? AND name>? GROUP BY name ORDER BY name LIMIT ?",
        {store_.book(), after, kChunk}, [&](const Row& row) {
          last = row.Text(0);
          newest[last] = row.Int(1);
          return absl::OkStatus();
        }));
    return last;
  }

  absl::Status CheckRecords(const std::map<std::string, int64_t>& newest) {
    std::map<const Kind*, std::vector<std::string>> names_of_kind;
    for (const auto& [name, revision] : newest) {
      const Kind* kind = kinds_.OfName(name);
      if (kind != nullptr) {
        names_of_kind[kind].push_back(name);
      } else {
        report_({"RECORD_MISSING", name, "", "a record of a known kind", "a name that fits no kind"});
      }
    }
    for (const auto& [kind, names] : names_of_kind) RETURN_IF_ERROR(CheckKind(*kind, names, newest));
    return absl::OkStatus();
  }

  absl::Status CheckKind(const Kind& kind, const std::vector<std::string>& names,
                         const std::map<std::string, int64_t>& newest) {
    std::map<std::string, std::unique_ptr<Message>> records;
    RETURN_IF_ERROR(store_.LoadRecords(session_, kind, names, [&](std::unique_ptr<Message> record) {
      std::string name = NameOf(*record);
      records[std::move(name)] = std::move(record);
    }));
    std::map<std::string, std::string> journal;
    RETURN_IF_ERROR(LoadNewest(names, newest, journal));
    std::map<std::string, int64_t> removed;
    RETURN_IF_ERROR(store_.LoadRemoved(session_, names,
                                       [&](const std::string& name, int64_t revision) { removed[name] = revision; }));
    for (const std::string& name : names) {
      const auto record = records.find(name);
      // An entry without a record says that the record was taken back.
      const bool taken_back = journal[name].empty();
      CheckRemoved(name, taken_back ? newest.at(name) : 0, removed[name]);
      if (taken_back) {
        if (record != records.end()) report_({"RECORD_UNKNOWN", name, "", "no row: it was taken back", "a row"});
        continue;
      }
      if (record == records.end()) {
        report_({"RECORD_MISSING", name, "", absl::StrCat("revision ", newest.at(name)), "no row"});
        continue;
      }
      RETURN_IF_ERROR(CompareRecord(kind, *record->second, journal[name]));
      Count(kind, *record->second);
    }
    return absl::OkStatus();
  }

  void CheckRemoved(const std::string& name, int64_t expected, int64_t found) {
    if (expected == found) return;
    report_({"RECORD_DIFFERS", name, "removed_record", absl::StrCat(expected), absl::StrCat(found)});
  }

  absl::Status LoadNewest(const std::vector<std::string>& names, const std::map<std::string, int64_t>& newest,
                          std::map<std::string, std::string>& journal) {
    std::vector<mysql::Value> values = {store_.book(), names.front(), names.back()};
    return session_.Query("SELECT j.name,j.revision,j.record FROM journal j WHERE j.book=? AND j.name BETWEEN ? AND ?",
                          values, [&](const Row& row) {
                            std::string name = row.Text(0);
                            const auto wanted = newest.find(name);
                            if (wanted != newest.end() && wanted->second == row.Int(1))
                              journal[std::move(name)] = row.Text(2);
                            return absl::OkStatus();
                          });
  }

  absl::Status CompareRecord(const Kind& kind, const Message& record, const std::string& journal) {
    if (RecordToJson(record) == journal) return absl::OkStatus();
    const std::unique_ptr<Message> expected = NewRecord(kind);
    if (!RecordFromJson(journal, *expected).ok()) {
      report_({"JOURNAL_DIFFERS", NameOf(record), "record", "readable JSON", journal.substr(0, 200)});
      return absl::OkStatus();
    }
    for (const FieldDifference& difference : DifferencesOf(*expected, record)) {
      report_({"RECORD_DIFFERS", NameOf(record), difference.path, difference.before, difference.after});
    }
    return absl::OkStatus();
  }

  void Count(const Kind& kind, const Message& record) {
    ++counts_.records;
    if (kind.contribution) {
      for (const Contribution& contribution : kind.contribution(record)) {
        Amounts& amounts = totals_[contribution.cell];
        amounts.count += contribution.count;
        amounts.amount_fen += contribution.amount_fen;
        amounts.part_fen += contribution.part_fen;
        if (!contribution.distinct_key.empty()) {
          counters_[{contribution.cell, contribution.distinct_key}] += contribution.count;
        }
      }
    }
    if (kind.keys) {
      const std::vector<std::string> keys = kind.keys(record);
      for (const std::string& key : std::set<std::string>(keys.begin(), keys.end())) {
        keys_.insert({key, NameOf(record)});
      }
    }
  }

  absl::Status FindUnknown(const Kind& kind) {
    return session_.Query(absl::StrCat("SELECT t.name FROM `", kind.table,
                                       "` t LEFT JOIN journal j ON j.book=t.book AND j.name=t.name AND j.revision=1 "
                                       "WHERE t.book=? AND j.name IS NULL ORDER BY t.name LIMIT 1000"),
                          {store_.book()}, [&](const Row& row) {
                            report_({"RECORD_UNKNOWN", row.Text(0), "", "an entry on the journal", "none"});
                            return absl::OkStatus();
                          });
  }

  absl::Status CompareTotals() {
    for (const auto& [key, entries] : counters_) {
      if (entries > 0) ++totals_[key.cell].distinct;
    }
    RETURN_IF_ERROR(session_.Query(
        "SELECT measure,cut,period,cell,entries,amount_fen,part_fen,distinct_keys FROM total WHERE book=?",
        {store_.book()}, [&](const Row& row) {
          const Cell cell{row.Text(0), row.Text(1), row.Text(2), row.Text(3)};
          CompareCell(cell, {row.Int(4), row.Int(5), row.Int(6), row.Int(7)});
          return absl::OkStatus();
        }));
    for (const auto& [cell, amounts] : totals_) {
      if (!(amounts == Amounts())) CompareCell(cell, Amounts());  // what is left has no row
    }
    return absl::OkStatus();
  }

  void CompareCell(const Cell& cell, const Amounts& found) {
    ++counts_.totals;
    const Amounts expected = totals_[cell];
    const auto compare = [&](absl::string_view field, int64_t wanted, int64_t held) {
      if (wanted != held)
        report_({"TOTAL_DIFFERS", Show(cell), std::string(field), absl::StrCat(wanted), absl::StrCat(held)});
    };
    compare("entries", expected.count, found.count);
    compare("amount_fen", expected.amount_fen, found.amount_fen);
    compare("part_fen", expected.part_fen, found.part_fen);
    compare("distinct_keys", expected.distinct, found.distinct);
    totals_[cell] = Amounts();
  }

  absl::Status CompareCounters() {
    RETURN_IF_ERROR(
        session_.Query("SELECT measure,cut,period,cell,distinct_key,entries FROM total_key WHERE book=?",
                       {store_.book()}, [&](const Row& row) {
                         const CellKey key{{row.Text(0), row.Text(1), row.Text(2), row.Text(3)}, row.Text(4)};
                         CompareCounter(key, row.Int(5));
                         return absl::OkStatus();
                       }));
    for (const auto& [key, entries] : std::map<CellKey, int64_t>(counters_)) {
      if (entries != 0) CompareCounter(key, 0);
    }
    return absl::OkStatus();
  }

  void CompareCounter(const CellKey& key, int64_t found) {
    const int64_t expected = counters_[key];
    if (expected != found) {
      report_({"TOTAL_DIFFERS", absl::StrCat(Show(key.cell), "/", key.distinct_key), "entries", absl::StrCat(expected),
               absl::StrCat(found)});
    }
    counters_[key] = 0;
  }

  absl::Status CompareKeys() {
    RETURN_IF_ERROR(
        session_.Query("SELECT record_key,name FROM record_key WHERE book=?", {store_.book()}, [&](const Row& row) {
          ++counts_.keys;
          const RecordKey key{row.Text(0), row.Text(1)};
          if (keys_.erase(key) == 0) {
            report_({"KEY_DIFFERS", key.name, "key", "none", key.key});
          }
          return absl::OkStatus();
        }));
    for (const RecordKey& missing : keys_) report_({"KEY_DIFFERS", missing.name, "key", missing.key, "none"});
    return absl::OkStatus();
  }

  const Store& store_;
  const KindTable& kinds_;
  Session& session_;
  Report report_;
  VerifyCounts counts_;
  std::map<Cell, Amounts> totals_;
  std::map<CellKey, int64_t> counters_;
  std::set<RecordKey> keys_;
};

absl::StatusOr<VerifyCounts> CheckChain(const Store& store, Session& session, Report report) {
  VerifyCounts counts;
  Head last{0, kFirstHash};
  int64_t read = 0;
  do {
    read = 0;
    RETURN_IF_ERROR(store.LoadJournal(
        session, "book=? AND sequence>? ORDER BY sequence LIMIT ?", {store.book(), last.sequence, kChunk},
        [&](const JournalEntry& entry) {
          const std::string subject = absl::StrCat("journal/", entry.sequence, " (", entry.name, ")");
          if (entry.sequence != last.sequence + 1) {
            report({"JOURNAL_GAP", subject, "sequence", absl::StrCat(last.sequence + 1), absl::StrCat(entry.sequence)});
          }
          const std::string expected = ChainHash(last.hash, entry);
          if (expected != entry.hash) report({"JOURNAL_DIFFERS", subject, "hash", expected, entry.hash});
          last = {entry.sequence, entry.hash};
          ++read;
          ++counts.journal_entries;
          return absl::OkStatus();
        }));
  } while (read > 0);
  ASSIGN_OR_RETURN(const Head head, store.ReadHead(session));
  if (head.sequence != last.sequence) {
    report({"HEAD_DIFFERS", "head", "sequence", absl::StrCat(last.sequence), absl::StrCat(head.sequence)});
  } else if (head.hash != last.hash) {
    report({"HEAD_DIFFERS", "head", "hash", last.hash, head.hash});
  }
  return counts;
}

}  // namespace

absl::StatusOr<VerifyCounts> VerifyRecords(mysql::Database& database, const Store& store, const KindTable& kinds,
                                           absl::Time deadline, Report report) {
  VerifyCounts counts;
  RETURN_IF_ERROR(database.Snapshot(deadline, [&](Session& session) -> absl::Status {
    ASSIGN_OR_RETURN(counts, RecordsPass(store, kinds, session, report).Run());
    return absl::OkStatus();
  }));
  return counts;
}

absl::StatusOr<VerifyCounts> VerifyChain(mysql::Database& database, const Store& store, absl::Time deadline,
                                         Report report) {
  VerifyCounts counts;
  RETURN_IF_ERROR(database.Snapshot(deadline, [&](Session& session) -> absl::Status {
    ASSIGN_OR_RETURN(counts, CheckChain(store, session, report));
    return absl::OkStatus();
  }));
  return counts;
}

}  // namespace kechuang::ledger
