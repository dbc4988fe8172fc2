#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/dynamic_message.h"

#include "common/api/field_text.h"
#include "common/api/json.h"
#include "common/api/json_scanner.h"
#include "common/api/nearest.h"
#include "common/base/error.h"
#include "common/domain/name_text.h"
#include "kechuang/api/v1/reasons.pb.h"

namespace kechuang::api {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using Kind = JsonScanner::Kind;

constexpr char kType[] = "@type";

Words WordsOf(Kind kind) {
  switch (kind) {
    case Kind::kObject:
      return {"an object", "对象"};
    case Kind::kList:
      return {"a list", "列表"};
    case Kind::kText:
      return {"a text", "文本"};
    case Kind::kNumber:
      return {"a number", "数字"};
    case Kind::kBool:
      return {"true or false", "true 或 false"};
    case Kind::kNull:
    case Kind::kNone:
      break;
  }
  return {"null", "null"};
}

absl::Status Malformed(absl::string_view english, absl::string_view chinese) {
  return Refuse(absl::StatusCode::kInvalidArgument, v1::FIELD_MALFORMED).Says(english, chinese);
}

absl::Status GivenTwice() {
  return Malformed("is given twice; under which of its names does not matter", "重复给出，无论用哪种写法");
}

absl::Status BeyondExactNumbers(absl::string_view given) {
  return Refuse(absl::StatusCode::kInvalidArgument, v1::FIELD_OUT_OF_RANGE)
      .Says(absl::StrCat("a whole number beyond ", kJsonIntegerMax,
                         " would be rounded on its way; write it in quotes: \"", Shown(given), "\""),
            absl::StrCat("超过 ", kJsonIntegerMax, " 的整数在传输中会被舍入；请加引号写作 \"", Shown(given), "\""));
}

// The whole number that a JSON number means, such as 12, 12.0 or 1.2e1; nothing if it has a fraction.
std::optional<absl::int128> WholeJsonNumber(absl::string_view written) {
  if (const auto whole = WholeNumber(written)) return whole;
  double value = 0;
  if (!absl::SimpleAtod(written, &value)) return std::nullopt;
  if (value < -1e30 || value > 1e30) return absl::Int128Max();
  const auto whole = static_cast<absl::int128>(value);
  if (static_cast<double>(whole) != value) return std::nullopt;
  return whole;
}

// A name of the caller as a step of a path.
std::string StepOf(absl::string_view name) { return name.empty() ? "\"\"" : Shown(name); }

// FindField, which looks at one field first: most texts keep the order of the proto.
const FieldDescriptor* FindFieldFrom(const Descriptor& type, int next, const std::string& name) {
  if (next < type.field_count() && (type.field(next)->json_name() == name || type.field(next)->name() == name)) {
    return type.field(next);
  }
  return FindField(type, name);
}

// Reads one JSON text. The path of the value being read stands in path_.
class JsonReader {
 public:
  JsonReader(absl::string_view text, absl::string_view prefix, Faults& faults, JsonNotes* notes)
      : scanner_(text), path_(prefix), prefix_size_(prefix.size()), faults_(faults), notes_(notes) {}

  void ReadWhole(Message& message) {
    ReadMessage(message);
    Finish();
  }
  void ReadWhole(Message& message, const FieldDescriptor* field) {
    ReadField(message, field);
    Finish();
  }

 private:
  void Finish() {
    scanner_.TakeEnd();
    path_.resize(prefix_size_);
    if (!scanner_.status().ok()) faults_.Add(path_.empty() ? "body" : path_, scanner_.status());
  }

  void Add(const absl::Status& status) {
    if (!status.ok() && ++found_ <= kJsonFaultsMax) faults_.Add(path_, status);
  }

  // Runs read with the path one step longer.
  template <typename Read>
  void Within(absl::string_view step, Read read) {
    const size_t size = path_.size();
    absl::StrAppend(&path_, path_.empty() || absl::StartsWith(step, "[") ? "" : ".", step);
    read();
    path_.resize(size);
  }

  // Notes that the text states a value here. What lies in a list or in an Any is no value of its own.
  void NoteLeaf() {
    if (notes_ == nullptr || inside_ > 0 || path_.size() <= prefix_size_) return;
    notes_->leaves.push_back(path_.substr(prefix_size_ + (prefix_size_ > 0 ? 1 : 0)));
  }

  // Takes what is of the wrong kind.
  void Refuse(const absl::Status& status) {
    if (scanner_.status().ok()) Add(status);
    scanner_.Skip();
  }

  void ReadMessage(Message& message) {
    const Kind kind = scanner_.Peek();
    const Descriptor& type = *message.GetDescriptor();
    if (kind != Kind::kObject) {
      const Words given = WordsOf(kind);
      return Refuse(Malformed(absl::StrCat("must be an object {...}, not ", given.english),
                              absl::StrCat("应为对象 {...}，而不是", given.chinese)));
    }
    if (type.well_known_type() == Descriptor::WELLKNOWNTYPE_ANY) return ReadAny(message);
    ReadMembers(message, "");
  }

