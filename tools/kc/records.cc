#include "tools/kc/records.h"

#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "google/api/resource.pb.h"

#include "common/base/status_macros.h"
#include "tools/kc/call.h"
#include "tools/kc/catalogue.h"
#include "tools/kc/fields.h"
#include "tools/kc/json_text.h"

namespace kechuang::kc {
namespace {

using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr size_t kColumnsMax = 10;
constexpr int kPageSizeMax = 1000;

const RecordKind& KindOf(const CommandLine& command) {
  for (const RecordKind& kind : RecordKinds()) {
    if (absl::StartsWith(command.command->words, absl::StrCat(kind.words, " "))) return kind;
  }
  return RecordKinds().front();  // the commands are made of the kinds, so that there is always one
}

// "enterprises/" of "enterprises/{enterprise}/certifications/{certification}".
std::string CollectionOf(const RecordKind& kind) {
  const std::string& pattern = kind.type->options().GetExtension(google::api::resource).pattern(0);
  return pattern.substr(0, pattern.find('{'));
}

absl::Status NoSuchFlag(const RecordKind& kind, absl::string_view flag) {
  return WrongUsage(absl::StrCat(kind.words, " cannot be listed with --", flag),
                    absl::StrCat(kind.words, " 的列表不支持 --", flag));
}

absl::StatusOr<int> PageSize(const CommandLine& command) {
  if (!command.Has("page-size")) return command.Has("all") ? kPageSizeMax : 0;
  int size = 0;
  if (absl::SimpleAtoi(command.Value("page-size"), &size) && size >= 1 && size <= kPageSizeMax) return size;
  return WrongUsage(absl::StrCat("--page-size takes a number from 1 to ", kPageSizeMax),
                    absl::StrCat("--page-size 须为 1 到 ", kPageSizeMax, " 的整数"));
}

absl::StatusOr<std::unique_ptr<Message>> ListRequest(const RecordKind& kind, const CommandLine& command) {
  std::unique_ptr<Message> request = NewMessage(kind.list->input_type());
  const std::pair<const char*, const char*> texts[] = {
      {"filter", "filter"}, {"order-by", "order_by"}, {"page-token", "page_token"}, {"parent", "parent"}};
  SetText(*request, "parent", absl::StrCat(CollectionOf(kind), "-"));
  for (const auto& [flag, field] : texts) {
    if (command.Has(flag) && !SetText(*request, field, command.Value(flag))) return NoSuchFlag(kind, flag);
  }
  if (command.Has("show-deleted") && !SetTruth(*request, "show_deleted", true)) return NoSuchFlag(kind, "show-deleted");
  ASSIGN_OR_RETURN(const int page_size, PageSize(command));
  SetNumber(*request, "page_size", page_size);
  return request;
}

// Prints records as their pages come. A table waits for all of them, since its columns depend on all.
class RecordPrinter {
 public:
  RecordPrinter(const Session& session, const RecordKind& kind)
      : session_(session), kind_(kind), values_(ValuesOf(*kind.type)) {
    if (session.output == OutputFormat::kJson) session.out() << "{" << JsonQuoted(kind.records->name()) << ":[";
    if (session.output != OutputFormat::kCsv) return;
    std::vector<std::string> head;
    for (const FieldPath& path : values_) head.push_back(TitleOf(path, Reader::kProgram));
    session.out() << CsvLine(head);
  }

  void Add(std::unique_ptr<Message> page) {
    const Reflection& reflection = *page->GetReflection();
    const int count = reflection.FieldSize(*page, kind_.records);
    for (int i = 0; i < count; ++i) AddRecord(reflection.GetRepeatedMessage(*page, kind_.records, i));
    if (session_.output == OutputFormat::kTable) pages_.push_back(std::move(page));
  }

  void Finish(const std::string& next_page_token) {
    if (session_.output == OutputFormat::kJson) {
      session_.out() << "],\"next_page_token\":" << JsonQuoted(next_page_token) << "}\n";
      return;
    }
    if (session_.output == OutputFormat::kTable) PrintTable();
    if (next_page_token.empty()) return;
    session_.Note(
        {absl::StrCat("There are more; --all lists every one, --page-token ", next_page_token, " the next page."),
         absl::StrCat("还有更多记录；--all 列出全部，--page-token ", next_page_token, " 列出下一页。")});
  }

