#ifndef KECHUANG_COMMON_LEDGER_REGISTER_H_
#define KECHUANG_COMMON_LEDGER_REGISTER_H_

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "google/protobuf/message.h"

#include "common/base/clock.h"
#include "common/base/status_macros.h"
#include "common/ledger/commit_bell.h"
#include "common/ledger/imports.h"
#include "common/ledger/kind.h"
#include "common/ledger/overlay.h"
#include "common/ledger/record_json.h"
#include "common/ledger/total.h"
#include "common/mysql/database.h"

namespace kechuang::ledger {

// Who asks for a change, by which call, and why: what the journal says of it.
struct Author {
  std::string actor = {};       // "keys/bureau"
  std::string method = {};      // "kechuang.loan.v1.LoanService/DisburseLoan"
  std::string request_id = {};  // empty if the caller gave none
  std::string reason = {};      // free text of the caller, may be empty
  std::string import_id = {};   // of an imported row: the import, and where the row stood; empty otherwise
  std::string origin = {};      // "sha256:<hex> 名单.xlsx [Sheet1] row 12"
};

// Who changed a record, and where that stands on the journal.
struct LaterChange {
  std::string actor;
  int64_t sequence = 0;
};

// What one command sees of the register, and what it wants changed. It sees every earlier command of its batch.
// Whatever is not loaded yet is read from the database within the batch's transaction.
class Draft {
 public:
  virtual ~Draft() = default;

  // The time that this change carries, and the caller.
  virtual absl::Time now() const = 0;
  virtual const Author& author() const = 0;
  // The record whose rows alone the caller sees; empty for all.
  virtual const std::string& scope() const = 0;

  // The record of this name, deleted or not; nothing if there is none.
  template <class M>
  absl::StatusOr<std::optional<M>> Find(absl::string_view name) {
    ASSIGN_OR_RETURN(const google::protobuf::Message* found, FindMessage(M::descriptor(), name));
    if (found == nullptr) return std::optional<M>();
    return std::optional<M>(static_cast<const M&>(*found));
  }
  // The record of this name. RECORD_NOT_FOUND if there is none, or if it belongs to another record than the one that
  // the caller is bound to; ETAG_MISMATCH (kAborted) if etag is given and is not the record's own.
  template <class M>
  absl::StatusOr<M> Get(absl::string_view name, absl::string_view etag = "") {
    ASSIGN_OR_RETURN(const google::protobuf::Message* found, GetMessage(M::descriptor(), name, etag));
    return static_cast<const M&>(*found);
  }
  // Stores a record: a new one, or the next revision of one that exists. Gives it back with revision, etag, create_time
  // and update_time set. A record equal to the one held is not a change: it comes back as held. PERMISSION_MISSING
  // (kPermissionDenied) if the record would belong to another one than the caller is bound to.
  template <class M>
  absl::StatusOr<M> Put(M record) {
    ASSIGN_OR_RETURN(const google::protobuf::Message* stored, PutMessage(std::make_unique<M>(std::move(record))));
    return static_cast<const M&>(*stored);
  }
  // Like Put, but RECORD_EXISTS (kAlreadyExists) if the name is taken.
  template <class M>
  absl::StatusOr<M> Create(M record) {
    ASSIGN_OR_RETURN(const google::protobuf::Message* stored, CreateMessage(std::make_unique<M>(std::move(record))));
    return static_cast<const M&>(*stored);
  }

  // What stands in one cell of the totals; zeros if nothing was ever added.
  virtual absl::StatusOr<Amounts> Total(const Cell& cell) = 0;
  // Names of the records that carry this key, in order; at most 100 are given.
  virtual absl::StatusOr<std::vector<std::string>> FindByKey(absl::string_view key) = 0;
  // The greatest key that begins with this prefix; empty if there is none.
  virtual absl::StatusOr<std::string> MaxKey(absl::string_view prefix) = 0;