  // The members of an object are the fields of a message, but for one.
  void ReadMembers(Message& message, absl::string_view but) {
    const Descriptor& type = *message.GetDescriptor();
    std::vector<bool> seen(static_cast<size_t>(type.field_count()));
    std::string name;
    bool empty = true;
    int next = 0;  // where the field stands that most often comes next
    for (scanner_.BeginObject(); scanner_.NextMember(name); empty = false) {
      if (!but.empty() && name == but) {
        scanner_.Skip();
        continue;
      }
      const FieldDescriptor* field = FindFieldFrom(type, next, name);
      if (field == nullptr) {
        Within(StepOf(name), [&] { Refuse(NoSuchField(type, name)); });
        continue;
      }
      next = field->index() + 1;
      Within(field->name(), [&] {
        if (seen[static_cast<size_t>(field->index())]) return Refuse(GivenTwice());
        seen[static_cast<size_t>(field->index())] = true;
        ReadField(message, field);
      });
    }
    if (empty) NoteLeaf();
  }

  void ReadField(Message& message, const FieldDescriptor* field) {
    const Kind kind = scanner_.Peek();
    if (kind == Kind::kNone) return;
    if (kind == Kind::kNull) {
      scanner_.TakeNull();
      return NoteLeaf();
    }
    const google::protobuf::OneofDescriptor* oneof = field->real_containing_oneof();
    if (oneof != nullptr && message.GetReflection()->HasOneof(message, oneof)) {
      return Refuse(Malformed("cannot stand beside another choice of the same kind", "不能与同组的其他选项并存"));
    }
    if (field->is_map()) {
      ReadMap(message, field);
    } else if (field->is_repeated()) {
      ReadList(message, field);
    } else {
      return ReadValue(message, field);
    }
    NoteLeaf();
  }

  void ReadList(Message& message, const FieldDescriptor* field) {
    if (const Kind kind = scanner_.Peek(); kind != Kind::kList) {
      const Words given = WordsOf(kind);
      return Refuse(Malformed(absl::StrCat("must be a list [...], not ", given.english),
                              absl::StrCat("应为列表 [...]，而不是", given.chinese)));
    }
    ++inside_;
    int index = 0;
    for (scanner_.BeginList(); scanner_.NextItem(); ++index) {
      Within(absl::StrCat("[", index, "]"), [&] { ReadValue(message, field); });
    }
    --inside_;
  }

  void ReadMap(Message& message, const FieldDescriptor* field) {
    if (const Kind kind = scanner_.Peek(); kind != Kind::kObject) return Refuse(WrongType(*field, WordsOf(kind)));
    ++inside_;
    std::set<std::string> seen;
    std::string key;
    for (scanner_.BeginObject(); scanner_.NextMember(key);) {
      Within(StepOf(key), [&] {
        if (!seen.insert(key).second) return Refuse(GivenTwice());
        Message* entry = message.GetReflection()->AddMessage(&message, field);
        Add(SetFromText(*entry, field->message_type()->map_key(), key));
        ReadValue(*entry, field->message_type()->map_value());
      });
    }
    --inside_;
  }

  // Reads one value of a field; adds it to a list.
  void ReadValue(Message& message, const FieldDescriptor* field) {
    const Kind kind = scanner_.Peek();
    switch (kind) {
      case Kind::kNone:
        return;
      case Kind::kNull:
        return Refuse(WrongType(*field, WordsOf(kind)));
      case Kind::kText:
        ReadText(message, field, scanner_.TakeText());
        break;
      case Kind::kNumber:
        ReadNumber(message, field, scanner_.TakeNumber());
        break;
      case Kind::kBool:
        if (field->cpp_type() != FieldDescriptor::CPPTYPE_BOOL) return Refuse(WrongType(*field, WordsOf(kind)));
        SetBool(message, field, scanner_.TakeBool());
        break;
      case Kind::kObject:
      case Kind::kList:
        return ReadStructure(message, field, kind);
    }
    NoteLeaf();
  }

  void ReadStructure(Message& message, const FieldDescriptor* field, Kind kind) {
    if (field->message_type() == nullptr || kind == Kind::kList) return Refuse(WrongType(*field, WordsOf(kind)));
    const Descriptor& type = *field->message_type();
    const bool text_only = type.well_known_type() == Descriptor::WELLKNOWNTYPE_TIMESTAMP ||
                           type.well_known_type() == Descriptor::WELLKNOWNTYPE_DURATION;
    if (text_only) return Refuse(WrongType(*field, WordsOf(kind)));
    const Reflection* reflection = message.GetReflection();
    Message& child =
        field->is_repeated() ? *reflection->AddMessage(&message, field) : *reflection->MutableMessage(&message, field);
    if (!HasTextForm(type)) return ReadMessage(child);
    // A date or a mask is one value, however it is written.
    ++inside_;
    ReadMembers(child, "");
    --inside_;
    if (type.well_known_type() == Descriptor::WELLKNOWNTYPE_FIELDMASK) MendMask(child);
    NoteLeaf();
  }

