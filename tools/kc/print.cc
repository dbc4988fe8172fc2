#include "tools/kc/print.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "google/api/resource.pb.h"

#include "common/api/nearest.h"
#include "common/base/status_macros.h"
#include "tools/kc/errors.h"
#include "tools/kc/json_text.h"

namespace kechuang::kc {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr size_t kColumnsMax = 10;

std::vector<std::string> Titles(const std::vector<FieldPath>& values, Reader reader) {
  std::vector<std::string> titles;
  for (const FieldPath& path : values) titles.push_back(TitleOf(path, reader));
  return titles;
}

std::vector<std::string> Texts(const Message& message, const std::vector<FieldPath>& values, Reader reader) {
  std::vector<std::string> texts;
  for (const FieldPath& path : values) texts.push_back(TextOf(message, path, reader));
  return texts;
}

// {"name": "loans/1", "seller.party_name": "..."} of the chosen values, as programs read them.
std::string ChosenJson(const Message& message, const std::vector<FieldPath>& chosen) {
  std::string text = "{";
  for (const FieldPath& path : chosen) {
    absl::StrAppend(&text, text.size() > 1 ? "," : "", JsonQuoted(path.Name()), ":",
                    JsonQuoted(TextOf(message, path, Reader::kProgram)));
  }
  return text + "}";
}

void PrintTableOf(const Session& session, const std::vector<FieldPath>& shown,
                  const std::vector<const Message*>& messages) {
  const Reader reader = PersonOf(session.language);
  std::vector<TableColumn> columns;
  for (const FieldPath& path : shown) columns.push_back({TitleOf(path, reader), IsNumber(path)});
  std::vector<std::vector<std::string>> rows;
  for (const Message* message : messages) rows.push_back(Texts(*message, shown, reader));
  session.out() << TableText(columns, rows, session.style());
}

bool IsListOfMessages(const FieldDescriptor& field) {
  return field.is_repeated() && !field.is_map() && field.message_type() != nullptr &&
         absl::StartsWith(field.message_type()->full_name(), "kechuang.");
}

std::vector<const FieldDescriptor*> ListsOf(const Descriptor& type) {
  std::vector<const FieldDescriptor*> lists;
  for (int i = 0; i < type.field_count(); ++i) {
    if (IsListOfMessages(*type.field(i))) lists.push_back(type.field(i));
  }
  return lists;
}

std::vector<const Message*> ItemsOf(const Message& message, const FieldDescriptor& list) {
  const Reflection& reflection = *message.GetReflection();
  std::vector<const Message*> items;
  for (int i = 0; i < reflection.FieldSize(message, &list); ++i) {
    items.push_back(&reflection.GetRepeatedMessage(message, &list, i));
  }
  return items;
}

void PrintFieldTable(const Session& session, const Message& message, const std::vector<FieldPath>& values) {
  const Reader reader = PersonOf(session.language);
  std::vector<std::vector<std::string>> rows;
  for (const FieldPath& path : values) {
    if (path.steps.size() == 1 && IsListOfMessages(path.leaf())) continue;
    std::string text = TextOf(message, path, reader);
    if (!text.empty()) rows.push_back({TitleOf(path, reader), std::move(text)});
  }
  if (rows.empty()) return;
  // A single record is shown whole, however wide: the second column is not shortened.
  TableStyle style = session.style();
  style.width_max = 0;
  session.out() << TableText(
      {{Words{"field", "字段"}.In(session.language)}, {Words{"value", "值"}.In(session.language)}}, rows, style);
}

void PrintLists(const Session& session, const Message& message) {
  for (const FieldDescriptor* list : ListsOf(*message.GetDescriptor())) {
    const std::vector<const Message*> items = ItemsOf(message, *list);
    if (items.empty()) continue;
    session.out() << "\n" << list->name() << "\n";
    PrintTableOf(session, TellingValues(*list->message_type(), items, kColumnsMax), items);
  }
}

void PrintCsv(const Session& session, const std::vector<FieldPath>& values,
              const std::vector<const Message*>& messages) {
  session.out() << CsvLine(Titles(values, Reader::kProgram));
  for (const Message* message : messages) session.out() << CsvLine(Texts(*message, values, Reader::kProgram));
}

}  // namespace