  // Of a row of an import: says what the row did, for the import's counts.
  virtual void Note(RowEffect effect) = 0;
  // What this command changed so far in the record of this name, field by field; without revision and times.
  virtual absl::StatusOr<std::vector<FieldDifference>> Differences(absl::string_view name) = 0;
  // The newest change of this record by a command that is no import's, if an import had set the record before it and
  // none has since; nothing otherwise. This command's own changes aside.
  virtual absl::StatusOr<std::optional<LaterChange>> ChangedSinceImport(absl::string_view name) = 0;

 protected:
  virtual absl::StatusOr<const google::protobuf::Message*> FindMessage(const google::protobuf::Descriptor* type,
                                                                       absl::string_view name) = 0;
  virtual absl::StatusOr<const google::protobuf::Message*> GetMessage(const google::protobuf::Descriptor* type,
                                                                      absl::string_view name,
                                                                      absl::string_view etag) = 0;
  virtual absl::StatusOr<const google::protobuf::Message*> PutMessage(
      std::unique_ptr<google::protobuf::Message> record) = 0;
  virtual absl::StatusOr<const google::protobuf::Message*> CreateMessage(
      std::unique_ptr<google::protobuf::Message> record) = 0;
};

// A change that waits for its turn. decide may run more than once (a conflict reruns the whole batch), so it depends on
// nothing but the draft and what it holds; an error leaves no trace.
struct Command {
  Author author;
  bool validate_only = false;  // gives the live verdict and the answer, writes nothing
  bool bulk = false;           // an import row: waits behind people's calls
  bool urgent = false;         // is refused last when too many wait
  // Of an import row: which generation of the import author.import_id it belongs to; 0 for any other command. Its
  // request id counts within that generation, whoever sends it.
  int64_t import_generation = 0;
  // Of an import row: no row of its import was answered when its stream began. A look at what the row would do then
  // needs no look-up of its request id.
  bool import_untouched = false;
  // Of a row that is validated only: what the rows before it would have stored.
  std::shared_ptr<Overlay> overlay;
  // The record whose rows alone the caller sees, see row_scope.h: Draft::Get finds no others, and Put stores no others.
  std::string scope;
  // Names that decide will ask for: read in one statement for the whole batch. A hint: forgetting one costs time only.
  std::vector<std::string> names;
  // Names that decide will most likely find free and store a record under; a hint, too. They need no reading: if one is
  // taken, the INSERT says so, and the batch runs again.
  std::vector<std::string> new_names;
  // Keys that decide will ask FindByKey for; a hint too.
  std::vector<std::string> keys;
  // The request without its request_id, to tell a repeat from another request under the same id. Set if request_id is.
  std::shared_ptr<const google::protobuf::Message> request;
  // Decides; gives the serialized answer.
  std::function<absl::StatusOr<std::string>(Draft&)> decide;
};

// The answer to a command.
struct Answer {
  std::string bytes;      // the serialized answer message
  bool replayed = false;  // true if the request id was answered before and this is that first answer
};

// One change of one record, as it stands on the journal.
struct JournalEntry {
  int64_t sequence = 0;
  std::string name;
  int64_t revision = 0;
  Author author;
  absl::Time time;
  std::string record;  // the record after the change, as JSON with proto field names
  std::string hash;    // SHA-256 of the hash before and this row, 64 hex digits
};

// The newest place of the journal.
struct Head {
  int64_t sequence = 0;
  std::string hash;
};

// Asks for the next changes on the journal.
struct ChangesQuery {
  int64_t after = 0;       // the sequence to go on from
  std::string collection;  // "loans": only of these records; empty for all
  std::string record;      // "loans/2022-0007": only this one; empty for all
  int limit = 200;         // most changes in the page
};

// A change as those who follow the journal see it.
struct Change {
  JournalEntry entry;
  std::string before;            // the record before the change, as JSON; empty if there was none
  bool more_of_command = false;  // the next entry of the journal may be the same command's
};

struct ChangesPage {
  std::vector<Change> changes;  // in the order of the journal
  int64_t through = 0;          // all that was asked for up to here is in this page or in those before
  bool more = false;            // the journal goes on after through
};

// Asks for changes by who made them, by which call, and when. What is left empty holds for every change.
struct JournalSearch {
  std::string actor;
  std::string method;
  std::string record;
  absl::Time since = absl::InfinitePast();
  absl::Time until = absl::InfiniteFuture();  // before this time
  int64_t below = 0;                          // only sequences below this one; 0: from the head on
  int limit = 100;                            // most changes found at a time
  int64_t entries_max = 100'000;              // entries that one call reads at most, unless a record is named
};

struct JournalFound {
  std::vector<Change>
      changes;        // newest first; fewer than asked for if the part of the journal that was read had no more
  int64_t below = 0;  // where to go on; 0 at the journal's beginning
};

// What a revert did.
struct Reverted {
  ImportEntry entry;
  std::vector<KeptEntry> kept;
};

// Something that verification found wrong.
struct Finding {
  std::string kind;  // RECORD_DIFFERS, RECORD_MISSING, RECORD_UNKNOWN, TOTAL_DIFFERS, KEY_DIFFERS, JOURNAL_DIFFERS, ...
  std::string subject;  // the record, the cell, or "journal/17"
  std::string field;    // the field or column, where one can be named
  std::string expected;
  std::string found;
};

// How much verification has read.
struct VerifyCounts {
  int64_t records = 0;
  int64_t totals = 0;
  int64_t keys = 0;
  int64_t journal_entries = 0;
};

// Asks for one page of records.
struct ListQuery {
  std::string parent;      // "enterprises/X"; empty or "-" in place of an id reads across all
  std::string filter;      // AIP-160 over indexed fields
  std::string order_by;    // AIP-132 over indexed fields; name breaks ties
  int page_size = 0;       // 0 gives 100; above 1000 gives 1000
  std::string page_token;  // from the page before, with the same other arguments
  bool show_deleted = false;
  std::string scope;  // only rows of this record, see row_scope.h; empty for all
};

// Takes one page of an export: the journal's sequence at the moment that it shows, and the records.
using OnExportPage =
    absl::FunctionRef<absl::Status(int64_t sequence, std::vector<std::unique_ptr<google::protobuf::Message>> records)>;

// Takes one record read, to keep.
using TakeRecord = absl::FunctionRef<void(std::unique_ptr<google::protobuf::Message>)>;

template <class M>
struct ListPage {
  std::vector<M> records;
  std::string next_page_token;  // empty at the end
};

// Takes one record read, serialized, which lives as long as the call, or the error in its place.
using OnRead = std::function<void(absl::StatusOr<absl::string_view>)>;
// Cells of the totals that were read once for several callers, and the answers made of them. One thread.
class TotalsFound {
 public:
  using Fold = absl::FunctionRef<absl::StatusOr<std::string>(const std::vector<TotalRow>&)>;