  // The paths of a mask that came as an object, in the names of the proto.
  void MendMask(Message& mask) {
    const Reflection* reflection = mask.GetReflection();
    const FieldDescriptor* paths = mask.GetDescriptor()->FindFieldByNumber(1);
    for (int i = 0; i < reflection->FieldSize(mask, paths); ++i) {
      const std::string given = reflection->GetRepeatedString(mask, paths, i);
      const auto mended = FieldMaskFromText(given);
      if (!mended.ok() || mended->paths_size() != 1) {
        Add(MalformedMask(given));
      } else {
        reflection->SetRepeatedString(&mask, paths, i, mended->paths(0));
      }
    }
  }

  void ReadText(Message& message, const FieldDescriptor* field, const std::string& text) {
    if (!scanner_.status().ok()) return;
    switch (field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_BOOL:
        return Add(WrongType(*field, WordsOf(Kind::kText)));
      case FieldDescriptor::CPPTYPE_ENUM:
        return Add(SetEnumByName(message, field, text));
      default:
        return Add(SetFromText(message, field, text));
    }
  }

  void ReadNumber(Message& message, const FieldDescriptor* field, absl::string_view written) {
    if (!scanner_.status().ok()) return;
    const Words given = {absl::StrCat("the number ", Shown(written)), absl::StrCat("数字 ", Shown(written))};
    switch (field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_MESSAGE:
      case FieldDescriptor::CPPTYPE_STRING:
      case FieldDescriptor::CPPTYPE_BOOL:
        return Add(WrongType(*field, given));
      case FieldDescriptor::CPPTYPE_DOUBLE:
      case FieldDescriptor::CPPTYPE_FLOAT: {
        double value = 0;
        if (!absl::SimpleAtod(written, &value)) return Add(WrongType(*field, given));
        return Add(SetFraction(message, field, value));
      }
      default:
        break;
    }
    const std::optional<absl::int128> value = WholeJsonNumber(written);
    if (!value.has_value()) return Add(WrongType(*field, given));
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_ENUM) return Add(SetEnumByNumber(message, field, *value));
    const absl::Status status = SetInteger(message, field, *value);
    const bool exact = *value <= kJsonIntegerMax && *value >= -kJsonIntegerMax;
    Add(status.ok() && !exact ? BeyondExactNumbers(written) : status);
  }

  // An Any says its type in a member that may stand anywhere in the object, so that is looked for first.
  void ReadAny(Message& any) {
    std::string type_url;
    JsonScanner ahead = scanner_;
    std::string name;
    for (ahead.BeginObject(); ahead.NextMember(name);) {
      if (name == kType && ahead.Peek() == Kind::kText) {
        type_url = ahead.TakeText();
      } else {
        ahead.Skip();
      }
    }
    const Descriptor* type = google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(
        type_url.substr(type_url.rfind('/') + 1));
    if (type == nullptr) {
      return Refuse(
          Malformed("needs an @type that names a known message, such as type.googleapis.com/google.rpc.ErrorInfo",
                    "须有 @type 指明已知的消息，如 type.googleapis.com/google.rpc.ErrorInfo"));
    }
    const std::unique_ptr<Message> held(
        google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
    ++inside_;
    ReadMembers(*held, kType);
    --inside_;
    const Reflection* reflection = any.GetReflection();
    reflection->SetString(&any, any.GetDescriptor()->FindFieldByNumber(1), type_url);
    reflection->SetString(&any, any.GetDescriptor()->FindFieldByNumber(2), held->SerializePartialAsString());
    NoteLeaf();
  }

  JsonScanner scanner_;
  std::string path_;
  const size_t prefix_size_;
  Faults& faults_;
  JsonNotes* const notes_;
  int found_ = 0;
  int inside_ = 0;  // how many lists, maps, dates and the like are open
};

// Notes bytes that are no UTF-8, which no JSON has.
bool IsText(absl::string_view text, absl::string_view prefix, Faults& faults) {
  if (IsValidUtf8(text)) return true;
  size_t at = 0;
  size_t bad = 0;
  while (at < text.size()) {
    bad = at;
    if (NextCodePoint(text, at) < 0) break;
  }
  faults.Add(prefix.empty() ? "body" : prefix, v1::FIELD_MALFORMED,
             absl::StrCat("JSON is UTF-8; byte ", bad + 1, " is part of no character"),
             absl::StrCat("JSON 须为 UTF-8 编码；第 ", bad + 1, " 个字节不属于任何字符"));
  return false;
}

}  // namespace

absl::Status ReadJson(absl::string_view text, Message& message) {
  Faults faults;
  ReadJson(text, "", message, faults);
  return faults.status();
}

void ReadJson(absl::string_view text, absl::string_view prefix, Message& message, Faults& faults, JsonNotes* notes) {
  if (IsText(text, prefix, faults)) JsonReader(text, prefix, faults, notes).ReadWhole(message);
}

void ReadJsonField(absl::string_view text, absl::string_view prefix, const FieldDescriptor* field, Message& message,
                   Faults& faults, JsonNotes* notes) {
  if (IsText(text, prefix, faults)) JsonReader(text, prefix, faults, notes).ReadWhole(message, field);
}

}  // namespace kechuang::api