 private:
  void AddRecord(const Message& record) {
    if (session_.output == OutputFormat::kTable) records_.push_back(&record);
    if (session_.output == OutputFormat::kJson) {
      session_.out() << (std::exchange(first_, false) ? "\n" : ",\n") << MessageToJson(record, false);
    }
    if (session_.output != OutputFormat::kCsv) return;
    std::vector<std::string> cells;
    for (const FieldPath& path : values_) cells.push_back(TextOf(record, path, Reader::kProgram));
    session_.out() << CsvLine(cells);
  }

  void PrintTable() {
    if (records_.empty()) return session_.Note({"There are none.", "没有符合条件的记录。"});
    const Reader reader = PersonOf(session_.language);
    const std::vector<FieldPath> shown = TellingValues(*kind_.type, records_, kColumnsMax);
    std::vector<TableColumn> columns;
    for (const FieldPath& path : shown) columns.push_back({TitleOf(path, reader), IsNumber(path)});
    std::vector<std::vector<std::string>> rows;
    for (const Message* record : records_) {
      rows.emplace_back();
      for (const FieldPath& path : shown) rows.back().push_back(TextOf(*record, path, reader));
    }
    PrintRows(session_, kind_.records->name(), columns, rows);
  }

  const Session& session_;
  const RecordKind& kind_;
  const std::vector<FieldPath> values_;
  std::vector<std::unique_ptr<Message>> pages_;
  std::vector<const Message*> records_;
  bool first_ = true;
};

std::string NextPageToken(const Message& page) {
  const auto* field = page.GetDescriptor()->FindFieldByName("next_page_token");
  return field == nullptr ? "" : page.GetReflection()->GetString(page, field);
}

absl::Status List(const Session& session, const RecordKind& kind, const CommandLine& command) {
  ASSIGN_OR_RETURN(const std::unique_ptr<Message> request, ListRequest(kind, command));
  std::unique_ptr<RecordPrinter> printer;
  std::string token;
  do {
    std::unique_ptr<Message> page = NewMessage(kind.list->output_type());
    RETURN_IF_ERROR(Ask(*session.connection, *kind.list, *request, *page));
    // Nothing is printed before the first answer, so that a refused list prints no half of an object.
    if (printer == nullptr) printer = std::make_unique<RecordPrinter>(session, kind);
    token = NextPageToken(*page);
    SetText(*request, "page_token", token);
    printer->Add(std::move(page));
  } while (command.Has("all") && !token.empty());
  printer->Finish(token);
  return absl::OkStatus();
}

absl::Status Get(const Session& session, const RecordKind& kind, const CommandLine& command) {
  std::string name = command.arguments[0];
  if (name.find('/') == std::string::npos) name = absl::StrCat(CollectionOf(kind), name);
  const std::unique_ptr<Message> request = NewMessage(kind.get->input_type());
  SetText(*request, "name", name);
  const std::unique_ptr<Message> record = NewMessage(kind.get->output_type());
  RETURN_IF_ERROR(Ask(*session.connection, *kind.get, *request, *record));
  PrintMessage(session, *record);
  return absl::OkStatus();
}

}  // namespace

int RunList(Session& session, const CommandLine& command) {
  const absl::Status status = List(session, KindOf(command), command);
  return status.ok() ? kDone : session.Fail(status);
}

int RunGet(Session& session, const CommandLine& command) {
  const absl::Status status = Get(session, KindOf(command), command);
  return status.ok() ? kDone : session.Fail(status);
}

void PrintMessage(const Session& session, const Message& message) {
  if (session.output == OutputFormat::kJson) {
    const std::string text = MessageToJson(message, session.around.out_is_terminal);
    session.out() << text << (absl::EndsWith(text, "\n") ? "" : "\n");
    return;
  }
  const std::vector<FieldPath> values = ValuesOf(*message.GetDescriptor());
  std::vector<std::string> head;
  std::vector<std::string> cells;
  if (session.output == OutputFormat::kCsv) {
    for (const FieldPath& path : values) {
      head.push_back(TitleOf(path, Reader::kProgram));
      cells.push_back(TextOf(message, path, Reader::kProgram));
    }
    session.out() << CsvLine(head) << CsvLine(cells);
    return;
  }
  const Reader reader = PersonOf(session.language);
  std::vector<std::vector<std::string>> rows;
  for (const FieldPath& path : values) {
    std::string text = TextOf(message, path, reader);
    if (!text.empty()) rows.push_back({TitleOf(path, reader), std::move(text)});
  }
  // A single record is shown whole, however wide: the second column is not shortened.
  TableStyle style = session.style();
  style.width_max = 0;
  session.out() << TableText(
      {{Words{"field", "字段"}.In(session.language)}, {Words{"value", "值"}.In(session.language)}}, rows, style);
}

}  // namespace kechuang::kc