  explicit TotalsFound(std::vector<TotalRow> rows) : rows_(std::move(rows)) {}
  const std::vector<TotalRow>& rows() const { return rows_; }
  // The answer to a request: what fold makes of the cells, once for all who ask in the same bytes. Good until the next
  // one is asked for.
  const absl::StatusOr<std::string>& Answer(const std::string& request, Fold fold) {
    const auto known = answers_.find(request);
    if (known == answers_.end() && answers_.size() >= kAnswersMax) answers_.clear();
    return known != answers_.end() ? known->second : answers_.emplace(request, fold(rows_)).first->second;
  }

 private:
  // Callers choose the bytes, so that there may be any number of them.
  static constexpr size_t kAnswersMax = 64;

  const std::vector<TotalRow> rows_;
  std::map<std::string, absl::StatusOr<std::string>> answers_;
};

// The same of cells of the totals.
using OnTotals = std::function<void(absl::StatusOr<TotalsFound*>)>;

struct RegisterOptions {
  std::string book = "default";
  int batch_size_max = 512;  // commands in one transaction; import rows alone: twice as many
  // Commands, or reads, that wait; one more is refused with OVERLOADED. A quarter of the commands' places is kept for
  // urgent ones.
  int queue_size_max = 20000;
  absl::Duration command_wait_max = absl::Seconds(30);  // for commands whose caller gave no deadline
  // Most memory for records that were read and are kept for the next reader; 0 keeps none.
  size_t read_cache_bytes = size_t{32} << 20;
};

// A register: records of some kinds, their journal and their totals, in one schema. Threads may share one.
class Register {
 public:
  using Done = std::function<void(absl::StatusOr<Answer>)>;