absl::StatusOr<std::vector<FieldPath>> ChosenValues(const Session& session, const Descriptor& type) {
  std::vector<FieldPath> chosen;
  const std::vector<FieldPath> values = ValuesOf(type);
  for (const std::string& column : session.columns) {
    std::string wanted = absl::StrReplaceAll(absl::StripAsciiWhitespace(column), {{"-", "_"}});
    if (absl::EndsWith(wanted, "_yuan")) wanted = absl::StrCat(wanted.substr(0, wanted.size() - 5), "_fen");
    const size_t before = chosen.size();
    std::vector<std::string> names;
    for (const FieldPath& path : values) {
      names.push_back(path.Name());
      if (names.back() == wanted) chosen.push_back(path);
    }
    if (chosen.size() > before) continue;
    const std::string nearest = api::NearestWord(wanted, names);
    return WrongUsage(
        absl::StrCat("--columns: there is no column ", column,
                     nearest.empty() ? "" : absl::StrCat("; did you mean ", nearest, "?")),
        absl::StrCat("--columns：没有列 ", column, nearest.empty() ? "" : absl::StrCat("；是否指 ", nearest, "？")));
  }
  return chosen;
}

RecordPrinter::RecordPrinter(const Session& session, std::string items, const Descriptor& type,
                             std::vector<FieldPath> chosen)
    : session_(session),
      items_(std::move(items)),
      type_(type),
      chosen_(std::move(chosen)),
      values_(chosen_.empty() ? ValuesOf(type) : chosen_) {
  if (session.output == OutputFormat::kJson) session.out() << "{" << JsonQuoted(items_) << ":[";
  if (session.output == OutputFormat::kCsv) session.out() << CsvLine(Titles(values_, Reader::kProgram));
}

void RecordPrinter::Add(const Message& message) {
  switch (session_.output) {
    case OutputFormat::kTable:
      kept_.emplace_back(message.New())->CopyFrom(message);
      return;
    case OutputFormat::kJson:
      session_.out() << (std::exchange(first_, false) ? "\n" : ",\n")
                     << (chosen_.empty() ? MessageToJson(message, false) : ChosenJson(message, chosen_));
      return;
    case OutputFormat::kCsv:
      session_.out() << CsvLine(Texts(message, values_, Reader::kProgram));
      return;
  }
}

void RecordPrinter::PrintTable() {
  if (kept_.empty()) return session_.Note({"There are none.", "没有符合条件的记录。"});
  std::vector<const Message*> messages;
  for (const auto& message : kept_) messages.push_back(message.get());
  PrintTableOf(session_, chosen_.empty() ? TellingValues(type_, messages, kColumnsMax) : chosen_, messages);
}

void RecordPrinter::Finish(const std::string& next_page_token) {
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

void PrintMessage(const Session& session, const Message& message) {
  if (session.output == OutputFormat::kJson) {
    const std::string text = MessageToJson(message, session.around.out_is_terminal);
    session.out() << text << (absl::EndsWith(text, "\n") ? "" : "\n");
    return;
  }
  const std::vector<FieldPath> values = ValuesOf(*message.GetDescriptor());
  if (session.output == OutputFormat::kCsv) return PrintCsv(session, values, {&message});
  PrintFieldTable(session, message, values);
  PrintLists(session, message);
}

absl::Status PrintAnswer(const Session& session, const Message& answer) {
  const Descriptor& type = *answer.GetDescriptor();
  const std::vector<const FieldDescriptor*> lists = ListsOf(type);
  const bool is_record = type.options().HasExtension(google::api::resource);
  const bool is_list = !is_record && lists.size() == 1;
  const Descriptor& rows = is_list ? *lists.front()->message_type() : type;
  ASSIGN_OR_RETURN(const std::vector<FieldPath> chosen, ChosenValues(session, rows));
  const std::vector<const Message*> items =
      is_list ? ItemsOf(answer, *lists.front()) : std::vector<const Message*>{&answer};
  if (session.output == OutputFormat::kCsv && (is_list || !chosen.empty())) {
    PrintCsv(session, chosen.empty() ? ValuesOf(rows) : chosen, items);
  } else if (chosen.empty()) {
    PrintMessage(session, answer);
  } else if (session.output == OutputFormat::kJson) {
    for (const Message* item : items) session.out() << ChosenJson(*item, chosen) << "\n";
  } else {
    PrintTableOf(session, chosen, items);
  }
  return absl::OkStatus();
}

}  // namespace kechuang::kc