  Register(mysql::Database& database, KindTable kinds, const Clock& clock, RegisterOptions options = {});
  ~Register();  // waits for the commands under way
  Register(const Register&) = delete;
  Register& operator=(const Register&) = delete;

  // Compares the tables' columns with the record types, and starts. Fails by naming what differs.
  absl::Status Start(absl::Time deadline);

  // Queues a command. done is called once, from a thread of the register, after the change is durable or is refused.
  void Submit(Command command, absl::Time deadline, Done done);
  // Submits and waits.
  absl::StatusOr<Answer> Run(Command command, absl::Time deadline);

  // Reads go past the queue. A caller always reads its own writes. What is none of a given scope's rows (row_scope.h)
  // is as good as absent.
  template <class M>
  absl::StatusOr<M> Read(absl::Time deadline, absl::string_view name, absl::string_view scope = "") {
    ASSIGN_OR_RETURN(std::unique_ptr<google::protobuf::Message> found,
                     ReadMessage(deadline, M::descriptor(), name, scope));
    return std::move(static_cast<M&>(*found));
  }
  // In the order of names; RECORD_NOT_FOUND names the missing ones.
  template <class M>
  absl::StatusOr<std::vector<M>> BatchRead(absl::Time deadline, const std::vector<std::string>& names) {
    std::vector<M> records;
    RETURN_IF_ERROR(BatchReadMessages(deadline, M::descriptor(), names, "",
                                      [&](std::unique_ptr<google::protobuf::Message> message) {
                                        records.push_back(std::move(static_cast<M&>(*message)));
                                      }));
    return records;
  }
  template <class M>
  absl::StatusOr<ListPage<M>> List(absl::Time deadline, const ListQuery& query) {
    ListPage<M> page;
    ASSIGN_OR_RETURN(page.next_page_token, ListMessages(deadline, M::descriptor(), query,
                                                        [&](std::unique_ptr<google::protobuf::Message> message) {
                                                          page.records.push_back(std::move(static_cast<M&>(*message)));
                                                        }));
    return page;
  }
  // Names of records that carry a key beginning with this prefix, in key order, each once; at most limit.
  absl::StatusOr<std::vector<std::string>> FindByKeyPrefix(absl::Time deadline, absl::string_view prefix, int limit);
  // The records themselves, of this type, each no older than this call; those that were read before cost little.
  template <class M>
  absl::StatusOr<std::vector<M>> ReadByKeyPrefix(absl::Time deadline, absl::string_view prefix, int limit) {
    std::vector<M> records;
    RETURN_IF_ERROR(ReadMessagesByKeyPrefix(deadline, M::descriptor(), prefix, limit,
                                            [&](std::unique_ptr<google::protobuf::Message> message) {
                                              records.push_back(std::move(static_cast<M&>(*message)));
                                            }));
    return records;
  }

  // Cells of a measure and grouping within a span of periods, in (period, cell) order.
  absl::StatusOr<std::vector<TotalRow>> Totals(absl::Time deadline, const TotalsQuery& query);

  // A record's journal entries, newest first, below before_revision if that is not 0.
  absl::StatusOr<std::vector<JournalEntry>> History(absl::Time deadline, absl::string_view name,
                                                    int64_t before_revision, int limit, absl::string_view scope = "");
  // The entry that gives the record as it was at a revision, or at a time. RECORD_NOT_FOUND if it was not there yet.
  absl::StatusOr<JournalEntry> AtRevision(absl::Time deadline, absl::string_view name, int64_t revision,
                                          absl::string_view scope = "");
  absl::StatusOr<JournalEntry> AtTime(absl::Time deadline, absl::string_view name, absl::Time time,
                                      absl::string_view scope = "");
  absl::StatusOr<Head> ReadHead(absl::Time deadline);
  // The changes that follow a place of the journal. JOURNAL_RANGE (kOutOfRange) if the journal does not hold it.
  absl::StatusOr<ChangesPage> ReadChanges(absl::Time deadline, const ChangesQuery& query);
  // The changes that a search asks for, in a bounded part of the journal: to search costs no index, and so nothing to
  // those who write.
  absl::StatusOr<JournalFound> SearchJournal(absl::Time deadline, const JournalSearch& search);
  // Rings after every commit of this process that may have made the journal longer; not for those of other processes.
  CommitBell& commit_bell();

  // Recomputes totals and keys from the records, compares each record with its newest journal entry, and reports what
  // differs, all in one snapshot.
  absl::StatusOr<VerifyCounts> Verify(absl::Time deadline, absl::FunctionRef<void(const Finding&)> report);
  // Recomputes the journal's chain from the first entry to the head, and reports what differs.
  absl::StatusOr<VerifyCounts> VerifyJournal(absl::Time deadline, absl::FunctionRef<void(const Finding&)> report);

  // Begins a run of an import, or goes on with it; notes nothing if validate_only. The entry gives the generation that
  // the run's rows carry. IMPORT_REVERTED while the import is being reverted.
  absl::StatusOr<ImportEntry> BeginImport(absl::Time deadline, const ImportFile& file, const std::string& actor,
                                          bool validate_only);
  // Notes that a run was read to its end, and how many of its rows were refused.
  absl::Status EndImport(absl::Time deadline, const ImportEntry& run, int64_t rejected, int64_t conflicts);
  // RECORD_NOT_FOUND if there is none.
  absl::StatusOr<ImportEntry> ReadImport(absl::Time deadline, const std::string& id);
  absl::StatusOr<std::vector<ImportEntry>> ListImports(absl::Time deadline, const std::string& kind,
                                                       const ImportPlace& below, int limit);
  // Takes an import back, a bounded part in each transaction, until all is done or deadline is near; the state says
  // which. author says who, by which call and why. At most kept_max of the changes left alone are told. See
  // revert.h.
  absl::StatusOr<Reverted> RevertImport(absl::Time deadline, const std::string& id, const Author& author,
                                        bool validate_only, size_t kept_max);

  const KindTable& kinds() const;
  const Clock& clock() const;

  // Reads one record without holding a thread meanwhile: calls that wait for the same kind are read together, see
  // point_reader.h.
  // done is called once, from a thread of the register or from this one; it must be quick.
  void ReadThen(absl::Time deadline, const google::protobuf::Descriptor* type, absl::string_view name,
                absl::string_view scope, OnRead done);
  // Reads cells of the totals in that way: calls that wait and ask the same are read with one statement.
  void TotalsThen(absl::Time deadline, TotalsQuery query, OnTotals done);

  // The untyped readings behind the templates above, for code that serves any kind.
  absl::StatusOr<std::unique_ptr<google::protobuf::Message>> ReadMessage(absl::Time deadline,
                                                                         const google::protobuf::Descriptor* type,
                                                                         absl::string_view name,
                                                                         absl::string_view scope = "");
  absl::Status BatchReadMessages(absl::Time deadline, const google::protobuf::Descriptor* type,
                                 const std::vector<std::string>& names, absl::string_view scope, TakeRecord on_record);
  absl::Status ReadMessagesByKeyPrefix(absl::Time deadline, const google::protobuf::Descriptor* type,
                                       absl::string_view prefix, int limit, TakeRecord on_record);
  absl::StatusOr<std::string> ListMessages(absl::Time deadline, const google::protobuf::Descriptor* type,
                                           const ListQuery& query, TakeRecord on_record);

  // Every record that the query's filter and show_deleted let through, in the order of names, as of one moment, page by
  // page. An error of on_page ends it and comes back.
  absl::Status Export(absl::Time deadline, const google::protobuf::Descriptor* type, const ListQuery& query,
                      OnExportPage on_page);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace kechuang::ledger

#endif  // KECHUANG_COMMON_LEDGER_REGISTER_H_
